// Writes the initials of the pinyin of all unified Han characters as a C++ string, for domain/base/pinyin.cpp. ICU's
// rules take a third of a second to set up: at the build, and not at each start of an engine for which calls wait.
// usage: make_pinyin_table > pinyin_table.inc

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <cstdio>
#include <memory>

namespace {

constexpr char32_t first_han = 0x4E00;
constexpr char32_t last_han = 0x9FFF;
constexpr std::size_t per_line = 96;

} // namespace

int main() {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> latin{
      icu::Transliterator::createInstance("Han-Latin; Latin-ASCII; Lower", UTRANS_FORWARD, status)};
  if (U_FAILURE(status) || latin == nullptr) {
    std::fprintf(stderr, "ICU has no rules for Han characters: %s\n", u_errorName(status));
    return 1;
  }
  icu::UnicodeString text;
  for (char32_t c = first_han; c <= last_han; ++c)
    text.append(static_cast<UChar32>(c)).append(static_cast<UChar32>('\n'));
  latin->transliterate(text);
  std::size_t at = 0;
  char initial = '-'; // none
  bool first = true;
  for (std::int32_t i = 0; i < text.length(); ++i) {
    const auto unit = text.charAt(i);
    if (unit != '\n') {
      if (first && unit >= 'a' && unit <= 'z') initial = static_cast<char>(unit);
      first = false;
      continue;
    }
    if (at % per_line == 0) std::fputs(at == 0 ? "\"" : "\"\n\"", stdout);
    std::fputc(initial, stdout);
    initial = '-';
    first = true;
    ++at;
  }
  std::fputs("\"\n", stdout);
  return at == last_han - first_han + 1 ? 0 : 1;
}
