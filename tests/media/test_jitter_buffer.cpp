#include "media/jitter_buffer.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace lifeline::media;
using taken = jitter_buffer::taken;

namespace {

constexpr std::uint32_t start = 0xffffff00; // wraps soon

/// Packet `n` of 20 ms holds the value n + 1.
void put(jitter_buffer& b, std::uint32_t n, std::uint32_t count = 1) {
  b.put(start + n * 160, std::vector<std::int16_t>(160 * count, static_cast<std::int16_t>(n + 1)));
}

std::int16_t take(jitter_buffer& b) {
  frame f{};
  b.take(f);
  return f[80];
}

/// With a delay of 40 ms, packet 0 is played by the third tick.
void skip_delay(jitter_buffer& b) {
  for (int i = 0; i < 2; ++i)
    CHECK(take(b) == 0);
}

} // namespace

TEST_CASE("audio is played after the delay and in order, though it came out of order") {
  jitter_buffer b(40, 200);
  frame f{};
  CHECK(b.take(f) == taken::silence);
  put(b, 0);
  put(b, 2);
  put(b, 1);
  put(b, 1); // a duplicate is written to the same place
  skip_delay(b);
  for (std::int16_t i = 1; i <= 3; ++i)
    CHECK(take(b) == i);
  CHECK(b.late() == 0);
}

TEST_CASE("packets of 10, 30 and 60 ms are played in ticks of 20 ms") {
  jitter_buffer b(40, 200);
  std::uint32_t ts = start;
  std::int16_t value = 1;
  for (const std::size_t ms : {10u, 10u, 30u, 60u, 10u}) {
    b.put(ts, std::vector<std::int16_t>(ms * 8, value++));
    ts += static_cast<std::uint32_t>(ms * 8);
  }
  skip_delay(b);
  frame f{};
  b.take(f);
  CHECK(f[79] == 1);
  CHECK(f[80] == 2);
  b.take(f);
  CHECK(f[0] == 3);
  b.take(f);
  CHECK(f[79] == 3);
  CHECK(f[80] == 4);
}

TEST_CASE("a lost packet is hidden once, more loss is silence, and announced quiet is silence at once") {
  jitter_buffer b(40, 200);
  put(b, 0);
  put(b, 3);
  skip_delay(b);
  frame f{};
  REQUIRE(b.take(f) == taken::audio);
  f = {};
  b.put(start + 160 * 3, std::vector<std::int16_t>(160, 1000));
  CHECK(b.take(f) == taken::concealed);
  CHECK(b.take(f) == taken::silence);
  CHECK(b.take(f) == taken::audio);
  CHECK(f[0] == 1000);
  CHECK(b.take(f) == taken::concealed);
  CHECK(f[0] == 500);

  jitter_buffer quiet(40, 200);
  put(quiet, 0);
  skip_delay(quiet);
  quiet.take(f);
  quiet.pause();
  CHECK(quiet.take(f) == taken::silence);
}

TEST_CASE("late audio makes the delay grow up to its limit") {
  jitter_buffer b(40, 120);
  std::uint32_t n = 0;
  put(b, n++);
  skip_delay(b);
  CHECK(take(b) == 1);
  CHECK(b.delay_ms() == 40);
  // From now on every packet comes 100 ms late: after the buffer has learnt, audio flows again.
  for (int i = 0; i < 5; ++i)
    (void)take(b);
  int audio = 0;
  for (int i = 0; i < 40; ++i) {
    put(b, n++);
    frame f{};
    if (b.take(f) == taken::audio) ++audio;
  }
  CHECK(b.late() > 0);
  CHECK(audio > 25);
  CHECK(b.delay_ms() <= 120);
}

TEST_CASE("the delay shrinks again when it is not needed") {
  jitter_buffer b(40, 200);
  std::uint32_t n = 0;
  for (int i = 0; i < 8; ++i)
    put(b, n++); // a burst: 160 ms lie in the buffer
  for (int i = 0; i < 200; ++i) {
    (void)take(b);
    put(b, n++);
  }
  const auto before = b.depth_ms();
  for (int i = 0; i < 2000; ++i) {
    (void)take(b);
    put(b, n++);
  }
  CHECK(b.depth_ms() < before);
  CHECK(b.depth_ms() >= 40);
  CHECK(b.depth_ms() <= 100);
}

TEST_CASE("a burst after a stall does not become a lasting delay") {
  jitter_buffer b(40, 100);
  for (std::uint32_t n = 0; n < 20; ++n)
    put(b, n);
  CHECK(b.depth_ms() <= 160);
}

TEST_CASE("a sender whose timestamps stop, jump or start anew is heard again") {
  for (const std::int64_t jump : {0, -100000, 100000, 7}) {
    jitter_buffer b(40, 200);
    std::uint32_t ts = 5000000;
    const auto speak = [&](int packets) {
      int audio = 0;
      for (int i = 0; i < packets; ++i) {
        b.put(ts, std::vector<std::int16_t>(160, 100));
        ts += 160;
        frame f{};
        if (b.take(f) == taken::audio) ++audio;
      }
      return audio;
    };
    CHECK(speak(20) >= 17);
    frame f{};
    for (int i = 0; i < 50; ++i)
      b.take(f); // a second of nothing
    ts += static_cast<std::uint32_t>(jump);
    CHECK(speak(30) >= 20);
  }
}
