#include "storage/wal_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace lifeline::storage;

namespace {

struct seen {
  std::vector<std::string> records;
  std::vector<std::uint64_t> damaged; ///< offsets
  std::uint64_t end = 0;
};

seen read(const std::string& file) {
  seen s;
  const wal_visitor visit{[&](const wal_record& r) { s.records.emplace_back(r.bytes); },
                          [&](const wal_damage& d) { s.damaged.push_back(d.offset); }};
  s.end = read_wal(file, visit);
  return s;
}

std::vector<std::string> some_records(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::vector<std::string> records;
  for (std::size_t i = 0; i < count; ++i) {
    std::string r(random() % 7 == 0 ? random() % 100'000 : random() % 300, ' ');
    for (auto& c : r)
      c = static_cast<char>(random());
    records.push_back(std::move(r));
  }
  return records;
}

std::string file_of(const std::vector<std::string>& records) {
  wal_writer w;
  for (const auto& r : records)
    w.add(r);
  return w.bytes();
}

} // namespace

TEST_CASE("wal file: the checksum is the one that RocksDB documents") {
  // RFC 3720, B.4: CRC-32C of 32 bytes of zeros is 0x8a9136aa; masked by rotating and adding.
  constexpr std::uint32_t sum = 0x8a9136aa;
  CHECK(masked_crc32c(std::string(32, '\0')) == ((sum >> 15) | (sum << 17)) + 0xa282ead8u);
  const auto masked = [](std::uint32_t plain) { return ((plain >> 15) | (plain << 17)) + 0xa282ead8u; };
  CHECK(masked_crc32c(std::string(32, '\xff')) == masked(0x62a8ab43u));
  CHECK(masked_crc32c("123456789") == masked(0xe3069283u)); // no whole number of words
  CHECK(masked_crc32c("") == masked(0));
}

TEST_CASE("wal file: records of any length come back as they were written") {
  const auto records = some_records(GENERATE(1, 2, 3), 200);
  const auto s = read(file_of(records));
  CHECK(s.records == records);
  CHECK(s.damaged.empty());
  // Exactly up to a block's end, and so that too little of it is left for a header.
  for (std::size_t left = 0; left < 10; ++left) {
    const std::vector<std::string> edge{std::string(wal_block - wal_header - left, 'x'), "second", ""};
    CHECK(read(file_of(edge)).records == edge);
  }
}

TEST_CASE("wal file: zeros at the end are space taken in advance, anything else is a torn end") {
  const auto records = some_records(4, 20);
  const auto whole = file_of(records);
  auto s = read(whole + std::string(100'000, '\0'));
  CHECK(s.records == records);
  CHECK(s.damaged.empty());
  CHECK(s.end == whole.size() + 100'000);
  s = read(whole + std::string(5'000, '\x5a'));
  CHECK(s.records == records);
  CHECK(s.damaged.empty());
  CHECK(s.end == whole.size());
}

TEST_CASE("wal file: cut anywhere, all whole records before the cut are read and nothing is called damaged") {
  auto records = some_records(5, 6);
  records.push_back(std::string(70'000, 'y'));
  records.push_back("the last one");
  const auto whole = file_of(records);
  std::vector<std::size_t> ends;
  for (std::size_t i = 1; i <= records.size(); ++i)
    ends.push_back(file_of({records.begin(), records.begin() + static_cast<std::ptrdiff_t>(i)}).size());
  for (std::size_t cut = 0; cut < whole.size(); cut += cut + 2'000 < whole.size() ? 97 : 1) {
    const auto s = read(whole.substr(0, cut));
    const auto expected =
        static_cast<std::size_t>(std::count_if(ends.begin(), ends.end(), [&](auto e) { return e <= cut; }));
    if (s.records.size() != expected || !s.damaged.empty()) FAIL("cut at " << cut);
  }
}

TEST_CASE("wal file: a flipped bit is found, whatever it hits, and all records but the one that it hits are read") {
  const auto records = some_records(6, 60);
  const auto whole = file_of(records);
  std::mt19937_64 random(7);
  for (int round = 0; round < 400; ++round) {
    auto file = whole;
    const auto at = random() % file.size();
    file[at] = static_cast<char>(static_cast<unsigned char>(file[at]) ^ (1u << random() % 8));
    const auto s = read(file);
    if (s.records == records) continue; // in the filling at a block's end
    REQUIRE(s.records.size() == records.size() - 1);
    const auto gap = std::mismatch(s.records.begin(), s.records.end(), records.begin());
    CHECK(std::equal(gap.first, s.records.end(), gap.second + 1));
    // Said where it is, unless it is the last record: that looks as if it had not been finished.
    CHECK((gap.first == s.records.end() ? s.end < file.size() : s.damaged.size() == 1 && s.damaged.front() <= at));
  }
}

TEST_CASE("wal file: a whole block of zeros or rubbish in the middle is damage, not an end") {
  const auto records = some_records(8, 120);
  const auto whole = file_of(records);
  REQUIRE(whole.size() > 6 * wal_block);
  for (const char with : {'\0', '\x77'}) {
    auto file = whole;
    std::fill_n(file.begin() + 2 * wal_block, wal_block, with);
    const auto s = read(file);
    CHECK(s.damaged.size() == 1);
    CHECK(s.records.back() == records.back());
    CHECK(s.records.size() < records.size());
  }
}
