// What operation needs to see: staffing, reroutes, reloads, backups, a plan that changes.

#include "tests/metrics/support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::testing;

namespace {

domain::plan staffed() {
  auto p = two_queues();
  p.hotlines[1].emergency = true;
  p.hotlines[1].lines = 3;
  p.agents[0].queues = {"12315", "96333"};
  p.agents[1].queues = {"96333"};
  return p;
}
agent_changed changed(const agent_id& account, agent_state from, agent_state to) { return {account, from, to, {}, 0s}; }

} // namespace

TEST_CASE("who is present and who is ready is shown by queue") {
  actors::metrics m(staffed(), {});
  log_writer log(m);
  const auto figure = [&](const std::string& name, const std::string& queue) {
    return value_of(m.render(start), name + "{queue=\"" + queue + "\"}");
  };
  CHECK(figure("lifeline_queue_emergency", "96333") == 1);
  CHECK(figure("lifeline_queue_emergency", "12315") == 0);
  CHECK(figure("lifeline_queue_agents_present", "96333") == 0);
  log({}, changed("8001", agent_state::logged_out, agent_state::ready));
  log({}, changed("8002", agent_state::logged_out, agent_state::wrap_up));
  CHECK(figure("lifeline_queue_agents_present", "96333") == 2);
  CHECK(figure("lifeline_queue_agents_ready", "96333") == 1);
  CHECK(figure("lifeline_queue_agents_present", "12315") == 1);
  log({}, changed("8001", agent_state::ready, agent_state::unreachable));
  CHECK(figure("lifeline_queue_agents_present", "12315") == 0);
  CHECK(figure("lifeline_queue_agents_present", "96333") == 1);
}

TEST_CASE("who is not ready is not present - who is so for a missed call is shown, and rung again for an emergency") {
  actors::metrics m(staffed(), {});
  log_writer log(m);
  const auto figure = [&](const std::string& name, const std::string& queue) {
    return value_of(m.render(start), name + "{queue=\"" + queue + "\"}");
  };
  log({}, agent_changed{"8001", agent_state::ready, agent_state::not_ready, "break", 0s});
  CHECK(figure("lifeline_queue_agents_present", "96333") == 0);
  CHECK(figure("lifeline_queue_agents_missed", "96333") == 0);
  log({}, agent_changed{"8001", agent_state::ready, agent_state::not_ready, "no answer", 0s});
  CHECK(figure("lifeline_queue_agents_present", "96333") == 1);
  CHECK(figure("lifeline_queue_agents_ready", "96333") == 0);
  CHECK(figure("lifeline_queue_agents_missed", "96333") == 1);
  CHECK(figure("lifeline_queue_agents_present", "12315") == 0);
  CHECK(figure("lifeline_queue_agents_missed", "12315") == 1);
  log({}, agent_changed{"8001", agent_state::not_ready, agent_state::not_ready, "phone unreachable", 0s});
  CHECK(figure("lifeline_queue_agents_present", "96333") == 0);
  CHECK(figure("lifeline_queue_agents_missed", "96333") == 1);
  log({}, changed("8001", agent_state::not_ready, agent_state::ready));
  CHECK(figure("lifeline_queue_agents_missed", "96333") == 0);
  CHECK(value_of(m.render(start), R"(lifeline_hotline_emergency{hotline="96333"})") == 1);
  CHECK(value_of(m.render(start), R"(lifeline_hotline_emergency{hotline="12315"})") == 0);
}

TEST_CASE("occupancy: the agents' time by state grows and never falls") {
  actors::metrics m(staffed(), {});
  log_writer log(m);
  const auto time_in = [&](const std::string& state, instant now) {
    return value_of(m.render(now), "lifeline_agent_state_seconds_total{state=\"" + state + "\"}");
  };
  CHECK(time_in("logged_out", start + 1h) == 0); // nobody knows since when
  log({}, changed("8001", agent_state::logged_out, agent_state::ready));
  log({}, changed("8001", agent_state::ready, agent_state::talking), 10s);
  CHECK(time_in("ready", start + 12s) == 10);
  CHECK(time_in("talking", start + 12s) == 2);
  log({}, changed("8001", agent_state::talking, agent_state::hold), 11s);
  CHECK(time_in("talking", start + 20s) == 2); // the scrape's clock was ahead of the log's
  CHECK(time_in("hold", start + 20s) == 9);
  log({}, changed("8001", agent_state::hold, agent_state::wrap_up), 21s);
  log({}, changed("8001", agent_state::wrap_up, agent_state::ready), 30s);
  CHECK(time_in("wrap_up", start + 31s) == 9);
  CHECK(time_in("ready", start + 31s) == 11);
}

