// What a changed configuration means for a running engine.

#include "config/change.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace lifeline;
using namespace lifeline::config;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

struct change {
  std::function<void(engine_config&)> make;
  std::string line;
};

} // namespace

TEST_CASE("equal configurations have no changes") {
  const engine_config c;
  CHECK(changes_of(c, c).changes.empty());
  CHECK(changes_of(c, c).needs_restart.empty());
}

TEST_CASE("what can change while calls go on is a change, told with both values") {
  const std::vector<change> table{
      {[](auto& c) { c.sip.nonce_lifetime = 90s; }, "[sip] nonce_lifetime: 1m -> 1m30s"},
      {[](auto& c) { c.sip.min_registration = 1min; }, "[sip] min_registration: 30s -> 1m"},
      {[](auto& c) { c.sip.max_registration = 2h; }, "[sip] max_registration: 1h -> 2h"},
      {[](auto& c) { c.sip.default_registration = 2min; }, "[sip] default_registration: 5m -> 2m"},
      {[](auto& c) { c.sip.max_contacts = 2; }, "[sip] max_contacts: 5 -> 2"},
      {[](auto& c) { c.sip.session_expires = 0s; }, "[sip] session_expires: 30m -> 0s"},
      {[](auto& c) { c.sip.min_se = 120s; }, "[sip] min_se: 1m30s -> 2m"},
      {[](auto& c) { c.sip.max_legs = 4; }, "[sip] max_legs: 40000 -> 4"},
      {[](auto& c) { c.sip.keepalive = 0s; }, "[sip] keepalive: 30s -> 0s"},
      {[](auto& c) { c.sip.keepalive_failures = 1; }, "[sip] keepalive_failures: 3 -> 1"},
      {[](auto& c) { c.sip.max_connections = 10; }, "[sip] max_connections: 4000 -> 10"},
      {[](auto& c) { c.sip.idle_connection = 5s; }, "[sip] idle_connection: 2m -> 5s"},
      {[](auto& c) { c.sip.max_message = 8192; }, "[sip] max_message: 256KiB -> 8KiB"},
      {[](auto& c) { c.sip.tls.certificate = "/c"; }, "[sip.tls] certificate: none -> /c"},
      {[](auto& c) { c.sip.tls.key = "/k"; }, "[sip.tls] key: none -> /k"},
      {[](auto& c) { c.sip.tls.authorities = "/a"; }, "[sip.tls] authorities: none -> /a"},
      {[](auto& c) { c.sip.guard.requests_per_second = 0.5; }, "[sip.guard] requests_per_second: 50 -> 0.5"},
      {[](auto& c) { c.sip.guard.burst = 9; }, "[sip.guard] burst: 100 -> 9"},
      {[](auto& c) { c.sip.guard.invites_per_second = 9; }, "[sip.guard] invites_per_second: 500 -> 9"},
      {[](auto& c) { c.sip.guard.invite_burst = 9; }, "[sip.guard] invite_burst: 1000 -> 9"},
      {[](auto& c) { c.sip.guard.trunk_refusals_per_second = 9; }, "[sip.guard] trunk_refusals_per_second: 1000 -> 9"},
      {[](auto& c) { c.sip.guard.max_offences = 9; }, "[sip.guard] max_offences: 10 -> 9"},
      {[](auto& c) { c.sip.guard.offence_window = 9s; }, "[sip.guard] offence_window: 1m -> 9s"},
      {[](auto& c) { c.sip.guard.ban_time = 9s; }, "[sip.guard] ban_time: 10m -> 9s"},
      {[](auto& c) {
         c.sip.guard.never_banned = {"10.0.0.0/8", "::1/128"};
       },
       "[sip.guard] never_banned: none -> 10.0.0.0/8, ::1/128"},
      {[](auto& c) { c.sip.guard.max_tracked = 500; }, "[sip.guard] max_tracked: 20000 -> 500"},
      {[](auto& c) { c.log.level = log_level::debug; }, "[log] level: info -> debug"},
      {[](auto& c) { c.log.format = log_format::json; }, "[log] format: text -> json"},
      {[](auto& c) { c.log.file = "/l"; }, "[log] file: none -> /l"},
      {[](auto& c) { c.log.max_size = 0; }, "[log] max_size: 50MiB -> 0"},
      {[](auto& c) { c.log.keep = 2; }, "[log] keep: 5 -> 2"},
      {[](auto& c) {
         c.clients = {{"city", domain::role::integration, ""}};
       },
       "api_client city: new"},
  };
  const engine_config running;
  for (const auto& each : table) {
    auto wanted = running;
    each.make(wanted);
    INFO(each.line);
    CHECK(changes_of(running, wanted).changes == lines{each.line});
    CHECK(changes_of(running, wanted).needs_restart.empty());
  }
}

