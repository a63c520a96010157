#pragma once
// Thousands of open alarms in a real engine.

#include "bench/http_load.hpp"
#include "domain/lifts/elevator.hpp"
#include "tests/peers/harness/engine.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace lifeline::bench {

/// What an engine's configuration needs for them: a section, and a trunk that leads to nobody. People are alerted soon
/// after each alarm, so that the rest that follows is one.
void allow_alarms(peers::engine_config& c);
/// Lifts whose firms nobody knows, so that the ladder climbs to its end at once, and what is left are the alarms' own
/// timers. Imported into the engine.
std::vector<domain::elevator> import_lifts(const peers::engine& e, std::size_t count);
/// One alarm for each lift, at `rate` a second. `confirmed`: the first report, not a repeated one. Throws unless every
/// one is taken.
http_load_result send_alarms(const peers::engine& e, const std::vector<domain::elevator>& lifts, double rate,
                             std::size_t connections, bool repeated = false);
/// On the board.
std::size_t active_alarms(const peers::engine& e);
/// Until so many have their actors again, by the metrics: reading a board of thousands takes this program seconds. The
/// number that there are in the end.
std::size_t await_alarms(const peers::engine& e, std::size_t count, std::chrono::seconds timeout);

} // namespace lifeline::bench
