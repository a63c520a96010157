#include "storage/event_codec.hpp"
#include "storage/tables.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::storage;
using namespace lifeline::storage::testing;

namespace {

std::vector<std::string> log_of(const journal& j, std::uint64_t from) {
  std::vector<std::string> entries;
  REQUIRE(j.read_log(from, [&](const domain::event& e) {
    entries.push_back(std::to_string(e.seq) + " " + encode_event(e));
    return entries.size() < 500;
  }));
  return entries;
}

std::vector<std::string> call_of(const journal& j, const domain::call_id& call) {
  std::vector<std::string> entries;
  REQUIRE(j.read_call(call, [&](const domain::event& e) {
    entries.push_back(std::to_string(e.seq) + " " + encode_event(e));
    return true;
  }));
  return entries;
}

class operations {
public:
  explicit operations(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < 12; ++i)
      calls_.push_back(random_call(random_));
  }

  change next_change() {
    change c;
    auto pool = one_of_each(random_);
    for (auto n = random_() % 5; n > 0; --n) {
      auto e = pool[random_() % pool.size()];
      e.call = random_() % 3 == 0 ? domain::call_id{} : calls_[random_() % calls_.size()];
      c.events.push_back(std::move(e));
    }
    for (auto n = random_() % 4; n > 0; --n) {
      mutation m{random_state_table(), key(), std::nullopt};
      if (random_() % 3 != 0) m.value = std::string(random_() % 8, static_cast<char>(random_() & 0xff));
      c.state.push_back(std::move(m));
    }
    return c;
  }

  std::string key() {
    std::string k(1 + random_() % 3, ' ');
    for (auto& c : k)
      c = static_cast<char>(random_() % 4 == 0 ? 0xff : 'a' + random_() % 3);
    return k;
  }
  table any_table() { return static_cast<table>(random_() % table_count); }
  bool flip() { return random_() % 2 == 0; }
  std::uint64_t number(std::uint64_t below) { return below == 0 ? 0 : random_() % below; }
  const domain::call_id& call() { return calls_[random_() % calls_.size()]; }

private:
  table random_state_table() { return random_() % 8 == 0 ? table::meta : static_cast<table>(3 + random_() % 5); }
  std::mt19937_64 random_;
  std::vector<domain::call_id> calls_;
};

/// How far it is synced has no meaning in memory.
auto comparable_rows(const journal& disk, table t, std::string_view first = {}, std::string_view last = {},
                     bool reverse = false) {
  auto rows = rows_of(disk, t, first, last, reverse);
  if (t == table::meta) std::erase_if(rows, [](const auto& row) { return row.first == meta_synced; });
  return rows;
}

} // namespace

TEST_CASE("both journals do the same in every operation") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  operations random(seed);
  const temp_folder dir;
  settings s;
  s.directory = dir.file("journal");
  s.linger = std::chrono::milliseconds(1);
  auto disk = open_rocksdb_journal(s);
  REQUIRE(disk);
  const auto memory = make_memory_journal();
  recorder disk_observer;
  recorder memory_observer;
  (*disk)->add_observer(&disk_observer);
  memory->add_observer(&memory_observer);

  for (int step = 0; step < 300; ++step) {
    const auto kind = random.number(10);
    if (kind < 6) {
      const auto c = random.next_change();
      const auto d = random.number(20) == 0 ? durability::durable : durability::lazy;
      (*disk)->append(c, d);
      memory->append(c, d);
      continue;
    }
    REQUIRE((*disk)->barrier(std::chrono::seconds(10)));
    REQUIRE((*disk)->last_sequence() == memory->last_sequence());
    const auto t = random.any_table();
    const auto first = random.flip() ? std::string{} : random.key();
    const auto last = random.flip() ? std::string{} : random.key();
    const bool reverse = random.flip();
    REQUIRE(comparable_rows(**disk, t, first, last, reverse) == rows_of(*memory, t, first, last, reverse));
    REQUIRE((*disk)->get(t, first).value() == memory->get(t, first).value());
    const auto from = random.number(memory->last_sequence() + 2);
    REQUIRE(log_of(**disk, from) == log_of(*memory, from));
    const auto call = random.call();
    REQUIRE(call_of(**disk, call) == call_of(*memory, call));
    if (kind == 9 && random.number(10) == 0) {
      (*disk)->remove_observer(&disk_observer);
      disk->reset();
      disk = open_rocksdb_journal(s);
      REQUIRE(disk);
      (*disk)->add_observer(&disk_observer);
    }
  }
  REQUIRE((*disk)->barrier(std::chrono::seconds(10)));
  CHECK(disk_observer.all() == memory_observer.all());
  CHECK(disk_observer.count() == memory->last_sequence());
  CHECK(log_numbers(**disk) == gapless(memory->last_sequence()));
  for (std::size_t i = 0; i < table_count; ++i)
    CHECK(comparable_rows(**disk, static_cast<table>(i)) == rows_of(*memory, static_cast<table>(i)));
}
