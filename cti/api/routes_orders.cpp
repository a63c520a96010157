// Work orders: made, found, shown. What is ordered about them is in routes_order_steps.cpp.

#include "cti/api/links.hpp"
#include "cti/api/order_filter.hpp"
#include "cti/api/rescue_route.hpp"
#include "domain/base/wall_time.hpp"

namespace lifeline::cti {

namespace {

/// The receipt, and the order as it stands: the report is taken in, whatever becomes of the second question.
response created(const rescue_call& c, const actors::report_receipt& receipt) {
  json body = json::object();
  body["receipt"] = to_json(receipt);
  body["order"] = nullptr;
  if (!receipt.order.is_nil())
    if (const auto story = c.rescue.order(to_string(receipt.order))) body["order"] = to_json(story->order);
  const bool made = receipt.fate == domain::report_fate::opened && !receipt.repeated;
  auto r = json_response(body, made ? 201 : 200);
  if (!receipt.order.is_nil()) r.headers.emplace_back("Location", "/api/v1/orders/" + to_string(receipt.order));
  return r;
}

domain::report_kind kind_of(domain::order_type t) {
  switch (t) {
  case domain::order_type::entrapment: return domain::report_kind::entrapment;
  case domain::order_type::fault: return domain::report_kind::fault;
  case domain::order_type::complaint: return domain::report_kind::complaint;
  case domain::order_type::enquiry: return domain::report_kind::enquiry;
  }
  return domain::report_kind::entrapment;
}

response create(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body = read_body(c.message, {"type", "message_id", "lift", "place", "district", "occurred", "caller_name",
                                          "caller_phone", "call", "description", "trapped", "injured", "children",
                                          "elderly", "medical", "fire"});
  if (body.refused) return *body.refused;
  std::string type;
  constexpr auto types = "expected entrapment, fault, complaint or enquiry";
  if (auto refused = read_text(body.object, "type", types, longest_word, type)) return *refused;
  const auto parsed = domain::parse_order_type(type);
  if (!parsed) return error_response(400, "invalid", types, "type");
  domain::alarm_report r;
  r.kind = kind_of(*parsed);
  if (auto refused = read_report(body.object, c.message, r)) return *refused;
  if (domain::has_ladder(*parsed) && r.lift_key.empty() && r.place.empty())
    return error_response(400, "invalid", "a lift's code, or the place in words, is needed", "lift");
  const auto by = acting_for(c);
  if (by.refused) return *by.refused;
  r.channel = domain::report_channel::phone;
  r.source = by.name;
  r.received = now_of(c.context);
  r.confirmed = true; // a person heard it
  take_caller(c, r);
  const auto receipt = c.rescue.report(std::move(r));
  return receipt ? created(c, *receipt) : failure_response(receipt.error());
}

response list(const rescue_call& c) {
  auto r = read_order_filter(c);
  if (r.refused) return *r.refused;
  const auto result = c.rescue.orders(r.filter);
  if (!result) return failure_response(result.error());
  json orders = json::array();
  for (const auto& o : *result)
    orders.push_back(to_json(o));
  json body = json::object();
  body["orders"] = std::move(orders);
  const bool more = result->size() == r.filter.limit;
  body["before"] = more ? json(to_string(result->back().state.id)) : json(nullptr);
  return json_response(body);
}

response show(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto result = c.rescue.order(c.arguments[0]);
  if (!result) return failure_response(result.error());
  auto r = json_response(to_json(*result));
  r.headers.emplace_back("ETag", "\"" + std::to_string(result->order.state.version) + "\"");
  return r;
}

/// A page for a rescuer without an account: whoever has the link speaks for the party.
response link(const rescue_call& c) {
  if (auto refused = check_query(c.to, {"party"})) return *refused;
  const auto* party = find_query(c.to, "party");
  if (party == nullptr || party->empty())
    return error_response(400, "invalid", "the party that the link is for is needed", "party");
  const auto url = plan_of(c.context).public_url;
  if (url.empty() || c.context.link_key.empty())
    return error_response(409, "conflict", "no public_url is configured, so there are no links");
  const auto story = c.rescue.order(c.arguments[0]);
  if (!story) return failure_response(story.error());
  const auto& s = story->order.state;
  const bool engaged = std::any_of(s.deployments.begin(), s.deployments.end(),
                                   [&](const auto& d) { return d.party == *party || d.name == *party; });
  if (!engaged) return error_response(409, "conflict", "the party is not engaged in this order", "party");
  const auto by = acting_for(c);
  if (by.refused) return *by.refused;
  const auto expires = now_of(c.context) + rescuer_link_life;
  const auto noted = c.rescue.note_link({s.id, *party, by.name, c.client.name, expires});
  if (!noted) return failure_response(noted.error());
  json body = json::object();
  body["url"] = rescuer_url(url, c.context.link_key, {s.id, *party, domain::to_world(expires)});
  body["expires"] = time_json(expires);
  return json_response(body);
}

/// All that is known of a number: its orders and its calls.
response caller_history(const rescue_call& c) {
  std::uint64_t limit = 50;
  if (auto refused = check_query(c.to, {"limit"})) return *refused;
  if (auto refused = read_number(c.to, "limit", 1, domain::most_rows, limit)) return *refused;
  actors::order_filter orders_of;
  orders_of.caller = c.arguments[0];
  orders_of.limit = limit;
  const auto orders = c.rescue.orders(orders_of);
  if (!orders) return failure_response(orders.error());
  actors::record_filter calls_of;
  calls_of.caller = c.arguments[0];
  calls_of.limit = limit;
  const auto records = c.engine.records(calls_of);
  if (!records) return failure_response(records.error());
  json body = json::object();
  body["caller"] = c.arguments[0];
  body["orders"] = json::array();
  for (const auto& o : *orders)
    body["orders"].push_back(to_json(o));
  body["records"] = json::array();
  for (const auto& r : *records)
    body["records"].push_back(to_json(r));
  return json_response(body);
}

} // namespace

response order_step(const rescue_call& c); // routes_order_steps.cpp

const std::vector<route>& order_routes() {
  static const std::vector<route> table{
      {"POST", "orders", roles::reporters, rescue_route<create>},
      {"GET", "orders", roles::everyone, rescue_route<list>},
      {"GET", "orders/*", roles::everyone, rescue_route<show>},
      {"GET", "orders/*/link", roles::supervisors, rescue_route<link>},
      {"POST", "orders/*/*", roles::everyone, rescue_route<order_step>},
      {"GET", "callers/*/history", roles::everyone, rescue_route<caller_history>},
  };
  return table;
}

} // namespace lifeline::cti
