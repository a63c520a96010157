#include "bench/recorded_day.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::bench;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
namespace domain = lifeline::domain;

namespace {

const std::string list = "at,queue,talk_seconds,waited_seconds,answered,caller\n"
                         "2026-11-23T08:00:10Z,12315,60,5,yes,13800000002\n"
                         "2026-11-23T08:00:00Z,12315,120.5,10,yes,13800000001\n"
                         "2026-11-23T08:01:00Z,96333,0,25,no,\n"
                         "2026-11-23T08:02:00Z,12315,0,35,no,13800000003\n";

std::string error_of(const std::string& text) {
  const auto day = read_csv_day(text);
  REQUIRE_FALSE(day);
  return day.error();
}

} // namespace

TEST_CASE("a day is read from CSV in the order of time") {
  const auto day = read_csv_day(list);
  REQUIRE(day);
  REQUIRE(day->calls.size() == 4);
  CHECK(day->calls[0].call.caller == "13800000001");
  CHECK(day->calls[0].call.talk == 120'500ms);
  CHECK(day->calls[0].waited == 10s);
  CHECK(day->calls[0].answered);
  CHECK_FALSE(day->calls[2].answered);
  CHECK(day->calls[2].call.patience == 25s);
}

TEST_CASE("patience is estimated with those answered as what they are: censored") {
  const auto day = read_csv_day(list);
  REQUIRE(day);
  CHECK(day->abandon_rate.at("12315") == Approx(1.0 / 50)); // one left in 5 + 10 + 35 s of waiting
  CHECK(day->abandon_rate.at("96333") == Approx(1.0 / 25));
  CHECK(day->mean_talk.at("12315") == Approx(90.25));
  CHECK(day->mean_talk.at("96333") == 0);
}

TEST_CASE("what is written is read again") {
  const auto day = read_csv_day(list);
  REQUIRE(day);
  const auto text = write_csv_day(*day);
  const auto again = read_csv_day(text);
  REQUIRE(again);
  CHECK(write_csv_day(*again) == text);
  CHECK(again->calls.size() == 4);
}

TEST_CASE("errors of a list name the line and what was expected") {
  CHECK(error_of("") == "the list is empty");
  CHECK_THAT(error_of("at,queue,talk_seconds,answered\n"), Contains("line 1") && Contains("waited_seconds"));
  const std::string heading = "at,queue,talk_seconds,waited_seconds,answered\n";
  CHECK_THAT(error_of(heading + "yesterday,q,1,1,yes\n"), Contains("line 2: at") && Contains("yesterday"));
  CHECK_THAT(error_of(heading + "2026-11-23T08:00:00Z,,1,1,yes\n"), Contains("queue"));
  CHECK_THAT(error_of(heading + "2026-11-23T08:00:00Z,q,x,1,yes\n"), Contains("talk_seconds"));
  CHECK_THAT(error_of(heading + "2026-11-23T08:00:00Z,q,1,-1,yes\n"), Contains("waited_seconds"));
  CHECK_THAT(error_of(heading + "2026-11-23T08:00:00Z,q,1,1,yes\n2026-11-23T08:00:00Z,q,1,1,perhaps\n"),
             Contains("line 3: answered"));
}

TEST_CASE("a drawn course keeps what is known, and the same seed draws the same") {
  const auto day = read_csv_day(list);
  REQUIRE(day);
  const auto one = draw(*day, 7);
  const auto same = draw(*day, 7);
  const auto other = draw(*day, 8);
  REQUIRE(one.size() == 4);
  bool differs = false;
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(one[i].patience == same[i].patience);
    CHECK(one[i].talk == same[i].talk);
    differs = differs || one[i].patience != other[i].patience;
    const auto& past = day->calls[i];
    CHECK(one[i].at == past.call.at);
    if (past.answered) {
      CHECK(one[i].talk == past.call.talk);
      CHECK(one[i].patience >= past.waited);
    } else {
      CHECK(one[i].patience == past.call.patience);
    }
  }
  CHECK(differs);
  const auto talk = one[3].talk; // of the one who left 12315: as somebody of that queue talked
  CHECK((talk == 60s || talk == 120'500ms));
}

TEST_CASE("a folder without a journal is an error") { CHECK_FALSE(read_journal_day("/nowhere", {}, {})); }
