#include "domain/agents/feature_script.hpp"
#include "tests/domain/voice/script_driver.hpp"

using namespace lifeline;
using namespace lifeline::domain;
using namespace lifeline::testing;
using feature_reply::no_agent;
using feature_reply::order_done;

namespace {

struct feature_line : script_driver<feature_script> {
  explicit feature_line(const std::string& confirm = "confirm.wav", const std::string& refused = "refuse.wav")
      : script_driver(feature_script{{}, confirm, refused}) {
    tell(voice::begins{true, true});
  }
  [[nodiscard]] int status() const {
    for (const auto& c : done)
      if (const auto* r = std::get_if<voice::refuse>(&c)) return r->status;
    return 0;
  }
};

} // namespace

TEST_CASE("feature script: the order is done first, then the phone is answered and hears whether it was") {
  feature_line t;
  CHECK(t.asked<feature_request::give_order>().size() == 1);
  CHECK(t.count<voice::open_port>() == 0);
  const bool done = GENERATE(true, false);
  t.tell(order_done{done});
  t.tell(voice::opened{});
  CHECK(t.count<voice::answer>() == 1);
  CHECK(t.heard() == std::vector<std::string>{done ? "confirm.wav" : "refuse.wav"});
  t.prompt_ends();
  CHECK(t.over());
  CHECK(t.status() == 0);
}

TEST_CASE("feature script: what cannot be heard is said by a status") {
  SECTION("without a prompt") {
    const bool done = GENERATE(true, false);
    feature_line t{"", ""};
    t.tell(order_done{done});
    CHECK(t.status() == (done ? 480 : 403));
    CHECK(t.over());
  }
  SECTION("without an agent") {
    feature_line t;
    t.tell(no_agent{});
    CHECK(t.status() == 480);
  }
  SECTION("without a codec in common, or an offer") {
    script_driver<feature_script> t{feature_script{{}, "confirm.wav", "refuse.wav"}};
    t.tell(voice::begins{GENERATE(true, false), false});
    CHECK(std::get<voice::refuse>(t.done.front()).status == 488);
    CHECK(t.requests.empty());
  }
  SECTION("without a media port") {
    feature_line t;
    t.tell(order_done{true});
    t.tell(voice::no_port{"none left"});
    CHECK(t.status() == 500);
  }
}

TEST_CASE("feature script: a port that is lost after the answer ends the call, which cannot be refused any more") {
  feature_line t;
  t.tell(order_done{true});
  t.tell(voice::opened{});
  t.tell(voice::no_port{"socket error"});
  CHECK(t.status() == 0);
  CHECK(t.count<voice::end>() == 1);
}

TEST_CASE("feature script: whatever is lost, the phone is not kept") {
  feature_line t;
  const int phase = GENERATE(0, 1, 2);
  if (phase > 0) t.tell(order_done{true});
  if (phase > 1) t.tell(voice::opened{});
  t.advance(longest_confirmation - 1ms);
  CHECK_FALSE(t.over());
  t.advance(1ms);
  CHECK(t.over());
  CHECK(t.count<voice::end>() == 1);
}
