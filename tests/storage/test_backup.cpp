#include "faulty_disk.hpp"
#include "storage/backup.hpp"
#include "storage/backup_files.hpp"
#include "storage/rocksdb_journal.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include <sys/stat.h>

using namespace lifeline;
using namespace lifeline::storage;
using namespace lifeline::storage::testing;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

std::unique_ptr<journal> open_at(const std::string& directory, const inner_settings& inner = {}) {
  settings s;
  s.directory = directory;
  s.linger = 1ms;
  auto j = open_rocksdb_journal(s, inner);
  if (!j) throw std::runtime_error(j.error().message);
  return std::move(*j);
}

change numbered(std::uint64_t n) {
  return {{simple_event(n)}, {{table::agents, "agent " + std::to_string(n), std::to_string(n)}}};
}

void fill(journal& j, std::uint64_t from, std::uint64_t to) {
  for (auto i = from; i <= to; ++i)
    j.append(numbered(i), durability::lazy);
  REQUIRE(j.barrier(10s));
}

backup_order into(const std::string& folder, std::map<std::string, std::string> extra = {}, std::uint32_t keep = 0) {
  backup_order o;
  o.folder = folder;
  o.extra = std::move(extra);
  o.keep = keep;
  return o;
}

restore_order from(const std::string& folder, const std::string& data, std::uint32_t which = 0) {
  restore_order o;
  o.folder = folder;
  o.data = data;
  o.which = which;
  return o;
}

mode_t permissions(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

std::string some_file_below(const std::string& folder) {
  for (const auto& e : fs::recursive_directory_iterator(folder))
    if (e.is_regular_file() && e.file_size() > 100) return e.path().string();
  throw std::runtime_error("no file below " + folder);
}

} // namespace

TEST_CASE("a backup holds everything that was acknowledged before it, and the restored journal proves its log") {
  temp_folder dir;
  const auto folder = dir.file("backups");
  write_file(dir.file("secrets"), "a secret");
  REQUIRE(::chmod(dir.file("secrets").c_str(), 0600) == 0);
  write_file(dir.file("config"), "[plan]");
  REQUIRE(::chmod(dir.file("config").c_str(), 0640) == 0);
  const auto j = open_at(dir.file("journal"));
  fill(*j, 1, 500);
  const auto done =
      j->back_up(into(folder, {{"secrets.toml", dir.file("secrets")}, {"etc/lifeline.toml", dir.file("config")}}));
  REQUIRE(done);
  CHECK(done->id == 1);
  CHECK(done->last_sequence == 500);
  CHECK(done->bytes > 0);
  CHECK(permissions(folder) == 0700);
  CHECK(permissions(folder + "/files") == 0700);
  fill(*j, 501, 600); // is not in it

  const auto data = dir.file("data");
  const auto back = restore_journal(from(folder, data));
  if (!back) FAIL(back.error().message);
  CHECK(back->id == 1);
  CHECK(back->log.violation_count == 0);
  CHECK(back->log.last_sequence == 500);
  CHECK(permissions(data) == 0700);
  CHECK(read_file(data + "/RESTORED") == "backup 1 of " + folder + "\n"); // it is marked as a copy
  CHECK(permissions(data + "/RESTORED") == 0600);
  CHECK(read_file(data + "/secrets.toml") == "a secret");
  CHECK(permissions(data + "/secrets.toml") == 0600);
  CHECK(read_file(data + "/etc/lifeline.toml") == "[plan]");
  CHECK(permissions(data + "/etc/lifeline.toml") == 0640);
  const auto again = open_at(data + "/journal");
  CHECK(log_numbers(*again) == gapless(500));
  CHECK(again->get(table::agents, "agent 500").value() == "500");
  CHECK(append_and_wait(*again, numbered(501), durability::durable).first_seq == 501);
}