TEST_CASE("addresses, ports, folders and the realm wait for a restart") {
  const std::vector<change> table{
      {[](auto& c) { c.data = "/srv"; }, "data: none -> /srv"},
      {[](auto& c) { c.sip.bind_address = "*"; }, "[sip] bind: 0.0.0.0 -> *"},
      {[](auto& c) { c.sip.port = 5070; }, "[sip] port: 5060 -> 5070"},
      {[](auto& c) { c.sip.advertised = "h"; }, "[sip] advertised: none -> h"},
      {[](auto& c) { c.sip.realm = "r"; }, "[sip] realm: lifeline -> r"},
      {[](auto& c) { c.sip.tls.enabled = true; }, "[sip.tls] enabled: false -> true"},
      {[](auto& c) { c.sip.tls.port = 1; }, "[sip.tls] port: 5061 -> 1"},
      {[](auto& c) { c.sip.tls.verify_trunks = false; }, "[sip.tls] verify_trunks: true -> false"},
      {[](auto& c) { c.sip.tls.require_client = true; }, "[sip.tls] require_client: false -> true"},
      {[](auto& c) { c.media.bind_address = "::"; }, "[media] bind: 0.0.0.0 -> ::"},
      {[](auto& c) { c.media.advertised = "h"; }, "[media] advertised: none -> h"},
      {[](auto& c) { c.media.port_min = 10000; }, "[media] port_min: 20000 -> 10000"},
      {[](auto& c) { c.media.port_max = 30001; }, "[media] port_max: 29999 -> 30001"},
      {[](auto& c) { c.media.prompts = "/p"; }, "[media] prompts: none -> /p"},
      {[](auto& c) { c.media.recordings = "/r"; }, "[media] recordings: none -> /r"},
      {[](auto& c) { c.media.media_timeout = 1min; }, "[media] timeout: 30s -> 1m"},
      {[](auto& c) { c.media.hold_timeout = 1h; }, "[media] hold_timeout: 0s -> 1h"},
      {[](auto& c) { c.media.jitter_min = 20ms; }, "[media] jitter_min: 40ms -> 20ms"},
      {[](auto& c) { c.media.jitter_max = 1s; }, "[media] jitter_max: 200ms -> 1s"},
      {[](auto& c) { c.storage.directory = "/j"; }, "[storage] directory: none -> /j"},
      {[](auto& c) { c.storage.lazy_sync = 10ms; }, "[storage] lazy_sync: 40ms -> 10ms"},
      {[](auto& c) { c.storage.linger = 5ms; }, "[storage] linger: 20ms -> 5ms"},
      {[](auto& c) { c.storage.max_queue = 1000; }, "[storage] max_queue: 200000 -> 1000"},
      {[](auto& c) { c.http.bind_address = "::1"; }, "[http] bind: 127.0.0.1 -> ::1"},
      {[](auto& c) { c.http.port = 81; }, "[http] port: 8080 -> 81"},
      {[](auto& c) { c.http.max_connections = 9; }, "[http] max_connections: 256 -> 9"},
      {[](auto& c) { c.http.max_per_address = 9; }, "[http] max_per_address: 64 -> 9"},
      {[](auto& c) { c.plan.rescue.enabled = false; }, "[rescue] enabled: true -> false"},
      {[](auto& c) { c.public_server.bind_address = "::"; }, "[public] bind: 127.0.0.1 -> ::"},
      {[](auto& c) { c.public_server.port = 81; }, "[public] port: 0 -> 81"},
      {[](auto& c) { c.public_server.requests_per_minute = 60; }, "[public] requests_per_minute: 30 -> 60"},
      {[](auto& c) { c.public_server.burst = 5; }, "[public] burst: 10 -> 5"},
      {[](auto& c) { c.public_server.alarms_per_hour_per_lift = 2.5; }, "[public] alarms_per_hour_per_lift: 12 -> 2.5"},
      {[](auto& c) { c.public_server.proxies = {"10.0.0.1"}; }, "[public] proxies: 127.0.0.1, ::1 -> 10.0.0.1"},
      {[](auto& c) { c.public_server.enabled = true; }, "[public] new"},
      {[](auto& c) { c.webhook.timeout = 3s; }, "[webhook] timeout: 5s -> 3s"},
      {[](auto& c) { c.webhook.authorities = "/a"; }, "[webhook] authorities: none -> /a"},
      {[](auto& c) { c.watchdog.hang_limit = 5s; }, "[watchdog] hang_limit: 10s -> 5s"},
      {[](auto& c) { c.testing.fault_injection = true; }, "[testing] fault_injection: false -> true"},
  };
  const engine_config running;
  for (const auto& each : table) {
    auto wanted = running;
    each.make(wanted);
    INFO(each.line);
    CHECK(changes_of(running, wanted).needs_restart == lines{each.line});
    CHECK(changes_of(running, wanted).changes.empty());
  }
}

