#include "cti/api/rescue_route.hpp"

namespace lifeline::cti {

namespace {

response bad_id() { return error_response(400, "invalid", "expected a call's id of 36 characters", "call"); }

response list_calls(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  return listing_response(c.engine.live_calls(), "calls");
}

response show_call(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto id = domain::parse_id<domain::call_id>(c.arguments[0]);
  if (!id) return bad_id();
  const auto result = c.engine.call(*id);
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

response release(const route_call& c) {
  if (auto refused = refuse_arguments(c)) return *refused;
  const auto id = domain::parse_id<domain::call_id>(c.arguments[0]);
  if (!id) return bad_id();
  const auto result = c.engine.release_call(*id);
  if (!result) return failure_response(result.error());
  json body = json::object();
  body["call"] = to_string(*id);
  body["released"] = true;
  return json_response(body, 202);
}

response list_cut(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto result = c.engine.cut_calls();
  if (!result) return failure_response(result.error());
  json list = json::array();
  for (const auto& x : *result)
    list.push_back(to_json(x));
  json body = json::object();
  body["calls"] = std::move(list);
  return json_response(body);
}

response rung_back(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body = read_body(c.message, {"by", "note"});
  if (body.refused) return *body.refused;
  std::string by;
  std::string note;
  if (auto refused = read_text(body.object, "by", {}, 64, by)) return *refused;
  if (auto refused = read_text(body.object, "note", {}, 500, note)) return *refused;
  const auto id = domain::parse_id<domain::call_id>(c.arguments[0]);
  if (!id) return bad_id();
  const auto result = c.engine.rung_back(*id, by, note);
  if (!result) return failure_response(result.error());
  json answer = json::object();
  answer["call"] = to_string(*id);
  answer["rung_back"] = true;
  return json_response(answer);
}

/// Of a call, or of a call to a rescuer.
response fetch_recording(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto id = domain::parse_id<domain::recording_id>(c.arguments[0]);
  if (!id) return bad_id();
  const auto by = acting_for(c);
  if (by.refused) return *by.refused;
  const auto recording = c.engine.fetch_recording(*id, {by.name, c.client.name});
  if (!recording) return failure_response(recording.error());
  response r;
  r.content_type = "audio/wav";
  r.file = recording->file;
  r.headers.emplace_back("X-Content-SHA256", recording->sha256);
  r.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + to_string(*id) + ".wav\"");
  r.headers.emplace_back("Cache-Control", "no-store");
  return r;
}

} // namespace

const std::vector<route>& call_routes() {
  static const std::vector<route> table{
      {"GET", "calls", roles::everyone, list_calls},
      {"GET", "calls/cut", roles::everyone, list_cut},
      {"GET", "calls/*", roles::everyone, show_call},
      {"POST", "calls/*/rung-back", roles::everyone, rung_back},
      {"POST", "calls/*/release", roles::supervisors, release},
      {"GET", "recordings/*", roles::reviewers, fetch_recording},
  };
  return table;
}

} // namespace lifeline::cti
