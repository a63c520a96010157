#pragma once
// The exactly-once proof of a whole log (domain/log/log_verifier.hpp), of a running journal or of one on the disk.

#include "storage/journal.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::storage {

struct log_verification {
  std::uint64_t first_sequence = 0; ///< 0: the log is empty
  std::uint64_t last_sequence = 0;
  std::uint64_t events = 0;
  std::uint64_t calls = 0;
  std::uint64_t reservations = 0;
  std::uint64_t open_calls = 0; ///< fine while the engine runs, and after it was killed: its next run ends them
  std::uint64_t open_reservations = 0;
  std::uint64_t orders = 0;
  std::uint64_t open_orders = 0; ///< whose end is not confirmed: fine in any log, the next run goes on with them
  std::uint64_t lost_events = 0; ///< that the log itself says the disk did not take
  std::uint64_t violation_count = 0;
  std::vector<std::string> violations; ///< the first of them, as sentences
};

/// `ended`: the log is of an engine that has stopped in order; what is open then is a violation.
[[nodiscard]] tl::expected<log_verification, failure> verify_log(const journal& j, bool ended = false);

/// Visits the log of a journal on the disk until `visit` returns false, and returns the number that its last entry
/// should have. Reads and errors as verify_journal.
[[nodiscard]] tl::expected<std::uint64_t, failure> read_journal_log(const std::string& directory,
                                                                    const event_visitor& visit);

/// Reads only, also while an engine runs on the directory (it sees the log up to about now). Takes seconds for a
/// million entries. Errors: not_found (no such folder), foreign_directory, newer_schema, corrupt (a file or an entry
/// cannot be read: the message says which), io_error. That something is missing which had been acknowledged is a
/// violation, with the words of the refusal of an engine's start.
[[nodiscard]] tl::expected<log_verification, failure> verify_journal(const std::string& directory, bool ended = false);

} // namespace lifeline::storage
