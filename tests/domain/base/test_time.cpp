#include "domain/base/time.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

TEST_CASE("time: RFC 3339 in UTC with milliseconds") {
  CHECK(to_rfc3339(instant{1'763'930'667'123ms}) == "2025-11-23T20:44:27.123Z");
  CHECK(to_rfc3339(instant{1'709'164'800s}) == "2024-02-29T00:00:00.000Z");          // leap day
  CHECK(to_rfc3339(instant{1'767'225'599'999'999us}) == "2025-12-31T23:59:59.999Z"); // cut, not rounded up
  CHECK(to_rfc3339(never).empty());
}

TEST_CASE("time: before 1970 the parts are still positive") {
  CHECK(to_rfc3339(instant{-1ms}) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("time: microseconds, there and back") {
  const instant t{1'763'930'667'123'456us};
  CHECK(from_micros(micros(t)) == t);
  CHECK(micros(never) == 0);
  CHECK(seconds(1'500ms) == 1.5);
}
