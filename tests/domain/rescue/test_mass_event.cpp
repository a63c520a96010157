#include "domain/rescue/mass_event.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

const instant noon = from_micros(1'795'600'800'000'000);

order_state alarm(std::uint64_t id, instant received, const std::string& project = "Garden") {
  order_state s;
  s.id = {1, id};
  s.status = order_status::dispatched;
  s.district = "320803";
  s.project = project;
  s.received = received;
  return s;
}

} // namespace

TEST_CASE("mass event: five alarms of one area within five minutes", "[order][mass]") {
  const rescue_plan plan;
  mass_watch watch;
  for (std::uint64_t i = 1; i <= 4; ++i)
    CHECK(watch.update(alarm(i, noon + i * 1min), plan).orders.empty());
  CHECK(watch.update(alarm(9, noon + 4min, "Tower"), plan).orders.empty()); // another area
  const auto begun = watch.update(alarm(5, noon + 5min), plan);
  CHECK(begun.orders.size() == 5);
  REQUIRE(begun.log.size() == 1);
  CHECK(begun.log[0].area == "320803 Garden");
  CHECK(begun.log[0].on);
  CHECK(begun.log[0].orders == 5);
  const auto joined = watch.update(alarm(6, noon + 30min), plan);
  REQUIRE(joined.orders.size() == 1);
  CHECK(joined.orders[0].group == begun.orders[0].group);
  REQUIRE(watch.groups().size() == 1);
  CHECK(watch.groups()[0].orders.size() == 6);
  CHECK(watch.groups()[0].since == noon + 1min);
  CHECK(watch.update(alarm(6, noon + 30min), plan).orders.empty()); // the same once more
}

TEST_CASE("mass event: alarms that are spread out, filtered, rescued or no alarms make none", "[order][mass]") {
  const rescue_plan plan;
  mass_watch watch;
  for (std::uint64_t i = 1; i <= 20; ++i)
    CHECK(watch.update(alarm(i, noon + i * 90s), plan).orders.empty());
  for (std::uint64_t i = 30; i < 40; ++i) {
    auto s = alarm(i, noon + 3h);
    if (i % 3 == 0) s.status = order_status::filtered;
    if (i % 3 == 1) s.type = order_type::complaint;
    if (i % 3 == 2) s.status = order_status::rescued;
    CHECK(watch.update(s, plan).orders.empty());
  }
  auto nowhere = alarm(50, noon);
  nowhere.district = nowhere.project = "";
  CHECK(watch.update(nowhere, plan).orders.empty());
  CHECK(watch.groups().empty());
}

TEST_CASE("mass event: it ends with its last order - the next one has another number", "[order][mass]") {
  const rescue_plan plan;
  mass_watch watch;
  std::vector<order_state> orders;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    orders.push_back(alarm(i, noon));
    (void)watch.update(orders.back(), plan);
  }
  for (std::size_t i = 0; i < 5; ++i) {
    orders[i].status = order_status::rescued;
    CHECK(watch.update(orders[i], plan).orders.empty()); // stays in the view until it is confirmed
    orders[i].status = order_status::confirmed;
    const auto change = watch.update(orders[i], plan);
    CHECK(change.orders.empty()); // over: it need not be told
    CHECK(change.log.size() == (i == 4 ? 1 : 0));
    if (i == 4) CHECK_FALSE(change.log[0].on);
  }
  CHECK(watch.groups().empty());
  for (std::uint64_t i = 11; i <= 15; ++i)
    (void)watch.update(alarm(i, noon + 10min), plan);
  REQUIRE(watch.groups().size() == 1);
  CHECK(watch.groups()[0].group == 2);
}

TEST_CASE("mass event: an old event takes in one alarm no more, but a new wave", "[order][mass]") {
  const rescue_plan plan;
  mass_watch watch;
  for (std::uint64_t i = 1; i <= 5; ++i)
    (void)watch.update(alarm(i, noon), plan);
  for (std::uint64_t i = 11; i <= 14; ++i)
    CHECK(watch.update(alarm(i, noon + 2h), plan).orders.empty());
  CHECK(watch.update(alarm(15, noon + 2h), plan).orders.size() == 5);
  CHECK(watch.groups()[0].orders.size() == 10);
}

TEST_CASE("mass event: an order that is moved elsewhere or taken out by hand leaves it", "[order][mass]") {
  const rescue_plan plan;
  mass_watch watch;
  for (std::uint64_t i = 1; i <= 6; ++i)
    (void)watch.update(alarm(i, noon), plan);
  const auto moved = watch.update(alarm(1, noon, "Tower"), plan);
  REQUIRE(moved.orders.size() == 1);
  CHECK(moved.orders[0].group == 0);
  CHECK(watch.leave({1, 2}).orders.size() == 1);
  CHECK(watch.update(alarm(2, noon), plan).orders.empty()); // and stays out
  CHECK(watch.groups()[0].orders.size() == 4);
}

TEST_CASE("mass event: goes on after a restart, and its number is not given again", "[order][mass]") {
  const rescue_plan plan;
  mass_watch watch;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    auto s = alarm(i, noon + i * 1s);
    s.mass_group = 7;
    watch.restore(s);
  }
  watch.restore(alarm(6, noon)); // taken out by hand before
  REQUIRE(watch.groups().size() == 1);
  CHECK(watch.groups()[0].orders.size() == 5);
  CHECK(watch.update(alarm(6, noon), plan).orders.empty());
  CHECK(watch.update(alarm(7, noon + 1min), plan).orders.at(0).group == 7);
  for (std::uint64_t i = 21; i <= 25; ++i)
    (void)watch.update(alarm(i, noon, "Tower"), plan);
  CHECK(watch.groups().back().group == 8);
}

TEST_CASE("mass event: triage puts injury first, then children, the elderly, and the longest waiting",
          "[order][mass]") {
  std::vector<order_state> all;
  for (std::uint64_t i = 0; i < 6; ++i)
    all.push_back(alarm(i, noon - static_cast<int>(i) * 1min));
  all[0].children = true;
  all[1].medical = true;
  all[2].elderly = true;
  all[3].injured = 1;
  std::sort(all.begin(), all.end(), goes_first);
  std::vector<std::uint64_t> order;
  for (const auto& s : all)
    order.push_back(s.id.lo);
  CHECK(order == std::vector<std::uint64_t>{3, 1, 0, 2, 5, 4});
}
