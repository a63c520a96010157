#include "domain/rescue/lost_orders.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

event step(std::uint64_t order, std::uint64_t version, const std::string& number) {
  order_changed x;
  x.order = {order, 1};
  x.version = version;
  x.number = number;
  return {0, from_micros(1), {}, x};
}

using list = std::vector<std::string>;

} // namespace

TEST_CASE("lost orders: a whole log lacks nothing") {
  lost_orders l;
  l.apply(step(1, 1, "JY20261130-0001"));
  l.apply(step(2, 1, "JY20261130-0002"));
  l.apply(step(1, 2, "JY20261130-0001"));
  l.apply(step(3, 1, "JY20261130-0004")); // a number that the disk had refused
  l.apply(step(4, 1, "JY20261201-0001"));
  CHECK(l.numbers().empty());
}

TEST_CASE(
    "lost orders: a gap in an order's versions, a beginning that is missing, and orders that are gone altogether") {
  lost_orders l;
  l.apply(step(1, 1, "JY20261130-0001"));
  l.apply(step(2, 1, "JY20261130-0002"));
  l.hole();
  l.apply(step(1, 4, "JY20261130-0001"));
  l.apply(step(2, 2, "JY20261130-0002"));
  l.apply(step(5, 2, "JY20261130-0005"));
  l.apply(step(7, 1, "JY20261130-0007"));
  CHECK(l.numbers() == list{"JY20261130-0001", "JY20261130-0003", "JY20261130-0004", "JY20261130-0005"});
}

TEST_CASE("lost orders: the first of a day behind a hole") {
  lost_orders l;
  l.apply(step(1, 1, "JY20261129-0009"));
  l.hole();
  l.apply(step(2, 1, "JY20261130-0003"));
  CHECK(l.numbers() == list{"JY20261130-0001", "JY20261130-0002"});
}

TEST_CASE("lost orders: a long list is shortened with its count") {
  CHECK(list_some({}, 2).empty());
  CHECK(list_some({"a", "b"}, 2) == "a, b");
  CHECK(list_some({"a", "b", "c", "d"}, 2) == "a, b and 2 more");
}
