#include "sip/trunk_watch.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::sip;
using namespace std::chrono_literals;

namespace {

const auto start = domain::instant{1000000s};

domain::trunk_plan plan_of(const std::string& name = "carrier") {
  domain::trunk_plan p;
  p.name = name;
  p.outbound = "192.0.2.1:5060";
  p.username = "hotline";
  p.options_interval = 30s;
  p.options_timeout = 4s;
  p.options_failures = 2;
  return p;
}

bool has(const std::vector<trunk_task>& tasks, trunk_task wanted) {
  return std::find(tasks.begin(), tasks.end(), wanted) != tasks.end();
}

} // namespace

TEST_CASE("trunk: healthy until checks fail in a row, healthy again with one answer") {
  trunk_watch w{plan_of(), start};
  CHECK(w.state().up);
  CHECK(has(w.due(start), trunk_task::send_options));
  CHECK(w.due(start + 3s).empty());
  CHECK(has(w.due(start + 4s), trunk_task::give_up_options));
  CHECK(w.state().up);
  CHECK(has(w.due(start + 30s), trunk_task::send_options));
  w.due(start + 34s);
  CHECK_FALSE(w.state().up);
  CHECK(w.state().reason == "OPTIONS: no answer");
  CHECK(w.state().since == start + 34s);
  CHECK(w.take_change());
  CHECK_FALSE(w.take_change());
  CHECK(has(w.due(start + 60s), trunk_task::send_options));
  w.options_answered(404, start + 60s + 20ms); // any answer: it is alive
  CHECK(w.state().up);
  CHECK(w.state().reason.empty());
  CHECK(w.state().round_trip == 20ms);
  CHECK(w.take_change());
}

TEST_CASE("trunk: 408, 503 and what could not be sent are no signs of life - a sign in between starts anew") {
  for (const int status : {408, 503, 900}) {
    trunk_watch w{plan_of(), start};
    w.due(start);
    w.options_answered(status, start + 1s);
    w.due(start + 30s);
    w.options_answered(200, start + 30s);
    w.due(start + 60s);
    w.options_answered(status, start + 60s);
    CHECK(w.state().up);
    w.due(start + 90s);
    w.options_answered(status, start + 90s);
    CHECK_FALSE(w.state().up);
  }
}

TEST_CASE("trunk: calls that fail without a word take it down at once, one that is answered brings it back") {
  trunk_watch w{plan_of(), start};
  w.call_failed(start);
  CHECK(w.state().up);
  w.call_failed(start);
  CHECK_FALSE(w.state().up);
  w.call_answered(start + 1s);
  CHECK(w.state().up);
  auto unchecked = plan_of();
  unchecked.options_interval = 0s;
  trunk_watch n{unchecked, start};
  CHECK(n.due(start + 100s).empty());
  for (int i = 0; i < 10; ++i)
    n.call_failed(start);
  CHECK(n.state().up); // nothing would ever bring it back
}

TEST_CASE("trunk: one that registers is up only while it is registered, and refreshes in time") {
  auto p = plan_of();
  p.registers = true;
  p.options_interval = 0s;
  trunk_watch w{p, start};
  CHECK_FALSE(w.state().up);
  CHECK(w.state().reason == "not registered yet");
  CHECK(has(w.due(start), trunk_task::send_register));
  CHECK(w.due(start + 10s).empty()); // one at a time
  w.register_answered(200, 100s, start + 10s);
  CHECK(w.state().up);
  CHECK(w.state().registered);
  CHECK(w.due(start + 59s).empty());
  CHECK(has(w.due(start + 60s), trunk_task::send_register)); // half of what was granted
  w.register_answered(503, 0s, start + 61s);
  CHECK(w.state().up); // the registration still holds
  CHECK(has(w.due(start + 63s), trunk_task::send_register));
  w.register_answered(408, 0s, start + 95s);
  w.due(start + 110s);
  CHECK_FALSE(w.state().registered);
  CHECK_FALSE(w.state().up);
  CHECK(w.state().reason == "REGISTER: expired");
}

