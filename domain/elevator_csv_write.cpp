#include "domain/csv.hpp"
#include "domain/elevator_csv.hpp"
#include "domain/elevator_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace lifeline::domain {

namespace {

std::string_view chinese(lift_status s) {
  switch (s) {
  case lift_status::in_use: return "在用";
  case lift_status::suspended: return "停用";
  case lift_status::in_maintenance: return "维保中";
  case lift_status::scrapped: return "报废";
  }
  return {};
}

/// Whether a spreadsheet would make something else of the text: a number of it (and lose digits and leading zeros), or
/// a formula.
bool is_in_danger(std::string_view text) {
  if (text.empty()) return false;
  if (std::string_view{"=+-@'"}.find(text.front()) != std::string_view::npos) return true;
  const bool number = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return number && (text.front() == '0' || text.size() > 11);
}

/// ="007": a formula whose value is the text.
std::string cell_of(std::string_view text) {
  if (!is_in_danger(text)) return csv_cell(text);
  std::string formula = "=\"";
  for (const char c : text) {
    if (c == '"') formula += '"';
    formula += c;
  }
  return csv_cell(formula + '"');
}

/// The shortest form that is read as the same number.
std::string degrees_of(double degrees) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), degrees).ptr;
  return {text.data(), end};
}

} // namespace

std::string write_elevator_csv(const std::vector<elevator>& lifts) {
  std::string list = "\xEF\xBB\xBF";
  list.reserve(512 * (lifts.size() + 1));
  for (const auto& f : elevator_fields())
    list.append(f.heading) += ',';
  list += "设备状态,纬度,经度\r\n";
  for (const auto& e : lifts) {
    for (const auto& f : elevator_fields())
      list.append(cell_of(e.*f.member)) += ',';
    list.append(chinese(e.status)) += ',';
    if (e.where)
      list.append(degrees_of(e.where->latitude)) += ',';
    else
      list += ',';
    if (e.where) list += degrees_of(e.where->longitude);
    list += "\r\n";
  }
  return list;
}

} // namespace lifeline::domain
