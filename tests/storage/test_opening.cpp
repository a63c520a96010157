#include "storage/event_codec.hpp"
#include "storage/rocksdb_journal.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace lifeline;
using namespace lifeline::storage;
using namespace lifeline::storage::testing;

namespace fs = std::filesystem;

namespace {

settings at(const std::string& directory) {
  settings s;
  s.directory = directory;
  return s;
}

/// The error of an opening, which must change nothing below the directory.
failure refused(const std::string& directory, const inner_settings& inner = {}) {
  const auto before = contents(directory);
  const auto j = open_rocksdb_journal(at(directory), inner);
  if (j) return {errc::io_error, "it was opened"};
  CHECK(contents(directory) == before);
  CHECK(j.error().message.find(directory) != std::string::npos);
  return j.error();
}

void make_journal(const std::string& directory, const inner_settings& inner = {}) {
  const auto j = open_rocksdb_journal(at(directory), inner);
  REQUIRE(j);
  for (std::uint64_t i = 1; i <= 20; ++i)
    (*j)->append({{simple_event(i)}, {{table::agents, "agent " + std::to_string(i), std::to_string(i)}}},
                 durability::lazy);
  REQUIRE((*j)->barrier(std::chrono::seconds(10)));
}

std::string file_like(const std::string& directory, const std::string& start, const std::string& end) {
  for (const auto& entry : fs::directory_iterator(directory)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(start) && name.ends_with(end)) return entry.path().string();
  }
  throw std::runtime_error("no file " + start + "*" + end);
}

/// Writes rows behind the journal's back.
void tamper(const std::string& directory, const column_store::batch& rows) {
  auto store = column_store::open(directory, rocksdb::Env::Default(), column_store::mode::read_write);
  REQUIRE(store);
  REQUIRE((*store)->write(rows, true));
}

} // namespace

TEST_CASE("foreign directories are refused and left as they are") {
  const temp_folder dir;
  SECTION("files of another program") {
    write_file(dir.file("notes.txt"), "not yours");
    const auto f = refused(dir.path.string());
    CHECK(f.code == errc::foreign_directory);
    CHECK(f.message.find("notes.txt") != std::string::npos);
  }
  SECTION("another program's RocksDB") {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* raw = nullptr;
    REQUIRE(rocksdb::DB::Open(options, dir.path.string(), &raw).ok());
    REQUIRE(raw->Put({}, "a", "b").ok());
    delete raw;
    CHECK(refused(dir.path.string()).code == errc::foreign_directory);
  }
  SECTION("a file") {
    write_file(dir.file("file"), "x");
    CHECK(refused(dir.file("file")).code == errc::foreign_directory);
    CHECK(read_file(dir.file("file")) == "x");
  }
  SECTION("a subdirectory only") {
    fs::create_directory(dir.file("sub"));
    CHECK(refused(dir.path.string()).code == errc::foreign_directory);
  }
}

TEST_CASE("an empty directory and the root of a fresh disk become journals") {
  const temp_folder dir;
  SECTION("empty") {}
  SECTION("with lost+found") { fs::create_directory(dir.file("lost+found")); }
  make_journal(dir.path.string());
  CHECK(open_rocksdb_journal(at(dir.path.string())).value()->last_sequence() == 20);
}

TEST_CASE("a creation that was cut short is made anew") {
  const temp_folder dir;
  make_journal(dir.path.string());
  // As if the power had gone just before the last step, and then as if just after the first.
  fs::rename(dir.file("LIFELINE_JOURNAL"), dir.file("LIFELINE_JOURNAL.new"));
  {
    const auto j = open_rocksdb_journal(at(dir.path.string()));
    REQUIRE(j);
    CHECK((*j)->last_sequence() == 0);
    CHECK(fs::exists(dir.file("LIFELINE_JOURNAL")));
    CHECK_FALSE(fs::exists(dir.file("LIFELINE_JOURNAL.new")));
  }
  const temp_folder early;
  write_file(early.file("LIFELINE_JOURNAL.new"), "");
  make_journal(early.path.string());
}

TEST_CASE("damaged journals are refused as corrupt and left as they are") {
  const temp_folder dir;
  const auto path = dir.file("journal");
  make_journal(path);
  SECTION("the marker") { write_file(path + "/LIFELINE_JOURNAL", "lifeline journal\nschema x\n"); }
  SECTION("an empty marker") { write_file(path + "/LIFELINE_JOURNAL", ""); }
  SECTION("CURRENT gone") { fs::remove(path + "/CURRENT"); }
  SECTION("CURRENT garbage") { write_file(path + "/CURRENT", "rubbish"); }
  SECTION("MANIFEST cut") { fs::resize_file(file_like(path, "MANIFEST", ""), 10); }
  SECTION("MANIFEST garbage") {
    const auto file = file_like(path, "MANIFEST", "");
    auto bytes = read_file(file);
    bytes.at(bytes.size() / 2) ^= 0x55;
    write_file(file, bytes);
  }
  SECTION("a table file gone") {
    { REQUIRE(open_rocksdb_journal(at(path))); } // replays the log into table files
    fs::remove(file_like(path, "", ".sst"));
  }
  SECTION("meta without the last sequence") {
    tamper(path, column_store::batch{}.erase(table::meta, meta_last_sequence));
  }
  SECTION("meta without the schema") { tamper(path, column_store::batch{}.erase(table::meta, meta_schema_version)); }
  SECTION("meta behind the log") {
    tamper(path, column_store::batch{}.put(table::meta, meta_last_sequence, encode_u64(19)));
  }
  SECTION("meta ahead of the log") {
    tamper(path, column_store::batch{}.put(table::meta, meta_last_sequence, encode_u64(21)));
  }
  SECTION("a gap in the log") { tamper(path, column_store::batch{}.erase(table::log, sequence_key{15}.encode())); }
  SECTION("an entry that cannot be read") {
    tamper(path, column_store::batch{}.put(table::log, sequence_key{15}.encode(), "\1junk"));
  }
  SECTION("a bad key in the log") { tamper(path, column_store::batch{}.put(table::log, "zzz", "")); }
  SECTION("a log that is gone") {
    column_store::batch all;
    for (std::uint64_t i = 1; i <= 20; ++i)
      all.erase(table::log, sequence_key{i}.encode());
    tamper(path, all);
  }
  CHECK(refused(path).code == errc::corrupt);
}

