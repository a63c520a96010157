#include "domain/agents/agent_machine.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

agent_step refused(std::string why) {
  agent_step s;
  s.accepted = false;
  s.error = std::move(why);
  return s;
}

void disengage(agent_model& a) {
  a.engaged = engagement::none;
  a.reservation = {};
  a.call = {};
  a.queue.clear();
  a.deadline = never;
}

bool is_live(engagement e) { return e == engagement::talking || e == engagement::hold; }
bool is_offer(engagement e) { return e == engagement::reserved || e == engagement::ringing; }

struct transition {
  agent_model& a;
  instant now;

  [[nodiscard]] bool mine(const reservation_id& r) const {
    return a.engaged != engagement::none && a.engaged != engagement::wrap_up && a.engaged != engagement::alert &&
           a.reservation == r;
  }

  agent_step operator()(const agent_order& e) const {
    switch (e.verb) {
    case agent_verb::ready:
      if (a.wanted == presence::logged_out) sign_in();
      a.wanted = presence::ready;
      a.reason.clear();
      a.misses = 0;
      a.retry_until = never;
      if (a.engaged == engagement::wrap_up) disengage(a);
      return {};
    case agent_verb::not_ready:
      if (e.reason.empty()) return refused("a reason is needed: break, meal, training, meeting or your own");
      if (a.wanted == presence::logged_out) sign_in();
      a.wanted = presence::not_ready;
      a.reason = e.reason;
      if (a.engaged == engagement::wrap_up) disengage(a);
      return {};
    case agent_verb::logout:
      a.wanted = presence::logged_out;
      a.reason.clear();
      if (a.engaged == engagement::wrap_up) disengage(a);
      return {};
    case agent_verb::wrap_up_end:
      if (a.engaged != engagement::wrap_up) return refused("the agent is not in wrap-up");
      disengage(a);
      return {};
    case agent_verb::wrap_up_more: return prolong_wrap_up(e);
    }
    return refused("unknown order");
  }

  agent_step operator()(const reachability& e) const {
    const bool first = e.reachable && !a.reachable;
    a.reachable = e.reachable;
    const bool gave_up =
        a.wanted == presence::not_ready && (a.reason == reason_no_answer || a.reason.starts_with(reason_refuses));
    const bool was_lost = a.wanted == presence::not_ready && a.reason == reason_unreachable;
    if (first && e.sign_in && a.wanted == presence::logged_out) {
      sign_in();
      a.wanted = presence::ready;
    } else if ((first && e.sign_in && gave_up) || (e.reachable && was_lost)) {
      a.wanted = presence::ready;
      a.reason.clear();
      a.misses = 0;
    }
    return {};
  }

  agent_step operator()(const reserve_agent& e) const {
    if (e.epoch < a.epoch) return refused("the reservation is of an older epoch");
    a.epoch = e.epoch;
    if (!offerable(a) && !(e.emergency && can_be_asked_again(a)))
      return refused(std::string{"the agent is "} + std::string{to_string(visible_state(a))});
    a.engaged = engagement::reserved;
    a.reservation = e.reservation;
    a.call = e.call;
    a.queue = e.queue;
    a.deadline = e.deadline;
    return {};
  }

  agent_step operator()(const phone_ringing& e) const {
    if (!mine(e.reservation) || !is_offer(a.engaged)) return refused("no such offer");
    a.engaged = engagement::ringing;
    return {};
  }

  agent_step operator()(const agent_connected& e) const {
    if (!mine(e.reservation)) return refused("no such offer");
    if (is_offer(a.engaged)) {
      ++a.calls;
      a.misses = 0;
      a.engaged = engagement::talking;
      if (a.wanted == presence::not_ready && was_missed(a.reason)) { // it was asked again, and is back
        a.wanted = presence::ready;
        a.reason.clear();
      }
    }
    a.deadline = e.deadline;
    return {};
  }

  agent_step operator()(const agent_hold& e) const {
    if (!mine(e.reservation) || !is_live(a.engaged)) return refused("no such conversation");
    a.engaged = e.on ? engagement::hold : engagement::talking;
    return {};
  }

  agent_step operator()(const offer_over& e) const {
    if (!mine(e.reservation) || !is_offer(a.engaged)) return refused("no such offer");
    disengage(a);
    if (e.refused_with != 0) { // the next one would be answered in the same way, for ever
      miss(e, reason_refuses + std::to_string(e.refused_with));
      return {};
    }
    switch (e.outcome) {
    case reservation_outcome::no_answer:
    case reservation_outcome::unreachable:
      miss(e, e.outcome == reservation_outcome::no_answer ? reason_no_answer : reason_unreachable);
      break;
    case reservation_outcome::rejected:
    case reservation_outcome::busy: a.retry_until = now + e.retry_delay; break;
    default: break;
    }
    return {};
  }

  agent_step operator()(const agent_released& e) const {
    if (!mine(e.reservation) || !is_live(a.engaged)) return refused("no such conversation");
    a.talked += e.talked;
    begin_wrap_up(e.wrap_up);
    return {};
  }

