// The template of long-lived things, with something that is no alarm.

#include "tests/actors/core/reminder.hpp"

#include "actors/supervision/supervisor_messages.hpp"
#include "domain/base/keeping.hpp"
#include "storage/memory_journal.hpp"
#include "storage/tables.hpp"
#include "tests/actors/caf_dsl.hpp"

#include <memory>

using namespace lifeline;
using namespace lifeline::testing;
using namespace std::chrono_literals;
using names = std::vector<std::string>;

namespace {

class fixture : public deterministic_system {
public:
  fixture() : deterministic_system(actors::add_supervision_errors) { start_engine(); }
  ~fixture() override { end_engine(); }

  /// The process ends without a word and is down for some time.
  void restart_engine(domain::span down, bool copy = false) {
    end_engine();
    advance(down);
    start_engine(copy);
  }
  void crash_supervisor() {
    caf::anon_send(around->supervisor, actors::crash_order{"told to"});
    run();
    spawn_reminders(sys, around); // as the root would
    run();
  }
  void crash(const reminder_id& id) {
    caf::anon_send(around->living.at(id), actors::crash_order{"told to"});
    run();
  }

  reminder_answer set(const std::string& text, domain::span in) {
    return ask<reminder_answer>(around->supervisor, set_reminder{text, time() + in});
  }
  reminder_answer dismiss(const reminder_id& id) {
    return ask<reminder_answer>(around->supervisor, dismiss_reminder{id});
  }

  [[nodiscard]] domain::instant time() const { return around->now_steady(); }
  [[nodiscard]] bool lives(const reminder_id& id) const { return around->living.contains(id); }
  [[nodiscard]] std::size_t rows(storage::table t) const {
    std::size_t n = 0;
    REQUIRE(disk.scan(t, {}, {}, false, [&](auto, auto) { return ++n > 0; }));
    return n;
  }
  [[nodiscard]] names logged() const {
    names texts;
    REQUIRE(disk.read_log(1, [&](const domain::event& e) {
      texts.push_back(std::get<domain::actor_restarted>(e.body).reason);
      return true;
    }));
    return texts;
  }

