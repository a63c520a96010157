// Who calls: one number is one caller in every form, and what is no number is nobody.

#include "tests/actors/hotline_bench.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::testing;

namespace {

domain::plan resuming_plan() {
  auto p = small_plan();
  p.queues[0].resume_place = std::chrono::minutes{5};
  return p;
}

/// Calls, waits, gives up; the next call of the same caller regains the place.
bool regains(const std::string& first, const std::string& second) {
  hotline_bench b{resuming_plan()};
  const auto leg = b.call_in("12315", first);
  b.hangs_up(leg, sip::leg_end::remote_cancel);
  b.advance(std::chrono::seconds{5});
  b.call_in("12315", "13800000099"); // somebody who waits meanwhile
  b.advance(std::chrono::seconds{5});
  b.call_in("12315", second);
  const auto entered = b.logged<domain::queue_entered>();
  REQUIRE(entered.size() == 3);
  return entered.back().resumed;
}

} // namespace

TEST_CASE("a caller has the place again in whatever form the carrier writes the number") {
  for (const auto* first : {"13912340000", "+8613912340000", "013912340000"})
    for (const auto* second : {"13912340000", "+8613912340000", "013912340000", "+86-139-1234-0000"}) {
      INFO(first << ", then " << second);
      CHECK(regains(first, second));
    }
  CHECK(regains("83901234", "+8651783901234"));
  CHECK_FALSE(regains("13912340000", "13912340001"));
}

TEST_CASE("nobody regains the place of somebody else who has no number") {
  for (const auto* nobody :
       {"anonymous", "Anonymous", "unavailable", "restricted", "sip:ims.example", "sip:@", "alice", ""}) {
    INFO(nobody);
    CHECK_FALSE(regains(nobody, nobody));
  }
}

TEST_CASE("the log and the record have the one form and beside it what came") {
  hotline_bench b;
  const auto leg = b.call_in("12315", "+86-139-1234-0000");
  auto arrived = b.logged<domain::call_arrived>();
  REQUIRE(arrived.size() == 1);
  CHECK(arrived[0].caller == "13912340000");
  CHECK(arrived[0].caller_received == "+86-139-1234-0000");
  b.hangs_up(leg, sip::leg_end::remote_cancel);
  CHECK(b.only_record().caller == "13912340000");
  CHECK(b.only_record().caller_received == "+86-139-1234-0000");
}

TEST_CASE("what is in its form already, or is no number, is kept once") {
  for (const auto* caller : {"13912340000", "anonymous", "alice"}) {
    hotline_bench b;
    b.call_in("12315", caller);
    const auto arrived = b.logged<domain::call_arrived>();
    REQUIRE(arrived.size() == 1);
    CHECK(arrived[0].caller == caller);
    CHECK(arrived[0].caller_received.empty());
  }
}

TEST_CASE("a hotline is reached in whatever form the carrier writes its number") {
  for (const auto* called : {"12315", "051712315", "+8651712315", "+8612315"}) {
    INFO(called);
    hotline_bench b;
    b.call_in(called, "13912340000");
    const auto arrived = b.logged<domain::call_arrived>();
    REQUIRE(arrived.size() == 1);
    CHECK(arrived[0].called == "12315");
  }
  hotline_bench b;
  b.call_in("02512315", "13912340000"); // another city's
  CHECK(b.logged<domain::call_arrived>().empty());
}
