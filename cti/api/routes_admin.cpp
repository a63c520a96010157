#include "cti/api/route_table.hpp"

namespace lifeline::cti {

namespace {

constexpr std::size_t longest_path = 1024; // bytes
constexpr std::size_t longest_target = 80;

/// A report says what was found even when the engine would not do it.
response refused_reload(const actors::reload_report& report) {
  std::string message = "nothing was changed, for these need a restart: ";
  for (const auto& x : report.needs_restart)
    message += (&x == &report.needs_restart.front() ? "" : "; ") + x;
  json body = json::object();
  body["error"] = json{{"code", "conflict"}, {"message", message}};
  body.update(to_json(report));
  return json_response(body, 409);
}

response reload(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body = read_body(c.message, {"dry_run"});
  if (body.refused) return *body.refused;
  bool dry_run = false;
  if (auto refused = read_flag(body.object, "dry_run", "", dry_run)) return *refused;
  const auto report = c.engine.reload(dry_run);
  if (!report) return failure_response(report.error());
  if (!dry_run && !report->applied && !report->needs_restart.empty()) return refused_reload(*report);
  return json_response(to_json(*report));
}

response drain(const route_call& c) {
  if (auto refused = refuse_arguments(c)) return *refused;
  const auto result = c.engine.drain();
  if (!result) return failure_response(result.error());
  json body = json::object();
  body["draining"] = true;
  return json_response(body, 202);
}

response resume_outbound(const route_call& c) {
  if (auto refused = refuse_arguments(c)) return *refused;
  const auto result = c.engine.resume_outbound(c.client.name);
  if (!result) return failure_response(result.error());
  json body = json::object();
  body["outbound_held_because"] = "";
  return json_response(body, 202);
}

response backup(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body = read_body(c.message, {"folder"});
  if (body.refused) return *body.refused;
  std::string folder;
  constexpr auto needed = "a folder of the engine's host is needed";
  if (auto refused = read_text(body.object, "folder", needed, longest_path, folder)) return *refused;
  if (folder.front() != '/')
    return error_response(400, "invalid", "expected an absolute path of the engine's host", "folder");
  const auto result = c.engine.backup(folder);
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

response verify_log(const route_call& c) {
  if (auto refused = refuse_arguments(c)) return *refused;
  const auto result = c.engine.verify_log();
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

response inject(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body = read_body(c.message, {"target", "kind", "for_seconds"});
  if (body.refused) return *body.refused;
  actors::fault_order order;
  domain::span duration{0};
  const auto targets = "expected " + domain::fault_targets_text();
  if (auto refused = read_text(body.object, "target", targets, longest_target, order.target)) return *refused;
  const auto target = domain::parse_fault_target(order.target);
  if (!target) return error_response(400, "invalid", targets, "target");
  const auto kinds = "expected " + domain::fault_kinds_text(target->rule) + " of this target";
  if (auto refused = read_text(body.object, "kind", kinds, longest_target, order.kind)) return *refused;
  if (!domain::takes_kind(target->rule, order.kind)) return error_response(400, "invalid", kinds, "kind");
  const auto* needed = order.kind == "hang" ? "how long it hangs, in seconds, is needed" : "";
  if (auto refused = read_seconds(body.object, "for_seconds", needed, domain::hang_bounds, duration)) return *refused;
  order.duration = std::chrono::duration_cast<std::chrono::milliseconds>(duration);
  const auto result = c.engine.inject(order);
  if (!result) return failure_response(result.error());
  json answer = json::object();
  answer["target"] = order.target;
  answer["kind"] = order.kind;
  answer["injected"] = true;
  return json_response(answer, 202);
}

} // namespace

const std::vector<route>& admin_routes() {
  static const std::vector<route> table{
      {"POST", "reload", roles::admins, reload},
      {"POST", "drain", roles::admins, drain},
      {"POST", "resume-outbound", roles::admins, resume_outbound},
      {"POST", "backup", roles::admins, backup},
      {"POST", "log/verify", roles::supervisors, verify_log},
      {"POST", "faults", roles::admins, inject},
  };
  return table;
}

} // namespace lifeline::cti
