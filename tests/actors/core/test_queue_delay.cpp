#include "actors/core/queue_delay.hpp"

#include <catch2/catch.hpp>

#include <caf/all.hpp>

#include <future>
#include <thread>

using lifeline::actors::queue_delay;
using namespace std::chrono_literals;

namespace {

/// One worker, which the test can hold.
struct one_worker {
  one_worker() { config.set("scheduler.max-threads", std::size_t{1}); }

  /// Returns when the worker is held, until `release` is set.
  void hold() {
    std::promise<void> held;
    system.spawn([this, &held](caf::event_based_actor*) {
      held.set_value();
      release.get_future().wait();
    });
    held.get_future().wait();
  }

  caf::actor_system_config config;
  caf::actor_system system{config};
  std::promise<void> release;
};

} // namespace

TEST_CASE("queue delay: a probe that waits for a worker is late already, and is late still when it has come back") {
  one_worker w;
  queue_delay delay{w.system};
  const auto start = queue_delay::clock::now();
  CHECK(delay.worst(start) == 0s);
  w.hold();
  delay.probe(start);
  CHECK(delay.worst(start + 300ms) == 300ms);
  delay.probe(start + 300ms); // no second one meanwhile: the first one's age counts
  CHECK(delay.worst(start + 2s) == 2s);
  w.release.set_value();
  // Back: its age grows no more.
  while (delay.worst(start + 100h) > 1h)
    std::this_thread::yield();
  CHECK(delay.worst(start + 100h) <= queue_delay::clock::now() - start);
}
