#pragma once
// Alarms, their supervisor, the alert desk, and calls to and from rescuers and lifts: what they are told and asked.

#include "actors/protocol/common.hpp"
#include "actors/protocol/failures.hpp"
#include "actors/protocol/status.hpp"
#include "actors/supervision/supervisor_messages.hpp"
#include "domain/rescue/order_machine.hpp"
#include "domain/rescue/rescue_queue.hpp"

#include <optional>
#include <string>
#include <vector>

namespace lifeline::actors {

/// Answered once it is durable, or is known not to be.
struct take_report {
  domain::alarm_report report;
};
/// `receipt` is right if its order is not nil, also when refused: the rescue goes on, but the disk has not taken it.
struct report_answer {
  std::optional<domain::failure> refused = domain::failure{};
  report_receipt receipt;
};
/// What a person orders. To the supervisor, who wakes the order and hands it on.
struct order_request {
  domain::order_id order;
  domain::order_action action;
};
/// A rescuer's word by another way than the key of a call of ours.
struct rescuer_words {
  domain::order_id order;
  domain::rescuer_report report;
};
/// A call that is linked to the order was answered. To the supervisor, who wakes the order and hands it on.
struct order_call_answered {
  domain::order_id order;
  domain::call_id call;
  domain::instant at = domain::never;
  domain::agent_id agent; ///< or empty: a backup number
};
/// Answered once it is durable, or is known not to be.
struct order_answer {
  std::optional<domain::failure> refused = domain::failure{};
  domain::order_state state; ///< as it is now; nil id: none
};
/// From an alarm: something has changed that decides whether it belongs to a mass event.
struct mass_news {
  domain::order_id order;
  bool left = false; ///< a person has taken it out
};
/// Lifts or parties have changed: look again.
struct registry_changed {};
/// Another report of its lift. Answered once it is durable, or is known not to be; `taken` false: the order is over,
/// it has to be a new one.
struct merge_report {
  domain::alarm_report report;
};
struct merge_answer {
  bool taken = false;
  report_answer answer;
};
/// What has become of an attempt lies in the surroundings: that it was dialled, its result, or nothing: it is lost.
struct attempt_over {
  domain::attempt_id attempt;
};
/// From the supervisor: belongs to this mass event; 0 = to none.
struct mass_event_order {
  std::uint32_t group = 0;
};
/// An order rings, or rings no more, or for something else.
struct alert_changed {};
/// A phone that it rings was answered.
struct alert_heard {
  domain::attempt_id alert;
};
/// From a call to a rescuer: one of the rescuers' lines, held until the asking actor ends. line_reply follows as soon
/// as there is one.
struct rescue_line_request {
  domain::rescue_claim claim;
  bool held = false; ///< it had one of a supervisor that has crashed
};
/// A rescuer's word on the report line is stored, or was refused.
struct word_stored {
  std::uint64_t tag = 0;
  bool ok = false;
};
/// What became of a report of it.
struct lift_stored {
  std::uint64_t number = 0; ///< of the report within the call
  bool ok = false;
  domain::order_id order;
};

/// One order that is active, or is being worked on.
using alarm_actor = caf::typed_actor<caf::replies_to<merge_report>::with<merge_answer>,  // another report of its lift
                                     caf::replies_to<order_request>::with<order_answer>, // a person orders something
                                     caf::replies_to<rescuer_words>::with<order_answer>, // a rescuer speaks, not by key
                                     caf::replies_to<order_call_answered>::with<order_answer>, // the agent has it
                                     caf::reacts_to<attempt_over>,     // a call or webhook has ended
                                     caf::reacts_to<mass_event_order>, // belongs to a mass event, or no longer
                                     caf::reacts_to<rows_stored>,      // from the journal
                                     caf::reacts_to<registry_changed>, // lifts or parties
                                     caf::reacts_to<plan_changed>,     // limits
                                     caf::reacts_to<crash_order>,      // fault injection
                                     caf::reacts_to<wake>>;            // deadlines

using alarms_actor =
    caf::typed_actor<caf::replies_to<take_report>::with<report_answer>,        // durable before it is answered
                     caf::replies_to<order_request>::with<order_answer>,       // to the order, woken if need be
                     caf::replies_to<rescuer_words>::with<order_answer>,       // the same
                     caf::replies_to<order_call_answered>::with<order_answer>, // the same
                     caf::reacts_to<rows_stored>,                              // from the journal
                     caf::reacts_to<mass_news>,                                // an alarm came, went or moved
                     caf::reacts_to<registry_changed>,                         // lifts or parties
                     caf::reacts_to<plan_changed>,                             // handed on to all alarms
                     caf::reacts_to<crash_order>,                              // fault injection
                     caf::reacts_to<supervisor_timer>,                         // restarts after a delay
                     caf::reacts_to<wake>>;                                    // repeats, devices, mass events

/// Who keeps the lines of calls to rescuers.
using rescue_lines_actor =
    caf::typed_actor<caf::reacts_to<rescue_line_request>, // line_reply follows, kept until its end
                     caf::reacts_to<plan_changed>,        // how many there are
                     caf::reacts_to<drain_order>,         // no more of them
                     caf::reacts_to<crash_order>,         // fault injection
                     caf::reacts_to<wake>>;               // those of before have spoken

} // namespace lifeline::actors

CAF_BEGIN_TYPE_ID_BLOCK(lifeline_rescue, lifeline::actors::first_message_of(5))
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::take_report)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::report_answer)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::order_request)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::rescuer_words)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::order_call_answered)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::order_answer)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::mass_news)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::registry_changed)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::merge_report)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::merge_answer)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::attempt_over)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::mass_event_order)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::alert_changed)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::alert_heard)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::rescue_line_request)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::word_stored)
LIFELINE_MESSAGE(lifeline_rescue, lifeline::actors::lift_stored)
CAF_END_TYPE_ID_BLOCK(lifeline_rescue)
