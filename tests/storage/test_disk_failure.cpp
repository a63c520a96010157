#include "faulty_disk.hpp"
#include "storage/event_codec.hpp"
#include "storage/rocksdb_journal.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace lifeline;
using namespace lifeline::storage;
using namespace lifeline::storage::testing;
using namespace std::chrono_literals;

namespace {

struct rig {
  temp_folder dir;
  faulty_disk disk;
  recorder observer;
  std::unique_ptr<journal> j;

  std::chrono::milliseconds patience;

  explicit rig(std::chrono::milliseconds p = 10s) : patience(p) {
    open();
    for (std::uint64_t i = 1; i <= 5; ++i)
      CHECK(append_and_wait(*j, changed(i), durability::durable).ok);
  }
  ~rig() {
    disk.heal();
    if (j) j->remove_observer(&observer);
  }
  void open() {
    settings s;
    s.directory = dir.file("journal");
    s.linger = 1ms;
    inner_settings inner;
    inner.env = disk.env.get();
    inner.pace.first_pause = 5ms;
    inner.pace.longest_pause = 20ms;
    inner.pace.patience = patience;
    auto opened = open_rocksdb_journal(s, inner);
    if (!opened) FAIL(opened.error().message);
    j = std::move(*opened);
    j->add_observer(&observer);
  }
  static change changed(std::uint64_t mark) {
    return {{simple_event(mark)}, {{table::agents, "agent", std::to_string(mark)}}};
  }
  std::vector<std::uint64_t> marks() {
    std::vector<std::uint64_t> all;
    REQUIRE(j->read_log(0, [&](const domain::event& e) {
      all.push_back(mark_of(e));
      return true;
    }));
    return all;
  }
};

std::vector<std::uint64_t> numbers(const std::vector<recorder::seen>& seen) {
  std::vector<std::uint64_t> all;
  for (const auto& s : seen)
    all.push_back(s.seq);
  return all;
}

} // namespace

TEST_CASE("while nothing can be synced, what was written keeps its numbers and nothing acknowledged is lost") {
  rig r;
  r.disk.fail(fault::sync_fails);
  const auto refused = append_and_wait(*r.j, rig::changed(6), durability::durable);
  CHECK_FALSE(refused.ok);
  CHECK_THAT(refused.error.message, Catch::StartsWith("not stored: ") && Catch::Contains("injected"));
  CHECK(eventually([&] { return !r.j->health().writable; }));
  CHECK_FALSE(append_and_wait(*r.j, rig::changed(100), durability::durable).ok);
  for (std::uint64_t i = 7; i <= 10; ++i)
    r.j->append(rig::changed(i), durability::lazy);
  CHECK(eventually([&] { return r.observer.count() == 10; }));
  r.disk.heal();
  REQUIRE(r.j->barrier(10s));
  CHECK(append_and_wait(*r.j, rig::changed(11), durability::durable).first_seq == 11);
  REQUIRE(r.j->barrier(10s));
  CHECK(r.marks() == gapless(11));
  CHECK(numbers(r.observer.all()) == gapless(11));
  CHECK(r.j->health().lost_events == 0);
}

