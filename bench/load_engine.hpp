#pragma once
// An engine that is to be loaded, with agents' phones and callers of our own beside it.

#include "bench/agent_phones.hpp"
#include "bench/callers.hpp"
#include "tests/peers/harness/engine.hpp"
#include "tests/peers/harness/workspace.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace lifeline::bench {

struct load_engine_options {
  std::string name = {}; ///< of the workspace
  std::size_t agents = 200;
  std::string media = "direct"; ///< or "anchored"
  bool record = false;          ///< with anchored media
  bool alarms = false;          ///< rescues are on
  bool guarded = false;         ///< with the limits of [sip.guard] as they are shipped
  /// Before the engine starts: the folder of its data.
  std::function<void(const std::filesystem::path& data)> prepare = {};
};
/// The agents' accounts.
std::vector<std::string> accounts_of(std::size_t agents);

class load_engine {
public:
  /// Starts it; the phones are not registered yet.
  explicit load_engine(const load_engine_options& o);
  ~load_engine();

  peers::workspace place;
  peers::engine engine;
  udp_loop loop;
  agent_phones phones;
  callers people;

  void sign_in();
  /// CPU time of the engine so far, ms.
  [[nodiscard]] double cpu_ms() const;
  /// Until the engine has no call any more; false when that is not so in time.
  bool quiet(std::chrono::seconds timeout);
  /// The engine's own count of what must never happen: −1 and 0 are none.
  [[nodiscard]] double violations() const;

private:
  std::size_t agents_;
};

/// Remarks about what must never happen: an agent with two calls, a violated invariant.
void remark_on_faults(report& r, load_engine& l);
/// The same, and what this program's own phones and callers lost or had to say again.
void remark_on_load(report& r, load_engine& l);
/// Ends the engine and proves what it has logged: exactly once, as `lifelinectl log verify` does.
void stop_and_prove(report& r, load_engine& l);

} // namespace lifeline::bench
