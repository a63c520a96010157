#pragma once
// The rescue side in numbers, for the metrics. Computed from the live orders (domain::count_order) and what the engine
// knows besides; cheap enough for every scrape.

#include "domain/rescue/order_figures.hpp"

#include <cstdint>

namespace lifeline::actors {

struct rescue_figures : domain::order_figures {
  std::uint64_t attempts = 0; ///< calls and webhooks to rescuers under way
  std::uint64_t lines = 0;    ///< of calls to rescuers
  std::uint64_t lines_used = 0;
  std::uint64_t waiting = 0; ///< calls that wait for one of them
  std::uint64_t mass_events = 0;
  std::uint64_t silent_devices = 0;
  std::uint64_t lifts = 0;
  std::uint64_t unreadable_orders = 0; ///< rows that could not be read at start
};

} // namespace lifeline::actors
