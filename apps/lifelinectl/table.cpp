#include "apps/lifelinectl/table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace lifeline::ctl {

namespace {

constexpr char32_t broken = 0xFFFFFFFF;

/// Takes one code point; `broken` and one byte when the text is not UTF-8 there.
char32_t take(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                                                           : 0;
  char32_t point = length <= 1 ? lead : lead & (0x7FU >> length);
  bool good = length > 0 && length <= text.size();
  for (std::size_t i = 1; good && i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    good = (next & 0xC0U) == 0x80U;
    point = point << 6U | (next & 0x3FU);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (good && (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))) good = false;
  text.remove_prefix(good ? length : 1);
  return good ? point : broken;
}

bool within(char32_t p, std::initializer_list<std::pair<char32_t, char32_t>> ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const auto& r) { return p >= r.first && p <= r.second; });
}

/// Unicode TR 11: the blocks of wide characters that names and reasons are written with.
bool is_wide(char32_t p) {
  return within(p, {{0x1100, 0x115F},
                    {0x2E80, 0x303E},
                    {0x3041, 0xA4CF},
                    {0xAC00, 0xD7A3},
                    {0xF900, 0xFAFF},
                    {0xFE30, 0xFE6F},
                    {0xFF00, 0xFF60},
                    {0xFFE0, 0xFFE6},
                    {0x1F300, 0x1FAFF},
                    {0x20000, 0x3FFFD}});
}
bool is_combining(char32_t p) {
  return within(p, {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}});
}
/// C0, C1 and the marks that turn the direction of what follows.
bool is_control(char32_t p) { return p < 0x20 || within(p, {{0x7F, 0x9F}, {0x2028, 0x202E}, {0x2066, 0x2069}}); }

void pad(std::string& line, std::string_view cell, std::size_t width) {
  line += cell;
  line.append(width - display_width(cell) + 2, ' ');
}

} // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto point = take(text);
    if (!is_combining(point)) width += point != broken && is_wide(point) ? 2 : 1;
  }
  return width;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto* begin = text.data();
    const auto point = take(text);
    if (point == broken || is_control(point))
      out += '?';
    else
      out.append(begin, text.data());
  }
  return out;
}

void table::add(std::vector<std::string> cells) {
  for (auto& cell : cells) {
    cell = printable(cell);
    if (cell.empty()) cell = "-";
  }
  cells.resize(heads_.size(), "-");
  rows_.push_back(std::move(cells));
}

std::string table::text() const {
  if (rows_.empty()) return "(none)\n";
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    std::size_t width = display_width(heads_[i]);
    for (const auto& row : rows_)
      width = std::max(width, display_width(row[i]));
    widths.push_back(width);
  }
  std::string out;
  const auto print = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      pad(line, row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  };
  print(heads_);
  for (const auto& row : rows_)
    print(row);
  return out;
}

} // namespace lifeline::ctl
