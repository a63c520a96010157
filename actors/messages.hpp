#pragma once
// What the engine's actors say to each other: values that name each other by id, never by handle. Who is behind an id
// right now is asked of the directory at the moment of sending, so that a restarted actor is found at once.

#include "actors/supervisor_messages.hpp"
#include "domain/agent_machine.hpp"
#include "domain/call_state.hpp"
#include "domain/rescue_queue.hpp"
#include "media/gateway.hpp"
#include "sip/gateway.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::actors {

// ---- to the dispatcher ---------------------------------------------------------------------------------------

/// An agent as it is now; a later version replaces an earlier one.
struct agent_report {
  domain::agent_id account;
  std::uint64_t version = 0;
  domain::agent_state state = domain::agent_state::logged_out;
  std::string reason;
  domain::instant ready_since;
  domain::instant retry_until;
  std::uint32_t calls = 0;
  domain::span talked;
  bool restarted = false; ///< the first report of a new actor: a reservation may have been lost with the old one
};
/// A caller wants an agent. `again`: the call has waited here before, the queue's entry is logged already.
struct call_waits {
  domain::call_id call;
  domain::queue_id queue;
  domain::instant entered;
  bool again = false;
  bool patient = false; ///< max_wait does not apply any more
  std::string caller;   ///< number, empty when withheld
};
/// The call waits and talks no more.
struct call_leaves {
  domain::call_id call;
};
/// How an offer ended, from the call; `connected` = the agent has the caller.
struct offer_result {
  domain::reservation_id reservation;
  domain::reservation_outcome outcome = domain::reservation_outcome::refused;
  domain::span rang;
  std::int32_t sip_status = 0; ///< the phone's own answer, see domain::reservation_ended
};
/// The agent was not ready any more when the reservation came.
struct reservation_refused {
  domain::reservation_id reservation;
  std::string why;
};
struct get_queues {};
struct queue_figures {
  domain::queue_id name;
  std::uint32_t waiting = 0;
  domain::span oldest_wait;
  std::uint32_t ready = 0;
  std::uint32_t present = 0;
  std::uint64_t reservations = 0;
  domain::span expected_wait = domain::span{-1}; ///< of a caller who would come now; negative = unknown
};
struct explain_wait {
  domain::call_id call;
};
struct wait_explanation {
  bool waiting = false;
  std::uint32_t position = 0;
  domain::explanation why;
};

// ---- to an agent ---------------------------------------------------------------------------------------------

/// From the dispatcher: the agent is to be offered this call.
struct reservation {
  domain::reservation_id id;
  std::uint64_t epoch = 0;
  domain::call_id call;
  domain::queue_id queue;
  domain::instant deadline;
};
// From the call that has the reservation:
struct offer_rings {
  domain::reservation_id reservation;
};
struct offer_connected {
  domain::reservation_id reservation;
  domain::instant deadline;
};
struct talk_held {
  domain::reservation_id reservation;
  bool on = false;
};
struct offer_ended {
  domain::reservation_id reservation;
  domain::reservation_outcome outcome = domain::reservation_outcome::refused;
  domain::queue_id queue;
  std::int32_t refused_with = 0; ///< see domain::offer_over
};
struct talk_ended {
  domain::reservation_id reservation;
  domain::span talked;
  domain::queue_id queue;
};
/// From an operator, the desk or the phone. Answered with agent_answer.
struct agent_request {
  domain::agent_verb verb = domain::agent_verb::ready;
  std::string reason;
  domain::span extra = domain::span{0}; ///< of wrap_up_more
};
struct agent_figures {
  domain::agent_id account;
  domain::agent_state state = domain::agent_state::logged_out;
  std::string reason;
  domain::instant since;
  domain::call_id call;
  std::uint64_t calls = 0;
  domain::span talked;
  std::vector<std::string> contacts;
};
struct agent_answer {
  bool ok = false;
  std::string error;
  agent_figures figures;
};
struct get_agent {};
/// From the SIP side: the last call of before the engine's start is over at the agent's phone.
struct phone_free {};
/// From the alert desk: is this agent's phone to be rung for an alarm? If so, it is offered nothing else until
/// alert_release, or the deadline.
struct alert_request {
  domain::attempt_id alert;
  domain::instant deadline;
  bool whoever = false; ///< it need not be ready: a supervisor
};
struct alert_reply {
  bool granted = false;
  std::vector<domain::phone_address> phones;
};
struct alert_release {
  domain::attempt_id alert;
};

