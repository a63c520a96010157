#pragma once
// Carries out what the call machine asks for: gateways, dispatcher, agents, and the log. Bound to no actor, so that the
// supervisor can wind up a call whose actor cannot be brought back.

#include "actors/core/surroundings.hpp"
#include "domain/calls/call_machine.hpp"
#include "storage/types.hpp"

#include <vector>

namespace lifeline::actors {

struct call_outlet {
  surroundings& around;
  domain::call_state& state;
  call_actor me; ///< where the events of new legs and endpoints go
  domain::instant now;
  storage::change change = {};
  bool finished = false;

  /// Carries out all commands in order and appends the change to the journal.
  void carry_out(std::vector<domain::call_command>& commands);

  void operator()(domain::command::ring& c);
  void operator()(domain::command::early& c);
  void operator()(domain::command::answer& c);
  void operator()(domain::command::refuse& c);
  void operator()(domain::command::hang_up& c);
  void operator()(domain::command::invite& c);
  void operator()(domain::command::acknowledge& c);
  void operator()(domain::command::reoffer& c);
  void operator()(domain::command::answer_reoffer& c);
  void operator()(domain::command::refuse_reoffer& c);
  void operator()(domain::command::open_endpoint& c);
  void operator()(domain::command::close_endpoint& c);
  void operator()(domain::command::set_remote& c);
  void operator()(domain::command::play& c);
  void operator()(domain::command::stop_play& c);
  void operator()(domain::command::bridge& c);
  void operator()(domain::command::send_digit& c);
  void operator()(domain::command::start_recording& c);
  void operator()(domain::command::stop_recording& c);
  void operator()(domain::command::enter_queue& c);
  void operator()(domain::command::leave_queue& c);
  void operator()(domain::command::reservation_over& c);
  void operator()(domain::command::request_line& c);
  void operator()(domain::command::release_line& c);
  void operator()(domain::command::tell_ringing& c);
  void operator()(domain::command::tell_connected& c);
  void operator()(domain::command::tell_hold& c);
  void operator()(domain::command::tell_over& c);
  void operator()(domain::command::tell_released& c);
  void operator()(domain::command::log& c);
  void operator()(domain::command::finish& c);

  /// Directs the leg's SIP events to `me`.
  void attach(const domain::leg_id& leg);

private:
  template <class Handle, class Message> void post(const Handle& to, Message message) {
    if (to) caf::anon_send(to, std::move(message));
  }
};

} // namespace lifeline::actors
