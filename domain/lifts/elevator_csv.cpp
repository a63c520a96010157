#include "domain/lifts/elevator_csv.hpp"

#include "domain/base/csv.hpp"
#include "domain/base/field_check.hpp"
#include "domain/base/text_encoding.hpp"
#include "domain/base/utf8.hpp"
#include "domain/lifts/elevator_cells.hpp"
#include "domain/lifts/elevator_fields.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace lifeline::domain {

namespace {

/// Text fields, and the three that are none.
enum class column_kind : std::uint8_t { unknown, field, status, latitude, longitude };
struct column {
  column_kind kind = column_kind::unknown;
  const elevator_field* field = nullptr;
  std::string heading; ///< as it stands in the list
};

struct coordinates {
  std::optional<double> latitude;
  std::optional<double> longitude;
  bool unreadable = false;
};

std::string_view name_of(const column& c) {
  switch (c.kind) {
  case column_kind::field: return c.field->name;
  case column_kind::status: return "status";
  case column_kind::latitude: return "latitude";
  case column_kind::longitude: return "longitude";
  case column_kind::unknown: break;
  }
  return {};
}

using heading_map = std::map<std::string, column, std::less<>>;

heading_map make_headings() {
  heading_map known;
  const auto add = [&](std::string_view names, column c) {
    while (!names.empty()) {
      const auto end = names.find('|');
      known.emplace(names.substr(0, end), c);
      names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
    }
  };
  for (const auto& f : elevator_fields()) {
    for (const auto names : {f.name, f.heading, f.also})
      add(names, {column_kind::field, &f, {}});
  }
  add("status|设备状态|状态|使用状态|电梯状态", {column_kind::status, nullptr, {}});
  add("latitude|纬度", {column_kind::latitude, nullptr, {}});
  add("longitude|经度", {column_kind::longitude, nullptr, {}});
  return known;
}

class list_reader {
public:
  explicit list_reader(std::string_view text) : csv_(text) {}

  tl::expected<elevator_list, std::string> read() {
    if (auto wrong = read_heading()) return tl::make_unexpected(std::move(*wrong));
    while (auto record = csv_.next()) {
      if (is_empty(*record)) continue;
      if (++list_.rows > elevator_csv_most_rows)
        return tl::make_unexpected("line " + std::to_string(record->line) + ": expected at most " +
                                   std::to_string(elevator_csv_most_rows) + " lifts in one list");
      read_row(*record);
    }
    if (!csv_.failed().empty()) return tl::make_unexpected(csv_.failed());
    return std::move(list_);
  }

private:
  static bool is_empty(const csv_record& r) {
    return r.problem.empty() &&
           std::all_of(r.cells.begin(), r.cells.end(), [](const auto& cell) { return trim(cell).empty(); });
  }

  void note(std::uint64_t row, std::string field, std::string message) {
    list_.problems.push_back({row, std::move(field), std::move(message)});
  }

  std::optional<std::string> read_heading() {
    auto heading = csv_.next();
    while (heading && is_empty(*heading))
      heading = csv_.next();
    if (!csv_.failed().empty()) return csv_.failed();
    if (!heading) return "line 1: expected a heading, found nothing";
    const auto line = "line " + std::to_string(heading->line) + ": ";
    if (!heading->problem.empty()) return line + heading->problem;
    static const auto known = make_headings();
    std::set<std::string_view> seen;
    for (const auto& cell : heading->cells) {
      const auto found = known.find(plain_heading(clean_cell(cell)));
      auto c = found == known.end() ? column{} : found->second;
      c.heading = clean_cell(cell);
      if (c.kind == column_kind::unknown && !c.heading.empty())
        note(heading->line, c.heading, "expected the heading of a known column; this one is ignored");
      if (c.kind != column_kind::unknown && !seen.insert(name_of(c)).second) {
        note(heading->line, c.heading, "expected each column once; this second one is ignored");
        c.kind = column_kind::unknown;
      }
      if (c.kind != column_kind::unknown) list_.columns.emplace_back(name_of(c));
      columns_.push_back(std::move(c));
    }
    if (seen.count("rescue_code") == 0)
      return line + "expected a heading with 救援识别码 (rescue_code), found " +
             quoted(heading->cells.empty() ? std::string{} : heading->cells.front()) + " and " +
             std::to_string(heading->cells.size() - 1) + " more";
    return std::nullopt;
  }

