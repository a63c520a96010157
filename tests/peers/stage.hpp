#pragma once
// A test's whole scene: an engine, phones of agents, callers; and what has to hold whenever the curtain falls.

#include "tests/peers/harness/engine.hpp"
#include "tests/peers/harness/sipp.hpp"
#include "tests/peers/harness/wait.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace lifeline::peers {

class stage {
public:
  /// `trunk_passwords`: by the trunk's name.
  explicit stage(const engine_config& config = {}, const std::map<std::string, std::string>& trunk_passwords = {});
  /// For a configuration that needs to know the place, e.g. of a disk.
  explicit stage(const std::function<engine_config(const workspace&)>& configured);

  workspace place;
  engine lifeline;

  /// Registers the accounts at a free port, waits until the engine has them ready, and lets SIPp play the phones there.
  sipp phones(const std::vector<std::string>& accounts, sipp_options options);
  sipp phone(const std::string& account, sipp_options options) { return phones({account}, std::move(options)); }
  sipp caller(sipp_options options);

  void wait_agent(const std::string& account, const std::string& state, std::chrono::milliseconds timeout = 10s);
  /// Waits until `n` calls have ended in all, and gives the newest one's record.
  json record(std::size_t n = 1);
  /// Waits until there is a live call in that phase.
  json wait_phase(const std::string& phase);
  void wait_metric(const std::string& name, double value, std::chrono::milliseconds timeout = 10s);

  /// After the last call: nothing is left over, no invariant was hurt, every call that came has exactly one end, the
  /// log has no gap, and the engine stops in order.
  void close();
};

/// The name of a logged event: "call_ended", ...
std::string type_of(const json& event);
/// The call that an event belongs to, or empty.
std::string call_of(const json& event);
/// Checks the event log: numbers 1, 2, 3, ...; each call that arrived ended once; each reservation ended once.
void check_log(const std::vector<json>& events);
/// How the reservations of the log ended, in order, as "8001 rejected".
std::vector<std::string> reservations(const std::vector<json>& events);
/// The first event of a type; fails the test when there is none.
json first_event(const std::vector<json>& events, const std::string& type);

} // namespace lifeline::peers
