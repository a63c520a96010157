#pragma once
// A call with everything that is ordinary: greeting, music, a declined offer, a second phone that rings and answers,
// hold, and the caller's BYE. The outer world goes on playing whatever the engine does.

#include "tests/actors/hotline_bench.hpp"

namespace lifeline::testing {

struct standard_call {
  standard_call();

  /// Plays until the call has ended; false when that takes longer than `limit`. A caller without an agent gives up
  /// after `patience`.
  bool play(domain::span limit = 600s, domain::span patience = 300s);
  /// The actors' part: one end, agents free, nothing left over, the log in order.
  void check_clean(bool caller_known = true);
  void check_next_call();

  event_fault fault; ///< outlives the gateways that count with it
  command_fault bomb;
  hotline_bench b;
  domain::leg_id caller;
  domain::call_id id;

private:
  void round();
  void phones_act();
  void sign_in(const std::string& account);

  std::set<domain::leg_id> rung, done;
  domain::leg_id talking_phone;
  domain::instant began, talk_seen = domain::never, hung_up = domain::never;
  std::set<std::string> signed_in;
  bool held = false, resumed = false, declined = false;
};

} // namespace lifeline::testing
