#include "tests/metrics/support.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace lifeline;
using namespace lifeline::testing;

namespace {

actors::metric_sources full_sources() {
  actors::metric_sources s;
  s.sip = [] {
    sip::sip_statistics x;
    x.requests_received = {{"INVITE", 7}};
    x.requests_sent = {{"BYE", 2}};
    x.responses_sent = {{200, 5}, {503, 1}};
    x.responses_received = {{180, 4}};
    x.refused = {{"unknown_source", 3}};
    x.legs = 6;
    x.registered_accounts = 2;
    x.faults = 1;
    x.bans = 2;
    x.dropped = 40;
    x.connections = 5;
    x.lag = 3ms;
    x.certificate_expires = start + 24h;
    return x;
  };
  s.media = [] {
    media::media_statistics x;
    x.endpoints = 4;
    x.packets_received = 100;
    x.packets_lost = 3;
    x.packets_late = 1;
    x.jitter_seconds_max = 0.02;
    x.recordings_sealed = 9;
    x.recording_possible = false;
    x.recordings_cut = 2;
    x.faults = 3;
    return x;
  };
  s.journal = [] {
    storage::journal_health x;
    x.queued = 11;
    x.failures = 1;
    x.lost_events = 2;
    return x;
  };
  s.mailboxes = [] { return std::map<std::string, std::uint64_t>{{"dispatcher", 12}, {"calls", 3}}; };
  s.trunks = [] {
    std::vector<sip::trunk_state> x(2);
    x[0].name = "pstn";
    x[0].registers = x[0].registered = true;
    x[0].round_trip = 12ms;
    x[0].calls_out = 6;
    x[1].name = "backup";
    x[1].up = false;
    x[1].failovers = 1;
    return x;
  };
  s.shedding = [] { return 1; };
  s.actor_lag = [] { return 25ms; };
  s.ready = [] { return true; };
  s.lines = [] { return std::map<std::string, std::uint64_t>{{"12315", 4}}; };
  s.folders = {{"here", "/"}, {"gone", "/no/such/folder"}};
  return s;
}

} // namespace

TEST_CASE("a call's whole life is counted once in each place") {
  actors::metrics m(two_queues(), {});
  log_writer log(m);
  const auto id = call(1);
  log(id, call_arrived{"12315", "1", "12315", "pstn", {}, {}});
  log(id, queue_entered{"12315", 0, 1});
  auto text = m.render(start + 3s);
  CHECK(value_of(text, R"(lifeline_queue_waiting{queue="12315"})") == 1);
  CHECK(value_of(text, R"(lifeline_queue_oldest_wait_seconds{queue="12315"})") == 3);
  CHECK(value_of(text, R"(lifeline_queue_waiting{queue="96333"})") == 0);
  CHECK(value_of(text, R"(lifeline_calls_in_progress{hotline="12315"})") == 1);

  log({}, agent_changed{"8001", agent_state::logged_out, agent_state::ready, {}, 0s});
  log(id, agent_reserved{reservation(1), "8001", "12315", 1, start + 30s, {}}, 3s);
  text = m.render(start + 3s);
  CHECK(value_of(text, "lifeline_reservations_open") == 1);
  log({}, agent_changed{"8001", agent_state::ready, agent_state::talking, {}, 4s}, 4s);
  log(id, queue_left{"12315", queue_outcome::answered, 4s}, 4s);
  log(id, call_connected{reservation(1), "8001", {}, "12315", 4s}, 4s);
  log(id, reservation_ended{reservation(1), "8001", "12315", reservation_outcome::connected, 1500ms}, 4s);
  log({}, agent_changed{"8001", agent_state::talking, agent_state::wrap_up, {}, 60s}, 64s);
  call_record record;
  record.hotline = "12315";
  record.queue = "12315";
  record.outcome = call_outcome::answered;
  record.cause = end_cause::caller_hung_up;
  record.answered = start + 4s;
  record.talk = 55s;
  log(id, call_ended{record}, 64s);
  log({}, agent_changed{"8001", agent_state::wrap_up, agent_state::ready, {}, 12s}, 76s);

  text = m.render(start + 76s);
  const auto series = [&](const std::string& name) { return value_of(text, name + R"({queue="12315"})"); };
  CHECK(series("lifeline_calls_offered_total") == 1);
  CHECK(series("lifeline_calls_answered_total") == 1);
  CHECK(series("lifeline_calls_answered_within_threshold_total") == 1);
  CHECK(series("lifeline_calls_abandoned_total") == 0);
  CHECK(series("lifeline_queue_waiting") == 0);
  CHECK(series("lifeline_queue_oldest_wait_seconds") == 0);
  CHECK(series("lifeline_agent_ring_seconds_sum") == 1.5);
  CHECK(series("lifeline_agent_ring_seconds_count") == 1);
  CHECK(series("lifeline_call_talk_seconds_sum") == 55);
  CHECK(series("lifeline_agent_wrap_up_seconds_sum") == 12);
  CHECK(value_of(text, R"(lifeline_call_wait_seconds_sum{outcome="answered",queue="12315"})") == 4);
  CHECK(value_of(text, R"(lifeline_call_wait_seconds_count{outcome="abandoned",queue="12315"})") == 0);
  CHECK(value_of(text, R"(lifeline_calls_in_progress{hotline="12315"})") == 0);
  CHECK(value_of(text, R"(lifeline_calls_ended_total{cause="caller_hung_up",hotline="12315",outcome="answered"})") ==
        1);
  CHECK(value_of(text, "lifeline_reservations_open") == 0);
  CHECK(value_of(text, R"(lifeline_reservations_total{outcome="connected"})") == 1);
  CHECK(value_of(text, R"(lifeline_agents{state="ready"})") == 1);
  CHECK(value_of(text, R"(lifeline_agents{state="logged_out"})") == 1);
  CHECK(value_of(text, R"(lifeline_invariant_violations_total{invariant="double_assignment"})") == 0);
  CHECK(value_of(text, "lifeline_events_total") == 11);
  CHECK(value_of(text, "lifeline_journal_last_sequence") == 11);
}

