#include "test_router_model.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace lifeline::domain::testing {

namespace {
void demand(bool holds, const std::string& rule) {
  if (!holds) throw std::logic_error(rule);
}
bool member(const agent_plan& a, const queue_id& q) {
  return std::find(a.queues.begin(), a.queues.end(), q) != a.queues.end();
}
bool rings_all(const queue_plan& q) {
  return q.strategy == strategy::ring_all || (q.strategy == strategy::ring_progressively && q.ring_step <= 0s);
}
} // namespace

// ---- who is there ------------------------------------------------------------------------------------------------

bool router_model::present(const agent_id& account, const queue_plan& q) const {
  const agent& a = agents_.at(account);
  return a.seen && member(*plan_.find_agent(account), q.name) &&
         std::find(q.present_states.begin(), q.present_states.end(), a.view.state) != q.present_states.end();
}

std::size_t router_model::present(const queue_plan& q) const {
  std::size_t n = 0;
  for (const auto& [account, a] : agents_)
    n += present(account, q) ? 1 : 0;
  return n;
}

bool router_model::awaited(const agent_id& account, const queue_plan& q) const {
  const agent& a = agents_.at(account);
  if (!present(account, q)) return false;
  if (a.view.state == agent_state::not_ready || a.view.state == agent_state::logged_out ||
      a.view.state == agent_state::unreachable)
    return !a.reservation.is_nil();
  return true;
}

/// Calls of queues that nobody serves any more and whose time to wait for somebody is over.
void router_model::empty_queues(instant now) {
  for (auto due = empty_due_.begin(); due != empty_due_.end();) {
    if (due->second > now) {
      ++due;
      continue;
    }
    for (auto& [id, c] : calls_) {
      if (c.request.queue == due->first && !c.talking && !c.request.patient && c.overdue.empty())
        c.overdue = "no agent is present";
    }
    due = empty_due_.erase(due);
  }
}

void router_model::view(const agent_id& account, const agent_view& v, instant now) {
  agent& a = agents_.at(account);
  std::map<queue_id, std::size_t> before;
  for (const auto& q : plan_.queues)
    before[q.name] = present(q);
  a.view = v;
  a.seen = true;
  if (v.ready_since == never) a.view.ready_since = now;
  a.last_offered = std::max(a.last_offered, v.last_offered);
  if (a.reservation.is_nil() || v.state != agent_state::ready) a.settled = true;
  fresh_.insert(account);
  for (const auto& q : plan_.queues) {
    const auto there = present(q);
    if (there > 0) empty_due_.erase(q.name);
    if (there == 0 && before[q.name] > 0 && q.leave_empty == empty_policy::overflow)
      empty_due_[q.name] = now + q.leave_empty_after;
    if (there != before[q.name] && q.tier_wait > 0s) { // tiers may have opened
      for (const auto& each : plan_.agents)
        if (member(each, q.name)) fresh_.insert(each.account);
    }
  }
  for (auto& [id, c] : calls_) {
    if (c.sticky == account && c.offered_to.empty() && !c.talking && !awaited(account, queue_of(c))) c.sticky.clear();
  }
  empty_queues(now);
}

// ---- callers -----------------------------------------------------------------------------------------------------

enqueue_status router_model::status_of(const call_request& request) const {
  if (calls_.contains(request.call)) return enqueue_status::duplicate;
  const auto& q = *plan_.find_queue(request.queue);
  if (request.known || request.patient) return enqueue_status::accepted;
  if (q.join_empty == empty_policy::overflow && present(q) == 0) return enqueue_status::no_agent;
  std::size_t waiting = 0;
  for (const auto& [id, c] : calls_)
    waiting += c.request.queue == q.name && !c.talking ? 1 : 0;
  return q.max_length > 0 && waiting >= q.max_length ? enqueue_status::queue_full : enqueue_status::accepted;
}

instant router_model::regained(const call_request& request, instant now) const {
  const auto& q = *plan_.find_queue(request.queue);
  const auto found = left_early_.find({request.queue, request.caller});
  if (request.caller.empty() || request.known || request.patient || found == left_early_.end()) return never;
  const auto [entered, left] = found->second;
  return q.resume_place > 0s && left + q.resume_place >= now && entered < request.entered_at ? entered : never;
}

