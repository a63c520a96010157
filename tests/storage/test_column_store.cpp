#include "storage/column_store.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::storage;
using namespace lifeline::storage::testing;

namespace {

std::map<std::string, std::string> rows_of(const column_store& store, table t) {
  std::map<std::string, std::string> rows;
  const auto scanned = store.scan(t, {}, {}, false, [&](auto key, auto value) {
    rows.emplace(key, value);
    return true;
  });
  REQUIRE(scanned);
  return rows;
}

std::uintmax_t bytes_below(const std::string& directory) {
  std::uintmax_t sum = 0;
  for (const auto& [name, bytes] : contents(directory))
    sum += bytes.size();
  return sum;
}

} // namespace

TEST_CASE("a batch's last word about a row counts, in each table for itself") {
  const temp_folder dir;
  auto opened = column_store::open(dir.file("db"), rocksdb::Env::Default(), column_store::mode::create);
  REQUIRE(opened);
  auto& store = **opened;
  column_store::batch b;
  b.put(table::agents, "a", "1").put(table::records, "a", "kept").put(table::agents, "a", "2");
  b.put(table::agents, "b", "gone").erase(table::agents, "b");
  b.erase(table::agents, "c").put(table::agents, "c", "back");
  b.put(table::agents, "", "empty key").put(table::log, "1", "x").put(table::log, "2", "y");
  REQUIRE(store.write(b, false));
  CHECK(rows_of(store, table::agents) ==
        std::map<std::string, std::string>{{"", "empty key"}, {"a", "2"}, {"c", "back"}});
  CHECK(rows_of(store, table::records) == std::map<std::string, std::string>{{"a", "kept"}});
  CHECK(rows_of(store, table::log) == std::map<std::string, std::string>{{"1", "x"}, {"2", "y"}});
  b.clear();
  b.put(table::agents, "a", "3");
  REQUIRE(store.write(b, false));
  CHECK(rows_of(store, table::agents).at("a") == "3");
}

TEST_CASE("what a later row of the batch replaces is not written") {
  const temp_folder dir;
  auto opened = column_store::open(dir.file("db"), rocksdb::Env::Default(), column_store::mode::create);
  REQUIRE(opened);
  const std::string value(10'000, 'x');
  column_store::batch b;
  for (int i = 0; i < 100; ++i)
    b.put(table::live_calls, "call", value);
  const auto before = bytes_below(dir.path.string());
  REQUIRE((*opened)->write(b, true));
  CHECK(bytes_below(dir.path.string()) - before < 2 * value.size());
}
