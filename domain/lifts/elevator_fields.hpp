#pragma once
// The text fields of a lift's record in one table: for checks, lists and whoever else goes through all of them.

#include "domain/lifts/elevator.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace lifeline::domain {

enum class field_form : std::uint8_t { text, code, date, phone };

struct elevator_field {
  std::string_view name;         ///< in English, as in `elevator`
  std::string elevator::*member; ///< where it is kept
  field_form form = field_form::text;
  std::size_t most = 100;   ///< characters
  std::string_view heading; ///< in Chinese, as it is written
  std::string_view also;    ///< other headings that are understood, separated by '|'
};

/// All but `status` and `where`, in the order of the lists' columns.
std::span<const elevator_field> elevator_fields();

} // namespace lifeline::domain
