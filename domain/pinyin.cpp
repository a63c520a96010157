#include "domain/elevator_index.hpp"
#include "domain/utf8.hpp"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <array>
#include <memory>
#include <vector>

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

/// The initials of all characters, made at the first use: one run of ICU's rules takes 0.3 s, whatever is looked up.
std::vector<char> make_table() {
  std::vector<char> table(last_han - first_han + 1, '\0');
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> latin{
      icu::Transliterator::createInstance("Han-Latin; Latin-ASCII; Lower", UTRANS_FORWARD, status)};
  if (U_FAILURE(status) || latin == nullptr) return table; // found by characters and codes all the same
  icu::UnicodeString text;
  for (char32_t c = first_han; c <= last_han; ++c)
    text.append(static_cast<UChar32>(c)).append(static_cast<UChar32>('\n'));
  latin->transliterate(text);
  std::size_t at = 0;
  bool first = true;
  for (std::int32_t i = 0; i < text.length() && at < table.size(); ++i) {
    const auto unit = text.charAt(i);
    if (first && unit >= 'a' && unit <= 'z') table[at] = static_cast<char>(unit);
    first = unit == '\n';
    if (first) ++at;
  }
  table[U'长' - first_han] = 'c'; // in the names of places
  return table;
}

/// '\0': none.
char initial_of(char32_t c) {
  static const auto table = make_table();
  if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return static_cast<char>(c);
  return c >= first_han && c <= last_han ? table[c - first_han] : '\0';
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
    const auto initial = initial_of(c);
    const auto* r = c < first_han ? nullptr : find_reading(before, c);
    if (r != nullptr && initial != '\0' && !initials.empty()) {
      initials.back() = r->initials[0];
      initials += r->initials[1];
    } else if (initial != '\0') {
      initials += initial;
    }
    before = c;
  }
  return initials;
}

} // namespace lifeline::domain
