#pragma once
// Realistic invented lifts, firms and stations for tests, demonstrations and load. The same seed gives the same data.
// Districts are those of Huai'an; names, persons and numbers are invented (numbers in ranges that are not assigned).

#include "domain/lifts/elevator.hpp"
#include "domain/rescue/rescue_party.hpp"

#include <cstdint>
#include <vector>

namespace lifeline::domain {

/// There are only so many rescue codes.
inline constexpr std::size_t most_invented_elevators = 1'000'000;

/// Most have coordinates, a third a phone of their own (device_id), some an older registration code.
std::vector<elevator> invent_elevators(std::size_t count, std::uint64_t seed);
/// 60 firms, which invent_elevators() of that seed names, three stations for every district and public rescue for all.
std::vector<rescue_party> invent_parties(std::uint64_t seed);

} // namespace lifeline::domain
