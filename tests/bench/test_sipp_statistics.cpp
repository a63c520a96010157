#include "bench/sipp_load.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::bench;
using Catch::Matchers::Contains;

namespace {

const std::string heading = "StartTime;ElapsedTime(P);ElapsedTime(C);TargetRate;CallRate(P);CallRate(C);"
                            "TotalCallCreated;SuccessfulCall(C);FailedCall(C);FailedUnexpectedMessage(C);"
                            "Retransmissions(C);\n";

} // namespace

TEST_CASE("SIPp's statistics are read by their headings, the last line counts") {
  const auto s = read_sipp_statistics(heading + "x;00:00:01;00:00:01;100;99.5;99.5;99;50;0;0;0;\n"
                                                "x;00:00:01;00:00:02;100;101;100.2;200;150;3;2;7;\n"
                                                "x;00:00:01;00:01:03:500000;100;0;100;200;197;3;2;8;\n");
  REQUIRE(s);
  CHECK(s->created == 200);
  CHECK(s->successful == 197);
  CHECK(s->failed == 3);
  CHECK(s->unexpected == 2);
  CHECK(s->retransmissions == 8);
  REQUIRE(s->created_per_second.size() == 3);
  CHECK(s->created_per_second[0] == std::pair{1.0, 99.5});
  CHECK(s->created_per_second[2].first == Approx(63.5));
}

TEST_CASE("a line that was cut while it was written is passed over") {
  const auto s = read_sipp_statistics(heading + "x;00:00:01;00:00:01;100;99;99;99;50;0;0;0;\nx;00:00:01;00:00:0");
  REQUIRE(s);
  CHECK(s->created == 99);
}

TEST_CASE("statistics that are not there, or of another program, are an error") {
  CHECK_FALSE(read_sipp_statistics(""));
  CHECK_FALSE(read_sipp_statistics(heading));
  const auto other = read_sipp_statistics("a;b\n1;2\n");
  REQUIRE_FALSE(other);
  CHECK_THAT(other.error(), Contains("no column"));
}

TEST_CASE("SIPp's own limits are remarks: its core, its repetitions, a rate that it does not make") {
  report r;
  sipp_result s;
  s.statistics.created = s.statistics.successful = 1000;
  s.seconds = 10;
  s.cpu_percent = 40;
  remark_on_sipp(r, s, "At 100 calls/s", 100);
  CHECK(r.remarks.empty());
  CHECK(s.success() == 1);

  s.cpu_percent = 97;
  s.statistics.retransmissions = 12;
  remark_on_sipp(r, s, "At 200 calls/s", 200);
  REQUIRE(r.remarks.size() == 3);
  CHECK_THAT(r.remarks[0], Contains("At 200 calls/s") && Contains("97 %"));
  CHECK_THAT(r.remarks[1], Contains("12 messages"));
  CHECK_THAT(r.remarks[2], Contains("only 100 calls/s"));
}

TEST_CASE("of no calls, none succeeded") { CHECK(sipp_result{}.success() == 0); }