TEST_CASE("backups share a folder: each can be restored, old ones are removed with their files") {
  temp_folder dir;
  const auto folder = dir.file("backups");
  const auto j = open_at(dir.file("journal"));
  for (std::uint64_t i = 1; i <= 4; ++i) {
    fill(*j, 100 * i - 99, 100 * i);
    write_file(dir.file("secrets"), "secret " + std::to_string(i));
    const auto done = j->back_up(into(folder, {{"secrets", dir.file("secrets")}}, 3));
    REQUIRE(done);
    CHECK(done->id == i);
  }
  const auto list = list_backups(folder);
  REQUIRE(list);
  REQUIRE(list->size() == 3);
  CHECK(list->front().id == 2);
  CHECK(list->back().last_sequence == 400);
  CHECK(list->back().files == std::vector<std::string>{"secrets"});
  CHECK(std::distance(fs::directory_iterator(folder + "/files"), fs::directory_iterator{}) == 3);
  const auto second = restore_journal(from(folder, dir.file("two"), 2));
  REQUIRE(second);
  CHECK(second->log.last_sequence == 200);
  CHECK(read_file(dir.file("two/secrets")) == "secret 2");
  CHECK(restore_journal(from(folder, dir.file("newest")))->log.last_sequence == 400);
  const auto removed = restore_journal(from(folder, dir.file("one"), 1));
  REQUIRE_FALSE(removed);
  CHECK(removed.error().code == errc::not_found);
  CHECK_THAT(removed.error().message, Catch::Contains("backup 1"));
}

TEST_CASE("a backup of a journal that is being written is consistent") {
  temp_folder dir;
  const auto j = open_at(dir.file("journal"));
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> acknowledged{0};
  std::thread writer([&] {
    for (std::uint64_t i = 1; !stop; ++i) {
      j->append(numbered(i), i % 10 == 0 ? durability::durable : durability::lazy, [&, i](const commit_result& r) {
        if (r.ok) acknowledged = i;
      });
      if (j->health().queued > 200) std::this_thread::sleep_for(1ms);
    }
  });
  REQUIRE(eventually([&] { return acknowledged > 1000; }));
  std::vector<std::uint64_t> known;
  for (int i = 0; i < 3; ++i) {
    known.push_back(acknowledged);
    const auto done = j->back_up(into(dir.file("backups")));
    if (!done) UNSCOPED_INFO(done.error().message);
    CHECK(done.has_value());
  }
  stop = true;
  writer.join();
  for (std::uint32_t i = 1; i <= 3; ++i) {
    const auto data = dir.file("data" + std::to_string(i));
    const auto back = restore_journal(from(dir.file("backups"), data, i));
    REQUIRE(back);
    CHECK(back->log.violation_count == 0);
    CHECK(back->log.last_sequence >= known[i - 1]);
    const auto again = open_at(data + "/journal");
    CHECK(log_numbers(*again) == gapless(back->log.last_sequence));
    // The state is that of the very last entry.
    CHECK(rows_of(*again, table::agents).size() == back->log.last_sequence);
  }
}

TEST_CASE("a backup goes nowhere but into an empty folder or one of backups") {
  temp_folder dir;
  const auto j = open_at(dir.file("journal"));
  fill(*j, 1, 5);
  fs::create_directory(dir.file("photos"));
  write_file(dir.file("photos/cat.jpg"), "meow");
  const auto before = contents(dir.file("photos"));
  const auto foreign = j->back_up(into(dir.file("photos")));
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().code == errc::foreign_directory);
  CHECK_THAT(foreign.error().message, Catch::Contains("cat.jpg"));
  CHECK(contents(dir.file("photos")) == before);
  const auto inside = j->back_up(into(dir.file("journal/backups")));
  REQUIRE_FALSE(inside);
  CHECK_THAT(inside.error().message, Catch::Contains("lies in the journal itself"));
  CHECK_FALSE(j->back_up(into("")));
  const auto lacking = j->back_up(into(dir.file("b"), {{"secrets", dir.file("none")}}));
  REQUIRE_FALSE(lacking);
  CHECK(lacking.error().code == errc::not_found);
  CHECK_THAT(lacking.error().message, Catch::Contains(dir.file("none")));
  CHECK(list_backups(dir.file("b"))->empty());
  CHECK_FALSE(j->back_up(into(dir.file("b"), {{"../secrets", dir.file("photos/cat.jpg")}})));
  CHECK(j->back_up(into(dir.file("b"))));
  CHECK_FALSE(make_memory_journal()->back_up(into(dir.file("c"))));
}

