#include "storage/column_store.hpp"
#include "storage/directory.hpp"
#include "storage/rocksdb_journal.hpp"
#include "storage/verify.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace lifeline;
using namespace lifeline::storage;
using namespace lifeline::storage::testing;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<journal> open_at(const std::string& directory) {
  settings s;
  s.directory = directory;
  s.linger = 1ms;
  auto j = open_rocksdb_journal(s);
  if (!j) throw std::runtime_error(j.error().message);
  return std::move(*j);
}

/// A whole blocked call: two entries in one change.
change blocked_call(domain::id_source& ids, domain::instant now) {
  domain::call_record r;
  r.call = ids.next<domain::call_id>(now);
  r.outcome = domain::call_outcome::blocked;
  change c;
  c.events.push_back({0, now, r.call, domain::call_blocked{"12315", "Busy Here", 486}});
  c.events.push_back({0, now, r.call, domain::call_ended{r}});
  return c;
}

const auto some_time = domain::from_micros(1'790'000'000'000'000);

} // namespace

TEST_CASE("the log of a closed journal is proved, and a broken rule is found") {
  temp_folder dir;
  const auto place = dir.file("journal");
  domain::id_source ids{1};
  {
    const auto j = open_at(place);
    for (int i = 0; i < 100; ++i)
      j->append(blocked_call(ids, some_time), durability::lazy);
    REQUIRE(j->barrier(10s));
    const auto running = verify_log(*j);
    REQUIRE(running);
    CHECK(running->events == 200);
  }
  const auto before = contents(place);
  const auto good = verify_journal(place, true);
  REQUIRE(good);
  CHECK(contents(place) == before);
  CHECK(good->first_sequence == 1);
  CHECK(good->last_sequence == 200);
  CHECK(good->events == 200);
  CHECK(good->calls == 100);
  CHECK(good->violation_count == 0);
  {
    const auto j = open_at(place);
    const auto call = ids.next<domain::call_id>(some_time);
    j->append({{{0, some_time, call, domain::call_arrived{}}}, {}}, durability::lazy);
    j->append({{{0, some_time, call, domain::call_arrived{}}}, {}}, durability::lazy);
  }
  const auto bad = verify_journal(place);
  REQUIRE(bad);
  CHECK(bad->open_calls == 1);
  REQUIRE(bad->violation_count == 1);
  CHECK_THAT(bad->violations.front(), Catch::Contains("entry 202") && Catch::Contains("arrives a second time"));
  CHECK(verify_journal(place, true)->violation_count == 2);
}

TEST_CASE("an entry that is missing in the middle or at the end is found") {
  temp_folder dir;
  const auto place = dir.file("journal");
  {
    const auto j = open_at(place);
    for (std::uint64_t i = 1; i <= 20; ++i)
      j->append({{simple_event(i)}, {}}, durability::lazy);
  }
  column_store::batch rows;
  SECTION("in the middle") {
    rows.erase(table::log, sequence_key{10}.encode());
    REQUIRE((*column_store::open(place, rocksdb::Env::Default(), column_store::mode::read_write))->write(rows, true));
    const auto r = verify_journal(place);
    REQUIRE(r);
    REQUIRE(r->violation_count == 1);
    CHECK_THAT(r->violations.front(), Catch::Contains("entry 11") && Catch::Contains("follows entry 9"));
  }
  SECTION("at the end") {
    rows.erase(table::log, sequence_key{20}.encode());
    REQUIRE((*column_store::open(place, rocksdb::Env::Default(), column_store::mode::read_write))->write(rows, true));
    const auto r = verify_journal(place);
    REQUIRE(r);
    REQUIRE(r->violation_count == 1);
    CHECK_THAT(r->violations.front(), Catch::Contains("its last one should be 20"));
  }
  SECTION("an entry that cannot be read") {
    rows.put(table::log, sequence_key{10}.encode(), "garbage");
    REQUIRE((*column_store::open(place, rocksdb::Env::Default(), column_store::mode::read_write))->write(rows, true));
    const auto r = verify_journal(place);
    REQUIRE_FALSE(r);
    CHECK(r.error().code == errc::corrupt);
    CHECK_THAT(r.error().message, Catch::Contains("event 10"));
  }
}

TEST_CASE("what is no journal of ours is said to be none, and is left as it is") {
  temp_folder dir;
  const auto missing = verify_journal(dir.file("none"));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == errc::not_found);
  CHECK_FALSE(std::filesystem::exists(dir.file("none")));
  const auto empty = verify_journal(dir.path.string());
  REQUIRE_FALSE(empty);
  CHECK_THAT(empty.error().message, Catch::Contains("is empty"));
  write_file(dir.file("letter.txt"), "dear");
  const auto foreign = verify_journal(dir.path.string());
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().code == errc::foreign_directory);
  const auto place = dir.file("journal");
  open_at(place).reset();
  REQUIRE(rewrite_marker(place, schema_version + 1));
  const auto newer = verify_journal(place);
  REQUIRE_FALSE(newer);
  CHECK(newer.error().code == errc::newer_schema);
  REQUIRE(rewrite_marker(place, schema_version));
  write_file(dir.file("journal/CURRENT"), "nonsense");
  const auto damaged = verify_journal(place);
  REQUIRE_FALSE(damaged);
  CHECK_THAT(damaged.error().message, Catch::Contains(place));
}

TEST_CASE("a journal that is being written is proved again and again while its files come and go") {
  temp_folder dir;
  const auto place = dir.file("journal");
  const auto j = open_at(place);
  std::atomic<bool> stop{false};
  std::atomic<int> to_write{0}; // for each proof as much: one that takes long has no more to read the next time
  std::thread writer([&] {
    domain::id_source ids{3};
    while (!stop) {
      if (to_write <= 0) {
        std::this_thread::sleep_for(1ms);
        continue;
      }
      --to_write;
      auto c = blocked_call(ids, some_time);
      // Heavy rows make the tables be flushed and the write-ahead files be removed.
      c.state.push_back({table::agents, "agent", std::string(20'000, 'x')});
      j->append(std::move(c), durability::lazy);
      if (j->health().queued > 100) std::this_thread::sleep_for(1ms);
    }
  });
  std::uint64_t seen = 0;
  for (int i = 0; i < 15; ++i) {
    to_write += 1500;
    const auto r = verify_journal(place);
    if (!r) {
      stop = true;
      writer.join();
      FAIL(r.error().message);
    }
    for (const auto& v : r->violations)
      UNSCOPED_INFO(v);
    CHECK(r->violation_count == 0);
    CHECK(r->last_sequence >= seen);
    seen = r->last_sequence;
  }
  stop = true;
  writer.join();
  CHECK(seen > 0);
}
