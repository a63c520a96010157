#pragma once
// How a path finds its handler, and what handlers have in common.

#include "cti/api/clients.hpp"
#include "cti/api/json.hpp"
#include "cti/api/routes.hpp"
#include "cti/http/message.hpp"
#include "cti/http/target.hpp"
#include "domain/base/local_time.hpp"
#include "domain/plan/operation_rules.hpp"

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::cti {

struct route_call {
  const request& message;
  const target& to;
  std::vector<std::string> arguments; ///< what stood for "*" in the pattern
  actors::operations& engine;
  const routes_context& context;
  const api_client& client;
};
using handler = response (*)(const route_call&);

struct route {
  std::string_view method;
  std::string_view pattern; ///< below /api/v1, "agents/*/ready"
  role_set allowed;
  handler answer;
};

/// Answers 403, 404 and 405 by itself.
response dispatch(const std::vector<route>& table, const request& r, const target& to, std::size_t skip,
                  const routes_context& context, const api_client& client);
/// What stands for "*" if the path, from its part `skip` on, fits the pattern.
std::optional<std::vector<std::string>> match_path(std::string_view pattern, const std::vector<std::string>& path,
                                                   std::size_t skip);
response forbidden_response(std::string_view message, std::string_view field = {});

/// The wall clock, and what is in force for rescues.
domain::instant now_of(const routes_context& context);
domain::rescue_plan plan_of(const routes_context& context);

response json_response(const json& body, int status = 200);
response failure_response(const domain::failure& f);
/// A list under its name, and who did not answer.
template <class T> response listing_response(const domain::result<actors::listing<T>>& result, const char* name) {
  if (!result) return failure_response(result.error());
  json list = json::array();
  for (const auto& x : *result)
    list.push_back(to_json(x));
  json body = json::object();
  body[name] = std::move(list);
  body["silent"] = result->silent;
  return json_response(body);
}
/// Of JSON that is text already.
response text_response(std::string json_text, int status = 200);

/// Refuses query parameters that are not among `known`, and those given twice.
std::optional<response> check_query(const target& to, std::initializer_list<std::string_view> known);
const std::string* find_query(const target& to, std::string_view name);
/// A whole number within the bounds. `value` keeps its default when the parameter is not given.
std::optional<response> read_number(const target& to, std::string_view name, std::uint64_t least, std::uint64_t most,
                                    std::uint64_t& value);
/// A time as people say it in the engine's place (domain/base/local_time.hpp); of a day the `wanted` end.
std::optional<response> read_time(const route_call& c, std::string_view name, domain::day_end wanted,
                                  domain::instant& value);
/// `from` and `until` of a search, in order.
std::optional<response> read_period(const route_call& c, domain::instant& from, domain::instant& until);

/// The body as an object whose fields are all among `known`; an empty body is an empty object.
struct body_result {
  json object = json::object();
  std::optional<response> refused;
};
body_result read_any_body(const request& r); ///< any fields
body_result read_body(const request& r, std::initializer_list<std::string_view> known);
/// Neither query parameters nor fields in the body.
std::optional<response> refuse_arguments(const route_call& c);

/// A field of the body. `needed` says why it must be there; when it is empty the field may be missing, and `value`
/// keeps its default. A text has no control characters and 1 to `longest` bytes.
std::optional<response> read_text(const json& body, std::string_view name, std::string_view needed, std::size_t longest,
                                  std::string& value);
std::optional<response> read_flag(const json& body, std::string_view name, std::string_view needed, bool& value);
/// A number of seconds, perhaps with a fraction.
std::optional<response> read_seconds(const json& body, std::string_view name, std::string_view needed,
                                     const domain::seconds_bounds& bounds, domain::span& value);

/// A whole number within the bounds.
std::optional<response> read_count(const json& body, std::string_view name, std::string_view needed, std::int64_t least,
                                   std::int64_t most, std::int64_t& value);
/// As read_text, but lines may be broken, and it may be empty.
std::optional<response> read_prose(const json& body, std::string_view name, std::string_view needed,
                                   std::size_t longest, std::string& value);
std::optional<response> read_moment(const json& body, std::string_view name, std::string_view needed,
                                    domain::instant& value);

const std::vector<route>& agent_routes();
const std::vector<route>& call_routes();
const std::vector<route>& history_routes();
const std::vector<route>& engine_routes();
const std::vector<route>& network_routes();
const std::vector<route>& admin_routes();
const std::vector<route>& event_routes();
const std::vector<route>& alarm_routes();
const std::vector<route>& order_routes();
const std::vector<route>& elevator_routes();
const std::vector<route>& party_routes();

} // namespace lifeline::cti
