// The metrics, seen by the real Prometheus.

#include "tests/peers/harness/http.hpp"
#include "tests/peers/stage.hpp"

using namespace lifeline::peers;

namespace {

/// The values that an instant query yields.
std::vector<double> query(std::uint16_t port, const std::string& expression) {
  const auto reply = http_get("127.0.0.1", port, "/api/v1/query?query=" + expression);
  const auto answer = json::parse(reply.body, nullptr, false);
  std::vector<double> values;
  if (reply.status != 200 || answer.is_discarded()) return values;
  for (const auto& r : answer.at("data").at("result")) {
    values.push_back(std::stod(r.at("value").at(1).get<std::string>()));
  }
  return values;
}

} // namespace

TEST_CASE("Prometheus scrapes the engine, and promtool finds nothing to complain about") {
  stage s;
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  s.caller({.scenario = "caller_answered", .pause = 200ms}).finish();
  phone.finish();
  s.record();

  write_text(s.place.file("metrics.txt"), s.lifeline.metrics());
  const auto lint =
      run({{"sh", "-c", "promtool check metrics < metrics.txt"}, s.place.path(), s.place.file("promtool"), {}}, 20s);
  INFO(lint.out << lint.err);
  CHECK(lint.code == 0);
  CHECK(lint.err.empty());

  write_text(s.place.file("prometheus.yml"),
             "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n  - job_name: lifeline\n"
             "    static_configs:\n      - targets: [\"127.0.0.1:" +
                 std::to_string(s.lifeline.http_port()) + "\"]\n");
  const auto port = take_port();
  child prometheus({{"prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb",
                     "--web.listen-address=127.0.0.1:" + std::to_string(port)},
                    s.place.path(),
                    s.place.file("prometheus"),
                    {}});
  wait_until(
      "the target is up", 30s,
      [&] {
        REQUIRE(prometheus.running());
        return query(port, "up") == std::vector<double>{1};
      },
      200ms);
  CHECK(query(port, "lifeline_build_info") == std::vector<double>{1});
  CHECK(query(port, "sum(lifeline_calls_answered_total)") == std::vector<double>{1});
  CHECK(query(port, "sum(lifeline_call_wait_seconds_count)") == std::vector<double>{1});
  prometheus.stop(10s);
  s.close();
}

TEST_CASE("health and readiness need no token, the API does") {
  stage s;
  const auto port = s.lifeline.http_port();
  CHECK(http_get("127.0.0.1", port, "/healthz").status == 200);
  CHECK(http_get("127.0.0.1", port, "/readyz").status == 200);
  CHECK(http_get("127.0.0.1", port, "/api/v1/agents").status == 401);
  CHECK(http_get("127.0.0.1", port, "/api/v1/agents", std::string(64, '0')).status == 401);
  s.close();
}
