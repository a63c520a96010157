// Each invariant can fail, continued: what is found at the end of a course, about alarms, and over restarts.

#include "actors/supervision/supervisor_messages.hpp"
#include "tests/simulation/world.hpp"

#include "actors/agents/agent.hpp"
#include "actors/core/checkpoints.hpp"
#include "storage/tables.hpp"
#include "tests/simulation/runner.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>

using namespace lifeline;
using namespace std::chrono_literals;

namespace {

using simulation::world;

/// Plays the script, breaks something, ends the course; true: this rule was found broken.
bool finds(const std::string& rule, const char* text, const std::function<void(world&)>& harm, const char* then = "") {
  const auto s = simulation::parse_script(text);
  const auto after = simulation::parse_script(then);
  REQUIRE(s);
  REQUIRE(after);
  simulation::options o;
  o.sabotage = [&](world& w) {
    REQUIRE_FALSE(w.found().any());
    harm(w);
    for (const auto& i : after->inputs)
      w.play(i);
  };
  const auto all = simulation::replay(*s, o).violations;
  return std::any_of(all.begin(), all.end(), [&](const auto& v) { return v.rule == rule; });
}

void erase(world& w, storage::table t, const std::string& key) {
  w.disk().append({{}, {{t, key, std::nullopt}}}, storage::durability::durable);
}

std::vector<std::string> keys(world& w, storage::table t) {
  std::vector<std::string> all;
  (void)w.disk().scan(t, {}, {}, false, [&](std::string_view key, std::string_view) {
    all.emplace_back(key);
    return true;
  });
  return all;
}

constexpr const char* alarm_text = "report 1 entrapment 320145\nsettle\n";
constexpr const char* call_text = "registers 8001 1\nagent 8001 ready\nsettle\ncall 1 12315\nsettle\n"
                                  "phone-answers 8001\nsettle\npass 3000\nleave 1\nsettle\npass 6000\n";

} // namespace

TEST_CASE("found: an acknowledged alarm that is not on the disk any more") {
  CHECK(finds("alarm", alarm_text, [](world& w) {
    for (const auto& key : keys(w, storage::table::orders))
      erase(w, storage::table::orders, key);
  }));
}

TEST_CASE("found: an active alarm that nobody works for after a restart") {
  CHECK(finds(
      "alarm", alarm_text,
      [](world& w) {
        for (const auto& key : keys(w, storage::table::open_orders))
          erase(w, storage::table::open_orders, key);
      },
      "kill-engine 1000\n"));
}

TEST_CASE("found: one report in two orders, and one acknowledged without its row") {
  const auto harm = [](world& w) {
    for (const auto& key : keys(w, storage::table::reports))
      erase(w, storage::table::reports, key);
  };
  // The next engine takes it for a new one.
  CHECK(finds("log", "report 1 complaint 320145\nsettle\n", harm, "kill-engine 1000\nreport-again 1\nsettle\n"));
  CHECK(finds("alarm", alarm_text, [](world& w) {
    actors::report_answer another;
    another.refused.reset();
    another.receipt.order = domain::order_id{7, 7};
    w.answered("1", another);
  }));
  // This one knows it from memory, and says so although the disk does not.
  CHECK(finds("alarm", alarm_text, harm, "report-again 1\nsettle\n"));
}

TEST_CASE("found: a pause that does not outlive the engine") {
  const auto forget = [](world& w) { erase(w, storage::table::agents, "8001"); };
  constexpr const char* text = "registers 8001 1\nagent 8001 not-ready training\nsettle\n";
  CHECK(finds("pause", text, forget, "kill-engine 1000\n"));
  CHECK_FALSE(finds(
      "pause", text, [](world&) {}, "kill-engine 1000\n"));
}

TEST_CASE("found: a gap for a client that comes back") {
  const auto harm = [](world& w) { // shown to those who were there, and not in the log
    domain::event e;
    e.seq = w.log().last_sequence() + 1;
    e.at = w.now();
    e.body = domain::engine_draining{};
    w.log().on_commit({e}, true);
  };
  const auto text = std::string{"reader-leaves\n"} + call_text;
  CHECK(finds("event stream", text.c_str(), harm, "reader-returns\n"));
  CHECK_FALSE(finds(
      "event stream", text.c_str(), [](world&) {}, "reader-returns\n"));
}

