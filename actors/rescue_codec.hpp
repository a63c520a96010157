#pragma once
// The rescue side's values as bytes: rows of the journal's tables, and messages between actors.

#include "actors/rescue_operations.hpp"
#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace lifeline::actors {

template <class T> using decoded = tl::expected<T, storage::failure>;

std::string encode_order(const domain::order_state& s); ///< rows of table::orders
decoded<domain::order_state> decode_order(std::string_view bytes);
std::string encode_elevator(const domain::elevator& e); ///< rows of table::elevators
decoded<domain::elevator> decode_elevator(std::string_view bytes);
std::string encode_party(const domain::rescue_party& p); ///< rows of table::parties
decoded<domain::rescue_party> decode_party(std::string_view bytes);
std::string encode_report(const domain::alarm_report& r);
decoded<domain::alarm_report> decode_report(std::string_view bytes);
std::string encode_action(const domain::order_action& a);
decoded<domain::order_action> decode_action(std::string_view bytes);
std::string encode_rescuer_report(const domain::rescuer_report& r);
decoded<domain::rescuer_report> decode_rescuer_report(std::string_view bytes);
std::string encode_receipt(const report_receipt& r); ///< rows of table::reports; `repeated` is not stored
decoded<report_receipt> decode_receipt(std::string_view bytes);

/// The last order number that was given, for the next one of the same local day.
struct order_counter {
  std::string day; ///< "20261124"
  std::uint32_t last = 0;
};
std::string encode_counter(const order_counter& c);
decoded<order_counter> decode_counter(std::string_view bytes);

// Keys in table::meta that belong to the supervisor of alarms.
inline constexpr std::string_view order_counter_key = "orders/counter";

} // namespace lifeline::actors
