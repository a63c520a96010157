#include "domain/lifts/elevator.hpp"

#include "domain/base/field_check.hpp"
#include "domain/lifts/elevator_fields.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

bool is_code_character(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// A class of the catalogue of special equipment: lifts are all of 3xxx. Which of them exist is the catalogue's matter.
bool is_class(std::string_view text) { return is_digits(text, 4) && text.front() == '3'; }

std::optional<std::string> check_rescue_code(std::string_view code) {
  if (is_digits(code, 6)) return std::nullopt;
  return expected_found("6 digits", code);
}

/// 4 class + 6 district + 6 YYYYMM + 4 sequence.
std::optional<std::string> check_full_code(std::string_view code) {
  if (!is_class(code.substr(0, 4))) return "expected a lift's class (3...) at the beginning of " + quoted(code);
  if (check_district(code.substr(4, 6))) return "expected a district at the digits 5 to 10 of " + quoted(code);
  const auto year = code.substr(10, 4);
  if (year < "1980" || year > "2099") return "expected a year from 1980 at the digits 11 to 14 of " + quoted(code);
  const auto month = code.substr(14, 2);
  if (month < "01" || month > "12") return "expected a month from 01 to 12 at the digits 15 and 16 of " + quoted(code);
  return std::nullopt;
}

std::optional<std::string> check_registration_code(std::string_view code) {
  if (code.empty()) return std::nullopt;
  if (is_digits(code, 20)) return check_full_code(code);
  const bool legacy = code.size() >= 6 && code.size() <= 19 && std::all_of(code.begin(), code.end(), is_code_character);
  if (legacy) return std::nullopt;
  return expected_found("20 digits, or an older code of 6 to 19 letters and digits", code);
}

std::optional<std::string> check_device(std::string_view id) {
  if (id.empty() || is_digits(id, 8)) return std::nullopt;
  return expected_found("8 digits (P100)", id);
}

std::optional<std::string> check_kind(const elevator& e) {
  if (e.kind.empty()) return std::nullopt;
  if (!is_class(e.kind)) return expected_found("a lift's class of 4 digits that begins with 3", e.kind);
  if (is_digits(e.registration_code, 20) && !e.registration_code.starts_with(e.kind))
    return "expected the class of the registration code (" + e.registration_code.substr(0, 4) + "), found " +
           quoted(e.kind);
  return std::nullopt;
}

std::optional<std::string> check_form(const elevator_field& f, const std::string& text) {
  if (f.form == field_form::date) return check_date(text);
  if (f.form == field_form::phone) return check_phone(text);
  return check_text(text, f.most);
}

/// Codes have rules of their own, which say more than their length does.
std::optional<std::string> check_field(const elevator_field& f, const elevator& e) {
  if (f.member == &elevator::rescue_code) return check_rescue_code(e.rescue_code);
  if (f.member == &elevator::registration_code) return check_registration_code(e.registration_code);
  if (f.member == &elevator::device_id) return check_device(e.device_id);
  if (f.member == &elevator::kind) return check_kind(e);
  if (f.member == &elevator::district) return check_district(e.district);
  return check_form(f, e.*f.member);
}

} // namespace

std::string_view to_string(lift_status s) {
  switch (s) {
  case lift_status::in_use: return "in_use";
  case lift_status::suspended: return "suspended";
  case lift_status::in_maintenance: return "in_maintenance";
  case lift_status::scrapped: return "scrapped";
  }
  return "unknown";
}

std::optional<lift_status> parse_lift_status(std::string_view text) {
  if (text == "in_use" || text == "在用") return lift_status::in_use;
  if (text == "suspended" || text == "停用") return lift_status::suspended;
  if (text == "in_maintenance" || text == "维保中") return lift_status::in_maintenance;
  if (text == "scrapped" || text == "报废") return lift_status::scrapped;
  return std::nullopt;
}

std::vector<field_problem> check_elevator(const elevator& e) {
  std::vector<field_problem> problems;
  for (const auto& f : elevator_fields())
    if (auto wrong = check_field(f, e)) problems.push_back({std::string{f.name}, std::move(*wrong)});
  if (to_string(e.status) == "unknown")
    problems.push_back({"status", "expected in_use, suspended, in_maintenance or scrapped"});
  if (e.where)
    if (auto wrong = check_point(*e.where)) problems.push_back({"where", std::move(*wrong)});
  return problems;
}

} // namespace lifeline::domain
