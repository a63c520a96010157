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
} // namespace

bool router_model::rings_everybody(const queue_plan& q) {
  return q.strategy == strategy::ring_all || (q.strategy == strategy::ring_progressively && q.ring_step <= 0s);
}

// ---- who is there ------------------------------------------------------------------------------------------------

bool router_model::there(const agent_id& account, const queue_plan& q) const {
  const agent& a = agents_.at(account);
  return a.seen && member(*plan_.find_agent(account), q.name) &&
         std::find(q.present_states.begin(), q.present_states.end(), a.view.state) != q.present_states.end();
}

std::size_t router_model::there(const queue_plan& q) const {
  std::size_t n = 0;
  for (const auto& [account, a] : agents_)
    n += there(account, q) ? 1 : 0;
  return n;
}

/// Of that plan: there, or not answering its phone, which an emergency lets ring again.
bool router_model::present(const plan& p, const agent_id& account, const queue_plan& q) const {
  const agent& a = agents_.at(account);
  if (!a.seen || !member(*p.find_agent(account), q.name)) return false;
  const bool unheard = a.view.state == agent_state::not_ready && a.view.reason == reason_no_answer;
  return std::find(q.present_states.begin(), q.present_states.end(), a.view.state) != q.present_states.end() ||
         (unheard && p.serves_emergency(q.name));
}

std::size_t router_model::present(const queue_plan& q) const {
  std::size_t n = 0;
  for (const auto& [account, a] : agents_)
    n += present(plan_, account, q) ? 1 : 0;
  return n;
}

bool router_model::askable(const agent_id& account, instant now) const {
  const agent& a = agents_.at(account);
  return a.seen && a.view.state == agent_state::not_ready && was_missed(a.view.reason) && a.reservation.is_nil() &&
         (a.settled || a.settle_until <= now) && a.view.retry_until <= now;
}

bool router_model::rings_only_again(const call_id& id) const {
  return std::all_of(reservations_.begin(), reservations_.end(),
                     [&](const auto& r) { return r.second.call != id || r.second.connected || r.second.again; });
}

/// An emergency's caller who rings nowhere and whom this agent could have.
bool router_model::waits_unheard(const agent_id& account, const call_id& id, instant now) const {
  const call& c = calls_.at(id);
  return plan_.serves_emergency(c.request.queue) && c.offered_to.empty() && offerable(id, now) &&
         serves(account, id, now) && !excluded(id, account, now);
}

bool router_model::awaited(const agent_id& account, const queue_plan& q) const {
  const agent& a = agents_.at(account);
  if (!there(account, q)) return false;
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
      if (c.request.queue == due->first && !c.talking && !c.request.patient) c.overdue.insert("no agent is present");
    }
    due = empty_due_.erase(due);
  }
}

void router_model::view(const agent_id& account, const agent_view& v, instant now) {
  agent& a = agents_.at(account);
  std::map<queue_id, std::size_t> before;
  std::map<queue_id, std::size_t> at_work;
  for (const auto& q : plan_.queues) {
    before[q.name] = present(q);
    at_work[q.name] = there(q);
  }
  a.view = v;
  a.seen = true;
  if (v.ready_since == never) a.view.ready_since = now;
  a.last_offered = std::max(a.last_offered, v.last_offered);
  const bool missed = v.state == agent_state::not_ready && was_missed(v.reason);
  if (a.reservation.is_nil() || (v.state != agent_state::ready && !missed)) a.settled = true;
  fresh_.insert(account);
  for (const auto& q : plan_.queues) {
    const auto left = present(q);
    if (left > 0) empty_due_.erase(q.name);
    if (left == 0 && before[q.name] > 0 && q.leave_empty == empty_policy::overflow)
      empty_due_[q.name] = now + q.leave_empty_after;
    if (there(q) != at_work[q.name] && q.tier_wait > 0s) { // tiers may have opened
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
  if (q.max_wait > 0s && !request.patient && request.entered_at + q.max_wait <= now) c.overdue.insert("max wait");
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
    if (q.max_wait > 0s && !c.request.patient && c.request.entered_at + q.max_wait <= now) c.overdue.insert("max wait");
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
    for (const auto& [account, a] : agents_)
      before += present(old, account, *was) ? 1 : 0;
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
    if (q.strategy == strategy::ring_progressively && !rings_everybody(q) && !c.offered_to.empty() &&
        !rings_only_again(id) && c.step_due == never)
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
  if (c.offered_to.empty() || rings_only_again(id)) return true;
  if (!c.sticky.empty()) return false;
  const auto& q = queue_of(c);
  return rings_everybody(q) || (q.strategy == strategy::ring_progressively && c.step_due <= now);
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
    if (plan_.find_agent(other)->place_in(q.name).tier < tier && there(other, q)) return false;
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
  const auto urgency = [&](const call& c) {
    return queue_of(c).weight * static_cast<double>((now - c.entered).count());
  };
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
  if (!c.sticky.empty() && c.offered_to.empty() && !has_skills(c.sticky, c)) c.sticky.clear();
  if (does.overflow && !c.request.patient) c.overdue.insert("escalated");
}

} // namespace lifeline::domain::testing
