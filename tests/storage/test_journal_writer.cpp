#include "storage/journal_writer.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <future>
#include <set>

using namespace lifeline;
using namespace lifeline::storage;
using namespace lifeline::storage::testing;
using namespace std::chrono_literals;

namespace {

/// A store that fails and hangs as told.
class fake_store final : public batch_store {
public:
  tl::expected<void, failure> write(const std::deque<prepared_change>& changes, std::size_t count,
                                    std::uint64_t last_seq) override {
    std::unique_lock lock(mutex);
    free.wait(lock, [&] { return !hanging; });
    if (failing) {
      if (keeps_what_it_refuses && count > 0) keep(changes, count, last_seq);
      return tl::unexpected(failure{errc::disk_full, "full"});
    }
    keep(changes, count, last_seq);
    return {};
  }
  tl::expected<void, failure> sync() override {
    const std::lock_guard lock(mutex);
    if (sync_failing) return tl::unexpected(failure{errc::io_error, "sync failed"});
    return {};
  }
  tl::expected<std::uint64_t, failure> recover() override {
    const std::lock_guard lock(mutex);
    if (failing && !recovers) return tl::unexpected(failure{errc::disk_full, "still full"});
    failing = false;
    return last;
  }

  void set(bool& flag, bool value) {
    {
      const std::lock_guard lock(mutex);
      flag = value;
    }
    free.notify_all();
  }
  std::vector<std::uint64_t> stored() {
    const std::lock_guard lock(mutex);
    return marks;
  }

  std::mutex mutex;
  std::condition_variable free;
  bool failing = false;
  bool hanging = false;
  bool sync_failing = false;
  bool recovers = false;
  bool keeps_what_it_refuses = false;
  std::uint64_t last = 0;
  std::uint64_t lost = 0; ///< as the entries say
  std::vector<std::uint64_t> marks;
  std::vector<std::size_t> batches;

private:
  void keep(const std::deque<prepared_change>& changes, std::size_t count, std::uint64_t last_seq) {
    for (std::size_t i = 0; i < count; ++i)
      for (const auto& e : changes[i].what.events)
        if (const auto* l = std::get_if<domain::events_lost>(&e.body)) {
          lost += l->count;
        } else {
          marks.push_back(mark_of(e));
        }
    batches.push_back(count);
    last = last_seq;
  }
};

writer_pace quick() {
  writer_pace p;
  p.first_pause = 2ms;
  p.longest_pause = 5ms;
  p.stalled_after = 20ms;
  return p;
}

settings small_queue(std::size_t max_queue) {
  settings s;
  s.linger = 1ms;
  s.max_queue = max_queue;
  return s;
}

prepared_change marked(std::uint64_t mark, durability d, completion done = {}) {
  return prepare({{simple_event(mark)}, {}}, d, std::move(done));
}

} // namespace

TEST_CASE("past the queue's limit lazy changes are given up, counted and still shown") {
  fake_store store;
  recorder observer;
  journal_writer writer(store, small_queue(3), quick(), 0);
  writer.add_observer(&observer);
  store.set(store.failing, true);
  std::atomic<int> ok{0};
  std::atomic<int> lost{0};
  for (std::uint64_t i = 1; i <= 5; ++i)
    writer.append(marked(i, durability::lazy, [&](const commit_result& r) { ++(r.ok ? ok : lost); }));
  CHECK(eventually([&] { return observer.count() == 5; }));
  CHECK(lost == 2);
  CHECK(writer.health().lost_events == 2);
  CHECK(writer.health().queued == 3);
  std::promise<commit_result> refused;
  writer.append(marked(6, durability::durable, [&](const commit_result& r) { refused.set_value(r); }));
  CHECK_THAT(refused.get_future().get().error.message, Catch::Contains("queue is full"));
  store.set(store.failing, false);
  REQUIRE(writer.barrier(10s));
  CHECK(ok == 3);
  CHECK(store.stored() == gapless(3));
  std::multiset<std::uint64_t> numbers;
  for (const auto& s : observer.all())
    numbers.insert(s.seq);
  CHECK(numbers == std::multiset<std::uint64_t>{0, 0, 1, 2, 3});
  CHECK(observer.count() == 5);
}

