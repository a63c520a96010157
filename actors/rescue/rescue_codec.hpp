#pragma once
// The rescue side's values as bytes: rows of the journal's tables.

#include "actors/rescue/rescue_operations.hpp"
#include "domain/rescue/device_watch.hpp"
#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace lifeline::actors {

template <class T> using decoded = tl::expected<T, storage::failure>;

std::string encode_order(const domain::order_state& s); ///< rows of table::orders
decoded<domain::order_state> decode_order(std::string_view bytes);
/// To be worked on: an order from the future - the clock was set back since - is moved to now as a whole, so that no
/// deadline lies further away than when it was set.
decoded<domain::order_state> decode_order_of_last_run(std::string_view bytes, domain::instant now);
std::string encode_elevator(const domain::elevator& e); ///< rows of table::elevators
decoded<domain::elevator> decode_elevator(std::string_view bytes);
std::string encode_party(const domain::rescue_party& p); ///< rows of table::parties
decoded<domain::rescue_party> decode_party(std::string_view bytes);
std::string encode_receipt(const report_receipt& r); ///< rows of table::reports; `repeated` is not stored
decoded<report_receipt> decode_receipt(std::string_view bytes);

std::string encode_device(const domain::device_record& d); ///< rows of table::devices
decoded<domain::device_record> decode_device(std::string_view bytes);
decoded<domain::device_record> decode_device_of_last_run(std::string_view bytes, domain::instant now);

/// Key in table::meta: the last order number that was given, as text.
inline constexpr std::string_view last_number_key = "orders/last_number";

} // namespace lifeline::actors
