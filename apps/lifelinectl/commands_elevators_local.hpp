#pragma once
// Invented lifts and rescuers, made here without asking an engine. Each function writes to `file` (empty: to standard
// output) and returns the exit code.

#include <cstdint>
#include <string>

namespace lifeline::ctl {

/// A list for `lifelinectl elevators import`: UTF-8 with a byte order mark, Chinese headings.
int generate_elevators(std::uint64_t count, std::uint64_t seed, const std::string& file);
/// A JSON array of firms, stations and public rescue, with the names that the API has.
int generate_parties(std::uint64_t seed, const std::string& file);

} // namespace lifeline::ctl
