#pragma once
// What the fields of an order's verbs hold (see verb_rules in order_machine.hpp for which verb takes which). The one
// table of it: the order machine checks by it, the API reads JSON by it, lifelinectl what was typed.

#include <cstdint>
#include <string_view>
#include <vector>

namespace lifeline::domain {

enum class field_kind : std::uint8_t {
  text,
  number, ///< whole, from `least` to `most`
  flag,   ///< yes or no; true or false in JSON
  moment, ///< RFC 3339
};

struct order_field {
  std::string_view name;
  field_kind kind = field_kind::text;
  std::int64_t least = 0; ///< of a number, as `most`; a verb may be narrower and says so itself
  std::int64_t most = 0;
  std::string_view help; ///< for people, in a few words
  /// How many persons, or whether there are any: either is taken for both.
  bool persons = false;
};

inline constexpr std::int64_t most_people = 1000;

/// By name.
const std::vector<order_field>& order_fields();
/// Null: no verb has such a field.
const order_field* find_order_field(std::string_view name);

} // namespace lifeline::domain
