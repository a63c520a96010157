#include "domain/rescue/rescue_party.hpp"

#include <functional>

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

constexpr span china = 8h;

/// Local time in Huai'an; 2026-11-23 is a Monday.
instant local(int day, int hour, int minute = 0) {
  using namespace std::chrono;
  return instant{sys_days{year{2026} / November / day}} + hours{hour} + minutes{minute} - china;
}

rescue_party party(std::string id, party_kind kind, std::vector<std::string> districts = {},
                   std::optional<geo_point> where = std::nullopt) {
  rescue_party p;
  p.id = std::move(id);
  p.name = "单位 " + p.id;
  p.kind = kind;
  p.districts = std::move(districts);
  p.where = where;
  p.phones = {{"0517-8000 0001", "值班", {}}};
  return p;
}

std::string id_of(const rescue_party* p) { return p == nullptr ? "none" : p->id; }

std::string problem_of(const std::function<void(rescue_party&)>& change) {
  auto p = party("firm-1", party_kind::firm);
  change(p);
  const auto problems = check_party(p);
  return problems.size() == 1 ? problems[0].field : std::to_string(problems.size()) + " problems";
}

} // namespace

TEST_CASE("rescue party: what may be stored, and what is named when it may not") {
  CHECK(check_party(party("firm-1", party_kind::firm)).empty());
  CHECK(problem_of([](auto& p) { p.id = ""; }) == "id");
  CHECK(problem_of([](auto& p) { p.id = "淮安"; }) == "id");
  CHECK(problem_of([](auto& p) { p.name = " "; }) == "name");
  CHECK(problem_of([](auto& p) { p.kind = static_cast<party_kind>(9); }) == "kind");
  CHECK(problem_of([](auto& p) { p.order = static_cast<dial_order>(0); }) == "order");
  CHECK(problem_of([](auto& p) { p.districts = {"320803", "32"}; }) == "districts[1]");
  CHECK(problem_of([](auto& p) { p.districts = {"320803", "320803"}; }) == "districts[1]");
  CHECK(problem_of([](auto& p) { p.districts = {""}; }) == "districts[0]");
  CHECK(problem_of([](auto& p) { p.where = geo_point{0, 0}; }) == "where");
  CHECK(problem_of([](auto& p) { p.phones[0].number = "x"; }) == "phones[0].number");
  CHECK(problem_of([](auto& p) { p.phones[0].number = ""; }) == "phones[0].number");
  CHECK(problem_of([](auto& p) { p.phones.push_back({"051780000001", "", {}}); }) == "phones[1].number");
  CHECK(problem_of([](auto& p) { p.phones[0].label = "\n"; }) == "phones[0].label");
  CHECK(problem_of([](auto& p) { p.phones[0].shifts = {{0, 0, 0}}; }) == "phones[0].shifts[0].days");
  CHECK(problem_of([](auto& p) { p.phones[0].shifts = {{0x80, 0, 0}}; }) == "phones[0].shifts[0].days");
  CHECK(problem_of([](auto& p) { p.phones[0].shifts = {{1, 1440, 0}}; }) == "phones[0].shifts[0].from");
  CHECK(problem_of([](auto& p) { p.phones[0].shifts = {{1, 0, 1440}}; }) == "phones[0].shifts[0].until");
  CHECK(problem_of([](auto& p) { p.phones.resize(21, {"119", "", {}}); }).find("problems") != std::string::npos);
}

TEST_CASE("rescue party: one that can be told nothing is refused while it is active") {
  CHECK(problem_of([](auto& p) { p.phones.clear(); }) == "phones");
  auto p = party("firm-1", party_kind::firm);
  p.phones.clear();
  p.active = false;
  CHECK(check_party(p).empty());
  p.active = true;
  p.webhook = "https://firm.example.cn/orders";
  CHECK(check_party(p).empty());
}

TEST_CASE("rescue party: webhooks are URLs") {
  for (const char* bad : {"firm.example.cn", "ftp://firm.example.cn", "https://", "https:///x", "https://a b"}) {
    CAPTURE(bad);
    CHECK(problem_of([&](auto& p) { p.webhook = bad; }) == "webhook");
  }
}

TEST_CASE("rescue book: firms by name or id, as people write them, active ones only") {
  auto gone = party("a", party_kind::firm);
  gone.name = "安升（江苏）电梯";
  gone.active = false;
  auto firm = party("b", party_kind::firm);
  firm.name = "安升（江苏）电梯";
  const rescue_book book({firm, gone, party("station", party_kind::station)}, china);
  CHECK(id_of(book.find_firm("安升(江苏) 电梯")) == "b");
  CHECK(id_of(book.find_firm("b")) == "b");
  CHECK(id_of(book.find_firm("a")) == "none");
  CHECK(id_of(book.find_firm("station")) == "none");
  CHECK(id_of(book.find_firm("单位 station")) == "none");
  CHECK(id_of(book.find_firm("")) == "none");
  CHECK(id_of(book.find("a")) == "a");
  CHECK(id_of(book.find("c")) == "none");
  CHECK(id_of(rescue_book{}.find_firm("b")) == "none");
}

