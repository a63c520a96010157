#include "bench/udp_loop.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lifeline::bench;
using namespace std::chrono_literals;

TEST_CASE("timers come in the order of their times, equal ones as they were set") {
  udp_loop loop;
  std::string order;
  std::promise<void> done;
  loop.ask([&] {
    const auto now = udp_loop::clock::now();
    loop.at(now + 3ms, [&] { order += 'c'; });
    loop.at(now + 1ms, [&] { order += 'a'; });
    loop.at(now + 1ms, [&] { order += 'b'; });
    loop.at(now + 4ms, [&] { done.set_value(); });
  });
  REQUIRE(done.get_future().wait_for(20s) == std::future_status::ready);
  CHECK(order == "abc");
}

TEST_CASE("a datagram arrives whole, after it was sent") {
  udp_loop loop;
  udp_port from;
  udp_port to;
  std::promise<std::pair<std::string, stamp>> got;
  loop.watch(to, [&](std::string_view text, stamp at) { got.set_value({std::string{text}, at}); });
  const auto sent = from.send("hello", to.port());
  auto future = got.get_future();
  REQUIRE(future.wait_for(20s) == std::future_status::ready);
  const auto [text, at] = future.get();
  CHECK(text == "hello");
  CHECK(at >= sent);
  CHECK(to.dropped() == 0);
  loop.stop();
}

TEST_CASE("a loop that was stopped can be stopped again, and asks are answered before") {
  udp_loop loop;
  CHECK(loop.ask([] { return 7; }) == 7);
  CHECK(loop.cpu_ms() >= 0);
  loop.stop();
  loop.stop();
}