TEST_CASE("a journal that cannot be written makes no backup, for entries would be missing") {
  temp_folder dir;
  faulty_disk disk;
  inner_settings inner;
  inner.env = disk.env.get();
  auto j = open_at(dir.file("journal"), inner);
  fill(*j, 1, 5);
  REQUIRE(j->back_up(into(dir.file("backups"))));
  disk.fail(fault::no_space);
  j->append(numbered(6), durability::durable);
  REQUIRE(eventually([&] { return !j->health().writable; }));
  CHECK_FALSE(j->back_up(into(dir.file("backups"))));
  disk.heal();
  CHECK(eventually([&] { return j->health().writable; }));
  CHECK(list_backups(dir.file("backups"))->size() == 1);
  CHECK(restore_journal(from(dir.file("backups"), dir.file("data")))->log.last_sequence == 5);
  const auto next = j->back_up(into(dir.file("backups")));
  REQUIRE(next);
  CHECK(list_backups(dir.file("backups"))->size() == 2);
  j.reset();
}

TEST_CASE("restoring needs an empty data directory and a whole backup, and changes nothing otherwise") {
  temp_folder dir;
  const auto folder = dir.file("backups");
  write_file(dir.file("secrets"), std::string(200, 's'));
  {
    const auto j = open_at(dir.file("journal"));
    fill(*j, 1, 50);
    REQUIRE(j->back_up(into(folder, {{"secrets", dir.file("secrets")}})));
  }
  const auto data = dir.file("data");
  const auto refused = [&](errc code, const std::string& text) {
    const auto r = restore_journal(from(folder, data));
    REQUIRE_FALSE(r);
    CHECK(r.error().code == code);
    CHECK_THAT(r.error().message, Catch::Contains(text));
    CHECK(contents(data).empty());
  };
  SECTION("the data directory holds something") {
    fs::create_directory(data);
    write_file(data + "/precious", "x");
    const auto r = restore_journal(from(folder, data));
    REQUIRE_FALSE(r);
    CHECK(r.error().code == errc::foreign_directory);
    CHECK_THAT(r.error().message, Catch::Contains("precious"));
    CHECK(contents(data).size() == 1);
  }
  SECTION("an empty data directory is right") {
    fs::create_directory(data);
    CHECK(restore_journal(from(folder, data)));
  }
  SECTION("no such folder") {
    fs::remove_all(folder);
    refused(errc::not_found, "does not exist");
  }
  SECTION("not a folder of backups") {
    fs::remove(folder + "/LIFELINE_BACKUP");
    refused(errc::foreign_directory, "no LIFELINE_BACKUP");
  }
  SECTION("a table is damaged") {
    const auto path = some_file_below(folder + "/private");
    auto bytes = read_file(path);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_file(path, bytes);
    refused(errc::corrupt, "is damaged");
  }
  SECTION("an extra file is damaged") {
    const auto path = some_file_below(folder + "/files");
    auto bytes = read_file(path);
    bytes[7] = 'x';
    write_file(path, bytes);
    refused(errc::corrupt, "checksum differs");
  }
  SECTION("an extra file is missing") {
    fs::remove(some_file_below(folder + "/files"));
    refused(errc::corrupt, "secrets");
  }
}

TEST_CASE("a backup's metadata is read strictly") {
  backup_metadata m;
  m.schema = 1;
  m.last_sequence = 77;
  m.token = random_token();
  m.files = {{"etc/a b.toml", std::string(64, 'a'), 5, 0640}};
  const auto text = m.encode();
  const auto back = backup_metadata::decode(text);
  REQUIRE(back);
  CHECK(back->encode() == text);
  CHECK(back->files.front().name == "etc/a b.toml");
  CHECK(back->files.front().mode == 0640);
  CHECK(backup_metadata::decode("lifeline backup 2\n").error().code == errc::newer_schema);
  for (const auto* bad : {"", "x", "lifeline backup 1\n", "lifeline backup 1\nschema x\n",
                          "lifeline backup 1\nschema 1\nsequence 1\ntoken 12\n", "lifeline backup 1\nwhat 1\n",
                          "lifeline backup 1\nfile aa 1 600 ../x\n"})
    CHECK(backup_metadata::decode(bad).error().code == errc::corrupt);
  for (std::size_t cut = 0; cut < text.size() - 1; ++cut)
    CHECK_FALSE(backup_metadata::decode(std::string_view(text).substr(0, cut)));
}
