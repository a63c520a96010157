#include "actors/core/quiet_scheduler.hpp"

#include <catch2/catch.hpp>

#include <caf/all.hpp>

#include <future>
#include <vector>

using namespace lifeline;
using namespace lifeline::actors;
using namespace std::chrono_literals;

namespace {

struct quiet_actors {
  explicit quiet_actors(std::size_t workers) : system(prepared(workers)) {}
  caf::actor_system_config& prepared(std::size_t workers) {
    use_quiet_scheduler(config);
    config.set("scheduler.max-threads", workers);
    config.set("scheduler.max-throughput", 5); // actors take turns
    return config;
  }
  caf::actor_system_config config;
  caf::actor_system system;
};

constexpr int rounds = 2000;

/// Tells the next of a ring what it has heard, less one; the last fulfils `done`.
caf::behavior neighbour(caf::event_based_actor* self, std::promise<void>* done) {
  auto next = std::make_shared<caf::actor>();
  return {
      [=](const caf::actor& to) { *next = to; },
      [=](int left) {
        if (left > 0) return self->send(*next, left - 1);
        *next = {}; // a ring of owners would never end
        done->set_value();
      },
      [=](caf::unit_t) { *next = {}; },
  };
}

} // namespace

TEST_CASE("quiet scheduler: nothing that is sent is left lying, with one worker and with several") {
  const auto workers = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{5});
  quiet_actors a{workers};
  constexpr int rings = 20;
  std::vector<std::promise<void>> done(rings);
  std::vector<caf::actor> all;
  for (auto& each : done) {
    const auto first = a.system.spawn(neighbour, &each);
    const auto second = a.system.spawn(neighbour, &each);
    caf::anon_send(first, second);
    caf::anon_send(second, first);
    caf::anon_send(first, rounds);
    all.push_back(first);
    all.push_back(second);
  }
  for (auto& each : done)
    CHECK(each.get_future().wait_for(60s) == std::future_status::ready);
  for (const auto& each : all)
    caf::anon_send(each, caf::unit);
}

TEST_CASE("quiet scheduler: what one thread sends to one actor comes in order") {
  quiet_actors a{3};
  std::promise<void> done;
  std::vector<int> heard; // to be read after `done`
  const auto listener = a.system.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&](int x) {
      heard.push_back(x);
      if (x == rounds) done.set_value();
    }};
  });
  for (int i = 1; i <= rounds; ++i)
    caf::anon_send(listener, i);
  REQUIRE(done.get_future().wait_for(60s) == std::future_status::ready);
  CHECK(heard.size() == rounds);
  CHECK(std::is_sorted(heard.begin(), heard.end()));
}

TEST_CASE("quiet scheduler: requests still time out and delayed messages still come") {
  quiet_actors a{1};
  std::promise<caf::error> timed_out;
  std::promise<void> delayed;
  const auto silent = a.system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](int) { return self->make_response_promise<int>(); }};
  });
  const auto asks = a.system.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, 5ms, std::string{"late"});
    self->request(silent, 10ms, 1).then([](int) {}, [&](caf::error& e) { timed_out.set_value(e); });
    return {[&](const std::string&) { delayed.set_value(); }};
  });
  auto error = timed_out.get_future();
  REQUIRE(error.wait_for(60s) == std::future_status::ready);
  CHECK(error.get() == caf::sec::request_timeout);
  CHECK(delayed.get_future().wait_for(60s) == std::future_status::ready);
  caf::anon_send_exit(silent, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(asks, caf::exit_reason::user_shutdown);
}

TEST_CASE("quiet scheduler: who ends with an open request has its timeout taken back, and its like may follow") {
  quiet_actors a{1};
  const auto silent = a.system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](int) { return self->make_response_promise<int>(); }};
  });
  for (int i = 0; i < 100; ++i) { // addresses are used again
    std::promise<void> gone;
    const auto asks = a.system.spawn([&](caf::event_based_actor* self) -> caf::behavior {
      self->attach_functor([&] { gone.set_value(); });
      self->request(silent, 3600s, 1).then([](int) {}, [](caf::error&) {});
      return {[self](caf::unit_t) { self->quit(); }};
    });
    caf::anon_send(asks, caf::unit);
    REQUIRE(gone.get_future().wait_for(60s) == std::future_status::ready);
  }
  caf::anon_send_exit(silent, caf::exit_reason::user_shutdown);
}
