#pragma once
// Runs that drive a real engine (build/<preset>/bin/lifelined, or $LIFELINE_BIN) over loopback.

#include "bench/report.hpp"

#include <cstddef>

namespace lifeline::bench {

struct alarms_options {
  std::size_t alarms = 10'000;
  double rate = 500; ///< a second
  std::size_t connections = 16;
  int idle_seconds = 20;
};
void run_alarms(report& r, const alarms_options& o);

} // namespace lifeline::bench
