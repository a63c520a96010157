#include "config/duration.hpp"
#include "config/names.hpp"
#include "config/problem.hpp"
#include "config/size.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using namespace lifeline::config;
using namespace std::chrono_literals;

TEST_CASE("durations are read as people write them") {
  CHECK(parse_duration("90s") == 90s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("1h30m") == 90min);
  CHECK(parse_duration("1m90s") == 150s);
  CHECK(parse_duration("0s") == 0s);
  CHECK(parse_duration("10000h") == 10000h);
}

TEST_CASE("what is no duration is refused") {
  for (const auto* text : {"", "20", "s", "20 s", "20sec", "1.5s", "-1s", "30m1h", "1s1s", "1d", "10001h",
                           "99999999999999999999s", "20S", "1h 30m"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("a duration is written so that it can be read again") {
  for (const lifeline::domain::span d : {lifeline::domain::span{0s}, lifeline::domain::span{1500ms},
                                         lifeline::domain::span{90min}, lifeline::domain::span{24h}}) {
    CHECK(parse_duration(format_duration(d)) == d);
  }
  CHECK(format_duration(1500ms) == "1s500ms");
}

TEST_CASE("networks are made canonical, and impossible ones refused") {
  CHECK(canonical_cidr("203.0.113.7") == "203.0.113.7/32");
  CHECK(canonical_cidr("203.0.113.0/24") == "203.0.113.0/24");
  CHECK(canonical_cidr("::1") == "::1/128");
  CHECK(canonical_cidr("2001:db8:0:0::/32") == "2001:db8::/32");
  CHECK(canonical_cidr("0.0.0.0/0") == "0.0.0.0/0");
  for (const auto* text : {"", "/", "203.0.113.0/", "203.0.113.0/33", "203.0.113.0/x", "203.0.113/24", "::/129",
                           "carrier.example", "203.0.113.1/24", "203.0.113.0/-1", "203.0.113.0/024x"}) {
    INFO(text);
    CHECK_FALSE(canonical_cidr(text));
  }
  CHECK(canonical_cidr("203.0.113.9/24").error() ==
        "the address has bits beyond its prefix length: expected \"203.0.113.0/24\"");
  CHECK(canonical_cidr("2001:db8::1/64").error() ==
        "the address has bits beyond its prefix length: expected \"2001:db8::/64\"");
  CHECK(canonical_cidr("203.0.113.0/33").error() == "expected a prefix length from 0 to 32 after the '/'");
  CHECK(canonical_cidr("::/129").error() == "expected a prefix length from 0 to 128 after the '/'");
}

TEST_CASE("a network is taken for what it says, to its last byte") {
  // IPv4 within IPv6 stays as it is written: the SIP edge matches both spellings.
  CHECK(canonical_cidr("::ffff:192.0.2.0/120") == "::ffff:192.0.2.0/120");
  CHECK(canonical_cidr("::FFFF:c000:0201") == "::ffff:192.0.2.1/128");
  CHECK(canonical_cidr("::ffff:192.0.2.1/120").error() ==
        "the address has bits beyond its prefix length: expected \"::ffff:192.0.2.0/120\"");
  using namespace std::string_literals;
  const auto no_network = "expected a network like \"203.0.113.0/24\" or an address"s;
  const auto no_length = "expected a prefix length from 0 to "s;
  const std::pair<std::string, std::string> wrong[] = {
      {"192.0.2.0\0junk/24"s, no_network},
      {"192.0.2.1\0"s, no_network},
      {"::1\0%"s, no_network},
      {"192.0.2.0/24\0"s, no_length + "32"},
      {"fe80::1%eth0"s, no_network},
      {"fe80::%lo/64"s, no_network},
      {"2001:db8::%/32"s, no_network},
      {"192.0.2.1%lo"s, no_network},
      {" 192.0.2.1"s, no_network},
      {"192.0.2.1 "s, no_network},
      {"192.0.2.010"s, no_network},
      {"0xC0000201"s, no_network},
      {"[::1]/128"s, no_network},
      {"192.0.2.0/24/24"s, no_length + "32"},
      {"192.0.2.0/ 24"s, no_length + "32"},
      {"192.0.2.0/+24"s, no_length + "32"},
      {"192.0.2.0/4294967320"s, no_length + "32"}, // 24 in 32 bits
      {"::/18446744073709551616"s, no_length + "128"},
  };
  for (const auto& [text, says] : wrong) {
    INFO(text);
    const auto network = canonical_cidr(text);
    REQUIRE_FALSE(network);
    CHECK(network.error().starts_with(says));
  }
}

TEST_CASE("an address is the whole text, and means the same on every machine") {
  CHECK(is_address("192.0.2.1"));
  CHECK(is_address("::ffff:192.0.2.1"));
  using namespace std::string_literals;
  for (const auto& text :
       {""s, "192.0.2.1\0"s, "::1\0x"s, "::1 "s, "192.0.2"s, "fe80::1%lo"s, "2001:db8::1%x"s, "[::1]"s}) {
    INFO(text);
    CHECK_FALSE(is_address(text));
    CHECK_FALSE(is_host(text));
  }
  CHECK_FALSE(is_outbound("[::1%lo]:5060"));
  CHECK_FALSE(is_outbound("192.0.2.1\0:5060"s));
}

TEST_CASE("hosts, outbound addresses, names and numbers") {
  CHECK(is_host("sip.carrier.example"));
  CHECK(is_host("::1"));
  CHECK_FALSE(is_host("192.168.1"));
  CHECK_FALSE(is_host("a..b"));
  CHECK_FALSE(is_host("-a"));
  CHECK(is_outbound("127.0.0.1:5070"));
  CHECK(is_outbound("[::1]:5070;transport=tcp"));
  CHECK(is_outbound("sip.carrier.example:5060;transport=udp"));
  for (const auto* text : {"", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "::1:5070", "[127.0.0.1]:5070",
                           "a:5060;transport=ws", "a b:5060", ":5060"}) {
    INFO(text);
    CHECK_FALSE(is_outbound(text));
  }
  CHECK(is_number("+8651780000001"));
  CHECK_FALSE(is_number("+"));
  CHECK_FALSE(is_number("0517-8000"));
  CHECK(is_name("8001"));
  CHECK_FALSE(is_name("a b"));
  CHECK_FALSE(is_name(std::string(65, 'a')));
}

TEST_CASE("a message shows foreign text shortened and on one line") {
  CHECK(quote("a\nb") == "\"a?b\"");
  CHECK(quote(std::string(200, 'x')) == '"' + std::string(60, 'x') + "...\"");
}

TEST_CASE("sizes are read as people write them, and written so that they are read the same") {
  CHECK(parse_size("0") == 0U);
  CHECK(parse_size("1500B") == 1500U);
  CHECK(parse_size("64KiB") == 65536U);
  CHECK(parse_size("50MiB") == 52428800U);
  CHECK(parse_size("1024GiB") == 1ULL << 40U);
  for (const auto* text : {"", "50", "MiB", "50MB", "50 MiB", "-1B", "1.5MiB", "1025GiB", "99999999999999999999B"}) {
    INFO(text);
    CHECK_FALSE(parse_size(text));
  }
  for (const auto* text : {"0", "1500B", "64KiB", "50MiB", "3GiB"})
    CHECK(format_size(*parse_size(text)) == text);
}

TEST_CASE("what a telephone can dial is a feature code") {
  for (const auto* text : {"*51", "#", "0", "*#0123456789*#01"})
    CHECK(is_code(text));
  for (const auto* text : {"", "A", "+51", "* 5", "*#0123456789*#012"})
    CHECK_FALSE(is_code(text));
}
