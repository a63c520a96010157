#pragma once
// The log's proof from a journal's folder, without an engine. All that the command knows of storage/.

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::ctl {

/// As the API's (docs/api.md), and what a journal on the disk tells besides.
struct offline_proof {
  std::uint64_t events = 0;
  std::uint64_t calls = 0;
  std::uint64_t reservations = 0;
  std::uint64_t open_calls = 0;
  std::uint64_t open_reservations = 0;
  std::uint64_t orders = 0;
  std::uint64_t open_orders = 0;
  std::uint64_t first_sequence = 0; ///< 0: the log is empty
  std::uint64_t last_sequence = 0;
  std::uint64_t lost_events = 0; ///< that the log itself says the disk did not take
  std::uint64_t violation_count = 0;
  std::vector<std::string> violations;
};

/// Reads only, also beside a running engine. `ended`: the engine has stopped in order, so what is open is a violation.
/// The error is a sentence: no journal there, damaged, of a newer version.
tl::expected<offline_proof, std::string> prove_journal(const std::string& folder, bool ended);

} // namespace lifeline::ctl
