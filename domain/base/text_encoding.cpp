#include "domain/base/text_encoding.hpp"

#include "domain/base/utf8.hpp"

#include <unicode/ucnv.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace lifeline::domain {

namespace {

using converter = std::unique_ptr<UConverter, decltype(&ucnv_close)>;

/// Bytes of a file are converted in pieces of this size, so that ICU's 32-bit lengths never matter.
constexpr std::size_t piece = 1 << 16;

std::string line_of(std::string_view bytes, std::size_t at) {
  const auto front = bytes.substr(0, at);
  return "line " + std::to_string(1 + std::count(front.begin(), front.end(), '\n'));
}

struct utf8_survey {
  std::size_t first_broken = std::string_view::npos;
  std::size_t broken = 0; ///< bytes
  std::size_t longer = 0; ///< good sequences of several bytes
};
utf8_survey survey(std::string_view bytes) {
  utf8_survey found;
  for (auto rest = bytes; !rest.empty();) {
    const auto at = bytes.size() - rest.size();
    const auto c = take_code_point(rest);
    if (c && *c >= 0x80) ++found.longer;
    if (c) continue;
    if (found.broken++ == 0) found.first_broken = at;
  }
  return found;
}

std::optional<std::string> known_other(std::string_view bytes) {
  if (bytes.starts_with("PK\x03\x04")) return "an Excel workbook: save it as CSV";
  if (bytes.starts_with("\xD0\xCF\x11\xE0")) return "an old Excel workbook: save it as CSV";
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return "UTF-16 text: save it as CSV in UTF-8";
  if (const auto at = bytes.find('\0'); at != std::string_view::npos)
    return line_of(bytes, at) + ": expected text, found a byte of zero";
  return std::nullopt;
}

void append(std::string& to, const UChar* units, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    char32_t c = units[i];
    if (c >= 0xD800 && c < 0xDC00 && i + 1 < count) c = 0x10000 + ((c - 0xD800) << 10) + (units[++i] - 0xDC00u);
    append_utf8(to, c);
  }
}

} // namespace

std::optional<std::string> gbk_to_utf8(std::string_view bytes) {
  UErrorCode status = U_ZERO_ERROR;
  const converter from{ucnv_open("GB18030", &status), ucnv_close};
  if (U_FAILURE(status)) return std::nullopt;
  ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 2);
  std::vector<UChar> units(piece + 8); // one byte becomes one unit at the most
  do {
    const auto* source = bytes.data();
    const auto* const end = source + std::min(bytes.size(), piece);
    const UBool last = end == bytes.data() + bytes.size() ? 1 : 0;
    auto* target = units.data();
    ucnv_toUnicode(from.get(), &target, units.data() + units.size(), &source, end, nullptr, last, &status);
    if (U_FAILURE(status) || source != end) return std::nullopt;
    // A pair of surrogates comes from one sequence and is never cut.
    append(text, units.data(), static_cast<std::size_t>(target - units.data()));
    bytes.remove_prefix(static_cast<std::size_t>(end - bytes.data()));
  } while (!bytes.empty());
  return text;
}

tl::expected<decoded_text, std::string> decode_text(std::string_view bytes) {
  if (auto other = known_other(bytes)) return tl::make_unexpected(std::move(*other));
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  const bool marked = bytes.starts_with(mark);
  if (marked) bytes.remove_prefix(mark.size());
  const auto found = survey(bytes);
  if (found.broken == 0) return decoded_text{"UTF-8", std::string{bytes}};
  // Text in GBK hardly ever looks like UTF-8: much of it and a few broken bytes are UTF-8 that was damaged.
  const bool damaged = marked || found.longer > 4 * found.broken;
  if (!damaged) {
    if (auto text = gbk_to_utf8(bytes)) return decoded_text{"GBK", std::move(*text)};
  }
  return tl::make_unexpected(line_of(bytes, found.first_broken) + ": expected " +
                             (damaged ? "UTF-8 like the rest" : "UTF-8 or GBK") + ", found other bytes");
}

} // namespace lifeline::domain
