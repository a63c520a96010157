#include "tests/sip/edge_support.hpp"

#include <catch2/catch.hpp>
#include <thread>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

settings with_secret(const lifeline::domain::trunk_plan& trunk, const std::string& password) {
  auto s = test_settings();
  s.trunks = {trunk};
  s.trunk_secrets = {{trunk.name, password}};
  return s;
}

/// Answers challenges until the REGISTER proves the password, then grants.
void grant(raw_peer& carrier, const message& request, int seconds) {
  carrier.respond(request, 200, "OK", "", "Expires: " + std::to_string(seconds) + "\r\n");
}

} // namespace

TEST_CASE("a trunk registers with digest, refreshes in time and unregisters at the end") {
  const std::string algorithm = GENERATE("MD5", "SHA-256");
  const std::string password = "a:b \"c\" \\";
  auto engine = std::make_unique<live>(test_settings());
  raw_peer carrier{engine->gate->port()};
  auto trunk = trunk_at("carrier", carrier);
  trunk.registers = true;
  trunk.register_expires = 120s;
  take_over(*engine, with_secret(trunk, password));
  CHECK_FALSE(state_of(*engine, "carrier").up);
  const auto first = carrier.request("REGISTER");
  CHECK(first.header("Authorization").empty());
  CHECK(first.header("Expires") == "120");
  CHECK(first.header("To").find("sip:hotline@127.0.0.1") != std::string::npos);
  CHECK(first.header("Contact").find("sip:hotline@127.0.0.1:") != std::string::npos);
  carrier.respond(first, 401, "Unauthorized", "", challenge_line(algorithm));
  const auto second = carrier.request("REGISTER");
  CHECK(proves(second, "hotline", password));
  CHECK(second.header("Authorization").find("algorithm=" + algorithm) != std::string::npos);
  grant(carrier, second, 2);
  const auto up = engine->sink->trunks.take();
  REQUIRE(up);
  CHECK(up->up);
  CHECK(up->registered);
  const auto refresh = carrier.request("REGISTER", 2500ms); // after half of what was granted
  CHECK(proves(refresh, "hotline", password));
  CHECK(refresh.header("Authorization").find("nc=00000002") != std::string::npos);
  carrier.respond(refresh, 401, "Unauthorized", "", challenge_line(algorithm, "n2", true)); // the nonce is old now
  const auto again = carrier.request("REGISTER");
  CHECK(proves(again, "hotline", password));
  CHECK(again.header("Authorization").find("nonce=\"n2\"") != std::string::npos);
  grant(carrier, again, 120);
  CHECK(engine->eventually([&] { return state_of(*engine, "carrier").registered; }));
  std::thread stopping{[&] { engine->gate->stop(); }};
  const auto leaving = carrier.request("REGISTER");
  CHECK(leaving.header("Expires") == "0");
  carrier.respond(leaving, 200, "OK");
  stopping.join();
}

TEST_CASE("of two algorithms that a carrier offers the stronger one is taken") {
  live engine{test_settings()};
  raw_peer carrier{engine.gate->port()};
  auto trunk = trunk_at("carrier", carrier);
  trunk.registers = true;
  const bool md5_first = GENERATE(false, true);
  take_over(engine, with_secret(trunk, "secret"));
  const auto sha = challenge_line("SHA-256", "ns");
  const auto md5 = challenge_line("MD5", "nm");
  carrier.respond(carrier.request("REGISTER"), 401, "Unauthorized", "", md5_first ? md5 + sha : sha + md5);
  const auto answer = carrier.request("REGISTER");
  CHECK(proves(answer, "hotline", "secret"));
  CHECK(answer.header("Authorization").find("algorithm=SHA-256") != std::string::npos);
  CHECK(answer.headers("Authorization").size() == 1);
}

