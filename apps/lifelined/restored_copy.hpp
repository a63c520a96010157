#pragma once
// Is this data folder a restored copy that nobody has confirmed yet? Another engine may be on duty with the same
// orders: firms and stations must not be rung by both.

#include <tl/expected.hpp>

#include <string>

namespace lifeline::app {

/// What was restored, from where and when; empty: nothing, or it has been confirmed. A mark that cannot be read counts.
[[nodiscard]] std::string restored_copy(const std::string& data);
/// From now on it is no copy any more; a sentence when that cannot be stored.
[[nodiscard]] tl::expected<void, std::string> confirm_copy(const std::string& data);

} // namespace lifeline::app
