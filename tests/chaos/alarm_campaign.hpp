#pragma once
// An engine under alarms, killed as often as wished: every alarm that it has acknowledged must be there afterwards,
// with its order open and a deadline ahead.

#include "tests/peers/harness/engine.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace lifeline::chaos {

struct alarm_plan {
  int kills = 20;
  std::uint32_t seed = 0;
  double rate = 200; ///< alarms a second
  std::chrono::milliseconds least_life{200};
  std::chrono::milliseconds most_life{1500};
};

struct alarm_summary {
  int kills = 0;
  std::uint64_t sent = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t cut = 0; ///< sent, and not answered for the kill: they may be there or not
  std::chrono::milliseconds worst_outage{0};
  std::vector<std::string> faults; ///< empty: all is well
};

class alarm_campaign {
public:
  explicit alarm_campaign(const alarm_plan& what);
  alarm_summary run();

private:
  /// What an alarm was acknowledged with.
  struct receipt {
    std::string order;
    std::string fate;
  };
  void round(int number);
  void send_until_stopped();
  void check_all();
  void check_some(const std::vector<std::string>& ids);
  void verify();
  void fault(const std::string& what);

  alarm_plan plan_;
  peers::workspace place_;
  peers::engine engine_;
  std::mt19937 random_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> next_{0};
  std::mutex mutex_;
  std::map<std::string, receipt> acknowledged_; ///< by message id
  std::map<std::string, receipt> fresh_;        ///< of this round
  alarm_summary summary_;
};

} // namespace lifeline::chaos
