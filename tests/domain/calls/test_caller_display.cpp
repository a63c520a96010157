#include "domain/calls/caller_display.hpp"

#include "domain/base/utf8.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

TEST_CASE("display: the hotline comes first, then the number, then the caller's own name") {
  CHECK(caller_display("96333", "13912340000", "") == "96333 13912340000");
  CHECK(caller_display("电梯", "13912340000", "张三") == "电梯 13912340000 张三");
  CHECK(caller_display("96333", "13912340000", "13912340000") == "96333 13912340000");
}

TEST_CASE("display: who withholds the number is shown as that, with the hotline") {
  CHECK(caller_display("96333", "anonymous", "") == "96333 Anonymous");
  CHECK(caller_display("96333", "", "") == "96333 Anonymous");
}

TEST_CASE("display: without a short name the caller is shown as before") {
  CHECK(caller_display("", "13912340000", "张三") == "张三");
  CHECK(caller_display("", "13912340000", "").empty());
}

TEST_CASE("display: what is no UTF-8 is left out, and a long one is cut between characters") {
  CHECK(caller_display("96333", "13912340000", "\xC4\xE3\xBA\xC3") == "96333 13912340000"); // GBK
  std::string name;
  for (int i = 0; i < 100; ++i)
    name += "某";
  const auto shown = caller_display("96333", "13912340000", name);
  CHECK(is_utf8(shown));
  CHECK(count_code_points(shown) == longest_display);
}
