#include "domain/base/ids.hpp"
#include "domain/base/wall_time.hpp"
#include "domain/log/log_verifier.hpp"
#include "domain/rescue/order_number.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

const auto start = from_micros(1'796'072'702'000'000); // 2026-11-30T21:05:02Z

/// Both clocks of an engine's host.
struct host {
  std::chrono::steady_clock::time_point monotonic{std::chrono::hours{5}};
  instant wall = start;
  clock_watch watch{{monotonic, wall, monotonic}};

  void run(span s) {
    monotonic += s;
    wall += s;
  }
  std::optional<clock_watch::finding> look(span takes = span{3}) {
    return watch.look({monotonic, wall, monotonic + takes});
  }
};

/// Puts the process's correction back at the end.
struct corrected {
  explicit corrected(span by) { set_clock_correction(by); }
  ~corrected() { set_clock_correction(0s); }
};

} // namespace

TEST_CASE("wall time: clocks that run alike need no word") {
  host h;
  for (int i = 0; i < 1000; ++i) {
    h.run(1s);
    REQUIRE_FALSE(h.look());
  }
}

TEST_CASE("wall time: a step is noticed once, forwards and backwards, and the next one is counted from there") {
  host h;
  h.run(10s);
  REQUIRE_FALSE(h.look());
  h.wall += 2h;
  const auto first = h.look();
  REQUIRE(first);
  CHECK(first->step == 2h);
  CHECK(first->correction == 2h);
  h.run(1s);
  CHECK_FALSE(h.look());
  h.wall -= 3h;
  const auto second = h.look();
  REQUIRE(second);
  CHECK(second->step == -3h);
  CHECK(second->correction == -1h);
  CHECK_FALSE(h.look());
}

TEST_CASE("wall time: a step below the threshold waits until it adds up, and slewing is followed without a word") {
  host h;
  h.wall += clock_watch::threshold - 1ms;
  CHECK_FALSE(h.look());
  int followed = 0;
  span correction{0};
  for (int i = 0; i < 3600; ++i) { // an hour of 500 ppm
    h.run(1s);
    h.wall += 500us;
    if (const auto f = h.look()) {
      ++followed;
      CHECK(f->step == 0s);
      correction = f->correction;
    }
  }
  CHECK(followed >= 8);
  CHECK(correction > 1700ms);
}

TEST_CASE("wall time: a look that was interrupted between the clocks says nothing, and a step is found by the next") {
  host h;
  h.wall += 1h;
  CHECK_FALSE(h.look(30ms));
  const auto f = h.look();
  REQUIRE(f);
  CHECK(f->step == 1h);
}

TEST_CASE("wall time: what is told is the world's, what is heard becomes the engine's, never stays never") {
  const auto engine = start;
  const corrected c{-90min};
  CHECK(to_rfc3339(engine) == "2026-11-30T19:35:02.000Z");
  CHECK(parse_rfc3339("2026-11-30T19:35:02Z") == engine);
  CHECK(from_world(to_world(engine)) == engine);
  CHECK(to_world(never) == never);
  CHECK(from_world(never) == never);
  CHECK(to_rfc3339(never).empty());
  CHECK(to_world(instant::max()) < instant::max());
  CHECK(to_world(instant::min()) == instant::min());
}

TEST_CASE("wall time: ids bear the world's time on both sides of a step, and stay unique") {
  id_source ids{1};
  const auto before = ids.next<call_id>(start);
  CHECK(time_of(before) == start);
  for (const auto by : {span{2h}, span{-2h}}) {
    const corrected c{by};
    const auto a = ids.next<call_id>(start + 1s);
    const auto b = ids.next<call_id>(start + 1s);
    CHECK(time_of(a) == start + 1s + by);
    CHECK(a < b);
  }
}

TEST_CASE("wall time: an order's number has the true day, also when the clock goes back over midnight and returns") {
  order_counter numbers;
  const span utc_offset = 8h;
  const auto next = [&] { return to_string(numbers.next("JY", start, utc_offset)); };
  CHECK(next() == "JY20261201-0001"); // 05:05 in the morning there
  CHECK_FALSE(numbers.begins(start, utc_offset));
  {
    const corrected c{-24h};
    CHECK(numbers.begins(start, utc_offset)); // it has to be told what exists of that day
    numbers.remember({"JY", local_day(start, utc_offset), 17});
    CHECK(next() == "JY20261130-0018");
  }
  CHECK(next() == "JY20261201-0002"); // none twice
}

TEST_CASE("wall time: the proof takes times that go back at a step, and goes on behind it") {
  log_verifier v;
  std::uint64_t seq = 0;
  const auto add = [&](instant at, call_id call, event_body body) { v.apply({++seq, at, call, std::move(body)}); };
  id_source ids{2};
  const auto call = ids.next<call_id>(start);
  add(start, {}, engine_started{});
  add(start, {}, dispatcher_started{1});
  add(start, call, call_arrived{"12315", "1", "12315", "pstn", {}, {}});
  const auto r = ids.next<reservation_id>(start);
  add(start, call, queue_entered{"12315"});
  add(start, call, agent_reserved{r, "8001", "12315", 1, start + 20s, {}});
  add(start - 2h, {}, clock_stepped{-2h});
  const auto after = start - 2h + 1s;
  add(after, call, call_connected{r, "8001", "12315", {}, 1s});
  add(after, call, reservation_ended{r, "8001", "12315", reservation_outcome::connected, 1s});
  call_record record;
  record.call = call;
  record.agent = "8001";
  record.arrived = start - 2h;
  record.answered = after;
  record.ended = after + 10s;
  add(after + 10s, call, call_ended{record});
  // Behind it everything is proved again.
  id_source later{3};
  const auto second = later.next<call_id>(after + 2h + 1min);
  add(after + 2h + 1min, second, call_arrived{"12315", "1", "12315", "pstn", {}, {}});
  for (const auto& x : v.violations())
    UNSCOPED_INFO(x);
  CHECK(v.violation_count() == 0);
  add(after + 2h + 2min, second, call_arrived{"12315", "1", "12315", "pstn", {}, {}});
  CHECK(v.violation_count() == 1);
}
