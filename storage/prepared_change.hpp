#pragma once
// A change on its way to the tables: its events already as bytes. Encoding happens on the caller's thread, so that the
// journal's thread has less to do and a value that cannot be stored is the caller's error, not the journal's end.

#include "storage/tables.hpp"
#include "storage/types.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::storage {

struct prepared_change {
  change what;
  durability how = durability::lazy;
  completion done;
  std::string values;            ///< the events' values, one after the other
  std::vector<std::size_t> ends; ///< where in `values` each event's ends
  std::uint64_t ticket = 0;      ///< its place in the order of calls
  bool shown = false;            ///< the observers had its events already, as not stored
  std::size_t size = 0;          ///< its weight when it was queued
  /// Of a durable change: who waits for it has been answered.
  std::shared_ptr<const std::atomic<bool>> answered;
  std::chrono::steady_clock::time_point appended{};

  [[nodiscard]] std::string_view value(std::size_t i) const {
    const auto begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(values).substr(begin, ends[i] - begin);
  }
  /// About the memory that it takes, in bytes.
  [[nodiscard]] std::size_t weight() const;
};

/// Throws std::invalid_argument or cereal::Exception for a change that no correct caller makes.
prepared_change prepare(change c, durability d, completion done);
/// Numbers the change's events from `next` on; returns the number after the last.
std::uint64_t give_numbers(prepared_change& p, std::uint64_t next);
/// What `done` is told when the change was written.
commit_result written(const prepared_change& p);

/// Calls put(table, key, value) and erase(table, key) for every row of the change, whose events have their numbers.
template <class Put, class Erase> void for_each_row(const prepared_change& p, Put&& put, Erase&& erase) {
  for (std::size_t i = 0; i < p.what.events.size(); ++i) {
    const auto& e = p.what.events[i];
    put(table::log, sequence_key{e.seq}.encode(), p.value(i));
    if (!e.call.is_nil()) put(table::call_log, call_log_key{e.call, e.seq}.encode(), std::string_view{});
    if (const auto order = domain::order_of(e.body); !order.is_nil())
      put(table::order_log, order_log_key{order, e.seq}.encode(), std::string_view{});
  }
  for (const auto& m : p.what.state) {
    if (m.value) {
      put(m.table, m.key, std::string_view(*m.value));
    } else {
      erase(m.table, m.key);
    }
  }
}

} // namespace lifeline::storage