TEST_CASE("the service level's edges: an answer at T is within, one microsecond later is not") {
  actors::metrics m(two_queues(), {});
  log_writer log(m);
  log(call(1), queue_left{"12315", queue_outcome::answered, 15s});
  log(call(2), queue_left{"12315", queue_outcome::answered, 15s + 1us});
  log(call(3), queue_left{"96333", queue_outcome::answered, 10s + 1us});
  log(call(4), queue_left{"12315", queue_outcome::abandoned, 5s});
  log(call(5), queue_left{"12315", queue_outcome::abandoned, 5s + 1us});
  log(call(6), queue_left{"12315", queue_outcome::overflowed, 60s});
  log(call(7), queue_left{"12315", queue_outcome::failed, 1s});
  const auto text = m.render(start);
  const auto series = [&](const std::string& name) { return value_of(text, name + R"({queue="12315"})"); };
  CHECK(series("lifeline_calls_answered_total") == 2);
  CHECK(series("lifeline_calls_answered_within_threshold_total") == 1);
  CHECK(series("lifeline_calls_abandoned_total") == 2);
  CHECK(series("lifeline_calls_short_abandoned_total") == 1);
  CHECK(series("lifeline_calls_overflowed_total") == 1);
  CHECK(series("lifeline_calls_queue_failed_total") == 1);
  CHECK(value_of(text, R"(lifeline_calls_answered_within_threshold_total{queue="96333"})") == 0);
}

