// The registry of lifts: found, put, imported, and the rescue plate with its QR code.

#include "cti/api/links.hpp"
#include "cti/api/plate.hpp"
#include "cti/api/rescue_route.hpp"
#include "domain/lifts/elevator_csv.hpp"

#include <iterator>

namespace lifeline::cti {

namespace {

response search(const rescue_call& c) {
  std::uint64_t limit = 20;
  if (auto refused = check_query(c.to, {"text", "district", "limit"})) return *refused;
  if (auto refused = read_number(c.to, "limit", 1, 200, limit)) return *refused;
  const auto* text = find_query(c.to, "text");
  const auto* district = find_query(c.to, "district");
  if (text != nullptr && text->size() > longest_word)
    return error_response(400, "invalid", "expected at most " + std::to_string(longest_word) + " bytes", "text");
  const auto result = c.rescue.search_elevators(text != nullptr ? *text : std::string{},
                                                district != nullptr ? *district : std::string{}, limit);
  if (!result) return failure_response(result.error());
  json lifts = json::array();
  for (const auto& e : *result)
    lifts.push_back(to_json(e));
  json body = json::object();
  body["count"] = c.rescue.elevator_count();
  body["elevators"] = std::move(lifts);
  return json_response(body);
}

constexpr std::size_t exported_at_once = 5000;

response list(const rescue_call& c) {
  std::uint64_t limit = domain::most_rows;
  std::uint64_t without_firm = 0;
  if (auto refused = check_query(c.to, {"after", "without_firm", "limit"})) return *refused;
  if (auto refused = read_number(c.to, "limit", 1, domain::most_rows, limit)) return *refused;
  if (auto refused = read_number(c.to, "without_firm", 0, 1, without_firm)) return *refused;
  const auto* after = find_query(c.to, "after");
  const auto found = c.rescue.list_elevators({after != nullptr ? *after : std::string{}, without_firm == 1, limit});
  if (!found) return failure_response(found.error());
  json lifts = json::array();
  for (const auto& e : *found)
    lifts.push_back(to_json(e));
  json body = json::object();
  body["count"] = c.rescue.elevator_count();
  body["elevators"] = std::move(lifts);
  body["after"] = found->size() == limit ? json(found->back().rescue_code) : json(nullptr);
  return json_response(body);
}

response export_all(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  std::vector<domain::elevator> all;
  for (;;) { // piece by piece: nobody's alarm waits for the whole
    auto part =
        c.rescue.list_elevators({all.empty() ? std::string{} : all.back().rescue_code, false, exported_at_once});
    if (!part) return failure_response(part.error());
    const bool last = part->size() < exported_at_once;
    std::move(part->begin(), part->end(), std::back_inserter(all));
    if (last) break;
  }
  return csv_response(domain::write_elevator_csv(all));
}

response show(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto result = c.rescue.elevator(c.arguments[0]);
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

response history(const rescue_call& c) {
  std::uint64_t limit = 50;
  if (auto refused = check_query(c.to, {"limit"})) return *refused;
  if (auto refused = read_number(c.to, "limit", 1, domain::most_rows, limit)) return *refused;
  const auto lift = c.rescue.elevator(c.arguments[0]);
  if (!lift) return failure_response(lift.error());
  actors::order_filter filter;
  filter.lift = lift->rescue_code;
  filter.limit = limit;
  const auto orders = c.rescue.orders(filter);
  if (!orders) return failure_response(orders.error());
  json body = json::object();
  body["elevator"] = to_json(*lift);
  body["orders"] = json::array();
  for (const auto& o : *orders)
    body["orders"].push_back(to_json(o));
  return json_response(body);
}

response put(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto record = read_elevator(c.arguments[0], c.message);
  if (!record) return record.error();
  const auto by = acting_for(c);
  if (by.refused) return *by.refused;
  const auto result = c.rescue.put_elevator(*record, by.name);
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

response import(const rescue_call& c) {
  return import_list(c, true, [&](const actors::import_options& options) {
    return c.rescue.import_elevators(c.message.body, options);
  });
}

response plate(const rescue_call& c) {
  if (auto refused = check_query(c.to, {"format"})) return *refused;
  const auto* format = find_query(c.to, "format");
  if (format != nullptr && *format != "json" && *format != "svg")
    return error_response(400, "invalid", "expected json or svg", "format");
  const auto lift = c.rescue.elevator(c.arguments[0]);
  if (!lift) return failure_response(lift.error());
  const auto plan = plan_of(c.context);
  if (plan.public_url.empty() || c.context.link_key.empty())
    return error_response(409, "conflict", "no public_url is configured, so there are no QR codes");
  const auto url = alarm_url(plan.public_url, c.context.link_key, lift->rescue_code);
  if (format != nullptr && *format == "svg") {
    auto drawn = draw_plate(*lift, url, plan.hotline);
    if (!drawn) return error_response(500, "internal", drawn.error());
    response r;
    r.content_type = "image/svg+xml; charset=utf-8";
    r.body = std::move(*drawn);
    r.headers.emplace_back("Cache-Control", "no-store");
    return r;
  }
  json body = json::object();
  body["rescue_code"] = lift->rescue_code;
  body["registration_code"] = lift->registration_code;
  body["address"] = lift->address;
  body["project_name"] = lift->project_name;
  body["hotline"] = plan.hotline;
  body["url"] = url;
  return json_response(body);
}

} // namespace

const std::vector<route>& elevator_routes() {
  static const std::vector<route> table{
      {"GET", "elevators", roles::everyone, rescue_route<search>},
      {"POST", "elevators/import", roles::supervisors, rescue_route<import>},
      {"GET", "elevators/list", roles::everyone, rescue_route<list>},
      {"GET", "elevators/export", roles::supervisors, rescue_route<export_all>},
      {"GET", "elevators/*", roles::everyone, rescue_route<show>},
      {"PUT", "elevators/*", roles::supervisors, rescue_route<put>},
      {"GET", "elevators/*/history", roles::everyone, rescue_route<history>},
      {"GET", "elevators/*/plate", roles::everyone, rescue_route<plate>},
  };
  return table;
}

} // namespace lifeline::cti
