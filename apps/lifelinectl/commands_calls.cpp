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

int release_call(const session& s, const std::string& id) {
  return finish(s, s.client.post("/api/v1/calls/" + encode(id) + "/release"),
                [](const json& j) { print(printable(text(j, "call")) + " is being released\n"); });
}

} // namespace lifeline::ctl