  agent_step operator()(const alert_agent& e) const {
    const bool free = e.whoever ? a.engaged == engagement::none && a.reachable : offerable(a);
    if (!free) return refused(std::string{"the agent is "} + std::string{to_string(visible_state(a))});
    a.engaged = engagement::alert;
    a.reservation = e.alert;
    a.deadline = e.deadline;
    return {};
  }

  agent_step operator()(const alert_over& e) const {
    if (a.engaged != engagement::alert || a.reservation != e.alert) return refused("no such alert");
    disengage(a);
    return {};
  }

  agent_step operator()(const agent_clock&) const {
    agent_step s;
    if (a.engaged == engagement::none || a.deadline == never || now < a.deadline) return s;
    if (a.engaged != engagement::wrap_up && a.engaged != engagement::alert) {
      s.overdue = true;
      s.lost = a.reservation;
    }
    disengage(a);
    return s;
  }

  void miss(const offer_over& e, std::string reason) const {
    ++a.misses;
    if (e.max_misses > 0 && a.misses >= e.max_misses && a.wanted == presence::ready) {
      a.wanted = presence::not_ready;
      a.reason = std::move(reason);
      a.misses = 0;
      return;
    }
    a.retry_until = now + e.retry_delay;
  }

  agent_step prolong_wrap_up(const agent_order& e) const {
    if (a.engaged != engagement::wrap_up) return refused("the agent is not in wrap-up");
    if (e.extra <= 0s) return refused("the extra time must be positive");
    // `since` is the wrap-up's begin: the state has not changed since.
    const auto latest = e.wrap_up_limit > 0s ? a.since + e.wrap_up_limit : instant::max();
    if (a.deadline >= latest) return refused("wrap-up has reached its limit");
    a.deadline = std::min(a.deadline + e.extra, latest);
    return {};
  }

  void sign_in() const {
    a.signed_in = now;
    a.calls = 0;
    a.talked = 0s;
    a.misses = 0;
    a.retry_until = never;
  }

  void begin_wrap_up(span length) const {
    disengage(a);
    if (a.wanted == presence::logged_out || length <= 0s) return;
    a.engaged = engagement::wrap_up;
    a.deadline = now + length;
  }
};

std::string reason_of(const agent_model& a, agent_state s) {
  return s == agent_state::not_ready ? a.reason : std::string{};
}

/// An offer that came to nothing through no doing of the agent must not cost it its place among the idle ones.
bool keeps_place(const agent_event& e) {
  if (std::holds_alternative<alert_over>(e)) return true;
  const auto* over = std::get_if<offer_over>(&e);
  if (over == nullptr) return false;
  switch (over->outcome) {
  case reservation_outcome::caller_gone:
  case reservation_outcome::lost_race:
  case reservation_outcome::refused:
  case reservation_outcome::superseded: return true;
  default: return false;
  }
}

/// Everything that others can see of the agent; a change of it is a new version.
auto essence(const agent_model& a) {
  return std::tuple{a.wanted,   a.reason,      a.reachable, a.engaged, a.reservation,
                    a.deadline, a.retry_until, a.misses,    a.calls,   a.talked};
}

} // namespace

agent_state visible_state(const agent_model& a) {
  switch (a.engaged) {
  case engagement::alert:
  case engagement::reserved: return agent_state::reserved;
  case engagement::ringing: return agent_state::ringing;
  case engagement::talking: return agent_state::talking;
  case engagement::hold: return agent_state::hold;
  case engagement::wrap_up: return agent_state::wrap_up;
  case engagement::none: break;
  }
  if (a.wanted == presence::logged_out) return agent_state::logged_out;
  if (!a.reachable) return agent_state::unreachable;
  return a.wanted == presence::ready ? agent_state::ready : agent_state::not_ready;
}

agent_step step(agent_model& a, const agent_event& e, instant now) {
  const auto from = visible_state(a);
  const auto from_reason = reason_of(a, from);
  const auto before = essence(a);
  auto result = std::visit(transition{a, now}, e);
  result.from = from;
  result.to = visible_state(a);
  result.reason = reason_of(a, result.to);
  if (!result.accepted) return result;
  if (before != essence(a)) {
    result.changed = true;
    ++a.version;
  }
  if (result.from != result.to || from_reason != result.reason) {
    result.in_from = a.since == never ? span{0} : now - a.since;
    a.since = now;
    if (result.to == agent_state::ready && !keeps_place(e)) a.ready_since = now;
  }
  return result;
}

void recover_after_restart(agent_model& a, span wrap_up, instant now) {
  if (is_live(a.engaged)) {
    disengage(a);
    if (a.wanted != presence::logged_out && wrap_up > 0s) {
      a.engaged = engagement::wrap_up;
      a.deadline = now + wrap_up;
    }
  } else if (is_offer(a.engaged) || a.engaged == engagement::alert) {
    disengage(a);
  }
  a.reachable = false; // until its registration is found or renewed
  a.epoch = 0;
  a.since = now;
  a.ready_since = now;
  ++a.version;
}

} // namespace lifeline::domain
