#include "domain/agents/feature_code.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

TEST_CASE("feature codes: each code is its order") {
  const feature_codes codes;
  CHECK(read_feature_code(codes, "*51")->verb == agent_verb::ready);
  CHECK(read_feature_code(codes, "*50")->verb == agent_verb::logout);
  CHECK(read_feature_code(codes, "*53")->verb == agent_verb::wrap_up_end);
  const auto more = read_feature_code(codes, "*54");
  REQUIRE(more);
  CHECK(more->verb == agent_verb::wrap_up_more);
  CHECK(more->extra == codes.wrap_up_extra);
}

TEST_CASE("feature codes: not ready carries its reason's digit") {
  const feature_codes codes;
  CHECK(read_feature_code(codes, "*52")->reason == "break");
  CHECK(read_feature_code(codes, "*522")->reason == "meal");
  CHECK(read_feature_code(codes, "*52*3")->reason == "training");
  CHECK(read_feature_code(codes, "*529")->reason.empty()); // refused by the agent's rules
  CHECK_FALSE(read_feature_code(codes, "*5222"));
}

TEST_CASE("feature codes: phones write them in several ways") {
  const feature_codes codes;
  CHECK(read_feature_code(codes, "%2A51"));
  CHECK(read_feature_code(codes, "*51#"));
  CHECK(read_feature_code(codes, "%2a51%23"));
}

TEST_CASE("feature codes: other numbers are none, and neither is a code that is switched off") {
  feature_codes codes;
  CHECK_FALSE(read_feature_code(codes, "12315"));
  CHECK_FALSE(read_feature_code(codes, ""));
  CHECK_FALSE(read_feature_code(codes, "*5"));
  codes.ready.clear();
  CHECK_FALSE(read_feature_code(codes, "*51"));
}
