#include "domain/base/field_check.hpp"
#include "domain/base/geo_point.hpp"
#include "domain/base/utf8.hpp"
#include "domain/lifts/elevator.hpp"
#include "domain/lifts/elevator_fields.hpp"

#include <functional>
#include <limits>
#include <set>

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

elevator right_lift() {
  elevator e;
  e.rescue_code = "012345";
  e.registration_code = "31103208032015060012";
  e.kind = "3110";
  e.device_id = "12345678";
  e.district = "320803";
  e.address = "江苏省淮安市淮安区翔宇大道1号";
  e.next_inspection = "2026-02-28";
  e.using_unit_phone = "0517-8000 0001";
  e.where = geo_point{33.5, 119.1};
  return e;
}

/// The one problem that a change makes.
field_problem problem_of(const std::function<void(elevator&)>& change) {
  auto e = right_lift();
  change(e);
  const auto problems = check_elevator(e);
  REQUIRE(problems.size() == 1);
  return problems.front();
}

} // namespace

TEST_CASE("lift: a right record has no problem, nor has one with nothing but its code") {
  CHECK(check_elevator(right_lift()).empty());
  elevator bare;
  bare.rescue_code = "000000";
  CHECK(check_elevator(bare).empty());
}

TEST_CASE("lift: the rescue code is six digits") {
  const std::string code = GENERATE("", "12345", "1234567", "12a456", "１２３４５６");
  CAPTURE(code);
  CHECK(problem_of([&](elevator& e) { e.rescue_code = code; }).field == "rescue_code");
  CHECK(problem_of([](elevator& e) { e.rescue_code = "12a"; }).message == "expected 6 digits, found \"12a\"");
}

TEST_CASE("lift: a registration code has 20 plausible digits, or is an older one") {
  elevator e;
  e.rescue_code = "000001";
  for (const char* good :
       {"", "31103208032015060012", "33103208122004120001", "SH0000", "123456", "3110320803201506001"}) {
    e.registration_code = good;
    CHECK(check_elevator(e).empty());
  }
  for (const char* bad :
       {"41103208032015060012", "31109908032015060012", "31103208031915060012", "31103208032015130012",
        "31103208032015000012", "12345", "SH-00001", "3110320803201506001X", "311032080320150600123"}) {
    CAPTURE(bad);
    e.registration_code = bad;
    const auto problems = check_elevator(e);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].field == "registration_code");
  }
}

TEST_CASE("lift: the class must be that of the registration code") {
  CHECK(problem_of([](elevator& e) { e.kind = "3310"; }).message ==
        "expected the class of the registration code (3110), found \"3310\"");
  CHECK(problem_of([](elevator& e) { e.kind = "乘客"; }).field == "kind");
}

TEST_CASE("lift: absurd coordinates are refused, and it is said why") {
  const auto message = [](double latitude, double longitude) {
    const auto p = problem_of([&](elevator& e) { e.where = geo_point{latitude, longitude}; });
    CHECK(p.field == "where");
    return p.message;
  };
  using Catch::Contains;
  CHECK_THAT(message(0, 0), Contains("0/0"));
  CHECK_THAT(message(119.1, 33.5), Contains("-90..90"));
  CHECK_THAT(message(78, 33.5), Contains("swapped"));
  CHECK_THAT(message(33.5, 150), Contains("China"));
  CHECK_THAT(message(17.9, 119), Contains("China"));
  CHECK_THAT(message(91, 119), Contains("-90..90"));
  CHECK_THAT(message(std::numeric_limits<double>::quiet_NaN(), 119), Contains("-90..90"));
  CHECK_THAT(message(33, std::numeric_limits<double>::infinity()), Contains("-90..90"));
}

TEST_CASE("lift: dates are days of the calendar") {
  for (const char* bad : {"2026-02-29", "2026-13-01", "2026-1-1", "2026/01/01", "1949-12-31", "2101-01-01", "soon"}) {
    CAPTURE(bad);
    CHECK(problem_of([&](elevator& e) { e.start_date = bad; }).field == "start_date");
  }
  auto e = right_lift();
  e.start_date = "2024-02-29";
  CHECK(check_elevator(e).empty());
}

