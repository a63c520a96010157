// What was acknowledged is there after a crash, or the opening says by name that it is not: never less without a word.

#include "damage.hpp"
#include "faulty_disk.hpp"
#include "storage/examination.hpp"
#include "storage/verify.hpp"
#include "storage/witness.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::storage;
using namespace lifeline::storage::testing;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

settings at(const std::string& directory) {
  settings s;
  s.directory = directory;
  return s;
}

/// The refusal of an opening, which changes nothing and names the way out; empty: it was opened.
std::string refusal(const std::string& directory) {
  const auto before = contents(directory);
  const auto j = open_rocksdb_journal(at(directory));
  if (j) return {};
  CHECK(j.error().code == errc::corrupt);
  CHECK(contents(directory) == before);
  CHECK_THAT(j.error().message, Catch::Contains(directory));
  return j.error().message;
}

/// What is wrong with the content of an opened journal.
std::string opened_wrong(const std::string& directory, std::uint64_t last) {
  const auto j = open_rocksdb_journal(at(directory));
  if (!j) return j.error().message;
  if ((*j)->last_sequence() != last)
    return "it ends with " + std::to_string((*j)->last_sequence()) + ", not with " + std::to_string(last);
  return wrong_content(**j, last);
}

void forget_witness(const std::string& directory) { fs::remove(directory + "/" + std::string(witness_file)); }

} // namespace

TEST_CASE("a killed journal comes back whole, with the witness and without") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(15, durability::durable);
  take_image(j.directory, dir.file("image"));
  SECTION("with it") {}
  SECTION("without it, as an older engine leaves it") { forget_witness(dir.file("image")); }
  SECTION("with a damaged one, which proves nothing") { flip_bit(dir.file("image/LIFELINE_WITNESS"), 300); }
  CHECK(opened_wrong(dir.file("image"), 15).empty());
  CHECK(opened_wrong(dir.file("image"), 15).empty()); // the next start, too
  const auto proof = verify_journal(dir.file("image"));
  REQUIRE(proof);
  CHECK(proof->violation_count == 0);
}

TEST_CASE("a flipped bit anywhere in the write-ahead file is refused by name, or it hit nothing") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(30, durability::durable);
  const auto wal = fs::path(wals_of(j.directory).back()).filename().string();
  const auto size = fs::file_size(j.directory + "/" + wal);
  std::mt19937_64 random(40);
  const auto image = dir.file("image");
  int harmless = 0;
  for (int round = 0; round < 60; ++round) {
    take_image(j.directory, image);
    const auto bit = random() % (size * 8);
    flip_bit(image + "/" + wal, bit);
    INFO("bit " << bit << " of " << size * 8);
    const auto said = refusal(image);
    if (said.empty()) {
      ++harmless;
      CHECK(opened_wrong(image, 30).empty());
      continue;
    }
    CHECK_THAT(said, Catch::Contains(wal) && Catch::Contains("at byte ") && Catch::Contains("lifelined --salvage"));
    const auto proof = verify_journal(image);
    CHECK((!proof || proof->violation_count > 0));
  }
  CHECK(harmless < 5);
}

TEST_CASE("without a witness a flipped bit is refused as long as something sound is behind it") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(30, durability::durable);
  const auto image = dir.file("image");
  std::mt19937_64 random(41);
  for (int round = 0; round < 30; ++round) {
    take_image(j.directory, image);
    forget_witness(image);
    const auto wal = wals_of(image).back();
    flip_bit(wal, random() % (fs::file_size(wal) * 8));
    const auto said = refusal(image);
    if (!said.empty()) continue;
    // It hit nothing, or the last batch: that one looks as if it had never been finished.
    const auto opened = open_rocksdb_journal(at(image));
    REQUIRE(opened);
    CHECK((*opened)->last_sequence() >= 29);
  }
}

