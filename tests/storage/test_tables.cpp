#include "storage/tables.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace lifeline;
using namespace lifeline::storage;

TEST_CASE("the tables keep their names and numbers") {
  const std::vector<std::string_view> expected = {
      "meta",      "log",     "call_log", "live_calls", "records",     "agents",    "registrations", "recordings",
      "elevators", "parties", "reports",  "orders",     "open_orders", "order_log", "order_index",   "devices"};
  CHECK(std::vector<std::string_view>(table_names().begin(), table_names().end()) == expected);
  CHECK(table_name(table::recordings) == "recordings");
  CHECK(schema_version == 1);
}

TEST_CASE("keys order as their numbers do and come back whole") {
  CHECK(sequence_key{0x0102030405060708}.encode() == std::string("\1\2\3\4\5\6\7\10"));
  std::vector<std::uint64_t> numbers = {0, 1, 255, 256, 65535, 65536, 1ull << 40, UINT64_MAX};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const sequence_key key{numbers[i]};
    CHECK(sequence_key::decode(key.encode()) == key);
    const call_log_key entry{{numbers[i], 3}, numbers[i]};
    CHECK(call_log_key::decode(entry.encode()) == entry);
    CHECK(call_key::decode(call_key{{numbers[i], ~numbers[i]}}.encode()) == call_key{{numbers[i], ~numbers[i]}});
    if (i == 0) continue;
    CHECK(sequence_key{numbers[i - 1]}.encode() < key.encode());
    CHECK(call_key{{numbers[i - 1], UINT64_MAX}}.encode() < call_key{{numbers[i], 0}}.encode());
    CHECK(call_log_key{{7, 7}, numbers[i - 1]}.encode() < call_log_key{{7, 7}, numbers[i]}.encode());
  }
  CHECK(account_key::decode(account_key{"8001"}.encode()) == account_key{"8001"});
}

TEST_CASE("keys of a wrong length are refused") {
  CHECK_FALSE(sequence_key::decode("1234567"));
  CHECK_FALSE(sequence_key::decode("123456789"));
  CHECK_FALSE(call_key::decode("123456781234567"));
  CHECK_FALSE(call_log_key::decode("1234567812345678"));
  CHECK_FALSE(account_key::decode(""));
  CHECK_FALSE(decode_u64(""));
}

TEST_CASE("the first key of a time lies between the ids made before and after") {
  domain::id_source source(4);
  const auto t = domain::from_micros(1'700'000'000'123'000);
  const call_key before{source.next<domain::call_id>(t - std::chrono::milliseconds(1))};
  const call_key at{source.next<domain::call_id>(t)};
  CHECK(before.encode() < call_key::first_at(t).encode());
  CHECK(call_key::first_at(t).encode() <= at.encode());
  CHECK(call_key::first_at(t - std::chrono::microseconds(1)).encode() == call_key::first_at(t).encode());
  CHECK(call_key::first_at(domain::never).encode() == std::string(16, '\0'));
}
