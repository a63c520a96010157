#pragma once
// Which encoding a list is written in. Office programs in China write GBK as often as UTF-8.

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace lifeline::domain {

struct decoded_text {
  std::string encoding; ///< "UTF-8" or "GBK"
  std::string text;     ///< UTF-8 without a byte order mark
};
/// Valid UTF-8 wins; then GBK (read as GB 18030, its superset). A sentence with the line when it is neither, and for
/// what is known not to be plain text: UTF-16, Excel's own format, bytes of zero.
tl::expected<decoded_text, std::string> decode_text(std::string_view bytes);

/// Nothing when the bytes are not GB 18030.
std::optional<std::string> gbk_to_utf8(std::string_view bytes);

} // namespace lifeline::domain
