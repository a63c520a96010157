#include "domain/lifts/elevator_cells.hpp"

#include "domain/base/field_check.hpp"
#include "domain/base/utf8.hpp"
#include "domain/lifts/huaian.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace lifeline::domain {

namespace {

/// Names of the classes in the catalogue of special equipment (2014), and what lists of older years call them.
constexpr std::array classes{
    std::pair<std::string_view, std::string_view>{"曳引驱动乘客电梯", "3110"},
    std::pair<std::string_view, std::string_view>{"曳引式客梯", "3110"},
    std::pair<std::string_view, std::string_view>{"乘客电梯", "3110"},
    std::pair<std::string_view, std::string_view>{"曳引驱动载货电梯", "3120"},
    std::pair<std::string_view, std::string_view>{"曳引式货梯", "3120"},
    std::pair<std::string_view, std::string_view>{"载货电梯", "3120"},
    std::pair<std::string_view, std::string_view>{"强制驱动载货电梯", "3130"},
    std::pair<std::string_view, std::string_view>{"液压乘客电梯", "3210"},
    std::pair<std::string_view, std::string_view>{"液压载货电梯", "3220"},
    std::pair<std::string_view, std::string_view>{"自动扶梯", "3310"},
    std::pair<std::string_view, std::string_view>{"自动人行道", "3320"},
    std::pair<std::string_view, std::string_view>{"防爆电梯", "3410"},
    std::pair<std::string_view, std::string_view>{"消防员电梯", "3420"},
    std::pair<std::string_view, std::string_view>{"杂物电梯", "3430"},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// 3.11032E+19
bool is_scientific(std::string_view text) {
  const auto e = text.find_first_of("eE");
  if (e == std::string_view::npos || e + 1 >= text.size() || text[e + 1] != '+') return false;
  auto number = std::string{text.substr(0, e)};
  if (const auto dot = number.find_first_of(".,"); dot != std::string::npos) number.erase(dot, 1);
  return is_digits(number) && is_digits(text.substr(e + 2));
}

std::string half_width(std::string_view utf8) {
  std::string text;
  while (!utf8.empty()) {
    const auto c = take_code_point(utf8).value_or(0xFFFD);
    append_utf8(text, c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c == 0x3000 ? U' ' : c);
  }
  return text;
}

std::string code_of(std::string_view cell) {
  auto text = half_width(cell);
  std::erase(text, ' ');
  if (text.size() > 2 && text.ends_with(".0") && is_digits(std::string_view{text}.substr(0, text.size() - 2)))
    text.resize(text.size() - 2);
  return text;
}

std::string class_of(std::string code) {
  for (const auto& [name, number] : classes)
    if (code == name) return std::string{number};
  return code;
}

tl::expected<std::string, std::string> read_code(const elevator_field& field, std::string_view cell) {
  auto code = code_of(cell);
  if (field.member == &elevator::kind) return class_of(std::move(code));
  if (field.member == &elevator::district) return district_of(std::move(code));
  if (field.member == &elevator::rescue_code && code.size() < 6 && is_digits(code))
    return tl::make_unexpected(expected_found("6 digits", code) + ": if leading zeros were lost, write " +
                               std::string(6 - code.size(), '0') + code + " in a column of the format text");
  if (field.member == &elevator::registration_code && is_digits(code, 20) && code.ends_with("00000"))
    return tl::make_unexpected(quoted(code) + " has lost digits: a spreadsheet keeps only 15, the column must have the "
                                              "format text");
  return code;
}

struct date_parts {
  std::array<int, 3> numbers{};
  bool good = false;
};

/// Three numbers, each ended by one of `ends` or by the end of the text.
date_parts parts_of(std::string_view text, const std::array<std::string_view, 3>& ends) {
  date_parts parts;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, parts.numbers[i]);
    if (error != std::errc{} || parts.numbers[i] < 0) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.starts_with(ends[i])) return {};
    text.remove_prefix(ends[i].size());
  }
  parts.good = text.empty();
  return parts;
}

