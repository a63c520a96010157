#include "sip/call_book.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::sip;
using namespace std::chrono_literals;

namespace {

const auto start = domain::instant{1000000s};
constexpr auto memory = 32s;

/// An INVITE that goes to the stack.
void pass(call_book& book, call_book::key call, opening what = opening::call, domain::instant now = start) {
  book.passed(call, call + 1'000'000, what, now);
}

} // namespace

TEST_CASE("call book: INVITEs that nobody acknowledges fill their own room only and are forgotten in time") {
  call_book book{memory};
  for (call_book::key call = 1; call <= 1000; ++call) {
    REQUIRE(book.has_room(opening::call));
    pass(book, call);
  }
  CHECK_FALSE(book.has_room(opening::call));
  CHECK(book.has_room(opening::emergency_call));
  CHECK(book.has_room(opening::registration));
  book.acknowledged(7);
  CHECK(book.unacknowledged(opening::call) == 999);
  book.acknowledged(7);
  CHECK(book.unacknowledged(opening::call) == 999);
  book.expire(start + memory - 1ms);
  CHECK(book.size() == 2000);
  book.expire(start + memory);
  CHECK(book.size() == 0);
  CHECK(book.unacknowledged(opening::call) == 0);
}

TEST_CASE("call book: a call that a leg holds is known as long as it lives and for a while after") {
  call_book book{memory};
  pass(book, 1);
  book.begin(1);
  CHECK(book.unacknowledged(opening::call) == 0);
  book.answered(1, start + 1s);
  CHECK(book.unacknowledged(opening::call) == 1);
  book.acknowledged(1);
  CHECK(book.unacknowledged(opening::call) == 0);
  book.expire(start + 1h);
  CHECK(book.knows(1));
  CHECK_FALSE(book.repeats(1'000'001));
  book.end(1, start + 1h);
  book.expire(start + 1h + memory - 1ms);
  CHECK(book.knows(1)); // its BYE may be repeated
  book.expire(start + 1h + memory);
  CHECK_FALSE(book.knows(1));
  CHECK(book.size() == 0);
}

TEST_CASE("call book: a call that was answered or refused without an ACK counts until the stack gives it up") {
  call_book book{memory};
  pass(book, 1);
  book.begin(1);
  SECTION("refused") {
    book.end(1, start + 10s);
    CHECK(book.unacknowledged(opening::call) == 1);
    book.expire(start + 10s + memory);
    CHECK(book.unacknowledged(opening::call) == 0);
  }
  SECTION("answered, then ended for want of an ACK") {
    book.answered(1, start + 10s);
    book.expire(start + 10s + memory);
    CHECK(book.unacknowledged(opening::call) == 0);
    book.end(1, start + 10s + memory);
    CHECK(book.unacknowledged(opening::call) == 0);
  }
  SECTION("refused, then acknowledged") {
    book.end(1, start + 10s);
    book.acknowledged(1);
    CHECK(book.unacknowledged(opening::call) == 0);
  }
}

TEST_CASE("call book: a registration counts until the stack forgets it whatever is acknowledged in its name") {
  call_book book{memory};
  pass(book, 1, opening::registration);
  book.acknowledged(1);
  CHECK(book.unacknowledged(opening::registration) == 1);
  book.expire(start + memory);
  CHECK(book.unacknowledged(opening::registration) == 0);
}

TEST_CASE("call book: one call cannot flood the stack from within") {
  call_book book{memory};
  book.begin(1);
  int admitted = 0;
  for (int i = 0; i < 1000; ++i)
    admitted += book.admits(1, start) ? 1 : 0;
  CHECK(admitted == 50);
  admitted = 0;
  for (auto now = start + 1ms; now <= start + 10s; now += 1ms)
    admitted += book.admits(1, now) ? 1 : 0;
  CHECK(admitted == 200);
  CHECK_FALSE(book.admits(2, start));
  CHECK_FALSE(book.knows(2));
}

TEST_CASE("call book: a call dialled by us is nobody's to acknowledge") {
  call_book book{memory};
  book.begin(1);
  book.answered(1, start);
  book.end(1, start);
  CHECK(book.unacknowledged(opening::call) == 0);
  CHECK(book.knows(1));
  const call_book other{memory};
  CHECK(book.hash({"a", "b"}) == book.hash({"a", "b"}));
  CHECK(book.hash({"a", "b"}) != book.hash({"ab", ""}));
  CHECK(book.hash({"a", "b"}) != other.hash({"a", "b"})); // nobody can choose Call-IDs that collide
}
