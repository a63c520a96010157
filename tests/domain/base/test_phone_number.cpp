#include "domain/base/phone_number.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace lifeline::domain;

TEST_CASE("phone number: one line, one form, however carriers write it") {
  struct row {
    const char* normal;
    std::vector<const char*> written;
  };
  const row rows[] = {
      {"13912340000",
       {"13912340000", "+8613912340000", "013912340000", "008613912340000", "8613912340000", "+86-139-1234-0000",
        "+86 139 1234 0000", "139.1234.0000", "(139)12340000", "+86013912340000"}},
      {"051783901234",
       {"051783901234", "+8651783901234", "0517-83901234", "(0517) 8390 1234", "83901234", "51783901234",
        "008651783901234", "8651783901234", "86051783901234", "+86051783901234"}},
      {"01083901234", {"01083901234", "+861083901234", "861083901234", "00861083901234"}},
      {"02583901234", {"02583901234", "+862583901234", "+86-25-8390-1234"}},
      {"05233901234", {"05233901234", "+865233901234"}},
      {"12315", {"12315", "+8612315", "051712315", "+8651712315", "0517-12315"}},
      {"96333", {"96333", "051796333", "+8651796333"}},
      {"95588", {"95588", "+8695588", "051795588"}},
      {"95105888", {"95105888", "+8695105888"}},
      {"10086", {"10086", "+8610086"}},
      {"110", {"110"}},
      {"02512345", {"02512345"}}, // another city's
      {"4008001234", {"4008001234", "400-800-1234", "+864008001234", "864008001234", "04008001234"}},
      {"8008001234", {"8008001234", "+868008001234"}},
      {"051786123456", {"86123456", "051786123456"}}, // 86 is no country's code there
      {"+442079460000", {"+442079460000", "00442079460000", "+44 20 7946 0000"}},
      {"+85223456789", {"+85223456789", "0085223456789"}},
      {"8001", {"8001"}}, // an extension
      {"801234", {"801234"}},
      {"8610649000000000", {"8610649000000000"}},
  };
  for (const auto& r : rows)
    for (const auto* text : r.written) {
      INFO(text);
      CHECK(normal_number(text) == r.normal);
      CHECK(normal_number(normal_number(text)) == r.normal); // it is its own normal form
      CHECK(same_number(text, r.normal));
      CHECK(is_number(normal_number(text)));
      const auto all = spellings(text);
      CHECK(all.front() == r.normal);
      for (const auto& form : all)
        CHECK(normal_number(form) == r.normal);
    }
}

TEST_CASE("phone number: what is no number has no form and is nobody") {
  for (const auto* text :
       {"", "anonymous", "Anonymous", "unavailable", "restricted", "sip:gateway.example", "sip:@", "alice", "+", "0",
        "12", "+12", "1391234x", "13912340000;ext=1", "*52", "#", "++861", "123456789012345678901"}) {
    INFO(text);
    CHECK(normal_number(text).empty());
  }
  CHECK_FALSE(same_number("anonymous", "restricted"));
  CHECK(same_number("anonymous", "anonymous")); // a search for what stands there finds it
  CHECK_FALSE(same_number("13912340000", "13912340001"));
  CHECK(spellings("alice") == std::vector<std::string>{"alice"});
  CHECK(spellings("").empty());
  CHECK_FALSE(is_number("anonymous"));
  CHECK_FALSE(is_number(""));
  CHECK_FALSE(is_number("+"));
}

TEST_CASE("phone number: the area is the city's own") {
  const numbering nanjing{"025"};
  CHECK(normal_number("83901234", nanjing) == "02583901234");
  CHECK(normal_number("02512345", nanjing) == "12345");
  CHECK(normal_number("051712315", nanjing) == "051712315");
  const numbering nowhere{""};
  CHECK(normal_number("83901234", nowhere) == "83901234");
  CHECK(normal_number("+8613912340000", nowhere) == "13912340000");
  CHECK(normal_number("+8651783901234", nowhere) == "051783901234");
}

TEST_CASE("phone number: separators are taken out of numbers only") {
  CHECK(without_separators("+86-(139) 1234.0000") == "+8613912340000");
  CHECK(without_separators("wang-fang") == "wang-fang");
  CHECK(without_separators("*52*1") == "*52*1");
  CHECK(without_separators("").empty());
}
