#pragma once
// Alarms that nobody has taken, and the phones that can be rung for them: who is rung for which. Pure.

#include <cstddef>
#include <vector>

namespace lifeline::domain {

/// `rings`: of each order, the most dangerous first, how many phones ring for it already. For each of the free phones
/// the order that it rings for: all of them for one order alone, else each order gets one before any gets a second.
std::vector<std::size_t> share_phones(std::vector<std::size_t> rings, std::size_t phones);

} // namespace lifeline::domain
