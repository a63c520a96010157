// Every entry of the log on disk, as it was first written: golden files that no change of the code may touch.

#include "storage/event_codec.hpp"
#include "tests/support/every_entry.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>

using namespace lifeline;
using namespace lifeline::testing;

namespace {

std::string hex(const std::string& bytes) {
  std::string out;
  for (const unsigned char c : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", c);
    out += digits;
  }
  return out;
}

std::string bytes_of(const std::string& digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return out;
}

/// The newest version that a field of the entry, not of its parts, came with; and whether they stand in order.
struct newest_field {
  std::uint32_t version = 1;
  bool ordered = true;
  template <class T> void operator()(const domain::field& f, const T&) {
    ordered = ordered && f.since >= version;
    version = std::max(version, f.since);
  }
};

} // namespace

TEST_CASE("every entry lies on disk in the bytes that it always had") {
  for (const auto& e : every_entry()) {
    const auto name = std::string{domain::event_name(e.body)};
    CHECK(name + " " + hex(storage::encode_event(e)) == golden_line("entries.hex", name));
  }
}

TEST_CASE("the bytes that an entry always had are read, and written as they were") {
  for (const auto& e : every_entry()) {
    const auto name = std::string{domain::event_name(e.body)};
    const auto kept = golden_line("entries.hex", name).substr(name.size() + 1);
    const auto read = storage::decode_event(e.seq, bytes_of(kept));
    INFO(name);
    REQUIRE(read);
    CHECK(hex(storage::encode_event(*read)) == kept);
  }
}

TEST_CASE("every field of every entry comes back from the disk") {
  for (const auto& e : every_entry()) {
    const auto bytes = storage::encode_event(e);
    const auto back = storage::decode_event(e.seq, bytes);
    REQUIRE(back);
    CHECK(storage::encode_event(*back) == bytes);
  }
}

TEST_CASE("an entry's version is that of its newest field, and newer fields stand behind older ones") {
  for (const auto& e : every_entry())
    std::visit(
        [](const auto& body) {
          newest_field newest;
          domain::describe(newest, body);
          INFO(domain::event_name(domain::event_body{body}));
          CHECK(newest.version == domain::version_of<std::decay_t<decltype(body)>>());
          CHECK(newest.ordered);
        },
        e.body);
}
