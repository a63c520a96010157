// Whose a dialled number is.

#include "domain/calls/dialled_number.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

plan town() {
  plan p;
  hotline_plan complaints;
  complaints.name = "complaints";
  complaints.numbers = {"12315", "051783900001"};
  hotline_plan lifts;
  lifts.name = "lifts";
  lifts.numbers = {"96333", "96334"};
  p.hotlines = {complaints, lifts};
  p.rescue.enabled = true;
  p.rescue.lift_phone_numbers = {"96334"};
  p.rescue.report_numbers = {"051783901234"};
  p.codes.ready = "*41";
  return p;
}

} // namespace

TEST_CASE("a dialled number is a hotline's, a lift phone's, the report line's, or nobody's") {
  const auto p = town();
  CHECK(find_entry(p, "12315", false).kind == entry_kind::hotline);
  CHECK(find_entry(p, "12315", false).hotline->name == "complaints");
  CHECK(find_entry(p, "96333", false).kind == entry_kind::hotline);
  const auto lift = find_entry(p, "96334", false);
  CHECK(lift.kind == entry_kind::lift_phone);
  CHECK(lift.hotline->name == "lifts");
  CHECK(find_entry(p, "051783901234", false).kind == entry_kind::report_line);
  const auto nobody = find_entry(p, "110", false);
  CHECK(nobody.kind == entry_kind::nobody);
  CHECK(nobody.hotline == nullptr);
  CHECK(nobody.number == "110");
}

TEST_CASE("a carrier's spelling is found, and the number is told as the configuration has it") {
  const auto p = town();
  const auto e = find_entry(p, "+8651783900001", false);
  CHECK(e.kind == entry_kind::hotline);
  CHECK(e.number == "051783900001");
  CHECK(find_entry(p, "+8651783901234", false).kind == entry_kind::report_line);
  CHECK(find_entry(p, "+8651783900001", true).kind == entry_kind::nobody); // an account dials what it means
}

TEST_CASE("feature codes are those of accounts") {
  const auto p = town();
  const auto e = find_entry(p, "*41", true);
  REQUIRE(e.kind == entry_kind::feature_code);
  CHECK(e.order.verb == agent_verb::ready);
  CHECK(find_entry(p, "*41", false).kind == entry_kind::nobody);
}

TEST_CASE(
    "a lift's phone is a caller like any other where its tones do not pass through the engine, or nothing rescues") {
  auto p = town();
  p.hotlines[1].media = media_mode::direct;
  CHECK(find_entry(p, "96334", false).kind == entry_kind::hotline);
  p = town();
  p.rescue.enabled = false;
  CHECK(find_entry(p, "96334", false).kind == entry_kind::hotline);
  CHECK(find_entry(p, "051783901234", false).kind == entry_kind::nobody);
}
