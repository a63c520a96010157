#include "domain/phone_forms.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using forms = std::vector<std::string>;

TEST_CASE("phone forms: a mobile with and without country code and long-distance zero") {
  CHECK(phone_forms("13912345678") == forms{"13912345678", "013912345678"});
  CHECK(phone_forms("013912345678") == forms{"013912345678", "13912345678"});
  CHECK(phone_forms("+8613912345678") == forms{"+8613912345678", "13912345678", "013912345678"});
  CHECK(phone_forms("008613912345678") == forms{"008613912345678", "13912345678", "013912345678"});
  CHECK(phone_forms("8613912345678") == forms{"8613912345678", "13912345678", "013912345678"});
}

TEST_CASE("phone forms: a landline gets the zero of its area back") {
  CHECK(phone_forms("+8651787654321") == forms{"+8651787654321", "051787654321"});
  CHECK(phone_forms("051787654321") == forms{"051787654321"});
  CHECK(phone_forms("86123456") == forms{"86123456"}); // a local number that only looks like the code
}

TEST_CASE("phone forms: a withheld number has none") {
  CHECK(phone_forms("").empty());
  CHECK(phone_forms("anonymous").empty());
  CHECK(phone_forms("+86139x2345678") == forms{"+86139x2345678"});
}
