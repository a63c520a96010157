#pragma once
// The working parts of calls.cpp, split by what is done: admission, children, winding up, reroutes. Not for others to
// include.

#include "actors/calls/calls.hpp"

#include <string>

namespace lifeline::actors {

using calls_self = calls_actor::stateful_pointer<calls_state>;

/// The hotline's lines in use, for those who only look.
void publish_lines(const calls_state& s, const std::string& hotline);

// calls_admission.cpp
/// Lets a call in, hands it to whom its number belongs, or refuses it.
void on_incoming(calls_self self, sip::incoming_call& in);

// calls_children.cpp
/// From memory: the disk may be behind, slow or gone, and nobody here may wait for it. An error says why there is none.
tl::expected<domain::call_state, std::string> last_state(const surroundings& around, const domain::call_id& id);
/// Known before it runs: a supervisor that replaces this one in between must find it.
void start(calls_self self, domain::call_state state, bool continued, supervised_call c);
void forget(calls_self self, const supervised_call& c);
void on_lift_ready(calls_self self, const lift_call_ready& r);
/// A child has ended, or has waited long enough for its restart.
void on_news(calls_self self, const child_news<domain::call_id>& news);
/// A lift's phone that identifies itself. It gets no second try when it crashes, but the telephone.
void supervise_lift(calls_self self, const caf::actor& stage, supervised_call c);
/// Of a supervisor that has crashed.
void adopt(calls_self self, const domain::call_id& id, const call_actor& actor);
/// The same for lifts' phones that have not become calls yet.
void adopt_lift(calls_self self, const domain::call_id& id, const caf::actor& stage);

// calls_wind_up.cpp
/// Ends the call without its actor: gateways, agents, dispatcher and log hear of it. Whatever made the actor fail must
/// not make its supervisor fail as well.
void wind_up(calls_self self, const supervised_call& c);
/// Of a call that was wound up: its record learns of the seal.
void on_late_seal(calls_self self, const media::recording_event& e);

// calls_reroute.cpp
void load_reroutes(calls_state& s);
[[nodiscard]] line_figures lines_of(const calls_state& s, const domain::hotline_plan& h);
/// Durable before it is answered: after a crash the callers must go where the operator has sent them. It is obeyed at
/// once, even if the disk refuses: the callers matter more than the memory of it.
caf::typed_response_promise<reroute_answer> reroute(calls_self self, const reroute_request& r);

} // namespace lifeline::actors