void router_model::enqueue(const call_request& request, instant now) {
  const instant old = regained(request, now);
  call& c = calls_[request.call];
  c.request = request;
  c.entered = old == never ? request.entered_at : old;
  c.arrival = arrivals_++;
  if (old != never) {
    left_early_.erase({request.queue, request.caller});
    ++resumed_count_;
  }
  const auto& q = queue_of(c);
  for (std::size_t i = 0; request.known && i < q.escalations.size(); ++i) {
    const auto& rule = q.escalations[i];
    if (rule.after > 0s && c.entered + rule.after <= now && (!rule.overflow || request.patient)) apply(c, i);
  }
  if (q.max_wait > 0s && !request.patient && request.entered_at + q.max_wait <= now) c.overdue = "max wait";
  begin_sticky(c, now, true);
  if (request.known && present(q) == 0 && q.leave_empty == empty_policy::overflow && !empty_due_.contains(q.name))
    empty_due_[q.name] = now + std::max(q.leave_empty_after, settle_limit);
}

/// `listed`: agents who are ready may be taken although the time to wait for them is over.
void router_model::begin_sticky(call& c, instant now, bool listed) {
  const auto& q = queue_of(c);
  c.sticky.clear();
  const auto found = talked_to_.find(c.request.caller);
  if (q.sticky <= 0s || c.request.caller.empty() || found == talked_to_.end()) return;
  const auto& [account, at] = found->second;
  if (at + q.sticky < now || !member(*plan_.find_agent(account), q.name) || !has_skills(account, c)) return;
  c.sticky_due = c.request.entered_at + q.sticky_wait;
  const bool ready = listed && available(account, now);
  if (!ready && (!awaited(account, q) || c.sticky_due <= now)) return;
  c.sticky = account;
  ++sticky_count_;
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
  if (!calls_.at(r.call).request.caller.empty()) talked_to_[calls_.at(r.call).request.caller] = {r.agent, now};
  calls_.erase(r.call);
  reservations_.erase(id);
}

void router_model::talk_over_of(const call_id& id, instant now) {
  for (const auto& [key, r] : reservations_) {
    if (r.call == id && r.connected) {
      talk_over(reservation_id{key}, now);
      return;
    }
  }
  throw std::logic_error("a talking call has a reservation");
}

void router_model::leaves_early(const call_id& id, instant now) {
  const call& c = calls_.at(id);
  if (queue_of(c).resume_place > 0s && !c.request.patient && !c.request.caller.empty())
    left_early_[{c.request.queue, c.request.caller}] = {c.entered, now};
}

/// Everything that becomes free or due by the passing of time.
void router_model::pass(instant now) {
  for (auto& [id, c] : calls_) {
    std::erase_if(c.excluded, [&](const auto& each) {
      if (each.second > now) return false;
      fresh_.insert(each.first);
      return true;
    });
    const auto& q = queue_of(c);
    if (c.talking) continue;
    if (q.max_wait > 0s && !c.request.patient && c.overdue.empty() && c.request.entered_at + q.max_wait <= now)
      c.overdue = "max wait";
    if (!c.sticky.empty() && c.sticky_due <= now && c.offered_to.empty()) c.sticky.clear();
  }
  empty_queues(now);
  for (auto& [account, a] : agents_) {
    if (a.view.retry_until != never && a.view.retry_until <= now) fresh_.insert(account);
    if (!a.settled && a.settle_until <= now) fresh_.insert(account);
  }
}

void router_model::reconfigure(const plan& p, instant now) {
  const plan old = std::exchange(plan_, p);
  for (const auto& q : plan_.queues) {
    const auto* was = old.find_queue(q.name);
    std::size_t before = 0;
    for (const auto& [account, a] : agents_) {
      const auto& states = was->present_states;
      before += a.seen && member(*old.find_agent(account), q.name) &&
                        std::find(states.begin(), states.end(), a.view.state) != states.end()
                    ? 1
                    : 0;
    }
    if (present(q) > 0 || q.leave_empty != empty_policy::overflow)
      empty_due_.erase(q.name);
    else if (before > 0)
      empty_due_[q.name] = now + q.leave_empty_after;
  }
  for (auto& [id, c] : calls_) {
    const auto& then = old.find_queue(c.request.queue)->escalations;
    const auto& rules = queue_of(c).escalations;
    const auto fired = std::exchange(c.fired, {});
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (std::any_of(fired.begin(), fired.end(), [&](std::size_t j) { return then[j] == rules[i]; }))
        c.fired.insert(i);
    }
    if (c.talking) continue;
    const auto& q = queue_of(c);
    if (q.strategy == strategy::ring_progressively && !rings_all(q) && !c.offered_to.empty() && c.step_due == never)
      c.step_due = now + q.ring_step;
    if (!c.sticky.empty()) {
      begin_sticky(c, now, false);
      --sticky_count_;
    }
  }
  pass(now);
  fresh_.clear(); // everybody is looked at together
}

