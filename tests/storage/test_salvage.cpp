#include "damage.hpp"
#include "storage/backup.hpp"
#include "storage/examination.hpp"
#include "storage/salvage.hpp"
#include "storage/verify.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace lifeline;
using namespace lifeline::storage;
using namespace lifeline::storage::testing;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

const auto some_time = domain::from_micros(1'796'072'702'000'000); // 2026-11-30T21:05:02Z

tl::expected<salvage_report, failure> salvage(const std::string& directory) {
  salvage_order order;
  order.directory = directory;
  order.now = some_time;
  return salvage_journal(order);
}

std::unique_ptr<journal> reopen(const std::string& directory) {
  settings s;
  s.directory = directory;
  auto j = open_rocksdb_journal(s);
  if (!j) FAIL(j.error().message);
  return std::move(*j);
}

/// The whole way: refused, salvaged, opened; what is lost is said, everything else is there, no number comes again.
void check_salvage(const std::string& image, std::uint64_t last) {
  const auto damaged = contents(image);
  const auto report = salvage(image);
  if (!report) FAIL(report.error().message);
  REQUIRE(report->needed);
  CHECK_FALSE(report->why.empty());
  std::uint64_t lost = 0;
  for (const auto& [first, end] : report->ranges)
    lost += end - first + 1;
  CHECK(report->lost == lost);
  for (const auto& [path, bytes] : damaged) // the old files are kept as they were
    if (path.ends_with(".log")) CHECK(read_file(report->kept + "/" + fs::path(path).filename().string()) == bytes);
  {
    const auto j = reopen(image);
    CHECK(wrong_content(*j, last, report->ranges).empty());
    REQUIRE(j->last_sequence() == last + 1);
    std::optional<domain::log_salvaged> word;
    REQUIRE(j->read_log(last + 1, [&](const domain::event& e) {
      word = std::get<domain::log_salvaged>(e.body);
      CHECK(e.at == some_time);
      return true;
    }));
    REQUIRE(word);
    CHECK(word->lost == lost);
    CHECK(word->kept == report->kept);
    CHECK(j->health().salvaged == some_time);
    CHECK(j->health().salvage_lost == lost);
    CHECK(append_and_wait(*j, {{simple_event(last + 2)}, {}}, durability::durable).first_seq == last + 2);
  }
  const auto proof = verify_journal(image);
  REQUIRE(proof);
  for (const auto& v : proof->violations)
    UNSCOPED_INFO(v);
  CHECK(proof->violation_count == 0);
  CHECK(proof->lost_events == lost);
  CHECK(reopen(image)->health().salvaged == some_time);
  const auto again = salvage(image);
  REQUIRE(again);
  CHECK_FALSE(again->needed);
  fs::remove_all(report->kept);
}

} // namespace

TEST_CASE("salvage: after a flipped bit everything goes on but the batch that it hit") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(30, durability::durable);
  const auto image = dir.file("image");
  std::mt19937_64 random(50);
  int salvaged = 0;
  for (int round = 0; round < 12; ++round) {
    take_image(j.directory, image);
    const auto wal = wals_of(image).back();
    const auto bit = random() % (fs::file_size(wal) * 8);
    flip_bit(wal, bit);
    INFO("bit " << bit);
    const auto found = examine(image, rocksdb::Env::Default(), current_schema());
    if (found) continue;
    CHECK(found.error().salvageable);
    ++salvaged;
    check_salvage(image, 30);
  }
  CHECK(salvaged > 8);
}

TEST_CASE("salvage: the log's end that had been acknowledged takes its numbers with it") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(4, durability::durable);
  const auto size = fs::file_size(wals_of(j.directory).back());
  j.add(5, durability::durable);
  take_image(j.directory, dir.file("image"));
  fs::resize_file(wals_of(dir.file("image")).back(), size);
  check_salvage(dir.file("image"), 9);
}

TEST_CASE("salvage: a file that is missing") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(6, durability::durable);
  take_image(j.directory, dir.file("image"));
  fs::remove(wals_of(dir.file("image")).back());
  check_salvage(dir.file("image"), 6);
}

