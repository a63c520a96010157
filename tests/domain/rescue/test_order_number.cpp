#include "domain/rescue/order_number.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace std::chrono_literals;

TEST_CASE("order number: counts from one in each local day", "[order][number]") {
  order_counter counter;
  const auto before_midnight = *parse_rfc3339("2026-11-24T23:59:59+08:00");
  CHECK(to_string(counter.next("JY", before_midnight, 8h)) == "JY20261124-0001");
  CHECK(to_string(counter.next("JY", before_midnight, 8h)) == "JY20261124-0002");
  CHECK(to_string(counter.next("JY", before_midnight + 1s, 8h)) == "JY20261125-0001");
  CHECK(to_string(counter.next("JY", before_midnight, 8h)) == "JY20261124-0003"); // the clock stepped back
  CHECK(to_string(counter.next("JY", before_midnight + 1s, 8h)) == "JY20261125-0002");
}

TEST_CASE("order number: goes on after those that exist", "[order][number]") {
  order_counter counter;
  const auto now = *parse_rfc3339("2026-11-24T10:00:00+08:00");
  for (const auto* text : {"JY20261124-0007", "JY20261123-0099", "JY20261124-0003"})
    counter.remember(*parse_order_number(text));
  CHECK(to_string(counter.next("JY", now, 8h)) == "JY20261124-0008");
}

TEST_CASE("order number: is read back, also past 9999 and with any prefix", "[order][number]") {
  for (const auto* text : {"JY20261124-0001", "20261124-9999", "A-B20261124-10000", "JY20240229-0001"}) {
    const auto n = parse_order_number(text);
    REQUIRE(n);
    CHECK(to_string(*n) == text);
  }
  for (const auto* text : {"", "JY20261124", "JY20261324-0001", "JY20230229-0001", "JY20261124-001", "JY20261124-0000",
                           "JY20261124-00001", "JY2026112x-0001", "JY20261124-000x", "1124-0001", "JY20261124--001"})
    CHECK_FALSE(parse_order_number(text));
}
