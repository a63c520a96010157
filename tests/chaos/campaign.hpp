#pragma once
// One engine under load, killed as often as wished, and its log proved each time.

#include "tests/chaos/log_fold.hpp"
#include "tests/peers/harness/engine.hpp"
#include "tests/peers/harness/sipp.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace lifeline::chaos {

/// How the log is proved.
enum class proof {
  api,     ///< folded here, as the running engine's API gives it
  command, ///< in addition `lifelinectl log verify --journal DIR`, while the engine is dead and at the end
};

struct plan {
  int kills = 200;
  std::uint32_t seed = 0;
  double rate = 15;                         ///< calls a second
  std::chrono::milliseconds least_life{50}; ///< of an engine, from the first calls on
  std::chrono::milliseconds most_life{1500};
  std::chrono::milliseconds most_outage{3000}; ///< from the kill to a call that was answered
  proof how = proof::api;
};

struct summary {
  int kills = 0;
  std::uint64_t arrived = 0;
  std::uint64_t ended = 0;
  std::uint64_t cut = 0; ///< by a kill
  std::chrono::milliseconds mean_outage{0};
  std::chrono::milliseconds worst_outage{0};
  std::vector<std::string> faults; ///< empty: all is well
};

class campaign {
public:
  explicit campaign(const plan& what);
  ~campaign();
  summary run();

private:
  void start_phones();
  void keep_phones();
  void round(int number);
  /// A call that is answered, tried until it is; how long after `since`.
  std::chrono::milliseconds answered_again(std::chrono::steady_clock::time_point since);
  void read_log();
  void verify_by_command();
  void finish();
  void fault(const std::string& what);

  plan plan_;
  peers::workspace place_;
  std::vector<std::string> accounts_;
  std::uint16_t phone_port_;
  peers::engine engine_;
  std::unique_ptr<peers::sipp> phones_;
  std::mt19937 random_;
  log_fold log_;
  std::size_t violations_told_ = 0;
  std::chrono::milliseconds outages_{0};
  int round_ = 0;
  summary summary_;
};

} // namespace lifeline::chaos
