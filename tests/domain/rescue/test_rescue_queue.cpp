// The rescuers' lines: the most dangerous order first, and never more than there are.
#include "domain/rescue/rescue_queue.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace lifeline::domain;

namespace {

const instant noon = from_micros(1'795'600'800'000'000);

rescue_claim claim(std::uint64_t order, std::uint8_t level = 1, bool urgent = false, bool urging = false,
                   span age = span{0}) {
  return {order_id{1, order}, urging, urgent, level, noon - age};
}
using holders = std::vector<rescue_queue::holder>;

} // namespace

TEST_CASE("rescue queue: a free line is given at once, one that is given back to who waits") {
  rescue_queue q{2};
  q.ask(1, claim(1));
  q.ask(2, claim(2));
  q.ask(3, claim(3));
  CHECK(q.grant() == holders{1, 2});
  CHECK(q.waiting() == 1);
  CHECK(q.grant().empty());
  CHECK(q.leave(1));
  CHECK(q.grant() == holders{3});
  CHECK(q.in_use() == 2);
  CHECK_FALSE(q.leave(1));
}

TEST_CASE("rescue queue: injury before level, level before age, and urging last") {
  rescue_queue q{1};
  q.ask(1, claim(1, 3, true, true)); // its party is on the way
  q.ask(2, claim(2, 1, false, false, std::chrono::minutes{10}));
  q.ask(3, claim(3, 1, false, false, std::chrono::minutes{20}));
  q.ask(4, claim(4, 2));
  q.ask(5, claim(5, 1, true));
  holders order;
  for (int i = 0; i < 5; ++i) {
    const auto next = q.grant();
    REQUIRE(next.size() == 1);
    order.push_back(next.front());
    q.leave(next.front());
  }
  CHECK(order == holders{5, 4, 3, 2, 1});
}

TEST_CASE("rescue queue: the second phone of one order waits for the first of another, unless it is an injury") {
  rescue_queue q{2};
  for (rescue_queue::holder h = 1; h <= 5; ++h)
    q.ask(h, claim(1, 3));
  q.ask(6, claim(2, 1));
  auto first = q.grant();
  CHECK(std::set<rescue_queue::holder>(first.begin(), first.end()) == std::set<rescue_queue::holder>{1, 6});
  q.ask(7, claim(3, 1, true));
  q.ask(8, claim(3, 1, true));
  q.leave(6);
  CHECK(q.grant() == holders{7});
  q.leave(1);
  CHECK(q.grant() == holders{8}); // before the others of order 1
}

TEST_CASE("rescue queue: an order that becomes urgent while it waits moves to the front") {
  rescue_queue q{0};
  q.ask(1, claim(1, 2));
  q.ask(2, claim(2, 1));
  q.update({1, 2}, true, 1);
  q.set_lines(1);
  CHECK(q.grant() == holders{2});
  CHECK(q.waiting_orders() == std::vector<order_id>{{1, 1}});
}

TEST_CASE("rescue queue: who has a line keeps it, above the limit too, and asking twice changes nothing") {
  rescue_queue q{1};
  q.keep(1, claim(1));
  q.keep(2, claim(2));
  q.keep(2, claim(2));
  CHECK(q.in_use() == 2);
  q.ask(2, claim(2));
  q.ask(3, claim(3));
  CHECK(q.grant().empty());
  q.leave(1);
  CHECK(q.grant().empty());
  q.leave(2);
  CHECK(q.grant() == holders{3});
  CHECK(q.has_line(3));
}

TEST_CASE("rescue queue: lines whose holders are awaited are given to nobody, until those have spoken") {
  rescue_queue q{3};
  q.await_holders(2);
  q.ask(1, claim(1));
  q.ask(2, claim(2));
  CHECK(q.grant() == holders{1}); // the third is free whatever the others say
  q.keep(8, claim(8));
  CHECK(q.awaited() == 1);
  q.keep(8, claim(8)); // says so twice
  CHECK(q.awaited() == 1);
  CHECK(q.grant().empty());
  SECTION("the other says so, too") {
    q.keep(9, claim(9));
    CHECK(q.awaited() == 0);
    CHECK(q.grant().empty());
    q.leave(9);
    CHECK(q.grant() == holders{2});
  }
  SECTION("nothing is heard of the other") {
    q.await_holders(0);
    CHECK(q.grant() == holders{2});
  }
  SECTION("more say so than were expected") {
    q.keep(9, claim(9));
    q.keep(10, claim(10));
    CHECK(q.awaited() == 0);
    CHECK(q.in_use() == 4);
  }
}

TEST_CASE("rescue queue property: no line is idle while somebody waits, none is given twice") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    std::mt19937_64 random{seed};
    rescue_queue q{1 + random() % 4};
    std::set<rescue_queue::holder> have;
    for (int i = 0; i < 400; ++i) {
      const auto who = 1 + random() % 30;
      if (random() % 3 != 0) {
        q.ask(who, claim(random() % 8, static_cast<std::uint8_t>(1 + random() % 3), random() % 4 == 0));
      } else {
        q.leave(who);
        have.erase(who);
      }
      for (const auto h : q.grant())
        REQUIRE(have.insert(h).second);
      REQUIRE(q.in_use() == have.size());
      REQUIRE(q.in_use() <= q.lines());
      REQUIRE((q.waiting() == 0 || q.in_use() == q.lines()));
    }
  }
}
