// Engines of before made a second deployment when a party was engaged again: its acceptance went to one of them, its
// arrival to the other. Orders that they have stored get one of both.

#include "domain/rescue/order_impl.hpp"

namespace lifeline::domain::detail {

namespace {

/// How far a party has come; what is over for it comes last.
int reached(deployment_phase p) {
  switch (p) {
  case deployment_phase::completed: return 7;
  case deployment_phase::arrived: return 6;
  case deployment_phase::accepted: return 5;
  case deployment_phase::dispatched: return 4;
  case deployment_phase::unanswered: return 3;
  case deployment_phase::refused: return 2;
  case deployment_phase::withdrawn: return 1;
  }
  return 0;
}

instant earlier(instant a, instant b) { return a == never ? b : b == never ? a : std::min(a, b); }

template <class T> void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// What the one that has come further knows stays; the other one fills it up.
deployment one_of(deployment a, deployment b) {
  if (reached(a.phase) < reached(b.phase)) std::swap(a, b);
  a.level = std::max(a.level, b.level);
  a.dispatched = earlier(a.dispatched, b.dispatched);
  a.accepted = earlier(a.accepted, b.accepted);
  a.arrived = earlier(a.arrived, b.arrived);
  a.rung = earlier(a.rung, b.rung);
  if (a.arrival_due == never) a.arrival_due = b.arrival_due;
  a.urged += b.urged;
  append(a.attempts, b.attempts);
  append(a.ended_attempts, b.ended_attempts);
  if (a.ended_attempts.size() > most_ended_attempts)
    a.ended_attempts.erase(a.ended_attempts.begin(),
                           a.ended_attempts.end() - static_cast<std::ptrdiff_t>(most_ended_attempts));
  return a;
}

} // namespace

void order_rules::fold_twins() {
  auto& all = s.deployments;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = all.size(); --j > i;) {
      if (!is_same_party(all[i], all[j])) continue;
      touch();
      all[i] = one_of(std::move(all[i]), std::move(all[j]));
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(j));
    }
}

} // namespace lifeline::domain::detail
