#pragma once
// A call, and the supervisor of calls: what they are told and asked.

#include "actors/protocol/common.hpp"
#include "actors/protocol/failures.hpp"
#include "actors/protocol/status.hpp"
#include "actors/supervision/supervisor_messages.hpp"
#include "domain/calls/call_state.hpp"
#include "media/gateway.hpp"
#include "sip/gateway.hpp"

#include <optional>
#include <string>
#include <vector>

namespace lifeline::actors {

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
/// What has become known of the lift that a call is about, and of its order; empty and nil change nothing.
struct lift_known {
  std::string lift;
  std::string packet; ///< acknowledged only now
  domain::order_id order;
};
struct get_call {};
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
  std::optional<domain::failure> refused = domain::failure{}; ///< unavailable: in force, but not stored
  line_figures figures;
};

using call_actor = caf::typed_actor<caf::reacts_to<sip::leg_event>,        // from the SIP gateway, for each of its legs
                                    caf::reacts_to<media::endpoint_event>, // from the media gateway
                                    caf::reacts_to<media::recording_event>, // the recording is sealed
                                    caf::reacts_to<offer>,                  // an agent may be called
                                    caf::reacts_to<offer_phones>,           // at other addresses as well
                                    caf::reacts_to<reroute_order>,          // to the backup numbers
                                    caf::reacts_to<offer_question>,         // an agent lost track of it
                                    caf::reacts_to<queue_answer>,   // its place in the queue, or why there is none
                                    caf::reacts_to<overflow_order>, // it has waited too long
                                    caf::reacts_to<reservation_cancelled>,        // the dispatcher took an agent back
                                    caf::reacts_to<line_reply>,                   // whether it may dial out
                                    caf::reacts_to<release_order>,                // end now
                                    caf::reacts_to<lift_known>,                   // which lift and order it is about
                                    caf::replies_to<get_call>::with<call_status>, // for operators
                                    caf::reacts_to<dispatcher_up>,                // enter the queue again
                                    caf::reacts_to<crash_order>,                  // fault injection
                                    caf::reacts_to<mute_order>,                   // fault injection
                                    caf::reacts_to<wake>>;                        // deadlines

using calls_actor = caf::typed_actor<caf::reacts_to<sip::incoming_call>,     // spawns the call, or refuses the leg
                                     caf::reacts_to<line_request>,           // line_reply follows
                                     caf::reacts_to<line_release>,           //
                                     caf::reacts_to<media::recording_event>, // sealed after its call was wound up
                                     caf::replies_to<get_lines>::with<std::vector<line_figures>>, // by hotline
                                     caf::replies_to<reroute_request>::with<reroute_answer>,      // on or off
                                     caf::reacts_to<rows_stored>,                                 // from the journal
                                     caf::reacts_to<lift_call_ready>,   // a lift's phone: its call begins
                                     caf::reacts_to<call_stuck>,        // has let a lease expire
                                     caf::reacts_to<plan_changed>,      // lines and numbers
                                     caf::reacts_to<drain_order>,       // no new calls
                                     caf::reacts_to<crash_order>,       // fault injection
                                     caf::reacts_to<supervisor_timer>>; // restarts after a delay

} // namespace lifeline::actors

CAF_BEGIN_TYPE_ID_BLOCK(lifeline_calls, lifeline::actors::first_message_of(3))
LIFELINE_MESSAGE(lifeline_calls, lifeline::sip::incoming_call)
LIFELINE_MESSAGE(lifeline_calls, lifeline::sip::leg_event)
LIFELINE_MESSAGE(lifeline_calls, lifeline::media::endpoint_event)
LIFELINE_MESSAGE(lifeline_calls, lifeline::media::recording_event)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::offer)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::offer_phones)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::reroute_order)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::offer_question)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::queue_answer)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::overflow_order)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::reservation_cancelled)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::lift_known)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::get_call)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::call_status)
LIFELINE_MESSAGE(lifeline_calls, std::vector<lifeline::actors::call_status>)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::line_request)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::line_release)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::call_stuck)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::lift_call_ready)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::get_lines)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::line_figures)
LIFELINE_MESSAGE(lifeline_calls, std::vector<lifeline::actors::line_figures>)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::reroute_request)
LIFELINE_MESSAGE(lifeline_calls, lifeline::actors::reroute_answer)
CAF_END_TYPE_ID_BLOCK(lifeline_calls)
