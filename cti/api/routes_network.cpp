#include "cti/api/list_response.hpp"
#include "cti/api/route_table.hpp"

#include <arpa/inet.h>

#include <array>

namespace lifeline::cti {

namespace {

constexpr std::size_t longest_address = 64;

response hotlines(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  return listing_response(c.engine.hotlines(), "hotlines");
}

response reroute(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body = read_body(c.message, {"on", "reason"});
  if (body.refused) return *body.refused;
  bool on = false;
  std::string reason;
  constexpr auto which = "true sends the hotline's callers to its backup numbers, false takes that back";
  if (auto refused = read_flag(body.object, "on", which, on)) return *refused;
  const auto* needed = on ? "a reason is needed: it is kept in the log" : "";
  if (auto refused = read_text(body.object, "reason", needed, domain::longest_reroute_reason, reason)) return *refused;
  const auto result = c.engine.reroute(c.arguments[0], on, reason);
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

response trunks(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  return list_response(c.engine.trunks(), "trunks");
}

response bans(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  return list_response(c.engine.bans(), "bans");
}

/// The one way to write the address (RFC 5952), for it is compared as text; nothing when it is none.
std::optional<std::string> canonical_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (::inet_pton(family, text.c_str(), binary.data()) != 1) continue;
    if (::inet_ntop(family, binary.data(), out.data(), out.size()) != nullptr) return out.data();
  }
  return std::nullopt;
}

response ban_response(const std::string& address, bool banned) {
  json body = json::object();
  body["address"] = address;
  body["banned"] = banned;
  return json_response(body, banned ? 202 : 200);
}

response bad_address() { return error_response(400, "invalid", "expected an IPv4 or IPv6 address", "address"); }

response ban(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body = read_body(c.message, {"address", "for_seconds"});
  if (body.refused) return *body.refused;
  std::string text;
  domain::span duration{0};
  if (auto refused = read_text(body.object, "address", "an address is needed", longest_address, text)) return *refused;
  const auto address = canonical_address(text);
  if (!address) return bad_address();
  constexpr auto needed = "how long, in seconds, is needed";
  if (auto refused = read_seconds(body.object, "for_seconds", needed, domain::ban_bounds, duration)) return *refused;
  const auto result = c.engine.ban_source(*address, std::chrono::ceil<std::chrono::seconds>(duration));
  return result ? ban_response(*address, true) : failure_response(result.error());
}

response unban(const route_call& c) {
  if (auto refused = refuse_arguments(c)) return *refused;
  const auto address = canonical_address(c.arguments[0]);
  if (!address) return bad_address();
  const auto result = c.engine.unban(*address);
  return result ? ban_response(*address, false) : failure_response(result.error());
}

} // namespace

const std::vector<route>& network_routes() {
  static const std::vector<route> table{
      {"GET", "hotlines", roles::everyone, hotlines}, {"POST", "hotlines/*/reroute", roles::supervisors, reroute},
      {"GET", "trunks", roles::reviewers, trunks},    {"GET", "bans", roles::supervisors, bans},
      {"POST", "bans", roles::supervisors, ban},      {"POST", "bans/*/remove", roles::supervisors, unban},
  };
  return table;
}

} // namespace lifeline::cti
