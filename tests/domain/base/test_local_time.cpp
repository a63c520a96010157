#include "domain/base/local_time.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

const auto now = *parse_rfc3339("2026-11-30T17:30:00Z"); // 01:30 of the next day in China

std::string read(std::string_view text, day_end wanted = day_end::begin, span offset = 8h) {
  const auto t = parse_time(text, now, offset, wanted);
  return t ? to_rfc3339(*t) : "none";
}

} // namespace

TEST_CASE("local time: a day is that of the place, and ends where the next begins") {
  CHECK(read("2026-11-30") == "2026-11-29T16:00:00.000Z");
  CHECK(read("2026-11-30", day_end::end) == "2026-11-30T16:00:00.000Z");
  CHECK(read("2028-02-29", day_end::end) == "2028-02-29T16:00:00.000Z");
  CHECK(read("today") == "2026-11-30T16:00:00.000Z"); // the first of December, there
  CHECK(read("今天", day_end::end) == "2026-12-01T16:00:00.000Z");
  CHECK(read("yesterday") == "2026-11-29T16:00:00.000Z");
  CHECK(read("昨天", day_end::end) == read("today"));
  CHECK(read("today", day_end::begin, span{0}) == "2026-11-30T00:00:00.000Z");
  CHECK(read("today", day_end::begin, -3h - 30min) == "2026-11-30T03:30:00.000Z");
}

TEST_CASE("local time: a time without an offset is that of the place, one with an offset says itself") {
  for (const auto* text : {"2026-11-30 08:15", "2026-11-30T08:15", "2026-11-30 08:15:00", "2026-11-30T08:15:00+08:00",
                           "2026-11-30T00:15:00Z"}) {
    CAPTURE(text);
    CHECK(read(text) == "2026-11-30T00:15:00.000Z");
    CHECK(read(text, day_end::end) == "2026-11-30T00:15:00.000Z");
  }
}

TEST_CASE("local time: what is neither a day nor a time is refused") {
  for (const auto* text :
       {"", "noon", "2026-13-01", "2026-02-29", "2026-11-3", "26-11-30", "2026-11-30 8:15", "2026-11-30 24:00",
        "2026-11-30 08:60", "2026-11-30 08:15 ", "2026-11-30x", "2026-11-30 08:15:00.5", "-026-11-30", "todays"}) {
    CAPTURE(text);
    CHECK(read(text) == "none");
  }
}

TEST_CASE("local time: offsets are read and written alike") {
  for (const auto* text : {"+08:00", "-03:30", "+00:00", "+14:00"}) {
    CAPTURE(text);
    const auto offset = parse_utc_offset(text);
    REQUIRE(offset);
    CHECK(utc_offset_text(*offset) == text);
  }
  for (const auto* text : {"", "8", "+8:00", "08:00", "+08:60", "+15:00", "+08:00 ", "+0800"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_utc_offset(text));
  }
}

TEST_CASE("local time: shown as people read it") {
  CHECK(to_local_text(now, 8h) == "2026-12-01 01:30:00");
  CHECK(to_local_text(now, span{0}) == "2026-11-30 17:30:00");
  CHECK(to_local_text(never, 8h).empty());
}
