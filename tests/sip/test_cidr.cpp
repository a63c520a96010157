#include "sip/cidr.hpp"
#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;

TEST_CASE("addresses against blocks") {
  struct row {
    const char* block;
    const char* address;
    bool inside;
  };
  const row rows[] = {
      {"192.0.2.0/24", "192.0.2.0", true},
      {"192.0.2.0/24", "192.0.2.255", true},
      {"192.0.2.0/24", "192.0.3.0", false},
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "192.0.2.2", false},
      {"10.0.0.0/9", "10.127.255.255", true},
      {"10.0.0.0/9", "10.128.0.0", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"192.0.2.128/25", "::ffff:192.0.2.129", true},
      {"2001:db8::/32", "2001:db8:1::7", true},
      {"2001:db8::/32", "2001:db9::", false},
      {"::1", "::1", true},
      {"::1/128", "::2", false},
      {"::/0", "2001:db8::1", true},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"192.0.2.4/31", "192.0.2.5", true},
      {"192.0.2.4/31", "192.0.2.6", false},
  };
  for (const auto& r : rows) {
    INFO(r.block << " and " << r.address);
    const auto block = cidr::parse(r.block);
    REQUIRE(block);
    CHECK(block->contains(*parse_address(r.address)) == r.inside);
  }
}

TEST_CASE("what is no block is refused with its text and the reason") {
  const std::pair<const char*, const char*> rows[] = {
      {"", "not an IPv4"},           {"192.0.2.0/33", "from 0 to 32"}, {"2001:db8::/129", "from 0 to 128"},
      {"192.0.2.0/", "from 0 to"},   {"192.0.2.0/x", "from 0 to"},     {"192.0.2.0/-1", "from 0 to"},
      {"192.0.2/24", "not an IPv4"}, {"192.0.2.1/24", "beyond"},       {"host.example", "not an IPv4"},
  };
  for (const auto& [text, reason] : rows) {
    INFO(text);
    const auto block = cidr::parse(text);
    REQUIRE_FALSE(block);
    CHECK(block.error().find(reason) != std::string::npos);
    CHECK(block.error().find(text) != std::string::npos);
  }
}

TEST_CASE("the longest prefix names the trunk, whatever the order") {
  const auto table = trunk_table::make(
      {testing::trunk_named("wide", {"10.0.0.0/8", "2001:db8::/32"}), testing::trunk_named("narrow", {"10.1.0.0/16"})});
  REQUIRE(table);
  REQUIRE(table->find(*parse_address("10.1.2.3")));
  CHECK(*table->find(*parse_address("10.1.2.3")) == "narrow");
  CHECK(*table->find(*parse_address("10.2.2.3")) == "wide");
  CHECK(*table->find(*parse_address("2001:db8::9")) == "wide");
  CHECK(table->find(*parse_address("11.0.0.1")) == nullptr);
  const auto wrong = trunk_table::make({testing::trunk_named("carrier", {"10.0.0.0/8", "nonsense"})});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().find("carrier") != std::string::npos);
}

TEST_CASE("an address does not end at a null byte") {
  CHECK_FALSE(parse_address(std::string_view{"192.0.2.1\0/8", 12}));
  CHECK_FALSE(cidr::parse(std::string_view{"192.0.2.1\0\0/8", 13}));
}
