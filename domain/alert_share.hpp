#pragma once
// Alarms that nobody has taken, and the phones that can be rung for them: who is rung for which. Pure.

#include "domain/order_state.hpp"

#include <cstddef>
#include <vector>

namespace lifeline::domain {

/// Injured people, fire or medical need: it comes before others, whatever their age.
bool is_urgent(const order_state& o);

/// `rings`: of each order, the most dangerous first, how many phones ring for it already. For each of the free phones
/// the order that it rings for: all of them for one order alone, else each order gets one before any gets a second.
std::vector<std::size_t> share_phones(std::vector<std::size_t> rings, std::size_t phones);

} // namespace lifeline::domain
