#include "cti/api/order_filter.hpp"

#include "cti/api/route_table.hpp"

namespace lifeline::cti {

namespace {

std::optional<response> refuse(std::string_view name, std::string_view message) {
  return error_response(400, "invalid", message, name);
}

/// "open,dispatched"
std::optional<response> read_statuses(const target& to, std::vector<domain::order_status>& statuses) {
  const auto* text = find_query(to, "status");
  if (text == nullptr) return std::nullopt;
  for (std::size_t at = 0; at <= text->size();) {
    const auto comma = std::min(text->find(',', at), text->size());
    const auto status = domain::parse_order_status(std::string_view{*text}.substr(at, comma - at));
    if (!status)
      return refuse("status", "expected names with commas between them: filtered, open, dispatched, accepted, arrived, "
                              "rescued, confirmed, followed_up, quality_checked, closed, archived, dismissed");
    statuses.push_back(*status);
    at = comma + 1;
  }
  return std::nullopt;
}

std::optional<response> read_type(const target& to, std::optional<domain::order_type>& type) {
  const auto* text = find_query(to, "type");
  if (text == nullptr) return std::nullopt;
  type = domain::parse_order_type(*text);
  return type ? std::nullopt : refuse("type", "expected entrapment, fault, complaint or enquiry");
}

std::optional<response> read_before(const target& to, domain::order_id& before) {
  const auto* text = find_query(to, "before");
  if (text == nullptr) return std::nullopt;
  const auto id = domain::parse_id<domain::order_id>(*text);
  if (!id) return refuse("before", "expected an order's id of 36 characters");
  before = *id;
  return std::nullopt;
}

} // namespace

order_filter_result read_order_filter(const route_call& c) {
  const auto& to = c.to;
  order_filter_result r;
  auto& f = r.filter;
  r.refused = check_query(to, {"from", "until", "active", "status", "type", "lift", "district", "caller", "agent",
                               "party", "number", "text", "level", "limit", "before"});
  std::uint64_t active = 0;
  std::uint64_t level = 0;
  std::uint64_t limit = 100;
  if (!r.refused) r.refused = read_period(c, f.from, f.until);
  if (!r.refused) r.refused = read_number(to, "active", 0, 1, active);
  if (!r.refused) r.refused = read_statuses(to, f.statuses);
  if (!r.refused) r.refused = read_type(to, f.type);
  if (!r.refused) r.refused = read_number(to, "level", 0, 3, level);
  if (!r.refused) r.refused = read_number(to, "limit", 1, domain::most_rows, limit);
  if (!r.refused) r.refused = read_before(to, f.before);
  const auto text = [&](std::string_view name) {
    const auto* value = find_query(to, name);
    return value != nullptr ? *value : std::string{};
  };
  f.active_only = active == 1;
  f.level = static_cast<std::uint8_t>(level);
  f.limit = limit;
  f.lift = text("lift");
  f.district = text("district");
  f.caller = text("caller");
  f.agent = text("agent");
  f.party = text("party");
  f.number = text("number");
  f.text = text("text");
  return r;
}

} // namespace lifeline::cti
