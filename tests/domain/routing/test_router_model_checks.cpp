// The model's judgements: of every command, and of what holds after every event.
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

void router_model::check_explanation(const routing::reserve& c, const explanation& why, instant now) const {
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
    demand(serves(each.agent, c.call, now) && !excluded(c.call, each.agent, now), "considered could have had it");
  }
  for (const auto& each : why.excluded) {
    demand(names.insert(each.agent).second, "explanation: nobody considered and excluded, nobody twice");
    demand(!each.reason.empty(), "explanation: a reason");
  }
  const bool sticky = !calls_.at(c.call).sticky.empty();
  demand((why.note == "sticky agent") == sticky, "explanation: sticky or not");
}

/// `choice`: the event was one after which the chosen agent must be the strategy's best.
void router_model::check_reserve(const routing::reserve& c, const explanation& why, instant now, bool choice) {
  demand(calls_.contains(c.call) && offerable(c.call, now), "only a waiting call is offered");
  const bool again = !available(c.agent, now);
  if (again) check_again(c, now);
  demand(serves(c.agent, c.call, now), "only an eligible agent is reserved");
  demand(!excluded(c.call, c.agent, now), "no offer within the retry delay");
  demand(!reservations_.contains(c.reservation), "a reservation's id is new");
  for (const auto& [id, other] : calls_) {
    if (id == c.call || !offerable(id, now) || !serves(c.agent, id, now) || excluded(id, c.agent, now)) continue;
    if (again && !waits_unheard(c.agent, id, now)) continue;
    demand(!before(id, c.call, now), "a call that comes first is passed over");
  }
  call& of = calls_.at(c.call);
  const auto& q = queue_of(of);
  if (choice && !again && !fresh_.contains(c.agent) && !rings_everybody(q)) {
    for (const auto& [account, a] : agents_) {
      if (account == c.agent || fresh_.contains(account) || !available(account, now)) continue;
      if (!serves(account, c.call, now) || excluded(c.call, account, now)) continue;
      demand(!prefers(of, account, c.agent), "the strategy prefers " + account + " to " + c.agent);
    }
  }
  check_explanation(c, why, now);
  demand(c.queue == q.name && c.deadline == now + q.ring_timeout + lease_margin, "queue and lease");
  reservations_[c.reservation] = {c.call, c.agent, false, c.deadline, now, again};
  of.offered_to.insert(c.agent);
  if (!again) of.last_asked = c.agent;
  if (!again && q.strategy == strategy::ring_progressively && !rings_everybody(q)) of.step_due = now + q.ring_step;
  agent& a = agents_.at(c.agent);
  a.reservation = c.reservation;
  a.settled = false;
  a.last_offered = std::max(a.last_offered, now);
  ++reserved_count_;
}

/// Who has missed a call is asked in an emergency, for a caller who rings nowhere, when nobody else is free.
void router_model::check_again(const routing::reserve& c, instant now) {
  demand(askable(c.agent, now), "only a ready agent is reserved, or one that has missed a call: " + c.agent);
  demand(waits_unheard(c.agent, c.call, now), "only for an emergency that rings nowhere");
  for (const auto& [account, a] : agents_) {
    demand(!available(account, now) || !serves(account, c.call, now) || excluded(c.call, account, now),
           "somebody else is free: " + account);
  }
  ++again_count_;
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
    const auto& q = queue_of(of);
    if (q.no_answer_delay > 0s) of.excluded[r.agent] = now + q.no_answer_delay;
  }
  if (c.outcome == reservation_outcome::superseded)
    demand(r.again && !of.overdue.empty(), "only who is asked again gives way to an overflow");
  free_agent(r.agent, now);
  reservations_.erase(c.reservation);
  if (rings_only_again(c.call)) of.step_due = never;
  if (of.offered_to.empty()) of.sticky.clear();
}

void router_model::check_overflow(const routing::overflow& c) {
  const auto found = calls_.find(c.call);
  demand(found != calls_.end() && found->second.offered_to.empty() && !found->second.talking,
         "overflows while waiting");
  const call& of = found->second;
  demand(of.request.queue == c.queue && of.overdue.contains(c.reason),
         "overflows when it is due, and says why: " + c.reason);
  calls_.erase(found);
  ++overflow_count_;
}

