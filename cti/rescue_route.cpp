#include "cti/rescue_route.hpp"

#include <sodium.h>

#include <algorithm>

namespace lifeline::cti {

namespace {

constexpr auto agent_header = "x-lifeline-agent";
constexpr std::string_view agent_field = "X-Lifeline-Agent";
constexpr std::size_t longest_key = 128;

} // namespace

response no_rescue() {
  auto r = error_response(503, "unavailable", "no rescue part is configured");
  r.headers.emplace_back("Retry-After", "60");
  return r;
}

response failure_response(const actors::rescue_failure& f) {
  if (f.forbidden) return forbidden_response(f.message, f.field);
  switch (f.code) {
  case actors::operation_errc::not_found: return error_response(404, "not_found", f.message, f.field);
  case actors::operation_errc::conflict: return error_response(409, "conflict", f.message, f.field);
  case actors::operation_errc::invalid: return error_response(400, "invalid", f.message, f.field);
  case actors::operation_errc::unavailable: break;
  }
  auto r = error_response(503, "unavailable", f.message, f.field);
  r.headers.emplace_back("Retry-After", "1");
  return r;
}

person acting_for(const route_call& c) {
  const auto own = c.client.agent.empty() ? c.client.name : c.client.agent;
  const auto wanted = c.message.header(agent_header);
  if (wanted.empty() || wanted == own) return {own, std::nullopt};
  if (c.client.role != domain::role::integration && c.client.role != domain::role::admin)
    return {
        {},
        forbidden_response("only clients of the roles integration and admin may name whom they act for", agent_field)};
  const auto account = c.engine.agent(wanted);
  if (account) return {wanted, std::nullopt};
  if (account.error().code == actors::operation_errc::not_found)
    return {{}, error_response(400, "invalid", "there is no such account", agent_field)};
  return {{}, failure_response(account.error())};
}

key_result idempotency_key(const request& r) {
  auto key = r.header("idempotency-key");
  const bool visible = std::all_of(key.begin(), key.end(), [](char x) { return x > 0x20 && x < 0x7F; });
  if (key.size() <= longest_key && visible) return {std::move(key), std::nullopt};
  return {{}, error_response(400, "invalid", "expected 1 to 128 visible ASCII characters", "Idempotency-Key")};
}

std::string fresh_id() {
  std::array<std::uint64_t, 2> words{};
  randombytes_buf(words.data(), sizeof words);
  words[0] = (words[0] & ~0xF000ull) | 0x4000ull; // RFC 9562, version 4
  words[1] = (words[1] >> 2) | 0x8000000000000000ull;
  return domain::uuid_to_string(words[0], words[1]);
}

domain::instant now_of(const routes_context& context) {
  if (context.now) return context.now();
  return std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now());
}

domain::rescue_plan plan_of(const routes_context& context) {
  return context.rescue_plan ? context.rescue_plan() : domain::rescue_plan{};
}

} // namespace lifeline::cti
