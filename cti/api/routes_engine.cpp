#include "cti/api/route_table.hpp"

namespace lifeline::cti {

namespace {

response status(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto result = c.engine.status();
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

response queues(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  return listing_response(c.engine.queues(), "queues");
}

response stop(const route_call& c) {
  if (auto refused = refuse_arguments(c)) return *refused;
  const auto result = c.engine.stop();
  if (!result) return failure_response(result.error());
  json body = json::object();
  body["stopping"] = true;
  return json_response(body, 202);
}

} // namespace

const std::vector<route>& engine_routes() {
  static const std::vector<route> table{{"GET", "status", roles::everyone, status},
                                        {"GET", "queues", roles::everyone, queues},
                                        {"POST", "stop", roles::admins, stop}};
  return table;
}

} // namespace lifeline::cti
