#pragma once
// What the report line says to a rescuer who calls it, and what its keys do. Known by the number it comes from, and by
// the order's short code where nobody vouches for that number, a caller hears its open orders, accepts, refuses,
// reports arrival and completion. What was pressed is confirmed only when it is stored, and is stored even if it hangs
// up.
//
//   opening ─▶ (proving) ─▶ (choosing ◀─▶) telling ─▶ storing ─▶ farewell
//                                           ▲            │ not stored, or not known to be
//                                           └────────────┘

#include "domain/rescue/order_machine.hpp"
#include "domain/rescue/rescue_speech.hpp"
#include "domain/voice/announcer.hpp"
#include "domain/voice/key_echo.hpp"
#include "domain/voice/phases.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace lifeline::domain {

/// An order that a rescuer has in hand, enough to speak about.
struct order_brief {
  order_id order;
  std::string number;
  std::string party;
  deployment_phase phase = deployment_phase::dispatched;
  order_state state;
};

namespace report_request {
/// The open orders of whoever calls; orders_found follows.
struct find_orders {};
/// word_stored follows with the same tag, sooner or later.
struct store_word {
  std::uint64_t tag = 0;
  order_id order;
  rescuer_report report;
};
} // namespace report_request

namespace report_reply {
struct orders_found {
  std::vector<order_brief> orders; ///< the oldest first
};
struct word_stored {
  std::uint64_t tag = 0;
  bool ok = false;
};
} // namespace report_reply

enum class report_phase : std::uint8_t { opening, proving, choosing, telling, storing, farewell, over };

struct report_script {
  using request = std::variant<report_request::find_orders, report_request::store_word>;
  using reply = std::variant<report_reply::orders_found, report_reply::word_stored>;

  /// `proven`: a trunk vouches for the number, or it is a phone of ours. `setup`: for the endpoint.
  report_script(bool caller_proven, span setup) : proven(caller_proven), setup_timeout(setup) {}

  bool proven;
  span setup_timeout;
  voice::phases<report_phase> phase{report_phase::opening};
  voice::announcer say{{.pause = 5s, .most_plays = 3}};
  voice::key_echo keys;
  instant end_due = never;         ///< of the whole call
  std::vector<order_brief> orders; ///< that can be spoken of
  std::size_t chosen = 0;
  std::string code; ///< as far as it was pressed
  std::uint32_t guesses = 0;
  rescuer_word word = rescuer_word::arrived; ///< that is being stored
  std::uint64_t saving = 0;                  ///< tag of what was stored last
};

voice::commands<report_script::request> step(report_script& s, const voice::news& n, instant now);
voice::commands<report_script::request> step(report_script& s, const report_script::reply& r, instant now);
instant next_deadline(const report_script& s);
inline bool is_over(const report_script& s) { return s.phase.in(report_phase::over); }

inline constexpr span longest_report_call = 180s;
inline constexpr span report_key_patience = 60s; ///< from the last key
inline constexpr span longest_word_storing = 10s;
inline constexpr std::size_t most_report_orders = 9; ///< one key each
inline constexpr std::uint32_t most_code_guesses = 3;

} // namespace lifeline::domain
