#include "domain/base/pinyin.hpp"
#include "domain/base/utf8.hpp"

#include <array>
#include <string>
#include <string_view>

namespace lifeline::domain {

namespace {

constexpr char32_t first_han = 0x4E00;
constexpr char32_t last_han = 0x9FFF;

/// Characters with several readings, by the word they stand in; what names of places and units contain.
struct reading {
  std::u32string_view word; ///< two characters
  std::string_view initials;
};
constexpr std::array readings{
    reading{U"银行", "yh"}, reading{U"支行", "zh"}, reading{U"分行", "fh"}, reading{U"总行", "zh"},
    reading{U"商行", "sh"}, reading{U"车行", "ch"}, reading{U"行业", "hy"}, reading{U"音乐", "yy"},
    reading{U"重庆", "cq"}, reading{U"重阳", "cy"}, reading{U"校长", "xz"}, reading{U"镇长", "zz"},
};

/// The initials of all characters in the order of their code points, '-' = none. Made by cmake/make_pinyin_table.cpp.
constexpr std::string_view table =
#include "pinyin_table.inc"
    ;
static_assert(table.size() == last_han - first_han + 1);

/// '\0': none.
char initial_of(char32_t c) {
  if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return static_cast<char>(c);
  if (c < first_han || c > last_han) return '\0';
  if (c == U'长') return 'c'; // in the names of places
  const auto initial = table[c - first_han];
  return initial == '-' ? '\0' : initial;
}

const reading* find_reading(char32_t first, char32_t second) {
  for (const auto& r : readings)
    if (r.word[0] == first && r.word[1] == second) return &r;
  return nullptr;
}

} // namespace

std::string pinyin_initials(std::string_view utf8) {
  std::string initials;
  char32_t before = 0;
  while (!utf8.empty()) {
    const auto c = fold(take_code_point(utf8).value_or(U' '));
    const auto* r = c < first_han || initials.empty() ? nullptr : find_reading(before, c);
    before = c;
    auto initial = initial_of(c);
    if (initial == '\0') continue;
    if (r != nullptr) {
      initials.back() = r->initials[0];
      initial = r->initials[1];
    }
    initials += initial;
  }
  return initials;
}

} // namespace lifeline::domain