TEST_CASE("a wrong password for a trunk does not loop, and a new one is tried at once") {
  live engine{test_settings()};
  raw_peer carrier{engine.gate->port()};
  auto trunk = trunk_at("carrier", carrier);
  trunk.registers = true;
  take_over(engine, with_secret(trunk, "wrong"));
  carrier.respond(carrier.request("REGISTER"), 401, "Unauthorized", "", challenge_line("MD5", "n1"));
  carrier.respond(carrier.request("REGISTER"), 401, "Unauthorized", "", challenge_line("MD5", "n2"));
  CHECK(engine.eventually([&] { return state_of(engine, "carrier").reason == "REGISTER: 401"; }));
  CHECK_FALSE(carrier.receive([](const message& m) { return m.method() == "REGISTER"; }, 1500ms));
  CHECK_FALSE(state_of(engine, "carrier").registered);
  take_over(engine, with_secret(trunk, "right"));
  carrier.respond(carrier.request("REGISTER"), 401, "Unauthorized", "", challenge_line("MD5", "n3"));
  const auto answer = carrier.request("REGISTER");
  CHECK(proves(answer, "hotline", "right"));
  grant(carrier, answer, 100);
  CHECK(engine.eventually([&] { return state_of(engine, "carrier").up; }));
}

TEST_CASE("a trunk's challenges are answered for INVITE, re-INVITE and BYE") {
  const std::string algorithm = GENERATE("MD5", "SHA-256");
  live engine{test_settings()};
  raw_peer carrier{engine.gate->port()};
  take_over(engine, with_secret(trunk_at("carrier", carrier), "secret"));
  const auto [leg, events] = dial_trunks(engine, {"carrier"}, 1);
  const auto bare = carrier.request("INVITE");
  CHECK(bare.request_uri() == "sip:13800138000@127.0.0.1:" + std::to_string(carrier.port()));
  carrier.respond(bare, 407, "Proxy Authentication Required", "",
                  challenge_line(algorithm, "n1", false, "Proxy-Authenticate"));
  carrier.request("ACK");
  const auto invite = carrier.request("INVITE");
  CHECK(proves(invite, "hotline", "secret", "Proxy-Authorization"));
  carrier.respond(invite, 200, "OK", offer_sdp());
  events->next(leg_event_kind::answered);
  carrier.request("ACK");
  engine.gate->reoffer(leg, media_at(30010));
  const auto bare_again = carrier.request("INVITE");
  carrier.respond(bare_again, 401, "Unauthorized", "", challenge_line(algorithm, "n2"));
  const auto again = carrier.request("INVITE");
  CHECK(proves(again, "hotline", "secret"));
  carrier.respond(again, 200, "OK", offer_sdp(40000, "sendrecv", 2));
  CHECK(events->next(leg_event_kind::reoffer_answered).status == 200);
  engine.gate->hang_up(leg);
  const auto bye = carrier.request("BYE");
  carrier.respond(bye, 407, "Proxy Authentication Required", "",
                  challenge_line(algorithm, "n3", false, "Proxy-Authenticate"));
  const auto bye_again = carrier.request("BYE");
  CHECK(proves(bye_again, "hotline", "secret", "Proxy-Authorization"));
  carrier.respond(bye_again, 200, "OK");
}

TEST_CASE("a call refused for a wrong password fails once, without a loop") {
  live engine{test_settings()};
  raw_peer carrier{engine.gate->port()};
  take_over(engine, with_secret(trunk_at("carrier", carrier), "wrong"));
  const auto [leg, events] = dial_trunks(engine, {"carrier"}, 1);
  for (int i = 0; i < 2; ++i) {
    carrier.respond(carrier.request("INVITE"), 401, "Unauthorized", "",
                    challenge_line("SHA-256", "n" + std::to_string(i)));
    carrier.request("ACK");
  }
  CHECK(events->next(leg_event_kind::failed).status == 401);
  CHECK_FALSE(carrier.receive([](const message& m) { return m.method() == "INVITE"; }, 300ms));
}

