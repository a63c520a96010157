#include "domain/calls/line_counter.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {
line_counter counter(std::size_t lines, std::size_t reserved) {
  plan p;
  hotline_plan h;
  h.name = "96333";
  h.lines = lines;
  h.reserved_for_callers = reserved;
  p.hotlines.push_back(h);
  return line_counter(p);
}
} // namespace

TEST_CASE("line counter: callers get every line and no more") {
  auto c = counter(3, 2);
  for (int i = 0; i < 3; ++i)
    CHECK(c.try_inbound("96333") == line_status::granted);
  CHECK(c.try_inbound("96333") == line_status::lines_full);
  CHECK(c.in_use("96333") == 3);
  CHECK(c.release_inbound("96333"));
  CHECK(c.try_inbound("96333") == line_status::granted);
}

TEST_CASE("line counter: a call out leaves the callers' lines free") {
  auto c = counter(3, 2);
  CHECK(c.try_outbound("96333") == line_status::granted);
  CHECK(c.try_outbound("96333") == line_status::reserved);
  CHECK(c.try_inbound("96333") == line_status::granted);
  CHECK(c.try_inbound("96333") == line_status::granted);
  CHECK(c.try_outbound("96333") == line_status::lines_full);
  CHECK(c.in_use("96333") == 3);
}

TEST_CASE("line counter: a call out is possible while a caller talks, as long as it takes no reserved line") {
  auto c = counter(3, 2);
  CHECK(c.try_inbound("96333") == line_status::granted);
  CHECK(c.try_outbound("96333") == line_status::granted); // a waiting caller's overflow
  CHECK(c.try_outbound("96333") == line_status::reserved);
  CHECK(c.release_outbound("96333"));
  CHECK_FALSE(c.release_outbound("96333"));
  CHECK(c.in_use("96333") == 1);
}

TEST_CASE("line counter: more reserved than there are lines means no call out") {
  auto c = counter(1, 5);
  CHECK(c.try_outbound("96333") == line_status::reserved);
  CHECK(c.try_inbound("96333") == line_status::granted);
}

TEST_CASE("line counter: no limit") {
  auto c = counter(0, 2);
  for (int i = 0; i < 1000; ++i)
    REQUIRE(c.try_inbound("96333") == line_status::granted);
  CHECK(c.try_outbound("96333") == line_status::granted);
  CHECK(c.in_use("96333") == 1001);
}

TEST_CASE("line counter: an emergency's caller gets a line whatever the count says, and one to a backup number") {
  plan p;
  hotline_plan h;
  h.name = "96333";
  h.lines = 3;
  h.reserved_for_callers = 2;
  h.emergency = true;
  p.hotlines.push_back(h);
  line_counter c(p);
  for (int i = 0; i < 4; ++i)
    CHECK(c.try_inbound("96333") == line_status::granted);
  CHECK(c.in_use("96333") == 4);
  CHECK(c.try_outbound("96333") == line_status::lines_full); // another call out
  CHECK(c.try_diversion("96333") == line_status::granted);
  CHECK(c.in_use("96333") == 5);
  CHECK(c.release_outbound("96333"));
  for (int i = 0; i < 4; ++i)
    CHECK(c.release_inbound("96333"));
  p.hotlines[0].emergency = false;
  c.reconfigure(p);
  CHECK(c.try_diversion("96333") == line_status::granted);
  CHECK(c.try_diversion("96333") == line_status::reserved);
  CHECK(c.try_diversion("x") == line_status::unknown_hotline);
}

TEST_CASE("line counter: unknown hotlines and one release too many change nothing") {
  auto c = counter(3, 0);
  CHECK(c.try_inbound("x") == line_status::unknown_hotline);
  CHECK(c.try_outbound("x") == line_status::unknown_hotline);
  CHECK_FALSE(c.release_inbound("x"));
  CHECK_FALSE(c.release_inbound("96333"));
  CHECK_FALSE(c.release_outbound("96333"));
  CHECK(c.in_use("96333") == 0);
  CHECK(c.in_use("x") == 0);
}
