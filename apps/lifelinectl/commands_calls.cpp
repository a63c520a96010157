#include "apps/lifelinectl/output.hpp"
#include "apps/lifelinectl/table.hpp"

namespace lifeline::ctl {

int list_calls(const session& s) {
  return finish(s, s.client.get("/api/v1/calls"), [](const json& j) {
    table t({"CALL", "HOTLINE", "QUEUE", "CALLER", "PHASE", time_column("ARRIVED"), "AGENT", "POSITION"});
    for (const auto& c : j.at("calls"))
      t.add({text(c, "call"), text(c, "hotline"), text(c, "queue"), text(c, "caller"), text(c, "phase"),
             clock_time(text(c, "arrived")), text(c, "agent"), number(c, "position") > 0 ? text(c, "position") : ""});
    print(t.text());
    print_silent(j);
  });
}

int show_call(const session& s, const std::string& id, bool why) {
  return finish(s, s.client.get("/api/v1/calls/" + encode(id)), [why](const json& j) { print(timeline(j, why)); });
}

int list_cut_calls(const session& s) {
  return finish(s, s.client.get("/api/v1/calls/cut"), [](const json& j) {
    table t({"CALL", "CUT (UTC)", "HOTLINE", "CALLER", "WAS", "AGENT", "LIFT", "CAME AGAIN (UTC)"});
    for (const auto& c : j.at("calls"))
      t.add({text(c, "call"), clock_time(text(c, "cut")), text(c, "hotline"), text(c, "caller"),
             c.value("talking", false) ? "talking" : "waiting", text(c, "agent"), text(c, "lift"),
             clock_time(text(c, "came_again"))});
    print(t.text());
  });
}

int mark_rung_back(const session& s, const std::string& id, const std::string& by, const std::string& note) {
  json body = json::object();
  if (!by.empty()) body["by"] = by;
  if (!note.empty()) body["note"] = note;
  return finish(s, s.client.post("/api/v1/calls/" + encode(id) + "/rung-back", sent(body)),
                [](const json& j) { print(printable(text(j, "call")) + " is off the list\n"); });
}

int release_call(const session& s, const std::string& id) {
  return finish(s, s.client.post("/api/v1/calls/" + encode(id) + "/release"),
                [](const json& j) { print(printable(text(j, "call")) + " is being released\n"); });
}

} // namespace lifeline::ctl
