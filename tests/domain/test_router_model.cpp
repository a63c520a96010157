#include "test_router_model.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace lifeline::domain::testing {

namespace {
void demand(bool holds, const std::string& rule) {
  if (!holds) throw std::logic_error(rule);
}
} // namespace

void router_model::view(const agent_id& account, const agent_view& v, instant now) {
  agent& a = agents_.at(account);
  a.view = v;
  a.seen = true;
  if (v.ready_since == never) a.view.ready_since = now;
  a.last_offered = std::max(a.last_offered, v.last_offered);
  if (a.reservation.is_nil() || v.state != agent_state::ready) a.settled = true;
  fresh_.insert(account);
}

void router_model::enqueue(const call_request& request) {
  call& c = calls_[request.call];
  c.request = request;
  c.arrival = arrivals_++;
}

void router_model::refused(const reservation_id& id, instant retry_until, instant now) {
  const auto& r = reservations_.at(id);
  if (retry_until > now) calls_.at(r.call).excluded[r.agent] = retry_until;
}

void router_model::free_agent(const agent_id& account, instant now) {
  agent& a = agents_.at(account);
  a.reservation = {};
  a.settle_until = now + settle_limit;
  fresh_.insert(account);
}

void router_model::talk_over(const reservation_id& id, instant now) {
  const auto r = reservations_.at(id);
  demand(r.connected, "only a talk is over");
  free_agent(r.agent, now);
  calls_.erase(r.call);
  reservations_.erase(id);
}

void router_model::talk_over_of(const call_id& id, instant now) {
  for (const auto& [key, r] : reservations_) {
    if (r.call == id && r.connected) {
      talk_over(key, now);
      return;
    }
  }
  throw std::logic_error("a talking call has a reservation");
}

/// Everything that becomes free or due by the passing of time.
void router_model::pass(instant now) {
  for (auto& [id, c] : calls_) {
    std::erase_if(c.excluded, [&](const auto& each) {
      if (each.second > now) return false;
      fresh_.insert(each.first);
      return true;
    });
    const auto* q = plan_.find_queue(c.request.queue);
    if (q->max_wait > 0s && !c.talking && c.request.entered_at + q->max_wait <= now) c.overflow_due = true;
  }
  for (auto& [account, a] : agents_) {
    if (a.view.retry_until != never && a.view.retry_until <= now) fresh_.insert(account);
    if (!a.settled && a.settle_until <= now) fresh_.insert(account);
  }
}

bool router_model::available(const agent_id& account, instant now) const {
  const agent& a = agents_.at(account);
  return a.seen && a.view.state == agent_state::ready && a.reservation.is_nil() &&
         (a.settled || a.settle_until <= now) && a.view.retry_until <= now;
}

bool router_model::offerable(const call_id& id) const {
  const call& c = calls_.at(id);
  if (c.talking || c.overflow_due) return false;
  return c.offered_to.empty() || plan_.find_queue(c.request.queue)->strategy == strategy::ring_all;
}

bool router_model::serves(const agent_id& account, const call_id& id) const {
  const auto* a = plan_.find_agent(account);
  const auto& request = calls_.at(id).request;
  const auto* q = plan_.find_queue(request.queue);
  if (std::find(a->queues.begin(), a->queues.end(), q->name) == a->queues.end()) return false;
  for (const auto* list : {&q->required, &request.required}) {
    for (const auto& need : *list) {
      const auto has = a->skills.find(need.skill);
      if (has == a->skills.end() || has->second < need.level) return false;
    }
  }
  return true;
}

bool router_model::excluded(const call_id& id, const agent_id& account, instant now) const {
  const auto& list = calls_.at(id).excluded;
  const auto found = list.find(account);
  return found != list.end() && found->second > now;
}

int router_model::priority(const call& c) const {
  return plan_.find_queue(c.request.queue)->priority + c.request.priority;
}