TEST_CASE("blocked, overflowed, restarted and unstored are counted") {
  actors::metrics m(two_queues(), {});
  log_writer log(m);
  log(call(1), call_blocked{"96333", "lines", 486});
  log(call(2), call_overflowed{"12315", "96333", {}, "max wait"});
  log(call(2), call_overflowed{"96333", {}, "13800000000", "max wait"});
  log(call(2), actor_restarted{"call 0192aaaa-0000-7000-8000-000000000000", "boom"});
  log({}, actor_restarted{"agent/8001", "boom"}, 0s, false);
  m.count_http(200);
  m.count_http(401);
  m.count_http(404);
  m.count_http(999);
  m.observe_batch(2ms, 17, true);
  m.count_violation("orphan_reservation");
  m.count_violation("a name that nobody knows");
  const auto text = m.render(start);
  CHECK(value_of(text, R"(lifeline_calls_blocked_total{hotline="96333"})") == 1);
  CHECK(value_of(text, R"(lifeline_overflow_attempts_total{queue="12315",target="queue"})") == 1);
  CHECK(value_of(text, R"(lifeline_overflow_attempts_total{queue="96333",target="number"})") == 1);
  CHECK(value_of(text, R"(lifeline_actor_restarts_total{actor="call"})") == 1);
  CHECK(value_of(text, R"(lifeline_actor_restarts_total{actor="agent"})") == 1);
  CHECK(value_of(text, "lifeline_events_not_stored_total") == 1);
  CHECK(value_of(text, R"(lifeline_http_responses_total{code="4xx"})") == 2);
  CHECK(value_of(text, R"(lifeline_http_responses_total{code="5xx"})") == 1);
  CHECK(value_of(text, "lifeline_http_unauthorized_total") == 1);
  CHECK(value_of(text, R"(lifeline_journal_batch_seconds_sum{synced="true"})") == 0.002);
  CHECK(value_of(text, "lifeline_journal_batch_changes_sum") == 17);
  CHECK(value_of(text, R"(lifeline_invariant_violations_total{invariant="orphan_reservation"})") == 1);
  CHECK(value_of(text, R"(lifeline_invariant_violations_total{invariant="stuck_state"})") == 1);
}

TEST_CASE("names that are not in the plan do not make new labels") {
  actors::metrics m(two_queues(), {});
  log_writer log(m);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    log(call(i), call_arrived{"no such " + std::to_string(i), "1", "2", "t", {}, {}});
    log(call(i), queue_entered{"nowhere " + std::to_string(i), 0, 1});
  }
  const auto text = m.render(start);
  CHECK(value_of(text, R"(lifeline_calls_offered_total{queue="other"})") == 20);
  CHECK(value_of(text, R"(lifeline_calls_arrived_total{hotline="other"})") == 20);
  CHECK(value_of(text, R"(lifeline_queue_waiting{queue="other"})") == 20);
  CHECK(text.find("nowhere") == std::string::npos);
  CHECK(text.find("no such") == std::string::npos);
}