TEST_CASE("changed passwords are told by name and never shown - a changed token waits for a restart") {
  secrets running;
  running.sip_passwords = {{"8001", "first-secret"}, {"8002", "same-secret"}, {"8003", "old-secret"}};
  running.trunk_passwords = {{"carrier", "first-secret"}};
  running.api_token = "one";
  auto wanted = running;
  wanted.sip_passwords = {{"8001", "other-secret"}, {"8002", "same-secret"}, {"8004", "new-secret"}};
  wanted.trunk_passwords["carrier"] = "other-secret";
  wanted.api_token = "two";
  const auto found = changes_of(running, wanted);
  CHECK(found.changes == lines{"agent 8001: password changed", "trunk carrier: password changed"});
  CHECK(found.needs_restart == lines{"api_token of the secrets changed"});
  CHECK(changes_of(running, running).changes.empty());
}

TEST_CASE("clients of the API are told by name, role and agent") {
  using domain::role;
  engine_config running;
  running.clients = {{"a", role::agent, "8001"}, {"b", role::quality, ""}, {"c", role::admin, ""}};
  auto wanted = running;
  wanted.clients = {{"d", role::agent, ""}, {"b", role::supervisor, ""}, {"a", role::agent, "8002"}};
  CHECK(changes_of(running, wanted).changes == lines{"api_client a: agent: 8001 -> 8002",
                                                     "api_client b: role: quality -> supervisor", "api_client c: gone",
                                                     "api_client d: new"});
  CHECK(changes_of(running, wanted).needs_restart.empty());
}

TEST_CASE("changed tokens and shared secrets are told by name - the link key waits for a restart") {
  secrets running;
  running.agent_tokens = {{"8001", "one"}};
  running.client_tokens = {{"city", "two"}};
  running.vendor_secrets = {{"lift-cloud", "three"}};
  running.webhook_secrets = {{"firm-1", "four"}, {"firm-2", "five"}};
  running.link_key = "six";
  auto wanted = running;
  wanted.agent_tokens = {{"8001", "other"}, {"8002", "new"}};
  wanted.client_tokens = {{"city", "other"}};
  wanted.vendor_secrets = {{"lift-cloud", "other"}};
  wanted.webhook_secrets = {{"firm-2", "other"}, {"firm-3", "new"}};
  wanted.link_key = "other";
  const auto found = changes_of(running, wanted);
  CHECK(found.changes == lines{"agent 8001: token of the API changed", "api_client city: token of the API changed",
                               "vendor lift-cloud: secret changed", "secret of rescue party firm-1: gone",
                               "secret of rescue party firm-2: changed", "secret of rescue party firm-3: new"});
  CHECK(found.needs_restart == lines{"link_key of the secrets changed"});
  // Rescues were switched on: there was none before.
  running.link_key.clear();
  CHECK(changes_of(running, wanted).needs_restart.empty());
}

TEST_CASE("a change's line in the log holds no telephone numbers and no names of persons") {
  CHECK(for_the_log("queue 96333: overflow_numbers none -> 13900000001, 13900000002") ==
        "queue 96333: overflow_numbers changed");
  CHECK(for_the_log("hotline 96333: backup_numbers 13900000001 -> none") == "hotline 96333: backup_numbers changed");
  CHECK(for_the_log("hotline 96333: caller_number none -> 13900000001") == "hotline 96333: caller_number changed");
  CHECK(for_the_log("rescue: report_numbers none -> 051796333") == "rescue: report_numbers changed");
  CHECK(for_the_log("rescue: lift_phone_numbers 1 -> 2") == "rescue: lift_phone_numbers changed");
  CHECK(for_the_log("agent 8001: name 李 -> 王") == "agent 8001: name changed");
  CHECK(for_the_log("trunk c: username 051712315 -> u") == "trunk c: username changed");
  for (const auto* line : {"queue 12315: wrap_up 30s -> 20s", "agent 8011: new", "[log] level: info -> debug",
                           "agent 8001: password changed", "hotline 12315: numbers 12315 -> 12345"})
    CHECK(for_the_log(line) == line);
}