  void read_row(const csv_record& record) {
    const auto before = list_.problems.size();
    if (!record.problem.empty()) return note(record.line, {}, record.problem);
    for (auto i = columns_.size(); i < record.cells.size(); ++i) {
      if (trim(record.cells[i]).empty()) continue;
      return note(record.line, {},
                  "expected " + std::to_string(columns_.size()) + " cells, found " +
                      std::to_string(record.cells.size()) + ": " + quoted(record.cells[i]) + " has no heading");
    }
    csv_lift row{record.line, {}};
    read_cells(record, row);
    if (row.lift.kind.empty() && is_digits(row.lift.registration_code, 20))
      row.lift.kind = row.lift.registration_code.substr(0, 4);
    check(row, before);
    if (list_.problems.size() == before) list_.lifts.push_back(std::move(row));
  }

  /// A cell that could not be read is not blamed a second time by the checks.
  void check(const csv_lift& row, std::size_t from) {
    std::set<std::string> blamed;
    for (auto i = from; i < list_.problems.size(); ++i)
      blamed.insert(list_.problems[i].field);
    for (auto& p : check_elevator(row.lift)) {
      const auto field = heading_of(p.field);
      if (blamed.count(field) == 0) note(row.row, field, std::move(p.message));
    }
  }

  void read_cells(const csv_record& record, csv_lift& row) {
    coordinates where;
    for (std::size_t i = 0; i < columns_.size() && i < record.cells.size(); ++i) {
      if (columns_[i].kind != column_kind::unknown) read_cell(columns_[i], clean_cell(record.cells[i]), row, where);
    }
    const auto& [latitude, longitude, unreadable] = where;
    if (latitude && longitude)
      row.lift.where = geo_point{*latitude, *longitude};
    else if ((latitude || longitude) && !unreadable)
      note(row.row, heading_of(latitude ? "longitude" : "latitude"), expected_found("both coordinates or none", {}));
  }

  void read_cell(const column& c, std::string cell, csv_lift& row, coordinates& where) {
    const auto wrong = [&](std::string message) { note(row.row, c.heading, std::move(message)); };
    if (c.kind == column_kind::field) {
      auto text = read_field(*c.field, std::move(cell));
      if (text)
        row.lift.*(c.field->member) = std::move(*text);
      else
        wrong(std::move(text.error()));
    } else if (c.kind == column_kind::status) {
      const auto status = read_status(cell);
      if (status)
        row.lift.status = *status;
      else
        wrong(status.error());
    } else if (!cell.empty()) {
      const auto degrees = read_degrees(cell);
      if (degrees)
        (c.kind == column_kind::latitude ? where.latitude : where.longitude) = *degrees;
      else
        wrong(degrees.error());
      where.unreadable |= !degrees;
    }
  }

  /// The heading of a field's column; its name when there is no such column.
  std::string heading_of(std::string_view field) const {
    if (field == "where") field = "latitude";
    for (const auto& c : columns_)
      if (name_of(c) == field) return c.heading;
    return std::string{field};
  }

  csv_reader csv_;
  std::vector<column> columns_;
  elevator_list list_;
};

} // namespace

tl::expected<elevator_list, std::string> read_elevator_csv(std::string_view bytes) {
  if (bytes.size() > elevator_csv_most_bytes)
    return tl::make_unexpected("expected at most " + std::to_string(elevator_csv_most_bytes >> 20) + " MB, found " +
                               std::to_string((bytes.size() >> 20) + 1) + " MB");
  auto decoded = decode_text(bytes);
  if (!decoded) return tl::make_unexpected(std::move(decoded.error()));
  auto list = list_reader{decoded->text}.read();
  if (list) list->encoding = std::move(decoded->encoding);
  return list;
}

} // namespace lifeline::domain
