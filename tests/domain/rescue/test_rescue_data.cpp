#include "domain/base/geo_point.hpp"
#include "domain/lifts/elevator_index.hpp"
#include "domain/lifts/huaian.hpp"
#include "domain/rescue/rescue_data.hpp"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

using namespace lifeline::domain;

TEST_CASE("invented lifts: every one may be stored, and no code comes twice") {
  const auto lifts = invent_elevators(5'000, 1);
  REQUIRE(lifts.size() == 5'000);
  std::set<std::string> rescue_codes;
  std::set<std::string> registration_codes;
  std::set<std::string> devices;
  std::size_t legacy = 0;
  std::size_t placed = 0;
  for (const auto& e : lifts) {
    const auto problems = check_elevator(e);
    if (!problems.empty()) FAIL(e.rescue_code << " " << problems[0].field << ": " << problems[0].message);
    CHECK(rescue_codes.insert(e.rescue_code).second);
    CHECK(registration_codes.insert(e.registration_code).second);
    if (!e.device_id.empty()) CHECK(devices.insert(e.device_id).second);
    legacy += e.registration_code.size() < 20 ? 1 : 0;
    placed += e.where ? 1 : 0;
  }
  CHECK(legacy > 50);
  CHECK(legacy < 500);
  CHECK(placed > 4'000);
  CHECK(placed < 5'000);
  CHECK(devices.size() > 1'000);
  CHECK(devices.size() < 2'500);
}

TEST_CASE("invented lifts: near the town of their district") {
  std::set<std::string> seen;
  for (const auto& e : invent_elevators(3'000, 2)) {
    const auto* district = std::find_if(huaian_districts.begin(), huaian_districts.end(),
                                        [&](const auto& d) { return d.code == e.district; });
    REQUIRE(district != huaian_districts.end());
    CHECK(e.address.find(district->name) != std::string::npos);
    if (e.where) CHECK(distance_metres(*e.where, district->centre) < 8'000);
    seen.insert(e.district);
  }
  CHECK(seen.size() == huaian_districts.size());
}

TEST_CASE("invented lifts: the same seed gives the same, more of them begin with the fewer") {
  const auto few = invent_elevators(100, 5);
  const auto more = invent_elevators(1'000, 5);
  CHECK(few == invent_elevators(100, 5));
  // The last place of the fewer may have been cut, so its dice fell otherwise afterwards: compare what is before it.
  CHECK(std::equal(few.begin(), few.end(), more.begin()));
  CHECK(few != invent_elevators(100, 6));
  CHECK(invent_elevators(0, 1).empty());
}

TEST_CASE("invented parties: all may be stored, and the lifts' firms are among them") {
  const auto parties = invent_parties(1);
  std::set<std::string> ids;
  for (const auto& p : parties) {
    const auto problems = check_party(p);
    if (!problems.empty()) FAIL(p.id << " " << problems[0].field << ": " << problems[0].message);
    CHECK(ids.insert(p.id).second);
  }
  const rescue_book book(parties, 8h);
  const auto at = instant{std::chrono::hours{490'000}};
  for (const auto& e : invent_elevators(2'000, 1)) {
    const auto* firm = book.find_firm(e.maintenance_firm);
    REQUIRE(firm != nullptr);
    CHECK(firm->phones.front().number == e.duty_phone);
    CHECK_FALSE(book.on_duty(*firm, at).empty());
    const auto* station = book.nearest_station(e.where, e.district, {});
    REQUIRE(station != nullptr);
    CHECK(station->districts.front() == e.district);
    CHECK(book.public_rescue(e.district)->id == "119");
  }
  CHECK(std::count_if(parties.begin(), parties.end(), [](const auto& p) { return p.kind == party_kind::firm; }) == 60);
}

TEST_CASE("invented parties: no number is anybody's, and each belongs to one party") {
  std::set<std::string> numbers;
  for (const auto& p : invent_parties(3)) {
    for (const auto& phone : p.phones) {
      CHECK((phone.number.starts_with("05178000") || phone.number.starts_with("1390000")));
      CHECK(numbers.insert(phone.number).second);
    }
  }
}
