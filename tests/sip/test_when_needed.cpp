#include "sip/when_needed.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace lifeline::testing {

TEST_CASE("A part that is made when it is needed reads as nothing before, and is made by writing", "[sip]") {
  struct part {
    std::string text;
  };
  sip::when_needed<part> p;
  CHECK(p.seen().text.empty());
  CHECK_FALSE(p.is_made());
  p.made().text = "x";
  CHECK(p.is_made());
  CHECK(p.seen().text == "x");
  CHECK(&p.made() == &p.seen());
}

} // namespace lifeline::testing
