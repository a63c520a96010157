#pragma once
// The way out of a damaged log: everything that is sound goes on, what is lost is said and takes its numbers with it,
// and the damaged files are kept beside. Nothing is acknowledged twice under one number.
//
// What is mended is the write-ahead files and holes in the log. A damaged MANIFEST or table file is not: the last
// backup is the way back then.

#include "storage/tables.hpp"
#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::storage {

/// A row of the mended journal, if it is there and can be read.
using row_getter = std::function<std::optional<std::string>(table, std::string_view key)>;

struct salvage_order {
  std::string directory; ///< of the journal
  domain::instant now;
  /// Further rows to be written with the last word of the salvage: counters that must not run over numbers that were
  /// given out in what is lost (so many entries).
  std::function<std::vector<mutation>(const row_getter& get, std::uint64_t lost)> counters;
};

struct salvage_report {
  bool needed = false; ///< false: the journal is whole, nothing was changed
  std::string why;     ///< what the examination found
  std::uint64_t lost = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges; ///< first and last number of each hole
  std::vector<std::string> orders;                             ///< see domain/rescue/lost_orders.hpp
  std::string kept;                                            ///< folder with the damaged files
};

/// May be repeated after a crash. Errors: as of opening for what cannot be mended, in_use, disk_full, io_error.
[[nodiscard]] tl::expected<salvage_report, failure> salvage_journal(const salvage_order& order);

} // namespace lifeline::storage
