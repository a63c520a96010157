// When silence means that somebody has gone.

#include "media/silence_watch.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::media;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t second = 1'000'000'000;

silence_watch::duty talking() { return {true, false, 30s, 0s}; }
silence_watch::duty held(std::chrono::seconds limit = 0s) { return {true, true, 30s, limit}; }

} // namespace

TEST_CASE("silence: nobody is missed before anybody is expected, nor who does not send") {
  silence_watch w;
  CHECK_FALSE(w.check(talking(), 1000 * second));
  w.expect(1000 * second);
  CHECK_FALSE(w.check({false, false, 30s, 0s}, 5000 * second));
}

TEST_CASE("silence: a peer that should send is missed once, when the limit is over, and again after it was heard") {
  silence_watch w;
  w.expect(0);
  CHECK(w.alive(second));
  CHECK_FALSE(w.alive(2 * second)); // no news
  CHECK_FALSE(w.check(talking(), 32 * second));
  CHECK(w.check(talking(), 33 * second) == 31s);
  CHECK_FALSE(w.check(talking(), 40 * second));
  CHECK(w.alive(41 * second));
  CHECK_FALSE(w.check(talking(), 70 * second));
  CHECK(w.check(talking(), 72 * second));
}

TEST_CASE("silence: while the call is held there is no limit, and after it a whole one") {
  silence_watch w;
  w.expect(0);
  w.alive(second);
  CHECK_FALSE(w.check(held(), 20 * second));
  CHECK_FALSE(w.check(held(), 7200 * second));
  CHECK_FALSE(w.check(talking(), 7201 * second)); // resumed: it needs a moment
  CHECK_FALSE(w.check(talking(), 7230 * second));
  CHECK(w.check(talking(), 7232 * second));
}

TEST_CASE("silence: a limit of its own for held calls, for those that say nothing by agreement as well") {
  silence_watch w;
  w.expect(0);
  w.alive(0);
  auto inactive = held(600s);
  inactive.sends = false;
  CHECK_FALSE(w.check(inactive, 600 * second));
  CHECK(w.check(inactive, 601 * second));
}

TEST_CASE("silence: a conversation begins with a whole limit, however long the peer was silent before") {
  silence_watch w;
  w.expect(0);
  w.alive(0);
  CHECK(w.check(talking(), 100 * second)); // it has waited in silence; nobody minded
  w.expect(200 * second);
  CHECK_FALSE(w.check(talking(), 229 * second));
  CHECK(w.check(talking(), 231 * second));
}