// ---- what the rules say ------------------------------------------------------------------------------------------

bool router_model::available(const agent_id& account, instant now) const {
  const agent& a = agents_.at(account);
  return a.seen && a.view.state == agent_state::ready && a.reservation.is_nil() &&
         (a.settled || a.settle_until <= now) && a.view.retry_until <= now;
}

bool router_model::offerable(const call_id& id, instant now) const {
  const call& c = calls_.at(id);
  if (c.talking || !c.overdue.empty()) return false;
  if (c.offered_to.empty()) return true;
  if (!c.sticky.empty()) return false;
  const auto& q = queue_of(c);
  return rings_all(q) || (q.strategy == strategy::ring_progressively && c.step_due <= now);
}

bool router_model::has_skills(const agent_id& account, const call& c) const {
  const auto& skills = plan_.find_agent(account)->skills;
  for (const auto* list : {c.instead ? &*c.instead : &queue_of(c).required, &c.request.required}) {
    for (const auto& need : *list) {
      const auto has = skills.find(need.skill);
      if (has == skills.end() || has->second < need.level) return false;
    }
  }
  return true;
}

bool router_model::tier_open(const agent_id& account, const call& c, instant now) const {
  const auto& q = queue_of(c);
  const int tier = plan_.find_agent(account)->place_in(q.name).tier;
  if (q.tier_wait <= 0s || tier <= c.tier || now - c.entered >= (tier - 1) * q.tier_wait) return true;
  if (!q.tier_skip_empty) return false;
  for (const auto& [other, a] : agents_) {
    if (plan_.find_agent(other)->place_in(q.name).tier < tier && present(other, q)) return false;
  }
  return true;
}

bool router_model::serves(const agent_id& account, const call_id& id, instant now) const {
  const call& c = calls_.at(id);
  if (!member(*plan_.find_agent(account), c.request.queue) || !has_skills(account, c)) return false;
  return c.sticky.empty() ? tier_open(account, c, now) : c.sticky == account;
}

bool router_model::excluded(const call_id& id, const agent_id& account, instant now) const {
  const auto& list = calls_.at(id).excluded;
  const auto found = list.find(account);
  return found != list.end() && found->second > now;
}

std::int64_t router_model::priority(const call& c, instant now) const {
  const auto& q = queue_of(c);
  std::int64_t grown = 0;
  if (q.priority_step > 0s) grown = std::clamp<std::int64_t>((now - c.entered) / q.priority_step, 0, q.priority_growth);
  return q.priority + c.request.priority + c.raised + grown;
}

bool router_model::before(const call_id& x, const call_id& y, instant now) const {
  const call& a = calls_.at(x);
  const call& b = calls_.at(y);
  if (priority(a, now) != priority(b, now)) return priority(a, now) > priority(b, now);
  const auto urgency = [&](const call& c) { return queue_of(c).weight * static_cast<double>((now - c.entered).count()); };
  if (urgency(a) != urgency(b)) return urgency(a) > urgency(b);
  return std::tie(a.entered, a.arrival) < std::tie(b.entered, b.arrival);
}

/// From 1, among those of its queue who wait or ring.
std::size_t router_model::place(const call_id& id, instant now) const {
  const auto key = [&](const call& c) { return std::tuple{-priority(c, now), c.entered, c.arrival}; };
  const call& mine = calls_.at(id);
  std::size_t n = 1;
  for (const auto& [other, c] : calls_)
    n += c.request.queue == mine.request.queue && !c.talking && key(c) < key(mine) ? 1 : 0;
  return n;
}