  storage::memory_journal disk;
  reminder_surroundings_ptr around;

private:
  void start_engine(bool copy = false) {
    const auto before = std::exchange(around, std::make_shared<reminder_surroundings>());
    around->system = &sys;
    around->journal = &disk;
    around->clock = before ? before->clock : actors::clock_anchor{domain::instant{24h * 365}, now()};
    around->outbound_held = copy;
    around->ids = domain::id_source{before ? 2u : 1u};
    spawn_reminders(sys, around);
    run();
  }
  void end_engine() {
    caf::anon_send_exit(around->supervisor, caf::exit_reason::kill);
    for (const auto& [id, actor] : around->living)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    around->supervisor = nullptr;
    around->living.clear();
    run();
    sched.clock().cancel_all();
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "kept: it rings at its deadline, again and again, and is on disk each time") {
  const auto set_one = set("milk", 10s);
  CHECK(set_one.ok);
  CHECK(rows(storage::table::open_orders) == 1);
  advance(9s);
  CHECK(around->rings.empty());
  advance(1s);
  CHECK(around->rings == names{"milk"});
  advance(2min);
  CHECK(around->rings.size() == 3);
  CHECK(logged() == names(3, "milk rings"));
  CHECK(rows(storage::table::order_index) == 1);
}

TEST_CASE_METHOD(fixture, "kept: what is over rests on disk, and is woken by whoever wants something of it") {
  const auto id = set("milk", 10s).which;
  CHECK(dismiss(id).ok);
  CHECK(rows(storage::table::open_orders) == 0);
  advance(29s);
  CHECK(lives(id));
  advance(1s);
  CHECK_FALSE(lives(id));
  CHECK_FALSE(around->find(id));
  const auto again = dismiss(id);
  CHECK(again.error == "it is over"); // by itself, from its row
  CHECK(lives(id));
  advance(31s);
  CHECK_FALSE(lives(id));
  CHECK(around->rings.empty());
}

TEST_CASE_METHOD(fixture, "keeper: nobody by that id, and a row that cannot be read, are told apart") {
  CHECK(dismiss({1, 1}).error == "unknown");
  disk.append({{}, {{storage::table::orders, storage::order_key{{1, 2}}.encode(), std::string{"rubbish"}}}},
              storage::durability::durable);
  CHECK(dismiss({1, 2}).error == "no reminder");
}

TEST_CASE_METHOD(fixture,
                 "keeper: after a restart of the engine the open ones go on, and what came due rings at once") {
  set("milk", 10s);
  set("bread", 10min);
  const auto over = set("eggs", 10s).which;
  CHECK(dismiss(over).ok);
  restart_engine(1min);
  CHECK(around->taken_up == 2);
  CHECK(around->rings == names{"milk"});
  CHECK_FALSE(lives(over));
  advance(59s);
  CHECK(around->rings == names{"milk"});
  advance(1s);
  CHECK(around->rings == names{"milk", "milk"});
}

TEST_CASE_METHOD(fixture, "keeper: a row that cannot be read keeps none of the others from being taken up") {
  set("milk", 10s);
  const auto key = storage::order_key{{1, 2}}.encode();
  disk.append({{}, {{storage::table::orders, key, std::string{"rubbish"}}, {storage::table::open_orders, key, ""}}},
              storage::durability::durable);
  const auto gone = storage::order_key{{1, 3}}.encode();
  disk.append({{}, {{storage::table::open_orders, gone, ""}}}, storage::durability::durable);
  restart_engine(1min);
  CHECK(around->complaints == names{"no reminder", "it is missing"});
  CHECK(around->rings == names{"milk"});
  CHECK(rows(storage::table::orders) == 2); // it stays
}

TEST_CASE_METHOD(fixture, "keeper: those of a restored copy wait until it is confirmed, and nobody wakes them") {
  const auto id = set("milk", 10s).which;
  restart_engine(1min, true);
  CHECK(around->find(id));
  CHECK_FALSE(lives(id));
  CHECK(dismiss(id).error == "held");
  caf::anon_send(around->supervisor, actors::plan_changed{}); // not confirmed yet
  run();
  CHECK(around->rings.empty());
  around->outbound_held = false;
  caf::anon_send(around->supervisor, actors::plan_changed{});
  run();
  CHECK(around->rings == names{"milk"});
}

TEST_CASE_METHOD(fixture, "keeper: one that crashes continues from its last state") {
  const auto id = set("milk", 10s).which;
  advance(10s);
  const auto first = around->living.at(id);
  crash(id);
  CHECK(around->living.at(id) != first);
  CHECK(around->find(id)->rung == 1);
  advance(1min);
  CHECK(around->rings.size() == 2);
  CHECK(dismiss(id).ok);
}

TEST_CASE_METHOD(fixture, "keeper: one that crashes too often is tried again for ever, and a person is told at times") {
  const auto id = set("milk", 10s).which;
  const auto well = set("bread", 10h).which;
  around->crashes_at_step = 1000;
  advance(10s);
  CHECK(around->complaints == names{"crashes too often"});
  CHECK_FALSE(lives(id));
  CHECK(lives(well));
  advance(29s);
  CHECK(around->crashes_at_step == 996);
  advance(10min);
  CHECK(around->complaints.size() == 1);
  around->crashes_at_step = 0;
  advance(domain::stubborn_retry);
  CHECK(around->rings == names{"milk"});
  CHECK(lives(id));
}

TEST_CASE_METHOD(fixture, "keeper: a request to one that waits for its restart starts it, and only once") {
  const auto id = set("milk", 10s).which;
  around->crashes_at_step = 4;
  advance(10s);
  REQUIRE_FALSE(lives(id));
  CHECK(dismiss(id).ok);
  CHECK(lives(id));
  advance(29s);
  const auto mine = around->living.at(id);
  CHECK(is_alive(mine));
  advance(10min);
  CHECK_FALSE(lives(id)); // it has rested, and nothing has started it again
}

TEST_CASE_METHOD(fixture, "keeper: a request that nobody has seen is handed on again") {
  const auto id = set("milk", 10s).which;
  caf::anon_send(around->living.at(id), actors::crash_order{"before the request"});
  auto answer = self->request(around->supervisor, caf::infinite, dismiss_reminder{id});
  run();
  advance(domain::pause_between_tries);
  reminder_answer got;
  REQUIRE(self->has_next_message());
  answer.receive([&](reminder_answer& a) { got = a; }, [](caf::error&) {});
  CHECK(got.ok);
}

TEST_CASE_METHOD(fixture, "keeper: a request that crashes whoever sees it is not tried for ever") {
  const auto id = set("milk", 10h).which;
  around->crashes_at_step = 1000;
  auto answer = self->request(around->supervisor, caf::infinite, dismiss_reminder{id});
  advance(5s);
  reminder_answer got;
  REQUIRE(self->has_next_message());
  answer.receive([&](reminder_answer& a) { got = a; }, [](caf::error&) {});
  CHECK_FALSE(got.ok);
  CHECK(got.error == "silent");
}

TEST_CASE_METHOD(fixture, "keeper: the supervisor's successor adopts those that live and starts those that do not") {
  const auto one = set("milk", 10s).which;
  const auto two = set("bread", 10s).which;
  const auto actor = around->living.at(one);
  SECTION("both live") {
    crash_supervisor();
    CHECK(around->living.at(one) == actor);
    crash(one); // it is watched again
    CHECK(lives(one));
  }
  SECTION("one has crashed while nobody looked") {
    caf::anon_send(around->supervisor, actors::crash_order{"told to"});
    caf::anon_send(around->living.at(two), actors::crash_order{"told to"});
    run();
    spawn_reminders(sys, around);
    run();
    CHECK(is_alive(around->living.at(two)));
  }
  CHECK(is_alive(around->living.at(one)));
  advance(10s);
  CHECK(around->rings.size() == 2);
  CHECK(around->taken_up == 2);
}

TEST_CASE_METHOD(fixture, "kept: a change that the disk refuses is in force, said to be refused, and written later") {
  const auto id = set("milk", 10s).which;
  SECTION("the second try is taken") {
    disk.fail_next(1);
    const auto answer = dismiss(id);
    CHECK_FALSE(answer.ok);
    CHECK(answer.error == "not stored: injected failure");
  }
  SECTION("the journal keeps the second try until the disk takes it") {
    disk.fail_next(3);
    CHECK_FALSE(dismiss(id).ok);
    (void)disk.barrier(1s);
  }
  CHECK(around->find(id)->due == domain::never);
  (void)disk.barrier(1s);
  CHECK(rows(storage::table::open_orders) == 0);
  CHECK(logged() == names{"milk is dismissed"});
  advance(10min);
  CHECK_FALSE(lives(id));
  restart_engine(1min);
  CHECK(around->rings.empty());
}

TEST_CASE_METHOD(fixture, "kept: nobody is answered before the change is on disk, and the ringing waits for nothing") {
  const auto id = set("milk", 10s).which;
  disk.set_stalled(true);
  advance(10s);
  CHECK(around->rings == names{"milk"});
  auto answer = self->request(around->supervisor, caf::infinite, dismiss_reminder{id});
  run();
  CHECK_FALSE(self->has_next_message());
  disk.set_stalled(false);
  run();
  reminder_answer got;
  REQUIRE(self->has_next_message());
  answer.receive([&](reminder_answer& a) { got = a; }, [](caf::error&) {});
  CHECK(got.ok);
}