TEST_CASE("escalations, holds, reroutes, bans, reloads, drain and backups are counted") {
  actors::metrics m(staffed(), {});
  log_writer log(m);
  auto text = m.render(start);
  CHECK(value_of(text, R"(lifeline_hotline_rerouted{hotline="96333"})") == 0);
  CHECK(value_of(text, R"(lifeline_hotline_lines{hotline="96333"})") == 3);
  CHECK_FALSE(value_of(text, R"(lifeline_hotline_lines{hotline="12315"})")); // no limit
  CHECK(value_of(text, "lifeline_draining") == 0);
  CHECK_FALSE(value_of(text, "lifeline_backup_last_timestamp_seconds"));
  log(call(1), call_escalated{"12315", 1, "priority 15"});
  log(call(1), call_escalated{"12315", 2, "tier 2"});
  call_record r;
  r.queue = r.hotline = "12315";
  r.answered = start;
  r.hold = 7s;
  log(call(1), call_ended{r});
  log({}, hotline_rerouted{"96333", true, "no agent"});
  log({}, hotline_rerouted{"unknown", true, "no agent"});
  log({}, source_banned{"192.0.2.1", start + 600s, "wrong passwords"});
  log({}, source_banned{"192.0.2.1", never, "by hand"}); // lifted
  log({}, configuration_reloaded{2, "agents: +8011"}, 5s);
  log({}, engine_draining{"by hand"});
  log({}, backup_made{"/srv/backup", 7}, 60s);
  text = m.render(start + 61s);
  CHECK(value_of(text, R"(lifeline_queue_escalations_total{queue="12315"})") == 2);
  CHECK(value_of(text, R"(lifeline_queue_escalations_total{queue="96333"})") == 0);
  CHECK(value_of(text, R"(lifeline_call_hold_seconds_total{queue="12315"})") == 7);
  CHECK(value_of(text, R"(lifeline_hotline_rerouted{hotline="96333"})") == 1);
  CHECK(text.find("unknown") == std::string::npos);
  CHECK(value_of(text, "lifeline_sip_bans_total") == 1);
  CHECK(text.find("192.0.2.1") == std::string::npos);
  CHECK(value_of(text, "lifeline_configuration_reloads_total") == 1);
  CHECK(value_of(text, "lifeline_configuration_last_reload_timestamp_seconds") == 1'700'000'005);
  CHECK(value_of(text, "lifeline_draining") == 1);
  CHECK(value_of(text, "lifeline_backups_total") == 1);
  CHECK(value_of(text, "lifeline_backup_last_timestamp_seconds") == 1'700'000'060);
  CHECK(value_of(text, "lifeline_backup_last_sequence") == 7);
  m.set_rerouted("96333", false);
  m.set_rerouted("unknown", true);
  CHECK(value_of(m.render(start), R"(lifeline_hotline_rerouted{hotline="96333"})") == 0);
}

TEST_CASE("a reload of the plan: new names appear, old ones go on counting, nothing starts again") {
  actors::metrics m(staffed(), {});
  log_writer log(m);
  log({}, changed("8001", agent_state::logged_out, agent_state::ready));
  log({}, changed("8002", agent_state::logged_out, agent_state::ready));
  log(call(1), queue_left{"12315", queue_outcome::answered, 12s});
  auto next = staffed();
  next.queues[0].service_level = 5s;
  next.queues[1].retired = true;
  next.queues.emplace_back().name = "vip";
  next.hotlines.emplace_back().name = "vip";
  next.hotlines[2].queue = "vip";
  next.hotlines[2].emergency = true;
  next.agents[0].queues = {"12315", "vip"};
  next.agents.resize(1); // 8002 is gone
  m.set_plan(next);
  log(call(2), queue_left{"12315", queue_outcome::answered, 12s});
  log(call(3), call_arrived{"vip", "1", "9", "pstn", {}, {}});
  log(call(3), queue_entered{"vip", 0, 1});
  log(call(4), queue_left{"96333", queue_outcome::answered, 1s});
  auto text = m.render(start);
  const auto series = [&](const std::string& name, const std::string& queue) {
    return value_of(text, name + "{queue=\"" + queue + "\"}");
  };
  CHECK(series("lifeline_calls_answered_total", "12315") == 2);
  CHECK(series("lifeline_calls_answered_within_threshold_total", "12315") == 1);
  CHECK(series("lifeline_calls_answered_total", "96333") == 1);
  CHECK(series("lifeline_queue_waiting", "vip") == 1);
  CHECK(series("lifeline_queue_agents_present", "vip") == 1);
  CHECK(series("lifeline_queue_emergency", "vip") == 1);
  CHECK(value_of(text, R"(lifeline_calls_arrived_total{hotline="vip"})") == 1);
  CHECK(value_of(text, R"(lifeline_agents{state="ready"})") == 2); // 8002 until signed out
  log({}, changed("8002", agent_state::ready, agent_state::logged_out));
  text = m.render(start);
  CHECK(value_of(text, R"(lifeline_agents{state="ready"})") == 1);
  CHECK(value_of(text, R"(lifeline_agents{state="logged_out"})") == 0);
}
