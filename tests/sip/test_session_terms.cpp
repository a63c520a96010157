#include "sip/session_terms.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace std::chrono_literals;

TEST_CASE("as server: the shorter interval within both minimums, the refresher as asked") {
  const session_preference ours{1800s, 90s};
  CHECK(agree_as_server(ours, {}) == session_terms{1800s, true}); // a peer without timers
  CHECK(agree_as_server(ours, {true, 0s, 0s, refresher::unspecified}) == session_terms{1800s, false});
  CHECK(agree_as_server(ours, {true, 600s, 0s, refresher::uac}) == session_terms{600s, false});
  CHECK(agree_as_server(ours, {true, 600s, 0s, refresher::uas}) == session_terms{600s, true});
  CHECK(agree_as_server(ours, {true, 3600s, 0s, refresher::uac}) == session_terms{1800s, false});
  CHECK(agree_as_server(ours, {true, 3600s, 2000s, refresher::uac}) == session_terms{2000s, false});
}

TEST_CASE("as client: what the response says, and refreshing is ours unless it takes it") {
  const session_preference ours{1800s, 90s};
  CHECK(agree_as_client(ours, {}) == session_terms{1800s, true});
  CHECK(agree_as_client(ours, {true, 900s, 0s, refresher::uas}) == session_terms{900s, false});
  CHECK(agree_as_client(ours, {true, 900s, 0s, refresher::uac}) == session_terms{900s, true});
}

TEST_CASE("without session timers nothing is ever due") {
  CHECK(next_act(agree_as_server({0s, 90s}, {true, 90s, 0s, refresher::uac})) == 0ms);
  CHECK(next_act(agree_as_client({0s, 90s}, {true, 90s, 0s, refresher::uas})) == 0ms);
}

TEST_CASE("we refresh before the middle and give up before the end") {
  CHECK(next_act({1800s, true}) == 720s);
  CHECK(next_act({4s, true}) == 1s);
  CHECK(next_act({1800s, false}) == 1768s);
  CHECK(next_act({90s, false}) == 60s);
}