TEST_CASE("OPTIONS find a trunk that is gone and one that is back") {
  live engine{test_settings()};
  raw_peer carrier{engine.gate->port()};
  auto trunk = trunk_at("carrier", carrier);
  trunk.options_interval = 400ms;
  trunk.options_timeout = 200ms;
  trunk.options_failures = 2;
  take_over(engine, with_secret(trunk, ""));
  carrier.respond(carrier.request("OPTIONS"), 405, "Method Not Allowed");
  CHECK(engine.eventually([&] { return state_of(engine, "carrier").round_trip.count() > 0; }));
  CHECK(state_of(engine, "carrier").up);
  const auto down = engine.sink->trunks.take(4s);
  REQUIRE(down);
  CHECK_FALSE(down->up);
  CHECK(down->reason == "OPTIONS: no answer");
  carrier.receive([](const message&) { return false; }, 1ms); // what was sent in vain
  std::optional<trunk_state> up;
  for (int i = 0; i < 10 && !up; ++i) {
    carrier.respond(carrier.request("OPTIONS"), 200, "OK");
    up = engine.sink->trunks.take(100ms);
  }
  REQUIRE(up);
  CHECK(up->up);
}

TEST_CASE("a call goes on to the next trunk when the first one cannot take it, and not when the callee refuses") {
  live engine{test_settings()};
  raw_peer first{engine.gate->port()};
  raw_peer second{engine.gate->port()};
  auto s = test_settings();
  s.trunks = {trunk_at("a", first), trunk_at("b", second)};
  take_over(engine, s);
  SECTION("503") {
    const auto [leg, events] = dial_trunks(engine, {"a", "b"}, 1);
    first.respond(first.request("INVITE"), 503, "Service Unavailable");
    first.request("ACK");
    const auto invite = second.request("INVITE");
    CHECK(invite.request_uri() == "sip:13800138000@127.0.0.1:" + std::to_string(second.port()));
    second.respond(invite, 180, "Ringing");
    CHECK(events->next(leg_event_kind::progress).status == 180);
    second.respond(invite, 200, "OK", offer_sdp());
    events->next(leg_event_kind::answered);
    second.request("ACK");
    CHECK(engine.eventually([&] { return state_of(engine, "b").calls_out == 1; }));
    CHECK(state_of(engine, "a").calls_out == 1);
    CHECK(state_of(engine, "a").failovers == 1);
    engine.gate->hang_up(leg);
    second.respond(second.request("BYE"), 200, "OK");
  }
  SECTION("both fail: one failure, with the last one's status") {
    const auto [leg, events] = dial_trunks(engine, {"a", "b"}, 2);
    first.respond(first.request("INVITE"), 500, "No");
    second.respond(second.request("INVITE"), 502, "No");
    CHECK(events->next(leg_event_kind::failed).status == 502);
    CHECK(events->events.empty());
  }
  SECTION("busy is the callee's word") {
    const auto [leg, events] = dial_trunks(engine, {"a", "b"}, 3);
    first.respond(first.request("INVITE"), 486, "Busy Here");
    CHECK(events->next(leg_event_kind::failed).status == 486);
    CHECK_FALSE(second.receive([](const message& m) { return m.method() == "INVITE"; }, 200ms));
  }
  SECTION("once it has rung there is no other way") {
    const auto [leg, events] = dial_trunks(engine, {"a", "b"}, 4);
    const auto invite = first.request("INVITE");
    first.respond(invite, 180, "Ringing");
    events->next(leg_event_kind::progress);
    first.respond(invite, 503, "Service Unavailable");
    CHECK(events->next(leg_event_kind::failed).status == 503);
    CHECK_FALSE(second.receive([](const message& m) { return m.method() == "INVITE"; }, 200ms));
  }
  SECTION("no such trunk") {
    const auto [leg, events] = dial_trunks(engine, {"c"}, 5);
    CHECK(events->next(leg_event_kind::failed).status == 503);
  }
  CHECK(engine.eventually([&] { return engine.gate->statistics().legs == 0; }));
}

