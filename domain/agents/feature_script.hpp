#pragma once
// An agent has dialled a feature code (feature_code.hpp): its order is carried out, and the phone hears whether it was.
// It lasts for the few seconds of the confirmation.

#include "domain/agents/agent_machine.hpp"
#include "domain/voice/leg_script.hpp"
#include "domain/voice/phases.hpp"

#include <string>
#include <variant>

namespace lifeline::domain {

namespace feature_request {
/// order_done follows, or no_agent.
struct give_order {
  agent_order order;
};
} // namespace feature_request

namespace feature_reply {
struct order_done {
  bool done = false;
};
struct no_agent {};
} // namespace feature_reply

enum class feature_phase : std::uint8_t { asking, opening, confirming, over };

struct feature_script {
  using request = std::variant<feature_request::give_order>;
  using reply = std::variant<feature_reply::order_done, feature_reply::no_agent>;

  agent_order order;
  std::string confirm_prompt; ///< a file; empty: the status says it
  std::string refuse_prompt;

  voice::phases<feature_phase> phase{feature_phase::asking};
  std::string prompt{};
};

voice::commands<feature_script::request> step(feature_script& s, const voice::news& n, instant now);
voice::commands<feature_script::request> step(feature_script& s, const feature_script::reply& r, instant now);
inline instant next_deadline(const feature_script& s) { return s.phase.due(); }
inline bool is_over(const feature_script& s) { return s.phase.in(feature_phase::over); }

/// Longer than any confirmation: whatever is lost, the phone is not kept.
inline constexpr span longest_confirmation = 10s;

} // namespace lifeline::domain
