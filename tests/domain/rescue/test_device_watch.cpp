#include "domain/rescue/device_watch.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {
const instant noon = from_micros(1'795'600'800'000'000);
}

TEST_CASE("device watch: no test for more than 72 hours is silence, told once", "[order][device]") {
  device_watch watch;
  watch.watch("100001", "12345678", noon);
  CHECK_FALSE(watch.heard("100001", report_kind::test, {}, noon + 1h));
  CHECK(watch.next_deadline(72h) == noon + 73h + 1us);
  CHECK(watch.check(noon + 73h, 72h).empty());
  const auto fallen = watch.check(noon + 73h + 1us, 72h);
  REQUIRE(fallen.size() == 1);
  CHECK(fallen[0].silent);
  CHECK(fallen[0].lift == "100001");
  CHECK(fallen[0].last_heard == noon + 1h);
  CHECK(watch.check(noon + 100h, 72h).empty());
  CHECK(watch.silent_count() == 1);
  CHECK(watch.next_deadline(72h) == never);
}

TEST_CASE("device watch: only a test ends the silence - an alarm is noted as heard", "[order][device]") {
  device_watch watch;
  watch.watch("100001", "12345678", noon);
  REQUIRE(watch.check(noon + 73h, 72h).size() == 1);
  CHECK_FALSE(watch.heard("100001", report_kind::entrapment, {}, noon + 74h));
  CHECK(watch.find("100001")->last_heard == noon + 74h);
  CHECK(watch.silent().size() == 1);
  const auto again = watch.heard("100001", report_kind::test, {}, noon + 75h);
  REQUIRE(again);
  CHECK_FALSE(again->silent);
  CHECK(watch.silent_count() == 0);
  CHECK(watch.next_deadline(72h) == noon + 147h + 1us);
}

TEST_CASE("device watch: the last failure stands until the next good test", "[order][device]") {
  device_watch watch;
  (void)watch.heard("100001", report_kind::device_failure, "100", noon); // of a lift not watched before
  CHECK(watch.find("100001")->last_failure == "100");
  (void)watch.heard("100001", report_kind::test, {}, noon + 1h);
  CHECK(watch.find("100001")->last_failure.empty());
}

TEST_CASE("device watch: records come back from the store as they were, and are forgotten", "[order][device]") {
  device_watch watch;
  for (int i = 0; i < 10; ++i)
    watch.watch("10000" + std::to_string(i), "d", noon + i * 1h);
  REQUIRE(watch.check(noon + 76h + 1us, 72h).size() == 5);
  device_watch other;
  for (int i = 0; i < 10; ++i)
    other.restore(*watch.find("10000" + std::to_string(i)));
  CHECK(other.silent() == watch.silent());
  CHECK(other.next_deadline(72h) == watch.next_deadline(72h));
  CHECK(other.watch("100003", "d2", noon + 80h).silent); // known: keeps its times
  other.forget("100003");
  CHECK(other.size() == 9);
  CHECK(other.silent_count() == 4);
  CHECK(other.find("100003") == nullptr);
}