// ---- to the alert desk ---------------------------------------------------------------------------------------

/// An order rings, or rings no more, or for something else.
struct alert_changed {};
/// A phone that it rings was answered.
struct alert_heard {
  domain::attempt_id alert;
};

// ---- to a call -----------------------------------------------------------------------------------------------

/// From the agent that the call was reserved for.
struct offer {
  domain::reservation_id reservation;
  std::uint64_t epoch = 0;
  domain::queue_id queue;
  domain::agent_id agent;
  std::vector<domain::phone_address> phones;
};
/// From that agent: it has registered other phones while they are being called.
struct offer_phones {
  domain::reservation_id reservation;
  std::vector<domain::phone_address> phones;
};
/// From the supervisor of calls: to the hotline's backup numbers.
struct reroute_order {
  std::string why;
};
/// From an agent that is engaged with the call: what has become of it? The answer is the notice (offer_rings,
/// offer_connected, offer_ended, talk_ended) that may have been lost with a crash.
struct offer_question {
  domain::reservation_id reservation;
  domain::queue_id queue;
  domain::agent_id agent;
};
// From the dispatcher:
struct queue_answer {
  domain::queue_id queue;
  bool accepted = false;
  std::uint32_t position = 0;
  std::string why;
  std::vector<domain::reservation_id> standing; ///< the call's open offers; all others are void
  domain::instant place = domain::never;        ///< an earlier place that was regained
  bool waits_on = false;                        ///< refused, but may wait there as a patient one meanwhile
};
struct overflow_order {
  domain::queue_id queue;
  std::string why;
};
struct reservation_cancelled {
  domain::reservation_id reservation;
  domain::reservation_outcome outcome = domain::reservation_outcome::superseded;
};
struct line_reply {
  bool granted = false;
};
struct release_order {
  domain::end_cause cause = domain::end_cause::operator_released;
};
/// What has become known of the lift that a call is about, and of its order; empty and nil change nothing.
struct lift_known {
  std::string lift;
  std::string packet; ///< acknowledged only now
  domain::order_id order;
};
struct get_call {};
struct call_figures {
  domain::call_id call;
  std::string hotline;
  domain::queue_id queue;
  std::string caller;
  std::string called;
  domain::call_phase phase = domain::call_phase::arriving;
  domain::instant arrived;
  domain::instant since;
  domain::agent_id agent;
  std::string lift;
  domain::order_id order;
};
/// A test's or drill's way to make an actor crash where it stands.
struct crash_order {
  std::string why;
};
/// The same way to make a call deaf: it takes in nothing more, as if it were stuck.
struct mute_order {};

// ---- to the supervisor of calls ------------------------------------------------------------------------------

struct line_request {
  domain::call_id call;
  std::string hotline;
};
struct line_release {
  domain::call_id call;
  std::string hotline;
};
/// From the dispatcher: the call has let an agent's lease expire. It is ended by force and restarted where it stood.
struct call_stuck {
  domain::call_id call;
};
/// From a lift's phone that has identified itself, or will not (lift_call.hpp): its call is to begin, as its checkpoint
/// says.
struct lift_call_ready {
  domain::call_id call;
  std::uint64_t stage = 0; ///< the sender's actor id
};
/// No new calls. `release`: the live ones are ended at once, else they are left to end by themselves.
struct drain_order {
  bool release = false;
};
struct get_lines {};
struct line_figures {
  std::string hotline;
  std::uint64_t in_use = 0;
  bool rerouted = false;
  std::string reason;
};
/// Answered once it is durable, or is known not to be.
struct reroute_request {
  std::string hotline;
  bool on = false;
  std::string reason;
};
struct reroute_answer {
  bool stored = false;
  std::string error; ///< when not stored
  line_figures figures;
};
/// From the journal, to the supervisor of calls.
struct reroute_stored {
  std::uint64_t number = 0;
  bool ok = false;
  std::string error;
};
/// From a call to a rescuer: one of the rescuers' lines, held until the asking actor ends. line_reply follows as soon
/// as there is one.
struct rescue_line_request {
  domain::rescue_claim claim;
  bool held = false; ///< it had one of a supervisor that has crashed
};

