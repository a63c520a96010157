#pragma once
// The domain's values as bytes. An event's number is its key, so it is not in its value. Errors: errc::corrupt.

#include "domain/log/events.hpp"
#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace lifeline::storage {

/// Appends the event's value to `out`.
void encode_event_to(std::string& out, const domain::event& e);
std::string encode_event(const domain::event& e);
[[nodiscard]] tl::expected<domain::event, failure> decode_event(std::uint64_t seq, std::string_view bytes);
/// The number that stands for the entry's type on disk; never reused.
std::uint16_t event_number(const domain::event_body& body);

/// Rows of `table::records`.
std::string encode_record(const domain::call_record& r);
[[nodiscard]] tl::expected<domain::call_record, failure> decode_record(std::string_view bytes);

} // namespace lifeline::storage
