#include "bench/past_calls.hpp"

#include "storage/event_codec.hpp"
#include "storage/journal.hpp"
#include "storage/verify.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace std::chrono_literals;

TEST_CASE("calls of the past are sound: the proof finds no fault, and each has its record") {
  const auto journal = storage::make_memory_journal();
  const auto until = domain::from_micros(1'790'000'000'000'000);
  bench::write_past_calls(*journal, {.count = 300, .agents = {"8001", "8002", "8003"}, .until = until, .over = 24h});
  const auto proof = storage::verify_log(*journal, true);
  REQUIRE(proof);
  CHECK(proof->violations == std::vector<std::string>{});
  CHECK(proof->calls == 300);
  CHECK(proof->reservations == 300);
  CHECK(proof->open_calls == 0);
  std::size_t records = 0;
  auto last = domain::never;
  REQUIRE(journal->scan(storage::table::records, {}, {}, false, [&](std::string_view, std::string_view row) {
    const auto r = storage::decode_record(row);
    REQUIRE(r);
    CHECK(r->arrived > last);
    CHECK(r->ended < until);
    last = r->arrived;
    ++records;
    return true;
  }));
  CHECK(records == 300);
}

TEST_CASE("no calls of the past are no entries") {
  const auto journal = storage::make_memory_journal();
  bench::write_past_calls(*journal, {});
  CHECK(journal->last_sequence() == 0);
}
