#include "apps/lifelinectl/output.hpp"
#include "apps/lifelinectl/table.hpp"

namespace lifeline::ctl {

int show_status(const session& s) {
  return finish(s, s.client.get("/api/v1/status"), [](const json& j) {
    const bool ready = j.value("ready", false);
    print("Lifeline " + printable(text(j, "version")) + " (" + printable(text(j, "revision")) + ")\n");
    print("State         " + std::string{ready ? "ready" : "not ready: " + printable(text(j, "not_ready_because"))} +
          (j.value("draining", false) ? ", draining" : "") + "\n");
    if (const auto held = text(j, "outbound_held_because"); !held.empty())
      print("Calls out     HELD: " + printable(held) + "; lifelinectl resume-outbound lets them go\n");
    print("Running for   " + duration(epoch_seconds(text(j, "now")) - epoch_seconds(text(j, "started"))) + "\n");
    print("SIP address   " + printable(text(j, "sip_address")) + "\n");
    print("Calls         " + text(j, "calls") + "\n");
    print("Event log     " + text(j, "last_sequence") + " entries, dispatcher's epoch " + text(j, "epoch") + "\n\n");
    table t({"COMPONENT", "STATE", "RESTARTS", "LAST REASON"});
    for (const auto& c : j.at("components"))
      t.add({text(c, "name"), c.value("alive", false) ? "alive" : "DOWN", text(c, "restarts"), text(c, "last_reason")});
    print(t.text());
  });
}

int list_queues(const session& s) {
  return finish(s, s.client.get("/api/v1/queues"), [](const json& j) {
    table t(
        {"QUEUE", "STRATEGY", "PRIORITY", "WAITING", "OLDEST", "AGENTS", "PRESENT", "READY", "RESERVED", "EXPECTED"});
    for (const auto& q : j.at("queues"))
      t.add({text(q, "name"), text(q, "strategy"), text(q, "priority"), text(q, "waiting"),
             text(q, "oldest_wait_seconds").empty() ? "" : duration(number(q, "oldest_wait_seconds")),
             text(q, "agents"), text(q, "present"), text(q, "ready"), text(q, "reservations"),
             text(q, "expected_wait_seconds").empty() ? "" : duration(number(q, "expected_wait_seconds"))});
    print(t.text());
    print_silent(j);
  });
}

int list_events(const session& s, std::uint64_t from, std::uint64_t limit) {
  const auto target = "/api/v1/events?from=" + std::to_string(from) + "&limit=" + std::to_string(limit);
  return finish(s, s.client.get(target), [](const json& j) {
    table t({"NUMBER", time_column("TIME"), "ENTRY", "CALL", "DETAILS"});
    for (const auto& e : j.at("events"))
      t.add({text(e, "seq"), clock_time(text(e, "at")), text(e, "type"), text(e, "call"), details(e)});
    print(t.text());
    print("Next: --from " + text(j, "next") + "\n");
  });
}

int stop_engine(const session& s) {
  return finish(s, s.client.post("/api/v1/stop"), [](const json&) { print("The engine is stopping.\n"); });
}

} // namespace lifeline::ctl