TEST_CASE("while the disk fails durable changes are refused, lazy ones wait, and nothing acknowledged is lost") {
  rig r;
  const auto kind = GENERATE(fault::no_space, fault::io_error, fault::read_only, fault::gone);
  CAPTURE(static_cast<int>(kind));
  r.disk.fail(kind);
  const auto refused = append_and_wait(*r.j, rig::changed(100), durability::durable);
  CHECK_FALSE(refused.ok);
  CHECK(refused.first_seq == 0);
  CHECK(refused.error.code == (kind == fault::no_space ? errc::disk_full : errc::io_error));
  CHECK_THAT(refused.error.message, Catch::StartsWith("not stored: ") && Catch::Contains("injected"));
  CHECK(eventually([&] { return !r.j->health().writable; }));
  CHECK(r.j->health().failures > 0);
  CHECK_THAT(r.j->health().last_error, Catch::Contains("injected"));

  std::atomic<int> stored{0};
  for (std::uint64_t i = 6; i <= 10; ++i)
    r.j->append(rig::changed(i), durability::lazy, [&](const commit_result& c) { stored += c.ok ? 1 : 100; });
  CHECK_FALSE(append_and_wait(*r.j, rig::changed(101), durability::durable).ok);
  CHECK(eventually([&] { return r.observer.count() == 10; }));
  CHECK(stored == 0);
  CHECK_FALSE(r.j->barrier(1ms));
  CHECK(r.j->last_sequence() == 5);
  CHECK(r.j->get(table::agents, "agent").value() == "5");
  CHECK(eventually([&] { return r.j->health().queued == 5; }));

  r.disk.heal();
  REQUIRE(r.j->barrier(10s));
  CHECK(stored == 5);
  CHECK(r.j->health().writable);
  CHECK(r.j->health().lost_events == 0);
  CHECK(r.j->last_sequence() == 10);
  CHECK(append_and_wait(*r.j, rig::changed(11), durability::durable).first_seq == 11);
  REQUIRE(r.j->barrier(10s));
  CHECK(r.marks() == gapless(11));
  CHECK(log_numbers(*r.j) == gapless(11));
  const auto seen = r.observer.all();
  CHECK(numbers(seen) == gapless(11));
  for (std::size_t i = 0; i < seen.size(); ++i)
    CHECK(seen[i].stored == (i < 5 || i == 10));

  r.j->remove_observer(&r.observer);
  r.j.reset();
  r.open();
  CHECK(r.marks() == gapless(11));
  CHECK(r.j->get(table::agents, "agent").value() == "11");
}

TEST_CASE("a failure that passes at once is noticed by the counters alone") {
  rig r;
  const auto kind = GENERATE(fault::no_space, fault::io_error, fault::sync_fails);
  CAPTURE(static_cast<int>(kind));
  r.disk.fail(kind, 1);
  r.j->append(rig::changed(6), durability::lazy);
  const auto c = append_and_wait(*r.j, rig::changed(7), durability::durable);
  CHECK(c.ok);
  CHECK(c.first_seq == 7);
  REQUIRE(r.j->barrier(10s));
  CHECK(r.j->health().writable);
  CHECK(r.j->health().failures == 1);
  CHECK(r.marks() == gapless(7));
  CHECK(numbers(r.observer.all()) == gapless(7));
}

TEST_CASE("a failed background sync of lazy changes is mended and loses nothing") {
  rig r;
  r.disk.fail(fault::sync_fails, 3);
  r.j->append(rig::changed(6), durability::lazy);
  CHECK(eventually([&] { return r.j->health().failures > 0; }));
  CHECK(append_and_wait(*r.j, rig::changed(7), durability::lazy).ok);
  CHECK(eventually([&] { return r.j->health().writable; }));
  CHECK(r.marks() == gapless(7));
}

TEST_CASE("a disk that fails again and again leaves a gapless log with all that was acknowledged") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  rig r;
  std::mutex mutex;
  std::vector<std::uint64_t> acknowledged;
  std::size_t answers = 0;
  const auto kinds = std::vector{fault::none, fault::no_space, fault::io_error, fault::sync_fails};
  for (std::uint64_t i = 6; i < 600; ++i) {
    if (random() % 20 == 0) r.disk.fail(kinds[random() % kinds.size()], static_cast<int>(random() % 6));
    r.j->append(rig::changed(i), random() % 3 == 0 ? durability::durable : durability::lazy,
                [&, i](const commit_result& c) {
                  const std::lock_guard lock(mutex);
                  ++answers;
                  if (c.ok) acknowledged.push_back(i);
                });
    if (random() % 10 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
  }
  r.disk.heal();
  REQUIRE(r.j->barrier(10s));
  CHECK(answers == 594);
  const auto marks = r.marks();
  CHECK(log_numbers(*r.j) == gapless(r.j->last_sequence()));
  CHECK(std::is_sorted(marks.begin(), marks.end()));
  CHECK(std::adjacent_find(marks.begin(), marks.end()) == marks.end());
  CHECK(std::includes(marks.begin(), marks.end(), acknowledged.begin(), acknowledged.end()));
  CHECK(r.j->get(table::agents, "agent").value() == std::to_string(marks.back()));
  CHECK(r.j->health().lost_events == 0);
}