TEST_CASE("a trunk that says nothing is left for the next, and a late answer of it is ended") {
  auto s = test_settings();
  s.trunk_answer_timeout = 300ms;
  live engine{s};
  raw_peer silent{engine.gate->port()};
  raw_peer second{engine.gate->port()};
  s.trunks = {trunk_at("a", silent), trunk_at("b", second)};
  take_over(engine, s);
  const auto [leg, events] = dial_trunks(engine, {"a", "b"}, 1);
  const auto late = silent.request("INVITE");
  const auto invite = second.request("INVITE");
  second.respond(invite, 100, "Trying");
  silent.respond(late, 200, "OK", offer_sdp()); // nobody waits for it any more
  silent.request("ACK");
  silent.respond(silent.request("BYE"), 200, "OK");
  second.respond(invite, 200, "OK", offer_sdp());
  events->next(leg_event_kind::answered);
  second.request("ACK");
  CHECK(events->events.empty());
  CHECK(engine.eventually([&] { return state_of(engine, "a").failovers == 1; }));
}

TEST_CASE("a trunk that has said 100 is not left for being slow") {
  auto s = test_settings();
  s.trunk_answer_timeout = 200ms;
  live engine{s};
  raw_peer slow{engine.gate->port()};
  raw_peer second{engine.gate->port()};
  s.trunks = {trunk_at("a", slow), trunk_at("b", second)};
  take_over(engine, s);
  const auto [leg, events] = dial_trunks(engine, {"a", "b"}, 1);
  const auto invite = slow.request("INVITE");
  slow.respond(invite, 100, "Trying");
  CHECK_FALSE(second.receive([](const message& m) { return m.method() == "INVITE"; }, 600ms));
  slow.respond(invite, 180, "Ringing");
  events->next(leg_event_kind::progress);
  engine.gate->hang_up(leg);
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
  const auto cancel = slow.request("CANCEL");
  slow.respond(cancel, 200, "OK");
  slow.respond(invite, 487, "Request Terminated");
  CHECK_FALSE(second.receive([](const message& m) { return m.method() == "INVITE"; }, 200ms));
}

TEST_CASE("hanging up between two trunks stops the search") {
  auto s = test_settings();
  s.trunk_answer_timeout = 500ms;
  live engine{s};
  raw_peer silent{engine.gate->port()};
  raw_peer second{engine.gate->port()};
  s.trunks = {trunk_at("a", silent), trunk_at("b", second)};
  take_over(engine, s);
  const auto [leg, events] = dial_trunks(engine, {"a", "b"}, 1);
  const auto invite = silent.request("INVITE");
  engine.gate->hang_up(leg);
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
  silent.respond(invite, 503, "Service Unavailable");
  CHECK_FALSE(second.receive([](const message& m) { return m.method() == "INVITE"; }, 800ms));
}

TEST_CASE("a trunk that fails call after call goes down at once and is tried last") {
  auto s = test_settings();
  s.transaction_timeout = 1s;
  live engine{s};
  raw_peer good{engine.gate->port()};
  auto dead = trunk_named("dead", {});
  dead.outbound = "127.0.0.1:9;transport=tcp"; // nobody listens
  dead.options_interval = 3600s;
  dead.options_failures = 3;
  s.trunks = {dead, trunk_at("good", good)};
  take_over(engine, s);
  for (std::uint64_t i = 0; i < 3; ++i) {
    const auto [leg, events] = dial_trunks(engine, {"dead", "good"}, 10 + i);
    good.respond(good.request("INVITE", 5s), 486, "Busy Here");
    CHECK(events->next(leg_event_kind::failed, 5s).status == 486);
  }
  CHECK(engine.eventually([&] { return !state_of(engine, "dead").up; }));
  CHECK(engine.eventually([&] { return state_of(engine, "good").calls_out >= 3; }));
  const auto before = state_of(engine, "dead").calls_out;
  const auto [leg, events] = dial_trunks(engine, {"dead", "good"}, 20);
  good.respond(good.request("INVITE"), 486, "Busy Here");
  CHECK(events->next(leg_event_kind::failed).status == 486);
  CHECK(engine.eventually([&] { return state_of(engine, "good").calls_out >= 4; }));
  CHECK(state_of(engine, "dead").calls_out == before);
}
