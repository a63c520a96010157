#include "actors/core/timekeeper.hpp"

#include "actors/core/timer.hpp"

#include <catch2/catch.hpp>

#include <caf/all.hpp>

#include <future>

using namespace lifeline;
using namespace lifeline::actors;
using namespace std::chrono_literals;

namespace {

/// An actor that keeps the generations it is woken with, and fulfils `done` when `last` comes.
struct sleeper {
  sleeper(caf::actor_system& system, std::uint64_t last)
      : actor(system.spawn([this, last](caf::event_based_actor*) -> caf::behavior {
          return {[this, last](const wake& w) {
            woken.push_back(w.generation);
            if (w.generation == last) done.set_value();
          }};
        })) {}
  caf::weak_actor_ptr weak() const { return caf::actor_cast<caf::weak_actor_ptr>(actor); }

  std::vector<std::uint64_t> woken; ///< to be read after `done`
  std::promise<void> done;
  caf::actor actor;
};

struct real_actors {
  caf::actor_system_config config;
  caf::actor_system system{config};
  timekeeper time;
};

struct owner_state {
  timer clock;
};

} // namespace

TEST_CASE("timekeeper: a wish replaces the one before, sooner or later") {
  real_actors a;
  sleeper s{a.system, 4};
  const auto now = timekeeper::clock::now();
  a.time.wake_at(s.weak(), now + 1h, 1);
  a.time.wake_at(s.weak(), now + 20ms, 2); // sooner than what its thread sleeps for
  a.time.wake_at(s.weak(), now + 2h, 3);
  CHECK(a.time.size() == 1);
  a.time.wake_at(s.weak(), now + 40ms, 4);
  s.done.get_future().wait();
  CHECK(s.woken == std::vector<std::uint64_t>{4});
  CHECK(timekeeper::clock::now() >= now + 40ms);
  CHECK(a.time.size() == 0);
}

TEST_CASE("timekeeper: many actors are woken in the order of their times, what is past at once") {
  real_actors a;
  sleeper first{a.system, 1};
  sleeper second{a.system, 2};
  const auto now = timekeeper::clock::now();
  a.time.wake_at(second.weak(), now + 30ms, 2);
  a.time.wake_at(first.weak(), now - 1h, 1);
  first.done.get_future().wait();
  second.done.get_future().wait();
  CHECK(timekeeper::clock::now() >= now + 30ms);
}

TEST_CASE("timekeeper: who is forgotten, or is no more, is not woken") {
  real_actors a;
  sleeper forgotten{a.system, 9};
  sleeper last{a.system, 1};
  const auto now = timekeeper::clock::now();
  a.time.wake_at(forgotten.weak(), now + 10ms, 9);
  a.time.forget(forgotten.actor.id());
  a.time.forget(forgotten.actor.id()); // twice does no harm
  {
    auto gone = std::make_unique<sleeper>(a.system, 9);
    a.time.wake_at(gone->weak(), now + 10ms, 9);
    caf::scoped_actor self{a.system};
    self->send_exit(gone->actor, caf::exit_reason::user_shutdown);
    self->wait_for(gone->actor);
  }
  a.time.wake_at(last.weak(), now + 30ms, 1);
  last.done.get_future().wait();
  CHECK(forgotten.woken.empty());
  CHECK(a.time.size() == 0);
}

TEST_CASE("timekeeper: an actor's end takes its timer back") {
  real_actors a;
  auto around = std::make_shared<surroundings>();
  around->time = std::make_shared<timekeeper>();
  const auto owner = a.system.spawn([around](caf::stateful_actor<owner_state>* self) -> caf::behavior {
    const auto now = around->now(self);
    self->state.clock.arm(self, *around, now + 1h, now);
    self->state.clock.arm(self, *around, now + 2h, now); // the sooner one stays
    self->state.clock.arm(self, *around, domain::never, now);
    return {[](caf::ok_atom) {}};
  });
  caf::scoped_actor self{a.system};
  self->request(owner, caf::infinite, caf::ok_atom::value).receive([] {}, [](caf::error&) {});
  CHECK(around->time->size() == 1);
  self->send_exit(owner, caf::exit_reason::user_shutdown);
  self->wait_for(owner);
  CHECK(around->time->size() == 0);
}