/// "0:00", "12:30:00"
bool is_time(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == ':'; }) &&
         text.find(':') != std::string_view::npos;
}

} // namespace

std::string district_of(std::string code) {
  for (const auto& d : huaian_districts)
    if (code == d.name) return std::string{d.code};
  return code;
}

std::string clean_cell(std::string_view cell) {
  auto text = std::string{trim(cell)};
  if (text.size() >= 3 && text.starts_with("=\"") && text.ends_with('"')) {
    text = text.substr(2, text.size() - 3);
    for (auto at = text.find("\"\""); at != std::string::npos; at = text.find("\"\"", at + 1))
      text.erase(at, 1);
  } else if (text.size() > 1 && text.front() == '\'') {
    text.erase(0, 1);
  }
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return std::string{trim(text)};
}

std::string normal_date(std::string_view text) {
  auto day = std::string_view{text};
  if (const auto blank = day.find_first_of(" T"); blank != std::string_view::npos && is_time(day.substr(blank + 1)))
    day = day.substr(0, blank);
  date_parts parts;
  for (const auto& ends :
       {std::array<std::string_view, 3>{"-", "-", ""}, std::array<std::string_view, 3>{"/", "/", ""},
        std::array<std::string_view, 3>{".", ".", ""}, std::array<std::string_view, 3>{"年", "月", "日"}}) {
    parts = parts_of(day, ends);
    if (parts.good) break;
  }
  const auto [year, month, date] = parts.numbers;
  if (parts.good && year >= 1000 && year <= 9999 && month < 100 && date < 100) {
    return std::to_string(year) + (month < 10 ? "-0" : "-") + std::to_string(month) + (date < 10 ? "-0" : "-") +
           std::to_string(date);
  }
  if (is_digits(day, 8))
    return std::string{day.substr(0, 4)} + "-" + std::string{day.substr(4, 2)} + "-" + std::string{day.substr(6, 2)};
  return std::string{text};
}

tl::expected<std::string, std::string> read_field(const elevator_field& field, std::string cell) {
  if (field.form == field_form::text || cell.empty()) return cell;
  if (field.form == field_form::date) return normal_date(half_width(cell));
  if (is_scientific(cell))
    return tl::make_unexpected(quoted(cell) + " has lost digits: the spreadsheet wrote the " +
                               (field.form == field_form::phone ? "phone" : "code") +
                               " as a number, the column must have the format text");
  if (field.form == field_form::code) return read_code(field, cell);
  auto phone = half_width(cell);
  if (phone.ends_with(".0")) phone.resize(phone.size() - 2);
  return phone;
}

tl::expected<lift_status, std::string> read_status(std::string_view cell) {
  if (cell.empty()) return lift_status::in_use;
  if (const auto status = parse_lift_status(cell)) return *status;
  return tl::make_unexpected(expected_found("在用, 停用, 维保中 or 报废", cell));
}

tl::expected<double, std::string> read_degrees(std::string_view cell) {
  auto text = half_width(cell);
  std::replace(text.begin(), text.end(), ',', '.'); // as some locales write it
  double degrees = 0;
  const auto* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, degrees);
  if (error == std::errc{} && end == last) return degrees;
  return tl::make_unexpected(expected_found("degrees like 33.592", cell));
}

std::string plain_heading(std::string_view heading) {
  auto text = fold(trim(heading));
  text.resize(std::min(text.size(), text.find('(')));
  std::erase(text, '*');
  std::replace(text.begin(), text.end(), '-', '_');
  text = std::string{trim(text)};
  const bool english =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (english)
    std::replace(text.begin(), text.end(), ' ', '_');
  else
    std::erase(text, ' ');
  return text;
}

std::string degrees_text(double degrees) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), degrees).ptr;
  return {text.data(), end};
}

} // namespace lifeline::domain
