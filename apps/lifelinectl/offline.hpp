#pragma once
// The log's proof from a journal's folder, without an engine. All that the command knows of storage/.

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::ctl {

/// As the API's (docs/api.md).
struct offline_proof {
  std::uint64_t events = 0;
  std::uint64_t calls = 0;
  std::uint64_t reservations = 0;
  std::uint64_t open_calls = 0;
  std::uint64_t open_reservations = 0;
  std::uint64_t violation_count = 0;
  std::vector<std::string> violations;
};

/// The error is a sentence: no journal there, in use by an engine, damaged.
tl::expected<offline_proof, std::string> prove_journal(const std::string& folder);

} // namespace lifeline::ctl
