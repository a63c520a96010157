// A real Prometheus with the shipped rules raises the alarm when the engine breaks a promise.

#include "tests/peers/harness/http.hpp"
#include "tests/peers/stage.hpp"

using namespace lifeline::peers;

namespace {

/// The names of the alerts that fire.
std::vector<std::string> firing(std::uint16_t port) {
  const auto reply = http_get("127.0.0.1", port, "/api/v1/alerts");
  const auto answer = json::parse(reply.body, nullptr, false);
  std::vector<std::string> names;
  if (reply.status != 200 || answer.is_discarded()) return names;
  for (const auto& a : answer.at("data").at("alerts"))
    if (a.at("state") == "firing") names.push_back(a.at("labels").at("alertname"));
  return names;
}

bool fires(std::uint16_t port, const std::string& name) {
  const auto names = firing(port);
  return std::find(names.begin(), names.end(), name) != names.end();
}

child start_prometheus(const stage& s, std::uint16_t port) {
  write_text(s.place.file("prometheus.yml"),
             "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  evaluation_interval: 1s\nrule_files:\n  - \"" +
                 source_file("config/prometheus/alerts.yml").string() +
                 "\"\nscrape_configs:\n  - job_name: lifeline\n    static_configs:\n      - targets: [\"127.0.0.1:" +
                 std::to_string(s.lifeline.http_port()) + "\"]\n");
  return child({{"prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb",
                 "--web.listen-address=127.0.0.1:" + std::to_string(port)},
                s.place.path(),
                s.place.file("prometheus"),
                {}});
}

} // namespace

TEST_CASE(
    "an invariant that is broken fires the shipped alert in a real Prometheus, and a sound engine fires none of it") {
  engine_config c;
  c.queue["ring_timeout"] = "\"1s\"";
  c.extra = "[testing]\nfault_injection = true\n";
  stage s(c);
  const auto port = take_port();
  auto prometheus = start_prometheus(s, port);
  wait_until(
      "Prometheus sees the engine", 30s,
      [&] {
        return http_get("127.0.0.1", port, "/api/v1/query?query=lifeline_build_info").body.find("lifeline") !=
               std::string::npos;
      },
      200ms);
  CHECK_FALSE(fires(port, "LifelineOrphanReservation"));
  // A call that takes in nothing more lets the lease of its agent expire: nobody ended the reservation in time.
  auto phone = s.phone("8001", {.scenario = "phone_rings_until_cancelled", .pause = 20000ms});
  auto caller = s.caller({.scenario = "caller_cancels", .pause = 15000ms});
  const auto call = s.wait_phase("offering");
  s.lifeline.control({"fault", "call " + call.at("call").get<std::string>(), "mute"});
  wait_until(
      "the alert fires", 40s, [&] { return fires(port, "LifelineOrphanReservation"); }, 300ms);
  caller.kill();
  phone.kill();
  prometheus.stop(10s);
}
