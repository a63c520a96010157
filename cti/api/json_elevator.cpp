#include "cti/api/json_rescue.hpp"

#include "cti/api/rescue_route.hpp"
#include "domain/lifts/elevator_fields.hpp"

#include <algorithm>

namespace lifeline::cti {

namespace {

response refuse_field(std::string_view field, std::string_view message) {
  return error_response(400, "invalid", message, field);
}

/// The object of a request that puts one record: a field that is not known is refused.
tl::expected<json, response> read_record(const request& r) {
  if (r.body.empty()) return tl::make_unexpected(error_response(400, "invalid", "the record is missing in the body"));
  auto body = read_any_body(r);
  if (body.refused) return tl::make_unexpected(std::move(*body.refused));
  return std::move(body.object);
}

std::optional<response> read_elevator_fields(const json& body, domain::elevator& e) {
  for (const auto& f : domain::elevator_fields()) {
    if (f.name == "rescue_code") continue;
    if (auto refused = read_prose(body, f.name, "", 4 * f.most, e.*f.member)) return refused;
  }
  std::string status;
  if (auto refused = read_text(body, "status", "", longest_word, status)) return refused;
  if (!status.empty()) {
    const auto parsed = domain::parse_lift_status(status);
    if (!parsed) return refuse_field("status", "expected in_use, suspended, in_maintenance or scrapped");
    e.status = *parsed;
  }
  return read_place(body, e.where);
}

} // namespace

json to_json(const domain::elevator& e) {
  json j = json::object();
  for (const auto& f : domain::elevator_fields())
    j[std::string{f.name}] = e.*f.member;
  j["status"] = to_string(e.status);
  j["where"] = place_json(e.where);
  return j;
}

tl::expected<domain::elevator, response> read_elevator(const std::string& code, const request& r) {
  const auto body = read_record(r);
  if (!body) return tl::make_unexpected(body.error());
  const auto fields = domain::elevator_fields();
  for (const auto& [name, value] : body->items()) {
    const bool known = name == "status" || name == "where" ||
                       std::any_of(fields.begin(), fields.end(), [&n = name](const auto& f) { return f.name == n; });
    if (!known) return tl::make_unexpected(refuse_field(name, "unknown field"));
  }
  domain::elevator e;
  e.rescue_code = code;
  if (auto refused = read_key(*body, "rescue_code", code)) return tl::make_unexpected(std::move(*refused));
  if (auto refused = read_elevator_fields(*body, e)) return tl::make_unexpected(std::move(*refused));
  if (const auto problems = domain::check_elevator(e); !problems.empty())
    return tl::make_unexpected(refuse_record(problems));
  return e;
}

json to_json(const actors::import_report& r) {
  json problems = json::array();
  for (const auto& p : r.problems)
    problems.push_back({{"row", p.row}, {"field", p.field}, {"message", p.message}});
  json firms = json::array();
  for (const auto& f : r.unknown_firms)
    firms.push_back({{"firm", f.firm}, {"lifts", f.lifts}});
  return {{"applied", r.applied},
          {"rows", r.rows},
          {"added", r.added},
          {"changed", r.changed},
          {"unchanged", r.unchanged},
          {"bad_rows", r.bad_rows},
          {"encoding", r.encoding},
          {"problems", std::move(problems)},
          {"without_firm", r.without_firm},
          {"unknown_firms", std::move(firms)}};
}

} // namespace lifeline::cti
