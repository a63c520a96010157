#pragma once
// The dispatcher: what it is told and asked.

#include "actors/protocol/common.hpp"
#include "domain/log/events.hpp"
#include "domain/routing/router.hpp"

#include <string>
#include <vector>

namespace lifeline::actors {

/// An agent as it is now; a later version replaces an earlier one.
struct agent_report {
  domain::agent_id account;
  domain::agent_view view;
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

using dispatcher_actor =
    caf::typed_actor<caf::reacts_to<agent_report>,        // an agent's state has changed
                     caf::reacts_to<call_waits>,          // a caller wants an agent; queue_answer follows
                     caf::reacts_to<call_leaves>,         // a caller wants none any more
                     caf::reacts_to<offer_result>,        // a call tells how an offer went
                     caf::reacts_to<reservation_refused>, // an agent was not ready after all
                     caf::replies_to<get_queues>::with<std::vector<queue_figures>>, // for operators
                     caf::replies_to<explain_wait>::with<wait_explanation>,         // why a caller waits
                     caf::reacts_to<plan_changed>,                                  // places are kept
                     caf::reacts_to<crash_order>,                                   // fault injection
                     caf::reacts_to<wake>>;                                         // leases, retry delays, max wait

} // namespace lifeline::actors

CAF_BEGIN_TYPE_ID_BLOCK(lifeline_routing, lifeline::actors::first_message_of(4))
LIFELINE_MESSAGE(lifeline_routing, lifeline::actors::agent_report)
LIFELINE_MESSAGE(lifeline_routing, lifeline::actors::call_waits)
LIFELINE_MESSAGE(lifeline_routing, lifeline::actors::call_leaves)
LIFELINE_MESSAGE(lifeline_routing, lifeline::actors::offer_result)
LIFELINE_MESSAGE(lifeline_routing, lifeline::actors::reservation_refused)
LIFELINE_MESSAGE(lifeline_routing, lifeline::actors::get_queues)
LIFELINE_MESSAGE(lifeline_routing, lifeline::actors::queue_figures)
LIFELINE_MESSAGE(lifeline_routing, std::vector<lifeline::actors::queue_figures>)
LIFELINE_MESSAGE(lifeline_routing, lifeline::actors::explain_wait)
LIFELINE_MESSAGE(lifeline_routing, lifeline::actors::wait_explanation)
CAF_END_TYPE_ID_BLOCK(lifeline_routing)