TEST_CASE("a hanging disk blocks nobody and shows in health") {
  fake_store store;
  journal_writer writer(store, small_queue(1000), quick(), 0);
  store.set(store.hanging, true);
  for (std::uint64_t i = 1; i <= 5000; ++i)
    writer.append(marked(i, durability::lazy));
  CHECK(eventually([&] { return !writer.health().writable; }));
  CHECK_THAT(writer.health().last_error, Catch::Contains("has not answered for"));
  CHECK(writer.health().queued == 1000);
  CHECK(writer.health().lost_events == 4000);
  CHECK_FALSE(writer.barrier(1ms));
  store.set(store.hanging, false);
  REQUIRE(writer.barrier(10s));
  CHECK(writer.health().writable);
  CHECK(store.stored() == gapless(1000));
}

TEST_CASE("a batch that is on the disk although its write failed is not written twice") {
  fake_store store;
  recorder observer;
  settings s = small_queue(1000);
  s.linger = 50ms;
  std::vector<std::string> answers;
  {
    journal_writer writer(store, s, quick(), 0);
    writer.add_observer(&observer);
    const auto answer = [&](const commit_result& r) {
      answers.push_back(r.ok ? "stored " + std::to_string(r.first_seq) : "refused");
    };
    SECTION("found out at once: nobody is refused") {
      store.failing = store.keeps_what_it_refuses = store.recovers = true;
      writer.append(marked(1, durability::lazy, answer));
      writer.append(marked(2, durability::durable, answer));
      REQUIRE(writer.barrier(10s));
      CHECK(answers.front() == "stored 1");
      CHECK(answers.back() == "stored 2");
      CHECK(store.stored() == gapless(2));
      CHECK(writer.last_sequence() == 2);
      for (const auto& seen : observer.all())
        CHECK(seen.stored);
    }
    SECTION("found out later: the lazy change is not repeated") {
      store.failing = store.keeps_what_it_refuses = true;
      writer.append(marked(1, durability::lazy, answer));
      REQUIRE(eventually([&] { return observer.count() == 1; }));
      CHECK(writer.last_sequence() == 0);
      store.set(store.recovers, true);
      REQUIRE(writer.barrier(10s));
      CHECK(answers == std::vector<std::string>{"stored 1"});
      CHECK(store.stored() == gapless(1));
      writer.append(marked(2, durability::lazy, answer));
      REQUIRE(writer.barrier(10s));
      CHECK(answers.back() == "stored 2");
      CHECK(observer.count() == 2);
    }
  }
}

TEST_CASE("what was written but not synced keeps its numbers, and durable callers are told") {
  fake_store store;
  recorder observer;
  std::vector<std::string> answers;
  auto s = small_queue(100);
  s.linger = 50ms;
  journal_writer writer(store, s, quick(), 0);
  writer.add_observer(&observer);
  const auto answer = [&](const commit_result& r) {
    answers.push_back(r.ok ? "stored " + std::to_string(r.first_seq) : r.error.message);
  };
  store.set(store.sync_failing, true);
  writer.append(marked(1, durability::lazy, answer));
  writer.append(marked(2, durability::durable, answer));
  REQUIRE(eventually([&] { return observer.count() == 2; }));
  writer.append(marked(3, durability::lazy, answer));
  REQUIRE(eventually([&] { return observer.count() == 3; }));
  CHECK_FALSE(writer.health().writable);
  CHECK(writer.last_sequence() == 2);
  store.set(store.sync_failing, false);
  REQUIRE(writer.barrier(10s));
  CHECK(answers == std::vector<std::string>{"stored 1", "not stored: sync failed", "stored 3"});
  CHECK(store.stored() == gapless(3));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(observer.all()[i].seq == i + 1);
    CHECK(observer.all()[i].stored == (i < 2));
  }
}

TEST_CASE("a batch is bounded, and lazy changes wait for company while durable ones do not") {
  fake_store store;
  auto pace = quick();
  pace.batch_changes = 10;
  settings s;
  s.linger = 10s;
  journal_writer writer(store, s, pace, 0);
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 1; i <= 5; ++i)
    writer.append(marked(i, durability::lazy));
  std::promise<void> done;
  writer.append(marked(6, durability::durable, [&](const commit_result&) { done.set_value(); }));
  REQUIRE(done.get_future().wait_for(5s) == std::future_status::ready);
  CHECK(store.stored() == gapless(6));
  store.set(store.hanging, true);
  writer.append(marked(7, durability::durable));
  for (std::uint64_t i = 8; i <= 40; ++i)
    writer.append(marked(i, durability::lazy));
  store.set(store.hanging, false);
  REQUIRE(writer.barrier(10s));
  CHECK(std::chrono::steady_clock::now() - start < 9s);
  CHECK(store.stored() == gapless(40));
  CHECK(*std::max_element(store.batches.begin(), store.batches.end()) <= 10);
}