bool router_model::before(const call_id& x, const call_id& y, instant now) const {
  const call& a = calls_.at(x);
  const call& b = calls_.at(y);
  if (priority(a) != priority(b)) return priority(a) > priority(b);
  const auto urgency = [&](const call& c) {
    return plan_.find_queue(c.request.queue)->weight * static_cast<double>((now - c.request.entered_at).count());
  };
  if (urgency(a) != urgency(b)) return urgency(a) > urgency(b);
  return std::tie(a.request.entered_at, a.arrival) < std::tie(b.request.entered_at, b.arrival);
}

/// Strictly better, by the strategy's figure alone (ties are free).
bool router_model::prefers(strategy by, const agent_id& x, const agent_id& y) const {
  const agent& a = agents_.at(x);
  const agent& b = agents_.at(y);
  switch (by) {
  case strategy::longest_idle: return a.view.ready_since < b.view.ready_since;
  case strategy::round_robin: return a.last_offered < b.last_offered;
  case strategy::fewest_calls: return a.view.calls_answered < b.view.calls_answered;
  case strategy::least_talk: return a.view.talk_time < b.view.talk_time;
  case strategy::random:
  case strategy::ring_all: break;
  }
  return false;
}

void router_model::check_explanation(const routing::reserve& c, instant now) const {
  const auto& why = c.why;
  const auto* q = plan_.find_queue(c.queue);
  demand(why.strategy == q->strategy, "explanation: strategy");
  demand(!why.considered.empty() && why.considered.front().agent == c.agent, "explanation: the chosen one is first");
  demand(why.considered.size() <= decision_list_limit && why.excluded.size() <= decision_list_limit, "list limits");
  demand(why.considered.size() <= why.considered_count && why.excluded.size() <= why.excluded_count, "counts of all");
  std::size_t roster = 0;
  for (const auto& a : plan_.agents)
    roster += static_cast<std::size_t>(std::count(a.queues.begin(), a.queues.end(), q->name));
  demand(why.considered_count + why.excluded_count == roster, "counts add up to the queue's agents");
  std::set<agent_id> names;
  for (const auto& each : why.considered) {
    demand(names.insert(each.agent).second, "explanation: nobody twice");
    demand(serves(each.agent, c.call) && !excluded(c.call, each.agent, now), "considered could have had it");
  }
  for (const auto& each : why.excluded) {
    demand(names.insert(each.agent).second, "explanation: nobody considered and excluded, nobody twice");
    demand(!each.reason.empty(), "explanation: a reason");
  }
}

/// `choice`: the event was one after which the chosen agent must be the strategy's best.
void router_model::check_reserve(const routing::reserve& c, instant now, bool choice) {
  demand(calls_.contains(c.call) && offerable(c.call), "only a waiting call is offered");
  demand(available(c.agent, now), "only a ready agent is reserved: " + c.agent);
  demand(serves(c.agent, c.call), "only an eligible agent is reserved");
  demand(!excluded(c.call, c.agent, now), "no offer within the retry delay");
  demand(!reservations_.contains(c.reservation), "a reservation's id is new");
  for (const auto& [id, other] : calls_) {
    if (id == c.call || !offerable(id) || !serves(c.agent, id) || excluded(id, c.agent, now)) continue;
    demand(!before(id, c.call, now), "a call that comes first is passed over");
  }
  const auto* q = plan_.find_queue(calls_.at(c.call).request.queue);
  if (choice && !fresh_.contains(c.agent)) {
    for (const auto& [account, a] : agents_) {
      if (account == c.agent || fresh_.contains(account) || !available(account, now)) continue;
      if (!serves(account, c.call) || excluded(c.call, account, now)) continue;
      demand(!prefers(q->strategy, account, c.agent), "the strategy prefers " + account + " to " + c.agent);
    }
  }
  check_explanation(c, now);
  demand(c.queue == q->name && c.deadline == now + q->ring_timeout + lease_margin, "queue and lease");
  reservations_[c.reservation] = {c.call, c.agent, false, c.deadline, now};
  calls_.at(c.call).offered_to.insert(c.agent);
  agent& a = agents_.at(c.agent);
  a.reservation = c.reservation;
  a.settled = false;
  a.last_offered = std::max(a.last_offered, now);
  ++reserved_count_;
}

