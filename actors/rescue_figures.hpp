#pragma once
// The rescue side in numbers, for the metrics. Computed from the live orders; cheap enough for every scrape.

#include "domain/time.hpp"

#include <array>
#include <cstdint>

namespace lifeline::actors {

struct rescue_figures {
  std::array<std::uint64_t, 4> open{}; ///< active alarms by the highest level engaged, 0 = none yet; no filtered ones
  std::uint64_t filtered = 0;          ///< stored and shown, not dispatched
  std::uint64_t orders = 0;            ///< active orders of the other types
  std::uint64_t unacknowledged = 0;    ///< of the open alarms
  std::uint64_t overdue_answers = 0;   ///< parties that have not answered within the limit, and still may
  std::uint64_t overdue_arrivals = 0;  ///< parties that have accepted, and are not there within the limit
  domain::span oldest_open{0};         ///< age of the oldest open alarm
  std::uint64_t attempts = 0;          ///< calls and webhooks to rescuers under way
  std::uint64_t mass_events = 0;
  std::uint64_t silent_devices = 0;
  std::uint64_t lifts = 0;
  std::uint64_t unreadable_orders = 0; ///< rows that could not be read at start
};

} // namespace lifeline::actors