TEST_CASE("a lazy change is written in time, whether the writer rests, looks for company or sleeps") {
  fake_store store;
  auto s = small_queue(100);
  s.linger = 3ms;
  s.lazy_sync = 10s; // nothing else wakes it
  journal_writer writer(store, s, quick(), 0);
  for (std::uint64_t i = 1; i <= 99; ++i) {
    writer.append(marked(i, durability::lazy));
    if (i % 3 != 0) continue; // some come while the last batch is being settled, some when it is long over
    REQUIRE(eventually([&] { return writer.last_sequence() == i; }));
  }
  CHECK(store.stored() == gapless(99));
}

TEST_CASE("a completion may append, and what is queued is written at the end") {
  fake_store store;
  {
    journal_writer writer(store, small_queue(100), quick(), 41);
    writer.append(marked(1, durability::lazy,
                         [&](const commit_result& r) { writer.append(marked(r.first_seq, durability::lazy)); }));
    REQUIRE(writer.barrier(10s));
  }
  CHECK(store.stored() == std::vector<std::uint64_t>{1, 42});
  CHECK(store.last == 43);
}

TEST_CASE("the queue's memory is bounded by bytes, too") {
  fake_store store;
  auto s = small_queue(100'000);
  s.max_queue_bytes = 20'000;
  journal_writer writer(store, s, quick(), 0);
  store.set(store.hanging, true);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    change c{{simple_event(i)}, {{table::agents, "a", std::string(1000, 'x')}}};
    writer.append(prepare(std::move(c), durability::lazy, {}));
  }
  const auto kept = writer.health().queued;
  CHECK(kept < 20);
  CHECK(kept > 10);
  CHECK(writer.health().lost_queue_full == 100 - kept);
  store.set(store.hanging, false);
  REQUIRE(writer.barrier(10s));
  CHECK(store.stored() == gapless(kept));
  for (std::uint64_t i = 1; i <= 5; ++i) { // there is room again
    change c{{simple_event(kept + i)}, {{table::agents, "a", std::string(1000, 'x')}}};
    writer.append(prepare(std::move(c), durability::lazy, {}));
    REQUIRE(writer.barrier(10s));
    CHECK(writer.health().queued == 0);
  }
  CHECK(writer.health().lost_queue_full == 100 - kept);
}

TEST_CASE("while the disk hangs, who waits for a durable change is answered once and in bounded time") {
  fake_store store;
  auto pace = quick();
  pace.patience = 30ms;
  std::atomic<int> answers{0};
  std::atomic<int> stored{0};
  const auto count = [&](const commit_result& r) {
    ++answers;
    if (r.ok) ++stored;
  };
  {
    journal_writer writer(store, small_queue(1000), pace, 0);
    store.set(store.hanging, true);
    writer.append(marked(1, durability::durable, count)); // the disk has it in hand
    REQUIRE(eventually([&] { return !writer.health().writable; }));
    for (std::uint64_t i = 100; i < 150; ++i)
      writer.append(marked(i, durability::durable, count));
    writer.append(marked(2, durability::lazy, count));
    CHECK(eventually([&] { return answers == 51; }));
    CHECK(stored == 0);
    store.set(store.hanging, false);
    REQUIRE(writer.barrier(10s));
    CHECK(store.stored() == gapless(2)); // what was refused before the disk had it is not written
    CHECK(writer.health().refused == 50);
    CHECK(eventually([&] { return answers == 52; }));
    CHECK(stored == 1);
    std::promise<commit_result> next;
    writer.append(marked(3, durability::durable, [&](const commit_result& r) { next.set_value(r); }));
    CHECK(next.get_future().get().first_seq == 3);
  }
  CHECK(answers == 52);
}

TEST_CASE("written but unsynced changes that are gone after a failure leave an entry that says so") {
  fake_store store;
  settings s = small_queue(100);
  s.lazy_sync = 10s;
  journal_writer writer(store, s, quick(), 0);
  for (std::uint64_t i = 1; i <= 3; ++i)
    writer.append(marked(i, durability::lazy));
  REQUIRE(writer.barrier(10s));
  {
    const std::lock_guard lock(store.mutex);
    store.failing = store.recovers = true; // and the disk turns out to hold only the first
    store.last = 1;
    store.marks = {1};
  }
  writer.append(marked(4, durability::lazy));
  REQUIRE(writer.barrier(10s));
  CHECK(writer.health().lost_events == 2);
  CHECK(writer.health().lost_unsynced == 2);
  CHECK(writer.last_sequence() == 3); // 1, the entry about the two, 4
  CHECK(store.lost == 2);
  CHECK(store.stored() == std::vector<std::uint64_t>{1, 4});
}
