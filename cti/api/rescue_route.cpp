#include "cti/api/rescue_route.hpp"

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
  if (account.error().code == domain::errc::not_found)
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

response csv_response(std::string csv) {
  response r;
  r.content_type = "text/csv; charset=utf-8";
  r.body = std::move(csv);
  r.headers.emplace_back("Cache-Control", "no-store");
  return r;
}

namespace {

/// A list of which nothing was taken is refused, and the report says why.
response refused_import(const actors::import_report& report, bool may_skip) {
  json body = json::object();
  body["error"] = json{{"code", "invalid"},
                       {"message", std::to_string(report.bad_rows) + " rows are wrong, so nothing was taken" +
                                       (may_skip ? "; skip_bad_rows=1 takes the others" : "")}};
  body.update(to_json(report));
  return json_response(body, 400);
}

} // namespace

response import_list(const rescue_call& c, bool may_skip,
                     const std::function<domain::result<actors::import_report>(const actors::import_options&)>& take) {
  std::uint64_t dry_run = 0;
  std::uint64_t skip = 0;
  if (auto refused = may_skip ? check_query(c.to, {"dry_run", "skip_bad_rows", "source"})
                              : check_query(c.to, {"dry_run", "source"}))
    return *refused;
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
  const auto report = take(options);
  if (!report) return failure_response(report.error());
  const bool refused = !report->applied && !options.dry_run && report->bad_rows > 0;
  return refused ? refused_import(*report, may_skip) : json_response(to_json(*report));
}

} // namespace lifeline::cti