void router_model::check_escalated(const routing::escalated& c, instant now) {
  const auto found = calls_.find(c.call);
  demand(found != calls_.end() && !found->second.talking && found->second.request.queue == c.queue,
         "only a waiting caller is escalated");
  call& of = found->second;
  const auto& rules = queue_of(of).escalations;
  demand(c.rule >= 1 && c.rule <= rules.size() && !of.fired.contains(c.rule - 1), "a rule fires once");
  const auto& rule = rules[c.rule - 1];
  const bool by_time = rule.after > 0s && of.entered + rule.after <= now;
  const bool by_place = rule.position > 0 && of.offered_to.empty() && place(c.call, now) <= rule.position;
  demand(by_time || by_place, "a rule fires when it is due");
  demand(!c.what.empty(), "a rule says what it does");
  apply(of, c.rule - 1);
  ++escalated_count_;
}

void router_model::check_rules(const call_id& id, instant now) const {
  const call& c = calls_.at(id);
  const auto& rules = queue_of(c).escalations;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto& r = rules[i];
    if (c.fired.contains(i)) continue;
    if (c.request.patient && r.raise_priority == 0 && r.tier == 0 && !r.replaces) continue;
    demand(r.after <= 0s || c.entered + r.after > now, "a rule fires in time");
    const bool waits = c.offered_to.empty() && c.overdue.empty();
    demand(r.position == 0 || !waits || place(id, now) > r.position, "a rule fires at its place");
  }
}

/// The next moment at which waiting alone changes something for the call.
instant router_model::next_due(const call& c, instant now) const {
  const auto& q = queue_of(c);
  instant first = instant::max();
  const auto consider = [&](instant due) { first = std::min(first, std::max(due, now + 1us)); };
  if (q.max_wait > 0s && !c.request.patient && c.overdue.empty()) consider(c.request.entered_at + q.max_wait);
  for (const auto& each : c.excluded)
    consider(each.second);
  for (std::size_t i = 0; i < q.escalations.size(); ++i) {
    const bool futile = c.request.patient && q.escalations[i].overflow;
    if (q.escalations[i].after > 0s && !c.fired.contains(i) && !futile) consider(c.entered + q.escalations[i].after);
  }
  if (q.priority_step > 0s && now - c.entered < q.priority_step * q.priority_growth)
    consider(c.entered + ((now - c.entered) / q.priority_step + 1) * q.priority_step);
  if (!c.sticky.empty() && c.offered_to.empty()) consider(c.sticky_due);
  if (c.step_due > now && q.strategy == strategy::ring_progressively && !rings_everybody(q) && c.sticky.empty() &&
      c.overdue.empty())
    consider(c.step_due);
  return first;
}

/// What holds after every event: nothing is left to be paired, and the router's answers are the model's.
void router_model::check_settled(const router& r, instant now) const {
  for (const auto& [account, a] : agents_) {
    demand(r.is_ready(account) == available(account, now), "ready or not: " + account);
    if (!available(account, now)) continue;
    for (const auto& [id, c] : calls_) {
      demand(!offerable(id, now) || !serves(account, id, now) || excluded(id, account, now),
             "an agent is idle, a caller waits");
    }
  }
  for (const auto& [account, a] : agents_) {
    for (const auto& [id, c] : calls_)
      demand(!askable(account, now) || !waits_unheard(account, id, now), "an emergency rings nowhere: " + account);
  }
  instant first = instant::max();
  for (const auto& q : plan_.queues) {
    std::size_t waiting = 0;
    instant oldest = now;
    demand(r.present(q.name) == present(q), "present");
    for (const auto& [id, c] : calls_) {
      if (c.request.queue != q.name || c.talking) continue;
      ++waiting;
      oldest = std::min(oldest, c.entered);
      first = std::min(first, next_due(c, now));
      demand(c.overdue.empty() || !rings_only_again(id), "an overdue call is only kept while it rings");
      demand(r.position(id) == place(id, now), "position");
      check_rules(id, now);
    }
    demand(r.waiting(q.name) == waiting, "waiting");
    demand(r.oldest_wait(q.name, now) == now - oldest, "oldest wait");
  }
  std::set<agent_id> engaged;
  for (const auto& [id, each] : reservations_) {
    demand(engaged.insert(each.agent).second, "one call per agent");
    const auto seen = r.find(id);
    demand(seen && seen->call == each.call && seen->agent == each.agent && seen->connected == each.connected, "find");
    demand(each.connected || seen->deadline == each.deadline, "a lease keeps its deadline");
    if (!each.connected) first = std::min(first, each.deadline);
  }
  demand(r.reservations().size() == reservations_.size(), "reservations");
  if (first != instant::max()) demand(r.next_deadline() && *r.next_deadline() <= first, "wakes in time");
  demand(!r.next_deadline() || *r.next_deadline() > now, "nothing due is left");
}

} // namespace lifeline::domain::testing
