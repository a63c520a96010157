#include "domain/base/csv.hpp"
#include "domain/lifts/elevator_cells.hpp"
#include "domain/lifts/elevator_csv.hpp"
#include "domain/lifts/elevator_fields.hpp"

#include <algorithm>
#include <array>

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

} // namespace

std::string write_elevator_csv(const std::vector<elevator>& lifts) {
  std::string list = "\xEF\xBB\xBF";
  list.reserve(512 * (lifts.size() + 1));
  for (const auto& f : elevator_fields())
    list.append(f.heading) += ',';
  list += "设备状态,纬度,经度\r\n";
  for (const auto& e : lifts) {
    for (const auto& f : elevator_fields())
      list.append(csv_text_cell(e.*f.member)) += ',';
    list.append(chinese(e.status)) += ',';
    if (e.where)
      list.append(degrees_text(e.where->latitude)) += ',';
    else
      list += ',';
    if (e.where) list += degrees_text(e.where->longitude);
    list += "\r\n";
  }
  return list;
}

} // namespace lifeline::domain
