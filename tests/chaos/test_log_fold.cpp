// The proof must be able to fail: each kind of broken log is found.

#include "tests/chaos/log_fold.hpp"

#include <catch2/catch.hpp>

using lifeline::chaos::json;
using lifeline::chaos::log_fold;

namespace {

class book {
public:
  book& add(const char* type, const std::string& call = {}, const std::string& reservation = {},
            const std::string& agent = {}, const std::string& outcome = {}) {
    fold.apply({{"seq", ++seq},
                {"type", type},
                {"call", call},
                {"reservation", reservation},
                {"agent", agent},
                {"outcome", outcome}});
    return *this;
  }
  log_fold fold;
  std::uint64_t seq = 0;
};

} // namespace

TEST_CASE("a log in order has no violation") {
  book b;
  b.add("engine_started").add("call_arrived", "c1").add("agent_reserved", "c1", "r1", "8001");
  b.add("reservation_ended", "c1", "r1", "8001", "connected").add("call_ended", "c1");
  b.add("call_arrived", "c2").add("agent_reserved", "c2", "r2", "8001");
  b.add("engine_started").add("reservation_ended", "c2", "r2", "8001", "engine_stopped").add("call_ended", "c2");
  b.fold.settle();
  b.fold.finish();
  CHECK(b.fold.violations().empty());
  CHECK(b.fold.arrived() == 2);
  CHECK(b.fold.starts() == 2);
}

TEST_CASE("an agent is free as soon as it talks no more, though its call's record comes later") {
  book b;
  b.add("engine_started").add("call_arrived", "c1").add("agent_reserved", "c1", "r1", "8001");
  b.add("reservation_ended", "c1", "r1", "8001", "connected").add("call_arrived", "c2");
  b.fold.apply({{"seq", ++b.seq}, {"type", "agent_changed"}, {"agent", "8001"}, {"from", "talking"}, {"to", "ready"}});
  b.add("agent_reserved", "c2", "r2", "8001").add("reservation_ended", "c2", "r2", "8001", "connected");
  CHECK(b.fold.violations().empty());
  b.add("call_ended", "c1").add("call_arrived", "c3").add("agent_reserved", "c3", "r3", "8001");
  CHECK(b.fold.violations().size() == 1); // it talks in c2
}

TEST_CASE("what a killed engine left open is found") {
  book b;
  b.add("engine_started").add("call_arrived", "c1").add("agent_reserved", "c1", "r1", "8001").add("engine_started");
  b.fold.settle();
  CHECK(b.fold.violations().size() == 2);
  b.fold.finish();
  CHECK(b.fold.violations().size() == 2); // told once
}

TEST_CASE("gaps, second ends and agents with two calls are found") {
  book b;
  b.add("engine_started").add("call_arrived", "c1").add("call_arrived", "c2");
  b.seq += 1;
  b.add("agent_reserved", "c1", "r1", "8001");
  CHECK(b.fold.violations().size() == 1);
  b.add("agent_reserved", "c2", "r2", "8001");
  CHECK(b.fold.violations().size() == 2);
  b.add("reservation_ended", "c1", "r1", "8001", "connected").add("agent_reserved", "c2", "r3", "8001");
  CHECK(b.fold.violations().size() == 3);
  b.add("call_ended", "c1").add("call_ended", "c1");
  CHECK(b.fold.violations().size() == 4);
  b.add("reservation_ended", "c1", "r1", "8001", "connected");
  CHECK(b.fold.violations().size() == 5);
}