// ---- to calls to and from rescuers ---------------------------------------------------------------------------

/// What was to be spoken can be played: all of it, or as much as there is. `tag`: as asked for.
struct speech_prepared {
  std::uint64_t tag = 0;
  std::vector<std::string> files;
};
/// A rescuer's word on the report line is stored, or was refused.
struct word_stored {
  std::uint64_t tag = 0;
  bool ok = false;
};

// ---- to a lift's phone that identifies itself ------------------------------------------------------------------

/// What became of a report of it.
struct lift_stored {
  std::uint64_t number = 0; ///< of the report within the call
  bool ok = false;
  domain::order_id order;
};

// ---- to many -------------------------------------------------------------------------------------------------

/// There is a new plan in the surroundings: obey it from now on.
struct plan_changed {};

/// The dispatcher was (re)started with this epoch: report again.
struct dispatcher_up {
  std::uint64_t epoch = 0;
};
/// A timer of the actor's own; only the newest generation counts.
struct wake {
  std::uint64_t generation = 0;
};

template <class I> auto inspect(I& f, agent_report& x) {
  return f(caf::meta::type_name("agent_report"), x.account, x.version, x.state, x.reason, x.ready_since, x.retry_until,
           x.calls, x.talked, x.restarted);
}
template <class I> auto inspect(I& f, call_waits& x) {
  return f(caf::meta::type_name("call_waits"), x.call, x.queue, x.entered, x.again, x.patient, x.caller);
}
template <class I> auto inspect(I& f, call_leaves& x) { return f(caf::meta::type_name("call_leaves"), x.call); }
template <class I> auto inspect(I& f, offer_result& x) {
  return f(caf::meta::type_name("offer_result"), x.reservation, x.outcome, x.rang, x.sip_status);
}
template <class I> auto inspect(I& f, reservation_refused& x) {
  return f(caf::meta::type_name("reservation_refused"), x.reservation, x.why);
}
template <class I> auto inspect(I& f, get_queues&) { return f(caf::meta::type_name("get_queues")); }
template <class I> auto inspect(I& f, queue_figures& x) {
  return f(caf::meta::type_name("queue_figures"), x.name, x.waiting, x.oldest_wait, x.ready, x.present, x.reservations,
           x.expected_wait);
}
template <class I> auto inspect(I& f, explain_wait& x) { return f(caf::meta::type_name("explain_wait"), x.call); }
template <class I> auto inspect(I& f, wait_explanation& x) {
  return f(caf::meta::type_name("wait_explanation"), x.waiting, x.position, x.why);
}
template <class I> auto inspect(I& f, reservation& x) {
  return f(caf::meta::type_name("reservation"), x.id, x.epoch, x.call, x.queue, x.deadline);
}
template <class I> auto inspect(I& f, offer_rings& x) { return f(caf::meta::type_name("offer_rings"), x.reservation); }
template <class I> auto inspect(I& f, offer_connected& x) {
  return f(caf::meta::type_name("offer_connected"), x.reservation, x.deadline);
}
template <class I> auto inspect(I& f, talk_held& x) {
  return f(caf::meta::type_name("talk_held"), x.reservation, x.on);
}
template <class I> auto inspect(I& f, offer_ended& x) {
  return f(caf::meta::type_name("offer_ended"), x.reservation, x.outcome, x.queue, x.refused_with);
}
template <class I> auto inspect(I& f, talk_ended& x) {
  return f(caf::meta::type_name("talk_ended"), x.reservation, x.talked, x.queue);
}
template <class I> auto inspect(I& f, agent_request& x) {
  return f(caf::meta::type_name("agent_request"), x.verb, x.reason, x.extra);
}
template <class I> auto inspect(I& f, agent_figures& x) {
  return f(caf::meta::type_name("agent_figures"), x.account, x.state, x.reason, x.since, x.call, x.calls, x.talked,
           x.contacts);
}
template <class I> auto inspect(I& f, agent_answer& x) {
  return f(caf::meta::type_name("agent_answer"), x.ok, x.error, x.figures);
}
template <class I> auto inspect(I& f, phone_free&) { return f(caf::meta::type_name("phone_free")); }
template <class I> auto inspect(I& f, get_agent&) { return f(caf::meta::type_name("get_agent")); }
template <class I> auto inspect(I& f, alert_request& x) {
  return f(caf::meta::type_name("alert_request"), x.alert, x.deadline, x.whoever);
}
template <class I> auto inspect(I& f, alert_reply& x) {
  return f(caf::meta::type_name("alert_reply"), x.granted, x.phones);
}
template <class I> auto inspect(I& f, alert_release& x) { return f(caf::meta::type_name("alert_release"), x.alert); }
template <class I> auto inspect(I& f, alert_changed&) { return f(caf::meta::type_name("alert_changed")); }
template <class I> auto inspect(I& f, alert_heard& x) { return f(caf::meta::type_name("alert_heard"), x.alert); }
template <class I> auto inspect(I& f, offer& x) {
  return f(caf::meta::type_name("offer"), x.reservation, x.epoch, x.queue, x.agent, x.phones);
}
template <class I> auto inspect(I& f, offer_question& x) {
  return f(caf::meta::type_name("offer_question"), x.reservation, x.queue, x.agent);
}
template <class I> auto inspect(I& f, queue_answer& x) {
  return f(caf::meta::type_name("queue_answer"), x.queue, x.accepted, x.position, x.why, x.place, x.waits_on,
           x.standing);
}
template <class I> auto inspect(I& f, overflow_order& x) {
  return f(caf::meta::type_name("overflow_order"), x.queue, x.why);
}
template <class I> auto inspect(I& f, reservation_cancelled& x) {
  return f(caf::meta::type_name("reservation_cancelled"), x.reservation, x.outcome);
}
template <class I> auto inspect(I& f, line_reply& x) { return f(caf::meta::type_name("line_reply"), x.granted); }
template <class I> auto inspect(I& f, release_order& x) { return f(caf::meta::type_name("release_order"), x.cause); }
template <class I> auto inspect(I& f, lift_known& x) {
  return f(caf::meta::type_name("lift_known"), x.lift, x.packet, x.order);
}
template <class I> auto inspect(I& f, lift_call_ready& x) {
  return f(caf::meta::type_name("lift_call_ready"), x.call, x.stage);
}
template <class I> auto inspect(I& f, lift_stored& x) {
  return f(caf::meta::type_name("lift_stored"), x.number, x.ok, x.order);
}
template <class I> auto inspect(I& f, get_call&) { return f(caf::meta::type_name("get_call")); }
template <class I> auto inspect(I& f, call_figures& x) {
  return f(caf::meta::type_name("call_figures"), x.call, x.hotline, x.queue, x.caller, x.called, x.phase, x.arrived,
           x.since, x.agent, x.lift, x.order);
}
template <class I> auto inspect(I& f, crash_order& x) { return f(caf::meta::type_name("crash_order"), x.why); }
template <class I> auto inspect(I& f, line_request& x) {
  return f(caf::meta::type_name("line_request"), x.call, x.hotline);
}
template <class I> auto inspect(I& f, line_release& x) {
  return f(caf::meta::type_name("line_release"), x.call, x.hotline);
}
template <class I> auto inspect(I& f, call_stuck& x) { return f(caf::meta::type_name("call_stuck"), x.call); }
template <class I> auto inspect(I& f, drain_order& x) { return f(caf::meta::type_name("drain_order"), x.release); }
template <class I> auto inspect(I& f, offer_phones& x) {
  return f(caf::meta::type_name("offer_phones"), x.reservation, x.phones);
}
template <class I> auto inspect(I& f, reroute_order& x) { return f(caf::meta::type_name("reroute_order"), x.why); }
template <class I> auto inspect(I& f, mute_order&) { return f(caf::meta::type_name("mute_order")); }
template <class I> auto inspect(I& f, get_lines&) { return f(caf::meta::type_name("get_lines")); }
template <class I> auto inspect(I& f, line_figures& x) {
  return f(caf::meta::type_name("line_figures"), x.hotline, x.in_use, x.rerouted, x.reason);
}
template <class I> auto inspect(I& f, reroute_request& x) {
  return f(caf::meta::type_name("reroute_request"), x.hotline, x.on, x.reason);
}
template <class I> auto inspect(I& f, reroute_answer& x) {
  return f(caf::meta::type_name("reroute_answer"), x.stored, x.error, x.figures);
}
template <class I> auto inspect(I& f, reroute_stored& x) {
  return f(caf::meta::type_name("reroute_stored"), x.number, x.ok, x.error);
}
template <class I> auto inspect(I& f, rescue_line_request& x) {
  return f(caf::meta::type_name("rescue_line_request"), x.claim, x.held);
}
template <class I> auto inspect(I& f, speech_prepared& x) {
  return f(caf::meta::type_name("speech_prepared"), x.tag, x.files);
}
template <class I> auto inspect(I& f, word_stored& x) { return f(caf::meta::type_name("word_stored"), x.tag, x.ok); }
template <class I> auto inspect(I& f, plan_changed&) { return f(caf::meta::type_name("plan_changed")); }
template <class I> auto inspect(I& f, dispatcher_up& x) { return f(caf::meta::type_name("dispatcher_up"), x.epoch); }
template <class I> auto inspect(I& f, wake& x) { return f(caf::meta::type_name("wake"), x.generation); }

