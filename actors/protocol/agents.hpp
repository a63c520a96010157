#pragma once
// An agent: what it is told and asked.

#include "actors/protocol/common.hpp"
#include "actors/protocol/failures.hpp"
#include "actors/protocol/status.hpp"
#include "domain/agents/agent_machine.hpp"
#include "domain/agents/phone_address.hpp"
#include "sip/gateway.hpp"

#include <optional>
#include <string>
#include <vector>

namespace lifeline::actors {

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
struct agent_answer {
  std::optional<domain::failure> refused = domain::failure{};
  agent_status status;
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

using agent_actor =
    caf::typed_actor<caf::reacts_to<reservation>,       // from the dispatcher: accepted = `offer` goes to the call
                     caf::reacts_to<offer_rings>,       // from the call, as are the next four
                     caf::reacts_to<offer_connected>,   //
                     caf::reacts_to<talk_held>,         //
                     caf::reacts_to<offer_ended>,       //
                     caf::reacts_to<talk_ended>,        //
                     caf::reacts_to<sip::registration>, // its phones have changed
                     caf::reacts_to<phone_free>,        // its phone's call of the last run is over
                     caf::replies_to<agent_request>::with<agent_answer>, // ready, not ready, log out, end wrap-up
                     caf::replies_to<get_agent>::with<agent_status>,     // for operators
                     caf::replies_to<alert_request>::with<alert_reply>,  // may it be rung for an alarm?
                     caf::reacts_to<alert_release>,                      // not any more
                     caf::reacts_to<dispatcher_up>,                      // report again
                     caf::reacts_to<plan_changed>,                       // its own section may have changed
                     caf::reacts_to<crash_order>,                        // fault injection
                     caf::reacts_to<wake>>;                              // wrap-up's end, overdue engagements

} // namespace lifeline::actors

CAF_BEGIN_TYPE_ID_BLOCK(lifeline_agents, lifeline::actors::first_message_of(2))
LIFELINE_MESSAGE(lifeline_agents, lifeline::sip::registration)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::reservation)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::offer_rings)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::offer_connected)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::talk_held)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::offer_ended)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::talk_ended)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::agent_request)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::agent_status)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::agent_answer)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::get_agent)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::phone_free)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::alert_request)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::alert_reply)
LIFELINE_MESSAGE(lifeline_agents, lifeline::actors::alert_release)
CAF_END_TYPE_ID_BLOCK(lifeline_agents)
