#pragma once
// Realistic invented lifts, firms and stations for tests, demonstrations and load. The same seed gives the same data.
// Districts are those of Huai'an; names, persons and numbers are invented (numbers in ranges that are not assigned).

#include "domain/elevator.hpp"
#include "domain/rescue_party.hpp"

#include <cstdint>
#include <vector>

namespace lifeline::domain {

std::vector<elevator> invent_elevators(std::size_t count, std::uint64_t seed);
/// Firms that invent_elevators() names, stations and public rescue for every district.
std::vector<rescue_party> invent_parties(std::uint64_t seed);

} // namespace lifeline::domain