TEST_CASE("a journal that ends while the disk fails says what it gives up") {
  rig r;
  r.disk.fail(fault::io_error);
  std::atomic<int> given_up{0};
  for (std::uint64_t i = 6; i <= 8; ++i)
    r.j->append(rig::changed(i), durability::lazy, [&](const commit_result& c) { given_up += c.ok ? 100 : 1; });
  r.j.reset();
  CHECK(given_up == 3);
  CHECK(numbers(r.observer.all()) == gapless(8));
  r.disk.heal();
  r.open();
  CHECK(log_numbers(*r.j) == gapless(r.j->last_sequence()));
  CHECK(r.j->last_sequence() >= 5);
}

TEST_CASE("a disk that hangs for a while delays nobody, refuses durable changes in bounded time, and loses nothing") {
  rig r(1500ms);
  r.disk.hang();
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 6; i <= 2000; ++i)
    r.j->append(rig::changed(i), durability::lazy);
  CHECK(std::chrono::steady_clock::now() - start < 2s); // of work, for none of it waits
  const auto refused = append_and_wait(*r.j, rig::changed(5000), durability::durable);
  CHECK_FALSE(refused.ok);
  CHECK_THAT(refused.error.message, Catch::Contains("has not answered for 1500 ms"));
  CHECK(eventually([&] { return !r.j->health().writable; }));
  r.disk.heal();
  REQUIRE(r.j->barrier(10s));
  CHECK(r.j->health().writable);
  CHECK(r.j->health().refused == 1);
  CHECK(r.marks() == gapless(2000)); // the refused one is not among them
  CHECK(append_and_wait(*r.j, rig::changed(2001), durability::durable).first_seq == 2001);
}

TEST_CASE("a journal whose directory is moved away stops acknowledging, and goes on when it is back") {
  temp_folder dir;
  settings s;
  s.directory = dir.file("journal");
  inner_settings inner;
  inner.pace.first_pause = 5ms;
  inner.pace.longest_pause = 20ms;
  auto opened = open_rocksdb_journal(s, inner);
  REQUIRE(opened);
  auto& j = **opened;
  CHECK(append_and_wait(j, rig::changed(1), durability::durable).ok);
  std::filesystem::rename(s.directory, dir.file("elsewhere"));
  const auto refused = append_and_wait(j, rig::changed(2), durability::durable);
  CHECK_FALSE(refused.ok);
  CHECK_THAT(refused.error.message, Catch::Contains("is gone"));
  j.append(rig::changed(3), durability::lazy);
  CHECK(eventually([&] { return !j.health().writable; }));
  std::filesystem::rename(dir.file("elsewhere"), s.directory);
  REQUIRE(j.barrier(10s));
  CHECK(eventually([&] { return j.health().writable; }));
  CHECK(append_and_wait(j, rig::changed(4), durability::durable).ok);
  CHECK(log_numbers(j) == gapless(j.last_sequence()));
}

TEST_CASE("where lazy changes had to be given up, the log says how many, and its numbers stay gapless") {
  temp_folder dir;
  faulty_disk disk;
  settings s;
  s.directory = dir.file("journal");
  s.linger = 1ms;
  s.max_queue = 100;
  inner_settings inner;
  inner.env = disk.env.get();
  inner.pace.first_pause = 5ms;
  inner.pace.longest_pause = 20ms;
  {
    auto opened = open_rocksdb_journal(s, inner);
    REQUIRE(opened);
    auto& j = **opened;
    disk.fail(fault::no_space);
    for (std::uint64_t i = 1; i <= 150; ++i)
      j.append(rig::changed(i), durability::lazy);
    CHECK(j.health().lost_events == 50);
    CHECK(j.health().lost_queue_full == 50);
    disk.heal();
    REQUIRE(j.barrier(10s));
    j.append(rig::changed(151), durability::lazy);
    REQUIRE(j.barrier(10s));
    std::vector<std::string> entries;
    REQUIRE(j.read_log(100, [&](const domain::event& e) {
      if (const auto* lost = std::get_if<domain::events_lost>(&e.body)) {
        CHECK(lost->count == 50);
        CHECK_THAT(lost->reason, Catch::Contains("queue was full"));
        entries.emplace_back("lost");
      } else {
        entries.push_back(std::to_string(mark_of(e)));
      }
      return true;
    }));
    CHECK(entries == std::vector<std::string>{"100", "lost", "151"});
    CHECK(log_numbers(j) == gapless(102));
  }
  disk.heal();
}