TEST_CASE("cut at any byte of its last batches a log starts when they were not acknowledged, else it is refused") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(6, durability::durable);
  const auto begin = fs::file_size(wals_of(j.directory).back());
  const bool promised = GENERATE(false, true);
  j.add(2, promised ? durability::durable : durability::lazy);
  REQUIRE(j.open->barrier(10s));
  const auto end = fs::file_size(wals_of(j.directory).back());
  REQUIRE(end > begin);
  const auto image = dir.file("image");
  for (auto size = begin; size < end; size += 3) {
    take_image(j.directory, image);
    fs::resize_file(wals_of(image).back(), size);
    INFO("cut at " << size << " of " << end);
    if (promised) {
      CHECK_THAT(refusal(image), Catch::Contains("acknowledged"));
    } else {
      const auto opened = open_rocksdb_journal(at(image));
      REQUIRE(opened);
      CHECK((*opened)->last_sequence() >= 6);
      CHECK(wrong_content(**opened, 6).empty());
    }
  }
}

TEST_CASE("zeros or rubbish behind the last batch are no damage") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(8, durability::durable);
  take_image(j.directory, dir.file("image"));
  const auto wal = wals_of(dir.file("image")).back();
  SECTION("zeros, space taken in advance") { write_file(wal, read_file(wal) + std::string(150'000, '\0')); }
  SECTION("rubbish of a page that was never written") { write_file(wal, read_file(wal) + std::string(9'000, '\x5a')); }
  CHECK(opened_wrong(dir.file("image"), 8).empty());
}

TEST_CASE("an unsynced end whose pages came to the disk in another order is cut off and the engine starts") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(7, durability::durable);
  const auto promised = fs::file_size(wals_of(j.directory).back());
  j.add(2, durability::lazy);
  const auto damaged = fs::file_size(wals_of(j.directory).back());
  j.add(4, durability::lazy);
  take_image(j.directory, dir.file("image"));
  const auto wal = wals_of(dir.file("image")).back();
  SECTION("its first batch") { flip_bit(wal, (promised + 20) * 8); }
  SECTION("a later one") { flip_bit(wal, (damaged + 20) * 8); }
  const auto opened = open_rocksdb_journal(at(dir.file("image")));
  REQUIRE(opened);
  const auto last = (*opened)->last_sequence();
  CHECK((last == 7 || last == 9));
  CHECK(wrong_content(**opened, last).empty());
}

TEST_CASE("a synced batch damaged before an unsynced end is refused") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(6, durability::durable);
  const auto before = fs::file_size(wals_of(j.directory).back());
  j.add(1, durability::durable);
  j.add(3, durability::lazy);
  take_image(j.directory, dir.file("image"));
  flip_bit(wals_of(dir.file("image")).back(), (before + 20) * 8);
  forget_witness(dir.file("image")); // the batches tell
  CHECK_THAT(refusal(dir.file("image")), Catch::Contains("at byte " + std::to_string(before)) &&
                                             Catch::Contains("3 sound batches are behind it with entries 8 to 10"));
}

TEST_CASE("write-ahead files that are missing are missed, the last, an older one, or all") {
  const temp_folder dir;
  numbered_journal j{dir.file("journal")};
  j.add(3, durability::durable);
  // Entries so heavy that the log's memory is written out: that begins a new file, and the old one stays needed.
  for (int i = 0; i < 20; ++i)
    REQUIRE(append_and_wait(*j.open,
                            {{{0, domain::from_micros(1), {}, domain::engine_stopped{std::string(1 << 20, 'x')}}}, {}},
                            durability::durable)
                .ok);
  REQUIRE(append_and_wait(*j.open, {{}, {{table::agents, "late", "row"}}}, durability::durable).ok);
  const auto image = dir.file("image");
  take_image(j.directory, image);
  auto wals = wals_of(image);
  REQUIRE(wals.size() >= 2);
  REQUIRE(refusal(image).empty());
  take_image(j.directory, image);
  SECTION("the last") { fs::remove(wals.back()); }
  SECTION("the first") { fs::remove(wals.front()); }
  SECTION("all") {
    for (const auto& w : wals)
      fs::remove(w);
  }
  SECTION("the last is empty") { fs::resize_file(wals.back(), 0); }
  SECTION("a bit in the first") { flip_bit(wals.front(), 8 * 200); }
  CHECK_THAT(refusal(image), Catch::Contains("lifelined --salvage"));
}

TEST_CASE("flipped bits in tables and manifest are refused or found, never taken for data") {
  const temp_folder dir;
  const auto whole = dir.file("journal");
  { numbered_journal{whole}.add(25, durability::durable); }
  { REQUIRE(open_rocksdb_journal(at(whole))); } // into table files
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(whole)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(".sst") || name.starts_with("MANIFEST")) files.push_back(name);
  }
  std::sort(files.begin(), files.end());
  REQUIRE(files.size() >= 3);
  std::mt19937_64 random(43);
  const auto image = dir.file("image");
  for (int round = 0; round < 60; ++round) {
    take_image(whole, image);
    const auto file = image + "/" + files[static_cast<std::size_t>(round) % files.size()];
    const auto bit = random() % (fs::file_size(file) * 8);
    flip_bit(file, bit);
    INFO(file << ", bit " << bit);
    const auto proof = verify_journal(image);
    const bool found = !proof || proof->violation_count > 0;
    if (!refusal(image).empty()) continue;
    const auto wrong = opened_wrong(image, 25);
    if (found) // said by a read, if it is in the way of one
      CHECK((wrong.empty() || wrong.find("orruption") != std::string::npos));
    else
      CHECK(wrong.empty());
  }
}

TEST_CASE("a salvage that was cut short is not passed over") {
  const temp_folder dir;
  { numbered_journal{dir.file("journal")}.add(3, durability::durable); }
  write_file(dir.file("journal/" + std::string(salvage_marker)), dir.file("kept"));
  CHECK_THAT(refusal(dir.file("journal")), Catch::Contains("has not ended"));
}

TEST_CASE("damage that shows while the disk is being recovered stops the journal, and is not made away with") {
  const temp_folder dir;
  faulty_disk disk;
  inner_settings inner;
  inner.env = disk.env.get();
  inner.pace.first_pause = 5ms;
  inner.pace.longest_pause = 10ms;
  auto s = at(dir.file("journal"));
  s.linger = 0ms;
  auto j = open_rocksdb_journal(s, inner);
  REQUIRE(j);
  for (std::uint64_t n = 1; n <= 10; ++n)
    REQUIRE(append_and_wait(**j, {{simple_event(n)}, {}}, durability::durable).ok);
  const auto wal = wals_of(s.directory).back();
  disk.state->now = fault::io_error;
  CHECK_FALSE(append_and_wait(**j, {{simple_event(11)}, {}}, durability::durable).ok);
  flip_bit(wal, 8 * 300);
  disk.state->now = fault::none;
  CHECK(eventually([&] { return (*j)->health().last_error.find("is damaged at byte") != std::string::npos; }));
  CHECK_FALSE((*j)->health().writable);
  CHECK(fs::exists(wal));
  flip_bit(wal, 8 * 300);
  CHECK(eventually([&] { return (*j)->health().writable; }));
  CHECK((*j)->last_sequence() >= 10);
  CHECK(log_numbers(**j) == gapless((*j)->last_sequence()));
}

TEST_CASE("the witness's words come back as written, and anything else is no proof") {
  testimony t{123'456'789, 77, {4, 12, 19}};
  const auto bytes = t.encode();
  CHECK(bytes.size() == witness_size);
  CHECK(testimony::decode(bytes) == t);
  t.wals.clear();
  CHECK(testimony::decode(t.encode()) == t);
  for (std::uint64_t n = 0; n < 100; ++n)
    t.wals.push_back(1'000'000 + n);
  const auto many = testimony::decode(t.encode());
  REQUIRE(many);
  CHECK(many->wals.back() == 1'000'099);
  std::mt19937_64 random(42);
  int taken = 0;
  for (int i = 0; i < 300; ++i) {
    auto other = bytes;
    other[random() % 60] ^= static_cast<char>(1u << random() % 8);
    const auto read = testimony::decode(other);
    if (read && *read != testimony{123'456'789, 77, {4, 12, 19}}) ++taken;
  }
  CHECK(taken == 0);
  CHECK_FALSE(testimony::decode(""));
  CHECK_FALSE(testimony::decode(std::string(witness_size, ' ')));
}