TEST_CASE("found: what is left over when everybody has gone") {
  class sink final : public media::endpoint_sink {
    void on_endpoint_event(const media::endpoint_event&) override {}
    void on_recording_event(const media::recording_event&) override {}
  };
  SECTION("a leg") {
    CHECK(finds("call ends", call_text, [](world& w) {
      sip::invite_request r;
      r.leg = domain::leg_id{77, 1};
      r.target_uri = "sip:8001@192.0.2.1";
      r.ring_timeout = 24h;
      w.sip().invite(r);
    }));
  }
  SECTION("an endpoint") {
    CHECK(finds("call ends", call_text, [](world& w) {
      w.media().open(domain::leg_id{77, 2}, std::make_shared<sink>());
    }));
  }
  SECTION("a recording") {
    CHECK(finds("call ends", call_text, [](world& w) {
      w.media().start_recording({domain::recording_id{7, 7}, {}, {}, "x.wav"});
    }));
  }
  SECTION("a call") {
    CHECK(finds("call ends", call_text, [](world& w) {
      caf::anon_send(w.around()->who.calls.get(), [] {
        sip::incoming_call in; // of a leg that the network does not know: nobody will hang it up
        in.leg = domain::leg_id{78, 1};
        in.called = "12315";
        in.offer = simulation::phone_media();
        return in;
      }());
    }));
  }
  SECTION("lines") {
    CHECK(finds("lines", call_text, [](world& w) { w.around()->lines.set("12315", 1); }));
  }
  SECTION("a checkpoint") {
    CHECK(finds("tables", call_text, [](world& w) {
      w.disk().append({{}, {{storage::table::live_calls, storage::call_key{{7, 7}}.encode(), std::string{"x"}}}},
                      storage::durability::lazy);
    }));
  }
  SECTION("a record too few") {
    CHECK(finds("tables", call_text,
                [](world& w) { erase(w, storage::table::records, keys(w, storage::table::records).front()); }));
  }
  SECTION("an agent whose row is another") {
    CHECK(finds("tables", call_text, [](world& w) {
      domain::agent_model other;
      other.account = "8001";
      w.disk().append({{}, {{storage::table::agents, "8001", actors::encode_agent(other)}}}, storage::durability::lazy);
    }));
  }
  SECTION("an agent without an actor") {
    CHECK(finds("agent is free", call_text, [](world& w) { w.around()->who.agents.enter("8001", {}); }));
  }
}

TEST_CASE("found: actors that talk without an end, and an exception out of the engine") {
  struct gossip {
    static caf::behavior run(caf::event_based_actor* self) {
      return {[self](const actors::wake& w) { self->send(self, w); }};
    }
  };
  CHECK(finds(
      "livelock", call_text, [](world& w) { caf::anon_send(w.time().system().spawn(gossip::run), actors::wake{1}); },
      "settle\n"));
  CHECK(finds("exception", call_text, [](world&) { throw std::runtime_error("out of the engine"); }));
}

TEST_CASE("a leg that is spoken to has a deadline, a timer for it, and does what is due then") {
  simulation::findings found;
  simulation::state_watch watch{found};
  const domain::instant now{std::chrono::hours{24}};
  watch.check_voice("report call", now + 10s, now + 5s, now);
  CHECK_FALSE(found.any());
  SECTION("none") { watch.check_voice("report call", domain::never, now, now); }
  SECTION("no timer") { watch.check_voice("report call", now + 10s, domain::never, now); }
  SECTION("a late one") { watch.check_voice("report call", now + 10s, now + 11s, now); }
  SECTION("it was due long ago") { watch.check_voice("report call", now - 2s, now - 2s, now); }
  CHECK(found.any());
}

TEST_CASE("found: a lift's phone that is acknowledged, and its report is not on the disk") {
  CHECK(finds("alarm", "call 1 9633399\nsettle\npass 1000\ndials 1 18003\npass 2000\n", [](world& w) {
    const auto* leg = w.sip().find("1", [](const auto&) { return true; });
    REQUIRE(leg != nullptr);
    w.media().send_tones(leg->id, "A", media::tone_way::both);
  }));
}
