#include "apps/lifelinectl/output.hpp"
#include "apps/lifelinectl/table.hpp"

namespace lifeline::ctl {

int list_hotlines(const session& s) {
  return finish(s, s.client.get("/api/v1/hotlines"), [](const json& j) {
    table t({"HOTLINE", "NUMBERS", "QUEUE", "EMERGENCY", "LINES", "IN USE", "PRESENT", "REROUTED", "BACKUP NUMBERS"});
    for (const auto& h : j.at("hotlines")) {
      const bool known = h.contains("rerouted") && h.at("rerouted").is_boolean();
      const bool rerouted = known && h.at("rerouted").get<bool>();
      t.add({text(h, "name"), joined(h.at("numbers")), text(h, "queue"), h.value("emergency", false) ? "yes" : "",
             number(h, "lines") > 0 ? text(h, "lines") : "no limit", text(h, "in_use"),
             h.value("agents_present", json()).is_null() ? "?" : text(h, "agents_present"),
             rerouted ? "YES: " + text(h, "reroute_reason")
             : known  ? "no"
                      : "?",
             joined(h.at("backup_numbers"))});
    }
    print(t.text());
    print_silent(j);
  });
}

int reroute_hotline(const session& s, const std::string& name, bool on, const std::string& reason) {
  json body = json::object();
  body["on"] = on;
  if (!reason.empty()) body["reason"] = reason;
  return finish(s, s.client.post("/api/v1/hotlines/" + encode(name) + "/reroute", sent(body)), [](const json& h) {
    print(printable(text(h, "name")) +
          (h.value("rerouted", false) ? " goes to " + printable(joined(h.at("backup_numbers")))
                                      : std::string{" is served by its agents again"}) +
          "\n");
  });
}

int list_trunks(const session& s) {
  return finish(s, s.client.get("/api/v1/trunks"), [](const json& j) {
    table t({"TRUNK", "STATE", "REGISTERED", time_column("SINCE"), "ROUND TRIP", "CALLS OUT", "FAILOVERS", "REASON"});
    for (const auto& x : j.at("trunks")) {
      const auto* registered = x.value("registered", false) ? "yes" : "NO";
      const auto round_trip = number(x, "round_trip_seconds");
      t.add({text(x, "name"), x.value("up", false) ? "up" : "DOWN", x.value("registers", false) ? registered : "",
             clock_time(text(x, "since")), round_trip > 0 ? milliseconds(round_trip) : "", text(x, "calls_out"),
             text(x, "failovers"), text(x, "reason")});
    }
    print(t.text());
  });
}

int list_bans(const session& s) {
  return finish(s, s.client.get("/api/v1/bans"), [](const json& j) {
    table t({"ADDRESS", time_column("UNTIL"), "DROPPED", "REASON"});
    for (const auto& b : j.at("bans"))
      t.add({text(b, "address"), clock_time(text(b, "until")), text(b, "dropped"), text(b, "reason")});
    print(t.text());
  });
}

int ban_address(const session& s, const std::string& address, double seconds) {
  json body = json::object();
  body["address"] = address;
  body["for_seconds"] = seconds;
  return finish(s, s.client.post("/api/v1/bans", sent(body)), [&](const json& b) {
    print(printable(text(b, "address")) + " is banned for " + duration(seconds) + "\n");
  });
}

int unban_address(const session& s, const std::string& address) {
  return finish(s, s.client.post("/api/v1/bans/" + encode(address) + "/remove"),
                [](const json& b) { print(printable(text(b, "address")) + " is not banned any more\n"); });
}

} // namespace lifeline::ctl
