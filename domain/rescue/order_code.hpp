#pragma once
// The short code of an order: four digits that its rescuers are told and that nobody can guess, unlike the order's
// number. Whoever calls from a number that no trunk vouches for proves with it that it was told of the order.

#include "domain/log/alarm_report.hpp"

#include <string>

namespace lifeline::domain {

inline constexpr std::size_t short_code_length = 4;
/// From the random part of its id. No two digits beside each other are the same: a press that comes twice (as an event
/// and as a tone) is then told from a second press. Empty for the nil id.
std::string short_code(const order_id& id);

} // namespace lifeline::domain
