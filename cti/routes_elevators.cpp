// The registry of lifts: found, put, imported, and the rescue plate with its QR code.

#include "cti/links.hpp"
#include "cti/plate.hpp"
#include "cti/rescue_route.hpp"

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

response show(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto result = c.rescue.elevator(c.arguments[0]);
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

response history(const rescue_call& c) {
  std::uint64_t limit = 50;
  if (auto refused = check_query(c.to, {"limit"})) return *refused;
  if (auto refused = read_number(c.to, "limit", 1, 1000, limit)) return *refused;
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

/// A list of which nothing was taken is refused, and the report says why.
response refused_import(const actors::import_report& report) {
  json body = json::object();
  body["error"] = json{{"code", "invalid"},
                       {"message", std::to_string(report.bad_rows) +
                                       " rows are wrong, so nothing was taken; skip_bad_rows=1 takes the others"}};
  body.update(to_json(report));
  return json_response(body, 400);
}

response import(const rescue_call& c) {
  std::uint64_t dry_run = 0;
  std::uint64_t skip = 0;
  if (auto refused = check_query(c.to, {"dry_run", "skip_bad_rows", "source"})) return *refused;
  if (auto refused = read_number(c.to, "dry_run", 0, 1, dry_run)) return *refused;
  if (auto refused = read_number(c.to, "skip_bad_rows", 0, 1, skip)) return *refused;
  if (c.message.body.empty()) return error_response(400, "invalid", "the list is missing in the body");
  auto by = acting_for(c);
  if (by.refused) return *by.refused;
  actors::import_options options;
  options.dry_run = dry_run == 1;
  options.skip_bad_rows = skip == 1;
  options.by = std::move(by.name);
  const auto* source = find_query(c.to, "source");
  options.source = source != nullptr && !source->empty() ? source->substr(0, longest_word) : "api";
  const auto report = c.rescue.import_elevators(c.message.body, options);
  if (!report) return failure_response(report.error());
  const bool refused = !report->applied && !options.dry_run && report->bad_rows > 0;
  return refused ? refused_import(*report) : json_response(to_json(*report));
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
      {"GET", "elevators/*", roles::everyone, rescue_route<show>},
      {"PUT", "elevators/*", roles::supervisors, rescue_route<put>},
      {"GET", "elevators/*/history", roles::everyone, rescue_route<history>},
      {"GET", "elevators/*/plate", roles::everyone, rescue_route<plate>},
  };
  return table;
}

} // namespace lifeline::cti
