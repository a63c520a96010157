#include "domain/rescue/order_figures.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

bool is_past(instant due, instant now) { return due != never && now >= due; }

bool on_the_way(const order_state& s) {
  return std::any_of(s.deployments.begin(), s.deployments.end(), [](const deployment& d) {
    return d.phase == deployment_phase::accepted || d.phase == deployment_phase::arrived;
  });
}

/// The clock may not have been given yet: what is due by now is overdue.
void count_parties(order_figures& f, const order_state& s, instant now) {
  for (const auto& d : s.deployments) {
    const bool asked = d.phase == deployment_phase::dispatched || d.phase == deployment_phase::unanswered;
    if (asked && d.rung == never && !d.phones.empty()) {
      ++f.not_rung; // it is not late: we are
      continue;
    }
    if (asked && (d.answer_overdue || is_past(d.answer_due, now))) ++f.overdue_answers;
    if (d.phase == deployment_phase::accepted && (d.arrival_overdue || is_past(d.arrival_due, now)))
      ++f.overdue_arrivals;
  }
}

} // namespace

std::size_t age_group(span age) {
  const auto* const bound = std::lower_bound(age_bounds.begin(), age_bounds.end(), age);
  return static_cast<std::size_t>(bound - age_bounds.begin());
}

std::string_view age_name(std::size_t group) {
  static constexpr std::array<std::string_view, age_groups> names{"0-5m", "5-15m", "15-30m", "30-60m", "60m+"};
  return group < names.size() ? names[group] : "unknown";
}

void count_order(order_figures& f, const order_state& s, instant now) {
  if (!is_active(s.status)) return;
  if (s.status == order_status::filtered) {
    ++f.filtered;
    return;
  }
  if (!has_ladder(s.type)) {
    ++f.orders;
    return;
  }
  const auto age = s.received == never ? span{0} : std::max(span{0}, now - s.received);
  ++f.open[std::min<std::size_t>(s.level, f.open.size() - 1)];
  ++f.open_by_age[age_group(age)];
  f.oldest_open = std::max(f.oldest_open, age);
  if (s.alert.stage != alert_stage::none) ++f.alerting;
  if (s.acknowledged == never) {
    ++f.unacknowledged;
    f.oldest_unacknowledged = std::max(f.oldest_unacknowledged, age);
  }
  if (!s.unclear.empty()) ++f.unclear;
  if (s.status == order_status::rescued) return; // nobody is awaited any more
  if (s.level_exhausted && !on_the_way(s)) ++f.exhausted;
  count_parties(f, s, now);
}

} // namespace lifeline::domain