/// Strictly better, by tier and the strategy's figure alone (ties are free).
bool router_model::prefers(const call& c, const agent_id& x, const agent_id& y) const {
  const auto& q = queue_of(c);
  const agent& a = agents_.at(x);
  const agent& b = agents_.at(y);
  const auto at = [&](const agent_id& who) { return plan_.find_agent(who)->place_in(q.name); };
  if (q.tier_wait > 0s && at(x).tier != at(y).tier) return at(x).tier < at(y).tier;
  const auto line = [&](const agent_id& who) { return std::pair{at(who).tier, at(who).position}; };
  const auto after_last = [&](const agent_id& who) { // the plan lists agents by name
    if (c.last_asked.empty()) return 0;
    return std::tuple{line(who), who} > std::tuple{line(c.last_asked), c.last_asked} ? 0 : 1;
  };
  switch (q.strategy) {
  case strategy::longest_idle: return a.view.ready_since < b.view.ready_since;
  case strategy::round_robin: return a.last_offered < b.last_offered;
  case strategy::fewest_calls: return a.view.calls_answered < b.view.calls_answered;
  case strategy::least_talk: return a.view.talk_time < b.view.talk_time;
  case strategy::top_down:
  case strategy::ring_progressively: return std::tuple{line(x), x} < std::tuple{line(y), y};
  case strategy::sequential: return std::tuple{after_last(x), line(x), x} < std::tuple{after_last(y), line(y), y};
  case strategy::random:
  case strategy::ring_all: break;
  }
  return false;
}

void router_model::apply(call& c, std::size_t rule) {
  const auto& does = queue_of(c).escalations[rule];
  c.fired.insert(rule);
  c.raised += does.raise_priority;
  c.tier = std::max(c.tier, does.tier);
  if (does.replaces) c.instead = does.required;
  if (does.overflow && !c.request.patient && c.overdue.empty()) c.overdue = "escalated";
}

// ---- judgements --------------------------------------------------------------------------------------------------

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
void router_model::check_reserve(const routing::reserve& c, instant now, bool choice) {
  demand(calls_.contains(c.call) && offerable(c.call, now), "only a waiting call is offered");
  demand(available(c.agent, now), "only a ready agent is reserved: " + c.agent);
  demand(serves(c.agent, c.call, now), "only an eligible agent is reserved");
  demand(!excluded(c.call, c.agent, now), "no offer within the retry delay");
  demand(!reservations_.contains(c.reservation), "a reservation's id is new");
  for (const auto& [id, other] : calls_) {
    if (id == c.call || !offerable(id, now) || !serves(c.agent, id, now) || excluded(id, c.agent, now)) continue;
    demand(!before(id, c.call, now), "a call that comes first is passed over");
  }
  call& of = calls_.at(c.call);
  const auto& q = queue_of(of);
  if (choice && !fresh_.contains(c.agent) && !rings_all(q)) {
    for (const auto& [account, a] : agents_) {
      if (account == c.agent || fresh_.contains(account) || !available(account, now)) continue;
      if (!serves(account, c.call, now) || excluded(c.call, account, now)) continue;
      demand(!prefers(of, account, c.agent), "the strategy prefers " + account + " to " + c.agent);
    }
  }
  check_explanation(c, now);
  demand(c.queue == q.name && c.deadline == now + q.ring_timeout + lease_margin, "queue and lease");
  reservations_[c.reservation] = {c.call, c.agent, false, c.deadline, now};
  of.offered_to.insert(c.agent);
  of.last_asked = c.agent;
  if (q.strategy == strategy::ring_progressively && !rings_all(q)) of.step_due = now + q.ring_step;
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
    const auto& q = queue_of(of);
    if (q.no_answer_delay > 0s) of.excluded[r.agent] = now + q.no_answer_delay;
  }
  if (of.offered_to.empty()) {
    of.step_due = never;
    of.sticky.clear();
  }
  free_agent(r.agent, now);
  reservations_.erase(c.reservation);
}

void router_model::check_overflow(const routing::overflow& c) {
  const auto found = calls_.find(c.call);
  demand(found != calls_.end() && found->second.offered_to.empty() && !found->second.talking,
         "overflows while waiting");
  const call& of = found->second;
  demand(of.request.queue == c.queue && of.overdue == c.reason, "overflows when it is due, and says why: " + c.reason);
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
  if (c.step_due > now && q.strategy == strategy::ring_progressively && c.sticky.empty() && c.overdue.empty())
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
      demand(c.overdue.empty() || !c.offered_to.empty(), "an overdue call is only kept while it rings");
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