/// Registers all messages of the engine's actors, the supervisors' included.
void add_message_types(caf::actor_system_config& config);

} // namespace lifeline::actors

namespace lifeline::domain {
template <class I> auto inspect(I& f, rescue_claim& x) { return f(x.order, x.urging, x.urgent, x.level, x.received); }
template <class I> auto inspect(I& f, candidate& x) { return f(x.agent, x.rank); }
template <class I> auto inspect(I& f, exclusion& x) { return f(x.agent, x.reason); }
template <class I> auto inspect(I& f, explanation& x) {
  return f(x.strategy, x.considered, x.excluded, x.considered_count, x.excluded_count, x.waiting_ahead);
}
} // namespace lifeline::domain

CAF_BEGIN_TYPE_ID_BLOCK(lifeline, caf::id_block::lifeline_supervisor::end)
CAF_ADD_TYPE_ID(lifeline, (lifeline::sip::incoming_call))
CAF_ADD_TYPE_ID(lifeline, (lifeline::sip::leg_event))
CAF_ADD_TYPE_ID(lifeline, (lifeline::sip::registration))
CAF_ADD_TYPE_ID(lifeline, (lifeline::media::endpoint_event))
CAF_ADD_TYPE_ID(lifeline, (lifeline::media::recording_event))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::agent_report))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::call_waits))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::call_leaves))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::offer_result))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::reservation_refused))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::get_queues))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::queue_figures))
CAF_ADD_TYPE_ID(lifeline, (std::vector<lifeline::actors::queue_figures>))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::explain_wait))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::wait_explanation))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::reservation))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::offer_rings))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::offer_connected))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::talk_held))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::offer_ended))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::talk_ended))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::agent_request))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::agent_figures))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::agent_answer))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::get_agent))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::alert_request))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::alert_reply))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::alert_release))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::alert_changed))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::alert_heard))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::offer))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::offer_question))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::queue_answer))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::overflow_order))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::reservation_cancelled))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::line_reply))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::release_order))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::get_call))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::call_figures))
CAF_ADD_TYPE_ID(lifeline, (std::vector<lifeline::actors::call_figures>))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::crash_order))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::line_request))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::line_release))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::drain_order))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::dispatcher_up))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::wake))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::offer_phones))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::reroute_order))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::mute_order))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::get_lines))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::line_figures))
CAF_ADD_TYPE_ID(lifeline, (std::vector<lifeline::actors::line_figures>))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::reroute_request))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::reroute_answer))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::reroute_stored))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::rescue_line_request))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::speech_prepared))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::word_stored))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::plan_changed))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::call_stuck))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::lift_known))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::lift_call_ready))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::lift_stored))
CAF_ADD_TYPE_ID(lifeline, (lifeline::actors::phone_free))
CAF_END_TYPE_ID_BLOCK(lifeline)
