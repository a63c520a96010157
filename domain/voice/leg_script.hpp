#pragma once
// What a leg that is spoken to is told, and what it says of itself. Pure.
//
// A script is a value: `step` applies one piece of news, or a reply to one of its own requests, and returns what is to
// be done, in that order; `next_deadline` is when it must be given the clock. The leg with its endpoint, the
// signalling, the files and the timer belong to the `voice` that carries a script out (actors/voice/voice.hpp).

#include "domain/base/time.hpp"
#include "domain/voice/utterance.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lifeline::domain::voice {

// ---- news of the leg ---------------------------------------------------------------------------------------------

/// First of all, and once. Of a leg that has come in: whether it has offered anything, and whether we speak it.
struct begins {
  bool offered = false;
  bool usable = false;
};
/// The endpoint is there: the leg can be answered, or dialled.
struct opened {};
/// There is no endpoint, or it is lost.
struct no_port {
  std::string why;
};
/// Of a leg that was dialled: answered, and it hears us.
struct picked_up {};
/// Of a leg that was dialled: nobody has answered, and it is gone.
struct turned_down {
  int status = 0;
};
/// Our answer has arrived (ACK): the voice path is open.
struct acknowledged {};
/// Whoever is there will never hear us: no codec in common, or our offer was not answered.
struct deaf {};
/// The leg is gone: hung up, cancelled, lost.
struct gone {};
/// As it was sent; one press may come as a SIP INFO, as an event and as a tone (key_echo.hpp).
struct pressed {
  char digit = 0;
  bool by_info = false;
};
/// What was asked for by `prepare` can be played: all of it, or as much as there is.
struct prepared {
  std::uint64_t tag = 0;
  std::vector<std::string> files;
};
/// What was being played has come to its end.
struct played {};
/// The engine ends its last calls.
struct engine_stops {};
/// Time has passed; comes at next_deadline, or at any other time.
struct clock {};

using news = std::variant<begins, opened, no_port, picked_up, turned_down, acknowledged, deaf, gone, pressed, prepared,
                          played, engine_stops, clock>;

// ---- what is to be done ------------------------------------------------------------------------------------------

struct open_port {};
/// A leg that has come in: our answer to its offer, or our offer. Then it hears us.
struct answer {};
struct refuse {
  int status = 0;
  std::string reason;
};
/// `prepared` follows, once, and never fails.
struct prepare {
  std::uint64_t tag = 0;
  utterance full;
  utterance brief;
};
/// Instead of what is being played.
struct play {
  std::vector<std::string> files;
};
struct stop_playing {};
/// The leg is hung up (with a Reason, RFC 3326, unless empty), all is closed, and the script is over.
struct end {
  std::string reason;
};

/// With what a script asks of somebody outside: its own requests.
template <class Request>
using command = std::variant<open_port, answer, refuse, prepare, play, stop_playing, end, Request>;
template <class Request> using commands = std::vector<command<Request>>;

/// `S::request` and `S::reply`: what it asks of somebody outside, and what it is answered. A script that is not over
/// has a deadline.
template <class S>
concept script = requires(S& s, const S& seen, const news& n, const typename S::reply& r, instant now) {
  { step(s, n, now) } -> std::same_as<commands<typename S::request>>;
  { step(s, r, now) } -> std::same_as<commands<typename S::request>>;
  { next_deadline(seen) } -> std::same_as<instant>;
  { is_over(seen) } -> std::same_as<bool>;
};

/// How a script's `step` is written: a Talk{script, now, commands} has an `on` for each piece of news and each reply. A
/// script that is over hears nothing more.
template <class Talk, class Script, class What>
commands<typename Script::request> apply(Script& s, const What& what, instant now) {
  if (is_over(s)) return {};
  Talk talk{s, now, {}};
  std::visit([&](const auto& e) { talk.on(e); }, what);
  return std::move(talk.out);
}

} // namespace lifeline::domain::voice