TEST_CASE("the gateways', the journal's and the process's figures are rendered") {
  actors::metrics m(two_queues(), full_sources());
  const auto text = m.render(start);
  CHECK(value_of(text, R"(lifeline_sip_requests_total{direction="received",method="INVITE"})") == 7);
  CHECK(value_of(text, R"(lifeline_sip_requests_total{direction="sent",method="INVITE"})") == 0);
  CHECK(value_of(text, R"(lifeline_sip_responses_total{direction="sent",status="503"})") == 1);
  CHECK(value_of(text, R"(lifeline_sip_requests_refused_total{reason="unknown_source"})") == 3);
  CHECK(value_of(text, "lifeline_sip_legs") == 6);
  CHECK(value_of(text, "lifeline_rtp_packets_lost_total") == 3);
  CHECK(value_of(text, R"(lifeline_rtp_jitter_seconds{statistic="max"})") == Approx(0.02));
  CHECK(value_of(text, "lifeline_recordings_sealed_total") == 9);
  CHECK(value_of(text, "lifeline_journal_queued_changes") == 11);
  CHECK(value_of(text, "lifeline_journal_lost_events_total") == 2);
  CHECK(value_of(text, R"(lifeline_mailbox_messages{actor="dispatcher"})") == 12);
  CHECK(value_of(text, "lifeline_sip_faults_total") == 1);
  CHECK(value_of(text, "lifeline_sip_lag_seconds") == Approx(0.003));
  CHECK(value_of(text, "lifeline_sip_connections") == 5);
  CHECK(value_of(text, "lifeline_sip_banned_addresses") == 2);
  CHECK(value_of(text, "lifeline_sip_dropped_requests_total") == 40);
  CHECK(value_of(text, "lifeline_sip_certificate_expiry_timestamp_seconds") == 1'700'000'000 + 86400);
  CHECK(value_of(text, "lifeline_media_faults_total") == 3);
  CHECK(value_of(text, "lifeline_recording_possible") == 0);
  CHECK(value_of(text, "lifeline_recordings_cut_total") == 2);
  CHECK(value_of(text, R"(lifeline_trunk_up{trunk="pstn"})") == 1);
  CHECK(value_of(text, R"(lifeline_trunk_up{trunk="backup"})") == 0);
  CHECK(value_of(text, R"(lifeline_trunk_registered{trunk="pstn"})") == 1);
  CHECK_FALSE(value_of(text, R"(lifeline_trunk_registered{trunk="backup"})")); // it does not register
  CHECK(value_of(text, R"(lifeline_trunk_calls_out_total{trunk="pstn"})") == 6);
  CHECK(value_of(text, R"(lifeline_trunk_failovers_total{trunk="backup"})") == 1);
  CHECK(value_of(text, R"(lifeline_trunk_round_trip_seconds{trunk="pstn"})") == Approx(0.012));
  CHECK_FALSE(value_of(text, R"(lifeline_trunk_round_trip_seconds{trunk="backup"})"));
  CHECK(value_of(text, "lifeline_shedding_level") == 1);
  CHECK(value_of(text, "lifeline_actor_lag_seconds") == Approx(0.025));
  CHECK(value_of(text, "lifeline_ready") == 1);
  CHECK(value_of(text, R"(lifeline_hotline_lines_in_use{hotline="12315"})") == 4);
  CHECK(value_of(text, R"(lifeline_disk_free_bytes{folder="here"})").value_or(0) > 0);
  CHECK(value_of(text, R"(lifeline_disk_size_bytes{folder="here"})").value_or(0) > 0);
  CHECK_FALSE(value_of(text, R"(lifeline_disk_size_bytes{folder="gone"})"));
  CHECK(value_of(text, "process_resident_memory_bytes").value_or(0) > 1e6);
  CHECK(value_of(text, "process_open_fds").value_or(0) >= 3);
  CHECK(value_of(text, "process_start_time_seconds").value_or(0) > 1e9);
  CHECK(text.find("lifeline_build_info{") != std::string::npos);
}

TEST_CASE("promtool finds nothing to complain about") {
  actors::metrics m(two_queues(), full_sources());
  log_writer log(m);
  log(call(1), call_arrived{"12315", "1", "12315", "pstn", {}, {}});
  log(call(1), queue_entered{"12315", 0, 1, 5s, true});
  log(call(1), queue_left{"12315", queue_outcome::answered, 1s}, 1s);
  log({}, configuration_reloaded{1, "x"});
  log({}, backup_made{"/b", 4});
  m.observe_batch(1ms, 1, false);
  const auto folder = std::filesystem::temp_directory_path() / ("lifeline-promtool-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto input = folder / "metrics.txt";
  const auto output = folder / "complaints.txt";
  std::ofstream(input) << m.render(start);
  const auto command = "promtool check metrics < '" + input.string() + "' > '" + output.string() + "' 2>&1";
  const int status = std::system(command.c_str());
  std::ifstream said(output);
  CHECK(std::string{std::istreambuf_iterator<char>{said}, {}}.empty());
  CHECK(status == 0);
  std::filesystem::remove_all(folder);
}

TEST_CASE("committing and scraping at the same time loses nothing") {
  actors::metrics m(two_queues(), full_sources());
  constexpr std::uint64_t calls = 4000;
  std::atomic<bool> done{false};
  std::vector<std::thread> scrapers;
  for (int i = 0; i < 2; ++i) {
    scrapers.emplace_back([&] {
      double last = 0;
      bool rising = true;
      while (!done) {
        const auto text = m.render(start + 1s);
        const auto now = value_of(text, R"(lifeline_calls_offered_total{queue="12315"})").value_or(-1);
        rising = rising && now >= last;
        last = now;
        m.count_http(200);
      }
      if (!rising) m.count_violation("double_assignment");
    });
  }
  log_writer log(m);
  for (std::uint64_t i = 1; i <= calls; ++i) {
    log(call(i), queue_entered{"12315", 0, 1});
    log(call(i), queue_left{"12315", queue_outcome::answered, 1s});
    m.observe_batch(1us, 2, false);
  }
  done = true;
  for (auto& t : scrapers)
    t.join();
  const auto text = m.render(start);
  CHECK(value_of(text, R"(lifeline_calls_offered_total{queue="12315"})") == calls);
  CHECK(value_of(text, R"(lifeline_calls_answered_total{queue="12315"})") == calls);
  CHECK(value_of(text, R"(lifeline_queue_waiting{queue="12315"})") == 0);
  CHECK(value_of(text, R"(lifeline_invariant_violations_total{invariant="double_assignment"})") == 0);
}
