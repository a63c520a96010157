#pragma once
// One call of the engine's own to a rescuer: waits for a line, dials, says what has happened, and takes the answer by
// key. Keys: 1 = accept, 2 = refuse, 3 = once more; when the order was accepted by this party already (urging):
// 4 = arrived, 5 = done. An alert of our own people (attempt_purpose::alert) is the same call with key 1 = the alarm is
// taken; their phones are called by themselves, without a line.
//
//   waiting_line ─▶ opening ─▶ ringing ─▶ talking ─▶ farewell
//        └────────────┴───────────┴──────────┴──────────┴─────▶ over: one result, told at the deadline at the latest
//
// The result is told before anything is confirmed: whoever hangs up then loses nothing.

#include "domain/rescue/order_machine.hpp"
#include "domain/rescue/rescue_speech.hpp"
#include "domain/voice/announcer.hpp"
#include "domain/voice/key_echo.hpp"
#include "domain/voice/phases.hpp"

#include <optional>
#include <string>
#include <variant>

namespace lifeline::domain {

namespace rescuer_request {
/// line_granted follows, or line_refused, or no_keeper. `held`: it has got one of a keeper that is gone.
struct request_line {
  bool held = false;
};
/// The endpoint is open: its phone is to ring for so long.
struct dial {
  span ring_timeout{};
};
/// Answered: it is being talked with. To be recorded, if such calls are.
struct talk {};
/// The result; comes once.
struct tell {
  attempt_outcome outcome = attempt_outcome::failed;
  std::string detail;
  span rang{};
};
} // namespace rescuer_request

namespace rescuer_reply {
struct line_granted {};
struct line_refused {};
/// Nobody keeps the lines just now, or whoever did is gone.
struct no_keeper {};
/// After all.
struct cannot_dial {
  std::string why;
};
/// Nobody wants its result any more.
struct given_up {};
} // namespace rescuer_reply

enum class rescuer_phase : std::uint8_t { waiting_line, opening, ringing, talking, farewell, over };

/// What the call is for, and its times.
struct rescuer_call {
  order_state about;
  std::uint8_t level = 1;
  attempt_purpose purpose = attempt_purpose::dispatch;
  bool accepted = false; ///< this party has accepted already
  bool arrived = false;
  bool own_phone = false;   ///< of ours: no line is needed
  instant deadline = never; ///< until it is dialled: then it has the time that ringing and talking take
  span setup_timeout{};
  span ring_timeout{};
  span answer_patience{}; ///< from the answer, or the last key
  std::string impossible; ///< why it cannot be tried; empty: it can
};

struct rescuer_script {
  using request =
      std::variant<rescuer_request::request_line, rescuer_request::dial, rescuer_request::talk, rescuer_request::tell>;
  using reply = std::variant<rescuer_reply::line_granted, rescuer_reply::line_refused, rescuer_reply::no_keeper,
                             rescuer_reply::cannot_dial, rescuer_reply::given_up>;

  explicit rescuer_script(rescuer_call c) : call(std::move(c)) {}

  rescuer_call call;
  voice::phases<rescuer_phase> phase{rescuer_phase::waiting_line};
  voice::announcer say{{.pause = 4s, .most_plays = 3}};
  voice::key_echo pressed;
  key_menu keys;
  bool told = false;
  instant deadline = never;
  instant line_again = never; ///< the lines' keeper is asked then
  instant invited = never;
  span rang{};
};

voice::commands<rescuer_script::request> step(rescuer_script& s, const voice::news& n, instant now);
voice::commands<rescuer_script::request> step(rescuer_script& s, const rescuer_script::reply& r, instant now);
instant next_deadline(const rescuer_script& s);
inline bool is_over(const rescuer_script& s) { return s.phase.in(rescuer_phase::over); }

/// A call that has lost the keeper of lines asks its successor after so long, and so does one that has a line.
inline constexpr span line_request_again = 1s;
/// Beyond the ring timeout, which the gateway watches itself.
inline constexpr span ring_gateway_patience = 5s;
inline constexpr span longest_rescuer_farewell = 8s;

} // namespace lifeline::domain