TEST_CASE("salvage: goes on where a crash has cut it short") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(12, durability::durable);
  const auto image = dir.file("image");
  take_image(j.directory, image);
  const auto wal = wals_of(image).back();
  flip_bit(wal, 8 * 700);
  const auto kept = dir.file("image.damaged-earlier");
  take_image(image, kept);
  write_file(image + "/" + std::string(salvage_marker), kept);
  SECTION("before the files were mended") {}
  SECTION("after the database had taken what is sound, and its files are gone") {
    const auto report = salvage(image);
    REQUIRE(report);
    write_file(image + "/" + std::string(salvage_marker), kept);
  }
  const auto report = salvage(image);
  REQUIRE(report);
  CHECK(report->kept == kept);
  CHECK(verify_journal(image)->violation_count == 0);
  CHECK(reopen(image)->last_sequence() >= 13);
}

TEST_CASE("salvage: what is whole is left alone, and what cannot be mended is left as it is") {
  const temp_folder dir;
  const auto place = dir.file("journal");
  {
    numbered_journal j{place};
    j.add(5, durability::durable);
    const auto busy = salvage(place);
    REQUIRE_FALSE(busy);
    CHECK(busy.error().code == errc::in_use);
  }
  auto before = contents(dir.path.string());
  REQUIRE(salvage(place));
  CHECK_FALSE(salvage(place)->needed);
  CHECK(contents(dir.path.string()) == before);
  CHECK_FALSE(salvage(dir.file("none"))->needed);
  for (const auto& entry : fs::directory_iterator(place))
    if (entry.path().filename().string().starts_with("MANIFEST")) fs::resize_file(entry.path(), 12);
  before = contents(dir.path.string());
  const auto hopeless = salvage(place);
  REQUIRE_FALSE(hopeless);
  CHECK_THAT(hopeless.error().message, Catch::Contains("restore the last backup"));
  CHECK(contents(dir.path.string()) == before);
}

TEST_CASE("salvage: counters of others are written with its last word, and what is kept is for the owner alone") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(3, durability::durable);
  REQUIRE(append_and_wait(*j.open, {{}, {{table::meta, "counter", "7"}}}, durability::durable).ok);
  const auto size = fs::file_size(wals_of(j.directory).back());
  j.add(2, durability::durable);
  take_image(j.directory, dir.file("image"));
  fs::resize_file(wals_of(dir.file("image")).back(), size);
  salvage_order order;
  order.directory = dir.file("image");
  order.now = some_time;
  order.counters = [](const row_getter& get, std::uint64_t lost) -> std::vector<mutation> {
    return {{table::meta, "counter", get(table::meta, "counter").value_or("") + "+" + std::to_string(lost)}};
  };
  const auto report = salvage_journal(order);
  REQUIRE(report);
  CHECK(report->lost == 2);
  CHECK(reopen(dir.file("image"))->get(table::meta, "counter").value() == "7+2");
  struct stat info {};
  REQUIRE(::stat(report->kept.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
  CHECK(fs::path(report->kept).filename() == "image.damaged-20261130T210502Z");
}

TEST_CASE("salvage: orders that lack something are named") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  const auto step = [&](std::uint64_t order, std::uint64_t version, const std::string& number) {
    domain::order_changed x;
    x.order = {order, 1};
    x.version = version;
    x.number = number;
    REQUIRE(append_and_wait(*j.open, {{{0, some_time, {}, x}}, {}}, durability::durable).ok);
  };
  step(1, 1, "JY20261130-0001");
  const auto from = fs::file_size(wals_of(j.directory).back());
  step(1, 2, "JY20261130-0001");
  step(1, 3, "JY20261130-0001");
  take_image(j.directory, dir.file("image"));
  flip_bit(wals_of(dir.file("image")).back(), (from + 40) * 8);
  const auto report = salvage(dir.file("image"));
  REQUIRE(report);
  CHECK(report->lost == 1);
  CHECK(report->orders == std::vector<std::string>{"JY20261130-0001"});
}
