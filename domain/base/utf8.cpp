#include "domain/base/utf8.hpp"

namespace lifeline::domain {

namespace {

constexpr char32_t replacement = 0xFFFD;

bool is_blank(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x3000 || c == 0xFEFF ||
         (c >= 0x2000 && c <= 0x200B);
}

/// Bytes of the sequence that begins with `lead`; 0: none begins so.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

/// The least code point that needs so many bytes.
constexpr char32_t least_of(std::size_t length) { return length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000; }

} // namespace

std::optional<char32_t> take_code_point(std::string_view& rest) {
  const auto lead = static_cast<unsigned char>(rest.front());
  const auto length = sequence_length(lead);
  if (length == 1) {
    rest.remove_prefix(1);
    return lead;
  }
  char32_t c = length == 0 ? 0 : lead & (0xFFu >> (length + 1));
  bool good = length != 0 && rest.size() >= length;
  for (std::size_t i = 1; good && i < length; ++i) {
    const auto next = static_cast<unsigned char>(rest[i]);
    good = (next & 0xC0) == 0x80;
    c = (c << 6) | (next & 0x3F);
  }
  good = good && c >= least_of(length) && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
  rest.remove_prefix(good ? length : 1);
  return good ? std::optional{c} : std::nullopt;
}

void append_utf8(std::string& to, char32_t c) {
  const auto put = [&to](char32_t byte) { to += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (!take_code_point(text)) return false;
  }
  return true;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t n = 0;
  for (; !text.empty(); ++n)
    (void)take_code_point(text);
  return n;
}

char32_t fold(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
  if (c >= 'A' && c <= 'Z') return c + ('a' - 'A');
  if (c < 0x80 && c > ' ') return c;
  if (is_blank(c)) return ' ';
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return '-';
  return c;
}

std::string fold(std::string_view utf8) {
  std::string folded;
  folded.reserve(utf8.size());
  while (!utf8.empty())
    append_utf8(folded, fold(take_code_point(utf8).value_or(replacement)));
  return folded;
}

std::string fold_name(std::string_view utf8) {
  auto name = fold(utf8);
  std::erase(name, ' ');
  return name;
}

std::string_view trim(std::string_view utf8) {
  const auto blank_at = [](std::string_view rest) {
    const auto before = rest.size();
    const auto c = rest.empty() ? std::nullopt : take_code_point(rest);
    return c && is_blank(*c) ? before - rest.size() : 0;
  };
  while (const auto n = blank_at(utf8))
    utf8.remove_prefix(n);
  while (!utf8.empty()) {
    auto last = utf8.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(utf8[last]) & 0xC0) == 0x80)
      --last;
    const auto n = blank_at(utf8.substr(last));
    if (n == 0 || last + n != utf8.size()) break;
    utf8.remove_suffix(n);
  }
  return utf8;
}

} // namespace lifeline::domain