TEST_CASE("a torn end of the write-ahead log costs only what was never whole") {
  const temp_folder dir;
  const auto path = dir.file("journal");
  {
    peer child("load", path);
    for (int i = 0; i < 500; ++i)
      REQUIRE(child.line()); // several batches, for 64 are in flight at most
    child.kill_hard();
    child.wait();
  }
  fs::remove(path + "/LIFELINE_WITNESS"); // after a power cut it may claim less than was acknowledged
  const auto wal = file_like(path, "0", ".log");
  fs::resize_file(wal, fs::file_size(wal) - 3);
  write_file(wal, read_file(wal) + std::string(5000, '\x5a'));
  const auto j = open_rocksdb_journal(at(path));
  REQUIRE(j);
  CHECK((*j)->last_sequence() > 0);
  CHECK(log_numbers(**j) == gapless((*j)->last_sequence()));
}

TEST_CASE("a newer schema is refused, in the marker and in the tables") {
  const temp_folder dir;
  const auto path = dir.file("journal");
  make_journal(path);
  SECTION("marker") { write_file(path + "/LIFELINE_JOURNAL", "lifeline journal\nschema 2\n"); }
  SECTION("tables") { tamper(path, column_store::batch{}.put(table::meta, meta_schema_version, encode_u64(2))); }
  const auto f = refused(path);
  CHECK(f.code == errc::newer_schema);
  CHECK_THAT(f.message, Catch::Contains("schema is 2") && Catch::Contains("up to 1"));
}

TEST_CASE("a journal in use by another process is refused and left alone") {
  const temp_folder dir;
  const auto path = dir.file("journal");
  peer holder("hold", path);
  REQUIRE(holder.line() == "open");
  CHECK(refused(path).code == errc::in_use);
  holder.close_input();
  CHECK(holder.wait() == 0);
  const auto j = open_rocksdb_journal(at(path));
  REQUIRE(j);
  const auto again = open_rocksdb_journal(at(path));
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::in_use);
}

TEST_CASE("an unwritable place is an error, not a crash") {
  const temp_folder dir;
  write_file(dir.file("file"), "x");
  const auto j = open_rocksdb_journal(at(dir.file("file/journal")));
  REQUIRE_FALSE(j);
  CHECK_FALSE(j.error().message.empty());
}

TEST_CASE("older schemas are migrated step by step, and no way is an error") {
  const temp_folder dir;
  const auto path = dir.file("journal");
  make_journal(path); // schema 1
  const auto rename_agents = [](const column_store& store, column_store::batch& rows) {
    return store.scan(table::agents, {}, {}, false, [&](auto key, auto value) {
      rows.erase(table::agents, key).put(table::agents, "8" + std::string(key), value);
      return true;
    });
  };
  std::string seen_by_second;
  const auto look = [&](const column_store& store, column_store::batch& rows) -> tl::expected<void, failure> {
    seen_by_second = store.get(table::agents, "8agent 7").value().value_or("nothing");
    rows.put(table::agents, "by the second step", "x");
    return {};
  };
  inner_settings third;
  third.schema = {3, {{1, rename_agents}, {2, look}}};

  SECTION("all steps") {
    {
      const auto j = open_rocksdb_journal(at(path), third);
      REQUIRE(j);
      CHECK(seen_by_second == "7");
      CHECK(rows_of(**j, table::agents).size() == 21);
      CHECK((*j)->get(table::agents, "agent 7").value() == std::nullopt);
      CHECK((*j)->last_sequence() == 20);
    }
    CHECK(read_file(path + "/LIFELINE_JOURNAL") == "lifeline journal\nschema 3\n");
    CHECK(refused(path).code == errc::newer_schema);
    CHECK(open_rocksdb_journal(at(path), third));
  }
  SECTION("a step that fails stops the opening, and the next one goes on from there") {
    auto failing = third;
    failing.schema.steps[1].step = [](const column_store&, column_store::batch&) -> tl::expected<void, failure> {
      return tl::unexpected(failure{errc::corrupt, "step two cannot"});
    };
    CHECK(open_rocksdb_journal(at(path), failing).error().message == "step two cannot");
    REQUIRE(open_rocksdb_journal(at(path), third));
    CHECK(seen_by_second == "7");
  }
  SECTION("no step") {
    inner_settings gap;
    gap.schema = {2, {}};
    CHECK_THAT(open_rocksdb_journal(at(path), gap).error().message, Catch::Contains("too old"));
  }
}
