#pragma once
// All actor interfaces. A handler without an arrow is a plain notice; nothing is answered.

#include "actors/messages.hpp"
#include "actors/rescue_messages.hpp"

namespace lifeline::actors {

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
                     caf::replies_to<get_agent>::with<agent_figures>,    // for operators
                     caf::replies_to<alert_request>::with<alert_reply>,  // may it be rung for an alarm?
                     caf::reacts_to<alert_release>,                      // not any more
                     caf::reacts_to<dispatcher_up>,                      // report again
                     caf::reacts_to<plan_changed>,                       // its own section may have changed
                     caf::reacts_to<crash_order>,                        // fault injection
                     caf::reacts_to<wake>>;                              // wrap-up's end, overdue engagements

using call_actor = caf::typed_actor<caf::reacts_to<sip::leg_event>,        // from the SIP gateway, for each of its legs
                                    caf::reacts_to<media::endpoint_event>, // from the media gateway
                                    caf::reacts_to<media::recording_event>, // the recording is sealed
                                    caf::reacts_to<offer>,                  // an agent may be called
                                    caf::reacts_to<offer_phones>,           // at other addresses as well
                                    caf::reacts_to<reroute_order>,          // to the backup numbers
                                    caf::reacts_to<offer_question>,         // an agent lost track of it
                                    caf::reacts_to<queue_answer>,   // its place in the queue, or why there is none
                                    caf::reacts_to<overflow_order>, // it has waited too long
                                    caf::reacts_to<reservation_cancelled>,         // the dispatcher took an agent back
                                    caf::reacts_to<line_reply>,                    // whether it may dial out
                                    caf::reacts_to<release_order>,                 // end now
                                    caf::reacts_to<lift_known>,                    // which lift and order it is about
                                    caf::replies_to<get_call>::with<call_figures>, // for operators
                                    caf::reacts_to<dispatcher_up>,                 // enter the queue again
                                    caf::reacts_to<crash_order>,                   // fault injection
                                    caf::reacts_to<mute_order>,                    // fault injection
                                    caf::reacts_to<wake>>;                         // deadlines

using calls_actor = caf::typed_actor<caf::reacts_to<sip::incoming_call>,     // spawns the call, or refuses the leg
                                     caf::reacts_to<line_request>,           // line_reply follows
                                     caf::reacts_to<line_release>,           //
                                     caf::reacts_to<rescue_line_request>,    // line_reply follows, kept until its end
                                     caf::reacts_to<media::recording_event>, // sealed after its call was wound up
                                     caf::replies_to<get_lines>::with<std::vector<line_figures>>, // by hotline
                                     caf::replies_to<reroute_request>::with<reroute_answer>,      // on or off
                                     caf::reacts_to<reroute_stored>,                              // from the journal
                                     caf::reacts_to<lift_call_ready>, // a lift's phone: its call begins
                                     caf::reacts_to<call_stuck>,      // has let a lease expire
                                     caf::reacts_to<plan_changed>,    // lines and numbers
                                     caf::reacts_to<drain_order>,     // no new calls
                                     caf::reacts_to<crash_order>,     // fault injection
                                     caf::reacts_to<wake>>;           // restarts after a delay

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
                     caf::reacts_to<wake>>; // restarts, repeats, devices, mass events

} // namespace lifeline::actors