TEST_CASE("lift: phones, districts and devices have their forms") {
  CHECK(problem_of([](elevator& e) { e.duty_phone = "老王"; }).field == "duty_phone");
  CHECK(problem_of([](elevator& e) { e.duty_phone = "12"; }).field == "duty_phone");
  CHECK(problem_of([](elevator& e) { e.duty_phone = "13900000001/13900000002"; }).field == "duty_phone");
  CHECK(problem_of([](elevator& e) { e.district = "淮安区"; }).field == "district");
  CHECK(problem_of([](elevator& e) { e.district = "920803"; }).field == "district");
  CHECK(problem_of([](elevator& e) { e.device_id = "1234567"; }).field == "device_id");
}

TEST_CASE("lift: texts are bounded, of one line, and UTF-8") {
  std::string long_text;
  for (int i = 0; i < 201; ++i)
    long_text += "梯";
  CHECK(problem_of([&](elevator& e) { e.address = long_text; }).message ==
        "expected at most 200 characters, found 201");
  CHECK(problem_of([](elevator& e) { e.name = "a\nb"; }).field == "name");
  CHECK(problem_of([](elevator& e) { e.using_unit = "\xC4\xE3"; }).field == "using_unit");
}

TEST_CASE("lift: every wrong field is named, not only the first") {
  auto e = right_lift();
  e.rescue_code = "1";
  e.duty_phone = "x";
  e.where = geo_point{0, 0};
  CHECK(check_elevator(e).size() == 3);
}

TEST_CASE("lift: states, there and back") {
  for (const auto s : {lift_status::in_use, lift_status::suspended, lift_status::in_maintenance, lift_status::scrapped})
    CHECK(parse_lift_status(to_string(s)) == s);
  CHECK(parse_lift_status("在用") == lift_status::in_use);
  CHECK(parse_lift_status("报废") == lift_status::scrapped);
  CHECK_FALSE(parse_lift_status("In_Use"));
  CHECK_FALSE(parse_lift_status(""));
}

TEST_CASE("lift: distances on the globe") {
  CHECK(distance_metres({33.5, 119}, {33.5, 119}) == 0);
  CHECK(distance_metres({33, 119}, {34, 119}) == Approx(111'195).epsilon(0.001));
  CHECK(distance_metres({33.592, 119.023}, {33.507, 119.141}) == Approx(14'460).epsilon(0.01));
  CHECK(distance_metres({0, 0}, {0, 180}) == Approx(20'015'115).epsilon(0.001)); // half around
}

TEST_CASE("lift: every text field is in the table once, with a heading of its own") {
  std::set<std::string_view> names;
  std::set<std::string_view> headings;
  for (const auto& f : elevator_fields()) {
    CHECK(names.insert(f.name).second);
    CHECK(headings.insert(f.heading).second);
  }
  // With `status` and `where` it is the whole record: the table must grow with it.
  CHECK(sizeof(elevator) ==
        elevator_fields().size() * sizeof(std::string) + sizeof(std::optional<geo_point>) + sizeof(std::uint64_t));
}

TEST_CASE("UTF-8: what is valid") {
  for (const char* good : {"", "a", "é", "淮", "𠀀", "\xF4\x8F\xBF\xBF"})
    CHECK(is_utf8(good));
  for (const char* bad : {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE6\xB7", "\xFF"})
    CHECK_FALSE(is_utf8(bad));
  CHECK(count_code_points("淮安A\xFF") == 4);
  std::string text;
  append_utf8(text, U'𠀀');
  append_utf8(text, U'淮');
  append_utf8(text, U'é');
  CHECK(text == "𠀀淮é");
}

TEST_CASE("UTF-8: folding makes equal what people take for equal") {
  CHECK(fold("ＡＢ１（江苏）　Ｃ") == "ab1(江苏) c");
  CHECK(fold_name("某某（江苏） 公司") == fold_name("某某(江苏)公司"));
  CHECK(fold("a–b−c") == "a-b-c");
  CHECK(trim(" \t　\xEF\xBB\xBF淮安　\n") == "淮安");
  CHECK(trim("　").empty());
  CHECK(trim("").empty());
}

TEST_CASE("phones are compared without the country's code and the trunk's zero") {
  for (const char* same : {"13900000001", "139 0000 0001", "139-0000-0001", "+8613900000001", "+86 139 0000 0001",
                           "008613900000001", "8613900000001", "013900000001"})
    CHECK(plain_phone(same) == "13900000001");
  for (const char* same :
       {"051780000001", "0517-80000001", "(0517) 8000 0001", "+86 517 8000 0001", "0086-517-80000001"})
    CHECK(plain_phone(same) == "51780000001");
  CHECK(plain_phone("119") == "119");
  CHECK(plain_phone("8612") == "8612"); // an extension
}