TEST_CASE("trunk: REGISTER is tried again with growing pauses, longer ones after a refusal") {
  auto p = plan_of();
  p.registers = true;
  p.options_interval = 0s;
  const auto pauses = [&](int status) {
    trunk_watch w{p, start};
    std::vector<std::int64_t> seconds;
    auto now = start;
    for (int i = 0; i < 8; ++i) {
      REQUIRE(has(w.due(now), trunk_task::send_register));
      w.register_answered(status, 0s, now);
      const auto from = now;
      while (w.due(now).empty())
        now += 1s;
      w.register_answered(status, 0s, now); // what due() began
      seconds.push_back((now - from) / 1s);
      now += 3600s;
    }
    return seconds;
  };
  const auto lost = pauses(408);
  const auto refused = pauses(403);
  CHECK(lost.front() == 2);
  CHECK(*std::max_element(lost.begin(), lost.end()) == 60);
  CHECK(refused.front() == 30);
  CHECK(*std::max_element(refused.begin(), refused.end()) == 600);
  CHECK(std::is_sorted(lost.begin(), lost.end()));
}

TEST_CASE("trunk: a refused refresh ends the registration") {
  auto p = plan_of();
  p.registers = true;
  trunk_watch w{p, start};
  w.due(start);
  w.register_answered(200, 100s, start);
  w.take_change();
  w.due(start + 50s);
  w.register_answered(403, 0s, start + 50s);
  CHECK_FALSE(w.state().registered);
  CHECK(w.state().reason == "REGISTER: 403");
  CHECK(w.take_change());
}

TEST_CASE("trunk: another address or user registers anew, anything else leaves the state alone") {
  auto p = plan_of();
  p.registers = true;
  trunk_watch w{p, start};
  w.due(start);
  w.register_answered(200, 100s, start);
  p.options_failures = 5;
  w.configure(p, start + 1s);
  CHECK(w.state().registered);
  p.outbound = "192.0.2.2";
  w.configure(p, start + 2s);
  CHECK_FALSE(w.state().up);
  CHECK(has(w.due(start + 2s), trunk_task::send_register));
}

TEST_CASE("trunk: those that are up are tried first, in the order asked for") {
  std::vector<trunk_state> states(4);
  const char* names[] = {"a", "b", "c", "d"};
  for (std::size_t i = 0; i < 4; ++i)
    states[i].name = names[i];
  states[0].up = false;
  states[2].up = false;
  CHECK(order_of_trunks({"c", "d", "a", "b", "nobody"}, states) == std::vector<std::string>{"d", "b", "c", "a"});
  CHECK(order_of_trunks({}, states).empty());
}

TEST_CASE("trunk: only what the trunk itself is to blame for goes on to another one") {
  for (const int status : {408, 500, 502, 503, 504, 580, 401, 407, 900})
    CHECK(worth_another_trunk(status));
  for (const int status : {300, 400, 403, 404, 480, 486, 487, 488, 600, 603, 604})
    CHECK_FALSE(worth_another_trunk(status));
}

TEST_CASE("trunk: URIs and what cannot be one") {
  CHECK(trunk_uri("192.0.2.1:5070;transport=tcp", "12315") == "sip:12315@192.0.2.1:5070;transport=tcp");
  CHECK(trunk_uri("sip.example.com", {}) == "sip:sip.example.com");
  CHECK(trunk_uri("sip.example.com", "1 2") == "sip:1%202@sip.example.com");
  for (const std::string good :
       {"192.0.2.1", "192.0.2.1:5060", "[2001:db8::1]:5061;transport=tls", "sip.example.com"}) {
    auto p = plan_of();
    p.outbound = good;
    INFO(good);
    CHECK(check_outbound(p).empty());
  }
  for (const std::string bad : {"192.0.2.1:0", "192.0.2.1:99999", "host:port", "2001:db8::1", "[2001:db8::zz]:5060",
                                "a b", "user@host", ":5060"}) {
    auto p = plan_of();
    p.outbound = bad;
    INFO(bad);
    CHECK(check_outbound(p).find("carrier") != std::string::npos);
  }
  auto p = plan_of();
  p.registers = true;
  p.username.clear();
  CHECK(check_outbound(p).find("username") != std::string::npos);
  p.outbound.clear();
  CHECK(check_outbound(p).find("outbound") != std::string::npos);
}
