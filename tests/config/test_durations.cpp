#include "config/duration.hpp"
#include "config/names.hpp"
#include "config/problem.hpp"
#include "config/size.hpp"

#include <catch2/catch.hpp>

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
  using namespace std::string_literals;
  CHECK(canonical_cidr("::ffff:203.0.113.0/120") == "::ffff:203.0.113.0/120");
  for (const auto& text : {"203.0.113.7\0x"s, "203.0.113.7\0"s, "fe80::1%lo"s, "fe80::1%lo/64"s, "fe80::1%1"s}) {
    INFO(text);
    CHECK_FALSE(canonical_cidr(text));
    CHECK_FALSE(is_address(text));
  }
  CHECK(canonical_cidr("203.0.113.9/24").error() ==
        "the address has bits beyond its prefix length: expected \"203.0.113.0/24\"");
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
