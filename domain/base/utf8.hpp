#pragma once
// Text in UTF-8: what is valid, and how texts are compared and looked for.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::domain {

/// Takes one code point off the front of a text that is not empty; nothing (one byte is taken) where it is no UTF-8
/// (RFC 3629: neither over-long forms nor surrogates).
std::optional<char32_t> take_code_point(std::string_view& rest);
void append_utf8(std::string& to, char32_t c);
bool is_utf8(std::string_view text);
/// Bytes that are no UTF-8 count as one each.
std::size_t count_code_points(std::string_view text);

/// For comparing: full-width forms as half-width ones, ASCII letters in lower case, every blank as ' ', every dash as
/// '-'. The form of a single code point.
char32_t fold(char32_t c);
/// Bytes that are no UTF-8 become U+FFFD.
std::string fold(std::string_view utf8);
/// Folded, and without blanks: "某某（江苏） 公司" and "某某(江苏)公司" are one name.
std::string fold_name(std::string_view utf8);

/// Without blanks (U+3000 and line ends, too) at both ends.
std::string_view trim(std::string_view utf8);

} // namespace lifeline::domain
