#include "domain/base/keeping.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

const instant t0{std::chrono::hours{24}};

kept_facts finished() { return {true, false, false, never, t0}; }

} // namespace

TEST_CASE("keeping: what is over, written and waits for nothing rests after a while") {
  CHECK(may_rest(finished()));
  CHECK(next_wake(finished(), t0) == t0 + rest_after);
  CHECK(on_wake(finished(), t0 + rest_after - 1us) == kept_wake::wait);
  CHECK(on_wake(finished(), t0 + rest_after) == kept_wake::rest);
}

TEST_CASE("keeping: nothing rests that is not over, not on disk, or has a deadline") {
  auto f = finished();
  const auto change = GENERATE(0, 1, 2, 3);
  if (change == 0) f.over = false;
  if (change == 1) f.writing = true;
  if (change == 2) f.given_up = true;
  if (change == 3) f.deadline = t0 + 10h;
  CAPTURE(change);
  CHECK_FALSE(may_rest(f));
  CHECK(on_wake(f, t0 + 1h) == kept_wake::wait);
}

TEST_CASE("keeping: it wakes at its deadline, and one that has passed is due at once") {
  const kept_facts f{false, false, false, t0 + 5s, t0};
  CHECK(next_wake(f, t0) == t0 + 5s);
  CHECK(on_wake(f, t0 + 4s) == kept_wake::wait);
  CHECK(on_wake(f, t0 + 5s) == kept_wake::due);
  CHECK(next_wake(f, t0 + 1h) == t0 + 5s);
  CHECK(on_wake(f, t0 + 1h) == kept_wake::due);
}

TEST_CASE("keeping: rows that were given up are written again, with the next deadline or soon") {
  CHECK(next_wake({false, false, true, never, t0}, t0) == t0 + rewrite_after);
  CHECK(next_wake({false, false, true, t0 + 1h, t0}, t0) == t0 + 1h);
  CHECK(next_wake({true, true, false, never, t0}, t0) == never); // the journal's answer wakes it
}

TEST_CASE("keeping: a person is told at once that a thing crashes too often, and again after an hour of tries") {
  CHECK(person_is_told(1));
  for (std::uint32_t n = 2; n <= 120; ++n)
    CHECK_FALSE(person_is_told(n));
  CHECK(person_is_told(121));
}

TEST_CASE("keeping: a request is handed on again while nobody has seen it, a few times") {
  CHECK(asks_again(request_failure::unseen, 1));
  CHECK(asks_again(request_failure::unseen, 3));
  CHECK_FALSE(asks_again(request_failure::unseen, 4));
  CHECK_FALSE(asks_again(request_failure::silent, 1));
}
