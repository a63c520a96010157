#include "storage/event_codec.hpp"
#include "storage/tables.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace lifeline;
using namespace lifeline::storage;
using namespace lifeline::storage::testing;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<journal> reopen(const settings& s) {
  auto j = open_rocksdb_journal(s);
  if (!j) FAIL(j.error().message);
  return std::move(*j);
}

change with_state(std::uint64_t mark, const std::string& key, std::optional<std::string> value) {
  return {{simple_event(mark)}, {{table::agents, key, std::move(value)}}};
}

} // namespace

TEST_CASE("what was written is there after reopening, and the numbers go on") {
  const temp_folder dir;
  settings s;
  s.directory = dir.file("a/b/journal");
  {
    const auto j = reopen(s);
    j->append(with_state(1, "8001", "ready"), durability::lazy);
    j->append(with_state(2, "8002", "ready"), durability::lazy);
    j->append(with_state(3, "8001", std::nullopt), durability::lazy);
  }
  const auto j = reopen(s);
  CHECK(j->last_sequence() == 3);
  CHECK(rows_of(*j, table::agents) == decltype(rows_of(*j, table::agents)){{"8002", "ready"}});
  const auto r = append_and_wait(*j, with_state(4, "8003", "ready"), durability::durable);
  CHECK(r.ok);
  CHECK(r.first_seq == 4);
  CHECK(log_numbers(*j) == gapless(4));
}

TEST_CASE("kill -9 under load leaves a gapless log with every acknowledged change") {
  const temp_folder dir;
  settings s;
  s.directory = dir.file("journal");
  for (int round = 0; round < 3; ++round) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> acknowledged;
    peer child("load", s.directory);
    const auto note = [&](const std::string& line) {
      const auto space = line.find(' ');
      acknowledged.emplace_back(std::stoull(line.substr(0, space)), std::stoull(line.substr(space + 1)));
    };
    for (int i = 0; i < 400 * (round + 1); ++i) {
      const auto line = child.line();
      REQUIRE(line);
      note(*line);
    }
    child.kill_hard();
    child.wait();
    while (const auto line = child.line())
      note(*line);

    const auto j = reopen(s);
    REQUIRE(log_numbers(*j) == gapless(j->last_sequence()));
    std::map<std::uint64_t, std::uint64_t> marks;
    REQUIRE(j->read_log(0, [&](const domain::event& e) {
      marks[e.seq] = mark_of(e);
      return true;
    }));
    for (const auto& [mark, seq] : acknowledged) {
      REQUIRE(marks.at(seq) == mark);
      REQUIRE(j->get(table::agents, "agent " + std::to_string(mark)).value() == std::to_string(mark));
    }
    CHECK(decode_u64(j->get(table::meta, meta_last_sequence).value().value()) == j->last_sequence());
  }
}

TEST_CASE("records between two times are one scan") {
  const temp_folder dir;
  settings s;
  s.directory = dir.file("journal");
  const auto j = reopen(s);
  domain::id_source ids(5);
  const auto start = domain::from_micros(1'700'000'000'000'000);
  for (int minute = 0; minute < 60; ++minute) {
    domain::call_record r;
    r.arrived = start + std::chrono::minutes(minute);
    r.call = ids.next<domain::call_id>(r.arrived);
    j->append({{}, {{table::records, call_key{r.call}.encode(), encode_record(r)}}}, durability::lazy);
  }
  REQUIRE(j->barrier(10s));
  CHECK(j->last_sequence() == 0);
  const auto from = call_key::first_at(start + 10min).encode();
  const auto to = call_key::first_at(start + 20min).encode();
  std::vector<domain::instant> found;
  REQUIRE(j->scan(table::records, from, to, true, [&](auto, auto value) {
    found.push_back(decode_record(value).value().arrived);
    return true;
  }));
  REQUIRE(found.size() == 10);
  CHECK(found.front() == start + 19min);
  CHECK(found.back() == start + 10min);
}

TEST_CASE("lazy changes share a write and are synced in time - durable ones are synced at once") {
  const temp_folder dir;
  std::atomic<std::size_t> unsynced{0};
  std::atomic<std::size_t> synced{0};
  std::atomic<std::size_t> bare_syncs{0};
  std::atomic<std::size_t> batches{0};
  std::atomic<bool> timed{true};
  settings s;
  s.directory = dir.file("journal");
  s.on_batch = [&](std::chrono::nanoseconds took, std::size_t changes, bool is_synced) {
    if (took.count() <= 0) timed = false;
    if (changes == 0) {
      ++bare_syncs;
    } else {
      ++batches;
      (is_synced ? synced : unsynced) += changes;
    }
  };
  const auto j = reopen(s);
  for (int i = 0; i < 100; ++i)
    j->append({{simple_event(1)}, {}}, durability::lazy);
  REQUIRE(j->barrier(10s));
  CHECK(unsynced + synced == 100);
  CHECK(batches < 50);
  CHECK(timed);
  CHECK(eventually([&] { return bare_syncs > 0; }));
  const auto before = synced.load();
  CHECK(append_and_wait(*j, {{simple_event(2)}, {}}, durability::durable).ok);
  CHECK(synced == before + 1);
  REQUIRE(j->barrier(10s));
  CHECK(j->health().commits == batches);
  CHECK(j->health().writable);
  CHECK(j->health().queued == 0);
}

TEST_CASE("changes of many threads to one key end as the log tells") {
  const temp_folder dir;
  settings s;
  s.directory = dir.file("journal");
  const auto j = reopen(s);
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < 200; ++i) {
        const auto mark = t * 1000 + i;
        j->append(with_state(mark, "8001", std::to_string(mark)), i % 10 == 0 ? durability::durable : durability::lazy);
      }
    });
  for (auto& t : threads)
    t.join();
  REQUIRE(j->barrier(10s));
  std::map<std::uint64_t, std::uint64_t> last_of_thread;
  std::uint64_t last = 0;
  REQUIRE(j->read_log(1, [&](const domain::event& e) {
    last = mark_of(e);
    auto& previous = last_of_thread[last / 1000];
    CHECK(last % 1000 == previous);
    ++previous;
    return true;
  }));
  CHECK(j->last_sequence() == 800);
  CHECK(j->get(table::agents, "8001").value() == std::to_string(last));
}
