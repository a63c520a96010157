#include "bench/alarm_load.hpp"

#include "domain/lifts/elevator_csv.hpp"
#include "domain/rescue/rescue_data.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace lifeline::bench {

using peers::json;

void allow_alarms(peers::engine_config& c) {
  c.trunk["outbound"] = "\"127.0.0.1:" + std::to_string(peers::take_port()) + '"'; // nobody is there, nobody is called
  c.extra += "[rescue]\nhotline = \"12315\"\nalert_agents = \"1s\"\nalert_supervisor = \"2s\"\n";
}

std::vector<domain::elevator> import_lifts(const peers::engine& e, std::size_t count) {
  auto all = domain::invent_elevators(count, 1);
  for (auto& l : all)
    l.maintenance_firm = l.duty_phone = l.maintenance_worker_phone = l.maintenance_manager_phone = {};
  const auto imported = e.try_api({.method = "POST",
                                   .target = "elevators/import",
                                   .body = domain::write_elevator_csv(all),
                                   .headers = {{"Content-Type", "text/csv"}}});
  if (imported.status / 100 != 2) throw std::runtime_error("the lifts were not imported: " + imported.body);
  return all;
}

http_load_result send_alarms(const peers::engine& e, const std::vector<domain::elevator>& lifts, double rate,
                             std::size_t connections, bool repeated) {
  http_load load;
  load.port = e.http_port();
  load.token = e.api_token();
  load.connections = connections;
  load.rate = rate;
  load.count = lifts.size();
  load.make = [&](std::size_t n) {
    json report{{"kind", "entrapment"}, {"lift", lifts[n].rescue_code}, {"message_id", "b-" + std::to_string(n)}};
    if (!repeated) {
      report["caller_phone"] = "13800000000";
      report["confirmed"] = true;
    }
    return http_request{"POST", "/api/v1/alarms", report.dump()};
  };
  auto r = run_http_load(load);
  if (r.answered != lifts.size())
    throw std::runtime_error(std::to_string(lifts.size() - r.answered) + " of " + std::to_string(lifts.size()) +
                             " alarms were not taken; the first answer was " + r.first_refusal);
  return r;
}

std::size_t active_alarms(const peers::engine& e) { return e.api("GET", "alarms").at("active").size(); }

std::size_t await_alarms(const peers::engine& e, std::size_t count, std::chrono::seconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    const auto seen = static_cast<std::size_t>(std::max(0.0, e.metric("lifeline_alarms_open")));
    if (seen == count || std::chrono::steady_clock::now() >= end) return seen;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

} // namespace lifeline::bench
