#pragma once
// The engine's actors with a hotline for rescues, speech that renders nothing, and a rescue side that remembers what it
// is told.

// Before CAF's macros, one of which is called `inject`.
#include "actors/rescue/rescue_call.hpp"
#include "actors/rescue/rescue_port.hpp"
#include "domain/rescue/rescue_speech.hpp"

#include "tests/actors/hotline_bench.hpp"
#include "tests/actors/rescue/fake_rescue_port.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::testing {

/// A named phrase becomes "<name>.wav", free text "speech/<text>.wav".
class fake_speech final : public media::speech {
public:
  enum class way : std::uint8_t { ready, held, no_free_text, broken };
  void prepare(std::vector<media::phrase> phrases, media::speech_ready done) override {
    ++asked;
    if (how == way::held) return waiting.emplace_back(std::move(phrases), std::move(done)), void();
    answer(phrases, done);
  }
  void stop() override {}
  /// What was held is rendered now.
  void render() {
    how = way::ready;
    for (auto& [phrases, done] : std::exchange(waiting, {}))
      answer(phrases, done);
  }
  way how = way::ready;
  std::size_t asked = 0;
  std::vector<std::pair<std::vector<media::phrase>, media::speech_ready>> waiting;

private:
  void answer(const std::vector<media::phrase>& phrases, const media::speech_ready& done) const {
    std::vector<std::string> files;
    for (const auto& p : phrases) {
      if (how == way::broken || (how == way::no_free_text && p.name.empty()))
        return done(tl::unexpected(std::string{"espeak-ng cannot be started"}));
      files.push_back(p.name.empty() ? "speech/" + p.text + ".wav" : p.name + ".wav");
    }
    done(std::move(files));
  }
};

using fake_rescue = fake_rescue_port;

/// 96333 has three lines, two of them kept for callers; calls to rescuers have one of their own.
inline domain::plan rescue_plan() {
  auto p = small_plan();
  domain::hotline_plan h;
  h.name = "96333";
  h.numbers = {"96333"};
  h.queue = "12315";
  h.lines = 3;
  h.reserved_for_callers = 2;
  h.emergency = true;
  h.caller_number = "051796333";
  p.hotlines.push_back(h);
  p.rescue.report_numbers = {"96334"};
  p.rescue.lines = 1;
  return p;
}

inline domain::order_state trapped_order() {
  domain::order_state s;
  s.id = {1, 2};
  s.number = "JY20200101-0001";
  s.lift = "320145";
  s.address = "淮海路12号";
  s.trapped = 1;
  return s;
}

class rescue_bench : public hotline_bench {
public:
  explicit rescue_bench(domain::plan plan = rescue_plan()) : hotline_bench(std::move(plan)) {
    around->speech = &speech;
    around->set_rescue(&rescue);
    media.finish_prompts = false;
  }
  ~rescue_bench() override {
    *listening_ = false; // calls that still go on end with the bench's base, after our members
    around->speech = nullptr;
    around->set_rescue(nullptr);
    speech.waiting.clear();
    rescue.waiting.clear();
  }

  actors::rescue_call_request request() {
    actors::rescue_call_request r;
    r.order = {1, 2};
    r.attempt.id = {++attempts, 99};
    r.attempt.target = "13912345678";
    r.attempt.started = time();
    r.attempt.deadline = time() + 90s;
    r.party = "firm-1";
    r.about = trapped_order();
    r.about.received = time() - 12min;
    return r;
  }
  /// Of the attempt that was made last.
  [[nodiscard]] domain::leg_id leg() const { return {attempts, 99}; }

  actors::rescue_call_handle start(actors::rescue_call_request r) {
    auto handle = actors::start_rescue_call(sys, around, std::move(r),
                                            [this, listening = listening_](const domain::attempt_result& x) {
                                              if (*listening) results.push_back(x);
                                            });
    run();
    return handle;
  }
  /// Dialled and answered.
  actors::rescue_call_handle talking(actors::rescue_call_request r) {
    auto handle = start(std::move(r));
    REQUIRE(sip.count("invite", leg()) == 1);
    phone_rings(leg());
    phone_answers(leg());
    return handle;
  }
  void press(char digit) {
    media.emit(leg(), media::endpoint_event_kind::digit, std::string(1, digit));
    run();
  }
  void prompt_ends() {
    media.finish_all();
    run();
  }
  /// What was played last.
  [[nodiscard]] std::vector<std::string> heard() const {
    return media.played.empty() ? std::vector<std::string>{} : media.played.back().second;
  }
  [[nodiscard]] bool heard(const std::string& file) const {
    const auto files = heard();
    return std::find(files.begin(), files.end(), file) != files.end();
  }
  [[nodiscard]] std::uint64_t lines() const { return around->rescue_lines_used; }
  /// Exactly one result, and nothing is left behind.
  void check_only(domain::attempt_outcome outcome) {
    REQUIRE(results.size() == 1);
    CHECK(results.front().outcome == outcome);
    CHECK(results.front().attempt == domain::attempt_id{leg().hi, leg().lo});
    check_nothing_left();
  }
  void check_nothing_left() {
    CHECK(sip.alive.empty());
    CHECK(media.open_endpoints() == 0);
    CHECK(media.recording.empty());
    CHECK(lines() == 0);
  }

  fake_speech speech;
  fake_rescue rescue;
  std::vector<domain::attempt_result> results;
  std::uint64_t attempts = 0;

private:
  std::shared_ptr<bool> listening_ = std::make_shared<bool>(true);
};

} // namespace lifeline::testing
