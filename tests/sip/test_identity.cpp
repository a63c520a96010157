#include "sip/identity.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;

TEST_CASE("name-addr in the forms that peers send") {
  struct row {
    const char* value;
    const char* display;
    const char* user;
    const char* host;
  };
  const row rows[] = {
      {"<sip:13800000000@192.0.2.1>", "", "13800000000", "192.0.2.1"},
      {"\"Wang \\\"W\\\" Fang\" <sip:+8613800000000@carrier.example:5060;user=phone>;tag=1", "Wang \"W\" Fang",
       "+8613800000000", "carrier.example:5060"},
      {"Wang <sips:1@h>", "Wang", "1", "h"},
      {"sip:1@h;tag=5", "", "1", "h"},
      {"<tel:+86-138-0000;phone-context=x>", "", "+86-138-0000", ""},
      {"tel:110", "", "110", ""},
      {"<sip:gateway.example>", "", "", "gateway.example"},
      {"<sip:a%20b:password@h>", "", "a b", "h"},
      {"<sip:123;npdi;rn=9@h>", "", "123", "h"},
      {"<SIP:1@[2001:db8::1]:5060>", "", "1", "[2001:db8::1]:5060"},
      {"\"a, b\" <sip:1@h>, <tel:2>", "a, b", "1", "h"},
  };
  for (const auto& r : rows) {
    INFO(r.value);
    const auto parsed = parse_name_addr(r.value);
    REQUIRE(parsed);
    CHECK(parsed->display == r.display);
    CHECK(parsed->user == r.user);
    CHECK(parsed->host == r.host);
  }
}

TEST_CASE("what names nobody is refused") {
  for (const auto* value :
       {"", "\"open", "<sip:1@h", "mailto:a@b", "<>", "\"x\" <http://h>", "sip:", "tel:", "<sip:1@>"}) {
    INFO(value);
    CHECK_FALSE(parse_name_addr(value));
  }
}

TEST_CASE("who calls: assertion before From, privacy before both") {
  const auto from = *parse_name_addr("\"Desk\" <sip:8001@h>");
  const auto anonymous = *parse_name_addr("\"Anonymous\" <sip:anonymous@anonymous.invalid>");
  CHECK(identify_caller("", from, "").number == "8001");
  CHECK(identify_caller("", from, "").display == "Desk");
  CHECK(identify_caller("<sip:139@c>", from, "").number == "139");
  CHECK(identify_caller("<sip:139@c>", from, "").display == "Desk");
  CHECK(identify_caller("\"Li\" <tel:139>", from, "none").display == "Li");
  CHECK(identify_caller("<sip:139@c>", anonymous, "").number == "139");
  CHECK(identify_caller("<sip:139@c>", anonymous, "").display.empty());
  CHECK(identify_caller("rubbish", from, "").number == "8001");
  CHECK(identify_caller("", *parse_name_addr("<sip:gateway.example>"), "").number == "sip:gateway.example");
  for (const auto* privacy : {"id", "id;critical", "header; id", "user"}) {
    INFO(privacy);
    const auto hidden = identify_caller("<sip:139@c>", from, privacy);
    CHECK(hidden.withheld);
    CHECK(hidden.number == "anonymous");
    CHECK(hidden.display.empty());
  }
  CHECK(identify_caller("", anonymous, "").withheld);
  CHECK_FALSE(identify_caller("<sip:139@c>", from, "none").withheld);
}

TEST_CASE("of two asserted identities the one that has a number is the caller") {
  const auto from = *parse_name_addr("<sip:pbx@h>");
  for (const auto* asserted :
       {"<sip:ims.example>, <tel:+8613912340000>", "<tel:+8613912340000>, <sip:ims.example>",
        "\"a, b\" <sip:wang@ims.example>, \"c\" <sip:+86-139-1234-0000@ims.example;user=phone>",
        "rubbish, <tel:+86-139-1234-0000>", "<sip:wang@ims.example>,<tel:+86(139)1234.0000;phone-context=x>"}) {
    INFO(asserted);
    CHECK(identify_caller(asserted, from, "").number == "+8613912340000");
    CHECK(identify_caller(asserted, from, "id").asserted == "+8613912340000");
  }
  CHECK(identify_caller("<sip:wang@ims.example>, <sip:li@ims.example>", from, "").number == "wang");
  CHECK(identify_caller("<sip:ims.example>", from, "").number == "sip:ims.example");
}

TEST_CASE("visual separators are no part of a number") {
  const auto caller = identify_caller("", *parse_name_addr("<tel:+86-139-1234-0000>"), "");
  CHECK(caller.number == "+8613912340000");
  CHECK(caller.received == "+86-139-1234-0000");
  CHECK(identify_caller("", *parse_name_addr("<sip:wang-fang@h>"), "").number == "wang-fang");
}

TEST_CASE("nobody is nobody however it is written") {
  for (const auto* from : {"<sip:anonymous@h>", "<sip:Anonymous@h>", "<sip:ANONYMOUS@h>", "<sip:x@Anonymous.Invalid>",
                           "<sip:unavailable@h>", "<sip:Restricted@h>", "<sip:unknown@unknown.invalid>",
                           "<sip:private@h>", "<sip:anonymous.invalid>"}) {
    INFO(from);
    const auto hidden = identify_caller("", *parse_name_addr(from), "");
    CHECK(hidden.withheld);
    CHECK(hidden.number == "anonymous");
    CHECK(hidden.asserted.empty());
    CHECK_FALSE(identify_caller("<tel:139>", *parse_name_addr(from), "").withheld);
    CHECK(identify_caller(from, *parse_name_addr("<sip:139@h>"), "").withheld); // the network says so itself
  }
}

TEST_CASE("our From is escaped and cannot carry a second header") {
  CHECK(write_from("", "8001", "h") == "<sip:8001@h>");
  CHECK(write_from("A \"B\" \\", "8001", "h") == "\"A \\\"B\\\" \\\\\" <sip:8001@h>");
  CHECK(write_from("x\r\nEvil: 1", "1>\r\n2", "h") == "\"xEvil: 1\" <sip:1%3E%0D%0A2@h>");
  CHECK(write_from("", "", "h") == "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
  CHECK(write_from("96333 Anonymous", "anonymous", "h") == "\"96333 Anonymous\" <sip:anonymous@anonymous.invalid>");
  CHECK(unescape(escape_user("a b@c;d/?#%")) == "a b@c;d/?#%");
}