TEST_CASE("rescue book: the nearest station of the district, then any, never one that was tried") {
  const geo_point here{33.5, 119.1};
  auto closed = party("s0", party_kind::station, {"320803"}, here);
  closed.active = false;
  const rescue_book book({closed, party("s1", party_kind::station, {"320803"}, geo_point{33.6, 119.1}),
                          party("s2", party_kind::station, {"320803"}, geo_point{33.52, 119.1}),
                          party("s3", party_kind::station, {"320804"}, geo_point{33.501, 119.1}),
                          party("s4", party_kind::station, {"320804"}), party("f", party_kind::firm, {}, here)},
                         china);
  CHECK(id_of(book.nearest_station(here, "320803", {})) == "s2");
  CHECK(id_of(book.nearest_station(here, "320803", {"s2"})) == "s1");
  CHECK(id_of(book.nearest_station(here, "320803", {"s2", "s1"})) == "s3");
  CHECK(id_of(book.nearest_station(here, "320803", {"s1", "s2", "s3"})) == "s4");
  CHECK(id_of(book.nearest_station(here, "320803", {"s1", "s2", "s3", "s4"})) == "none");
  CHECK(id_of(book.nearest_station(here, "", {})) == "s3");
  CHECK(id_of(book.nearest_station(std::nullopt, "320803", {})) == "s1");
  CHECK(id_of(book.nearest_station(std::nullopt, "320804", {})) == "s3");
}

TEST_CASE("rescue book: a station for all districts serves each of them") {
  const geo_point here{33.5, 119.1};
  const rescue_book book({party("all", party_kind::station, {}, geo_point{33.51, 119.1}),
                          party("own", party_kind::station, {"320803"}, geo_point{33.52, 119.1})},
                         china);
  CHECK(id_of(book.nearest_station(here, "320803", {})) == "all");
}

TEST_CASE("rescue book: public rescue of the district, else of all, else any") {
  const auto own = party("own", party_kind::public_rescue, {"320803"});
  const auto all = party("all", party_kind::public_rescue);
  auto closed = party("aa", party_kind::public_rescue);
  closed.active = false;
  const rescue_book book({own, all, closed}, china);
  CHECK(id_of(book.public_rescue("320803")) == "own");
  CHECK(id_of(book.public_rescue("320804")) == "all");
  CHECK(id_of(book.public_rescue("")) == "all");
  CHECK(id_of(rescue_book({own}, china).public_rescue("320831")) == "own");
  CHECK(id_of(rescue_book({closed}, china).public_rescue("320803")) == "none");
}

TEST_CASE("rescue book: shifts in local time, over midnight, by weekday") {
  auto p = party("firm", party_kind::firm);
  p.phones = {{"111", "day", {{0x1F, 8 * 60, 18 * 60}}},
              {"222", "night", {{0x1F, 18 * 60, 8 * 60}}},
              {"333", "weekend", {{0x60, 0, 0}}}};
  const rescue_book book({p}, china);
  const auto on = [&](instant t) { return book.on_duty(p, t); };
  using numbers = std::vector<std::string>;
  CHECK(on(local(23, 8)) == numbers{"111"}); // Monday
  CHECK(on(local(23, 17, 59)) == numbers{"111"});
  CHECK(on(local(23, 18)) == numbers{"222"});
  CHECK(on(local(24, 7, 59)) == numbers{"222"});    // Monday's night
  CHECK(on(local(27, 23)) == numbers{"222"});       // Friday
  CHECK(on(local(28, 3)) == numbers{"222", "333"}); // Saturday before eight: Friday's night
  CHECK(on(local(28, 8)) == numbers{"333"});
  CHECK(on(local(29, 23, 59)) == numbers{"333"});
}

TEST_CASE("rescue book: when no shift fits, everybody is rung") {
  auto p = party("firm", party_kind::firm);
  p.phones = {{"111", "day", {{0x1F, 8 * 60, 18 * 60}}}, {"222", "morning", {{0x7F, 6 * 60, 9 * 60}}}};
  const rescue_book book({p}, china);
  // Monday before six belongs to no shift: Sunday's night does not exist.
  CHECK(book.on_duty(p, local(23, 3)) == std::vector<std::string>{"111", "222"});
  CHECK(book.on_duty(p, local(23, 7)) == std::vector<std::string>{"222"});
  p.phones.clear();
  CHECK(book.on_duty(p, local(23, 3)).empty());
}

TEST_CASE("rescue book: a caller's number names the party, however it is written") {
  auto gone = party("a", party_kind::firm);
  auto now = party("b", party_kind::firm);
  gone.active = false;
  gone.phones = {{"13900000001", "", {}}, {"13900000002", "", {}}};
  now.phones = {{"139 0000 0001", "", {}}};
  const rescue_book book({gone, now}, china);
  CHECK(id_of(book.find_by_phone("+8613900000001")) == "b"); // it moved
  CHECK(id_of(book.find_by_phone("0086 139-0000-0002")) == "a");
  CHECK(id_of(book.find_by_phone("13900000003")) == "none");
  CHECK(id_of(book.find_by_phone("")) == "none");
  CHECK(id_of(book.find_by_phone("anonymous")) == "none");
}
