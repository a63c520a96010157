#pragma once
// The life of one agent account: what the agent wants (logged out, ready, not ready), whether its phone can be
// reached, and what call it is engaged in. The state that everybody sees is derived from these three, so that they can
// change independently: a phone that unregisters in the middle of a call does not end the call.
//
//   engaged ─ none ──reserve──▶ reserved ──ring──▶ ringing ──connect──▶ talking ⇄ hold ──release──▶ wrap_up ─▶ none
//              ▲                    └──────end───────┴─▶ none (a miss may make the agent not ready)

#include "domain/base/ids.hpp"
#include "domain/log/agent_state.hpp"
#include "domain/log/events.hpp"
#include "domain/plan/plan.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace lifeline::domain {

enum class presence : std::uint8_t { logged_out = 0, ready = 1, not_ready = 2 };
enum class engagement : std::uint8_t {
  none = 0,
  reserved = 1,
  ringing = 2,
  talking = 3,
  hold = 4,
  wrap_up = 5,
  alert = 6, ///< its phone is rung for an alarm that nobody has taken; it is seen as reserved
};

/// System reasons of "not ready"; agents give their own ("break", "meal", "training", "meeting").
inline constexpr const char* reason_no_answer = "no answer";
inline constexpr const char* reason_refuses = "phone refuses calls: "; ///< and the SIP status that it answers with
inline constexpr const char* reason_unreachable = "phone unreachable"; ///< ends by itself when the phone registers
/// Not ready by no wish of its own: for an emergency it is asked again when nobody else is free.
inline bool was_missed(std::string_view reason) { return reason == reason_no_answer || reason == reason_unreachable; }

struct agent_model {
  agent_id account;
  presence wanted = presence::logged_out;
  std::string reason; ///< of not_ready
  bool reachable = false;
  engagement engaged = engagement::none;
  reservation_id reservation;
  call_id call;
  queue_id queue;           ///< of the engagement
  instant deadline = never; ///< by which the engagement must have moved on
  instant since = never;    ///< when the visible state began
  instant signed_in = never;
  instant ready_since = never;
  instant retry_until = never; ///< not offered anything before
  std::int32_t misses = 0;     ///< unanswered offers in a row
  std::uint64_t calls = 0;     ///< answered since signing in
  span talked = 0s;            ///< since signing in, hold included
  std::uint64_t epoch = 0;     ///< of the dispatcher last obeyed
  std::uint64_t version = 0;   ///< grows with every change: an older view is stale
};

/// The state that everybody sees.
agent_state visible_state(const agent_model& a);
/// What a router may do with the agent now.
inline bool offerable(const agent_model& a) { return visible_state(a) == agent_state::ready; }
/// What it may do for an emergency besides.
inline bool can_be_asked_again(const agent_model& a) {
  return visible_state(a) == agent_state::not_ready && was_missed(a.reason);
}

// ---- what can happen -----------------------------------------------------------------------------------------

enum class agent_verb : std::uint8_t { ready = 1, not_ready = 2, logout = 3, wrap_up_end = 4, wrap_up_more = 5 };
struct agent_order {
  agent_verb verb = agent_verb::ready;
  std::string reason;
  span extra = 0s;         ///< of wrap_up_more: added to what is left
  span wrap_up_limit = 0s; ///< of wrap_up_more: the queue's; 0 = no limit
};
struct reachability {
  bool reachable = false;
  bool sign_in = false; /**< the account's ready_on_register */
};
struct reserve_agent {
  reservation_id reservation;
  call_id call;
  queue_id queue;
  std::uint64_t epoch = 0;
  instant deadline = never;
  bool emergency = false; ///< also an agent that has missed calls takes it
};
struct phone_ringing {
  reservation_id reservation;
};
struct agent_connected {
  reservation_id reservation;
  instant deadline = never;
};
struct agent_hold {
  reservation_id reservation;
  bool on = false;
};
/// The offer ended without a conversation. `max_misses`: of the queue; `retry_delay`: the queue's for this outcome.
struct offer_over {
  reservation_id reservation;
  reservation_outcome outcome = reservation_outcome::refused;
  std::int32_t max_misses = 0;
  span retry_delay = 0s;
  std::int32_t refused_with = 0; ///< the SIP status of a phone that takes no call at all; 0: it is none, or may be busy
};
/// The conversation ended.
struct agent_released {
  reservation_id reservation;
  span talked = 0s;
  span wrap_up = 0s;
};
/// Its phone is to be rung for an alarm. `whoever`: it need not be ready, if only it can be reached and is not engaged.
struct alert_agent {
  reservation_id alert;
  instant deadline = never;
  bool whoever = false;
};
/// Not any more.
struct alert_over {
  reservation_id alert;
};
/// Time has come to `now`; ends wrap-up and overdue engagements.
struct agent_clock {};

using agent_event = std::variant<agent_order, reachability, reserve_agent, phone_ringing, agent_connected, agent_hold,
                                 offer_over, agent_released, alert_agent, alert_over, agent_clock>;

struct agent_step {
  bool accepted = true; ///< false: nothing changed, `error` says why
  std::string error;
  bool changed = false; ///< anything changed: persist and tell the dispatcher
  agent_state from = agent_state::logged_out;
  agent_state to = agent_state::logged_out;
  std::string reason; ///< of the visible change
  span in_from = 0s;
  bool overdue = false; ///< an engagement ran past its deadline: a fault, counted; `lost` is void now
  reservation_id lost;
};

/// Applies one event. An event for another reservation than the engaged one is refused and changes nothing.
agent_step step(agent_model& a, const agent_event& e, instant now);

/// What is left of an agent's engagement after the whole engine was restarted: the calls are gone. A conversation
/// becomes wrap-up of `wrap_up` from now; an offer becomes nothing; a wrap-up in progress keeps its end.
void recover_after_restart(agent_model& a, span wrap_up, instant now);

} // namespace lifeline::domain