void router_model::check_end(const routing::end& c, instant now) {
  demand(reservations_.contains(c.reservation), "only an open reservation ends, once");
  auto& r = reservations_.at(c.reservation);
  demand(r.call == c.call && r.agent == c.agent && c.rang == now - r.made, "the end names its reservation");
  call& of = calls_.at(r.call);
  demand(of.offered_to.erase(r.agent) == 1, "an offer ends once");
  ++ended_count_;
  if (c.outcome == reservation_outcome::connected) {
    demand(!of.talking, "one agent per call");
    demand(r.connected, "connected is said by the call");
    of.talking = true;
    of.excluded.clear();
    return;
  }
  if (c.outcome == reservation_outcome::lease_expired) {
    demand(r.deadline <= now, "a lease lasts until its deadline");
    const auto* q = plan_.find_queue(of.request.queue);
    if (q->no_answer_delay > 0s) of.excluded[r.agent] = now + q->no_answer_delay;
  }
  free_agent(r.agent, now);
  reservations_.erase(c.reservation);
}

void router_model::check_overflow(const routing::overflow& c, instant now) {
  const auto found = calls_.find(c.call);
  demand(found != calls_.end() && found->second.offered_to.empty() && !found->second.talking,
         "overflows while waiting");
  const auto* q = plan_.find_queue(found->second.request.queue);
  demand(q->name == c.queue && q->max_wait > 0s && found->second.request.entered_at + q->max_wait <= now, "is due");
  calls_.erase(found);
}

/// What holds after every event: nothing is left to be paired, and the router's answers are the model's.
void router_model::check_settled(const router& r, instant now) const {
  for (const auto& [account, a] : agents_) {
    demand(r.is_ready(account) == available(account, now), "ready or not: " + account);
    if (!available(account, now)) continue;
    for (const auto& [id, c] : calls_) {
      demand(!offerable(id) || !serves(account, id) || excluded(id, account, now), "an agent is idle, a caller waits");
    }
  }
  instant first = instant::max();
  for (const auto& q : plan_.queues) {
    std::vector<std::tuple<int, instant, std::uint64_t, call_id>> order;
    instant oldest = now;
    for (const auto& [id, c] : calls_) {
      if (c.request.queue != q.name || c.talking) continue;
      order.emplace_back(-priority(c), c.request.entered_at, c.arrival, id);
      oldest = std::min(oldest, c.request.entered_at);
      if (q.max_wait > 0s && !c.overflow_due) first = std::min(first, c.request.entered_at + q.max_wait);
      for (const auto& each : c.excluded)
        first = std::min(first, each.second);
      demand(!c.overflow_due || !c.offered_to.empty(), "an overdue call is only kept while it rings");
    }
    std::sort(order.begin(), order.end());
    demand(r.waiting(q.name) == order.size(), "waiting");
    demand(r.oldest_wait(q.name, now) == now - oldest, "oldest wait");
    for (std::size_t i = 0; i < order.size(); ++i) {
      demand(r.position(std::get<3>(order[i])) == i + 1, "position");
    }
  }
  std::set<agent_id> engaged;
  for (const auto& [id, each] : reservations_) {
    demand(engaged.insert(each.agent).second, "one call per agent");
    const auto seen = r.find(id);
    demand(seen && seen->call == each.call && seen->agent == each.agent && seen->connected == each.connected, "find");
    if (!each.connected) first = std::min(first, each.deadline);
  }
  demand(r.reservations().size() == reservations_.size(), "reservations");
  if (first != instant::max()) demand(r.next_deadline() && *r.next_deadline() <= first, "wakes in time");
  demand(!r.next_deadline() || *r.next_deadline() > now, "nothing due is left");
}

} // namespace lifeline::domain::testing
