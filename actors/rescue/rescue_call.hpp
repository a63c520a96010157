#pragma once
// One call of the engine's own to a rescuer: the voice (actors/voice/voice.hpp) that carries out
// domain/rescue/rescuer_script.hpp. Whatever happens, `done` is called exactly once, at the deadline at the latest, on
// some thread of the actor system.

#include "actors/rescue/rescue_surroundings.hpp"
#include "domain/calls/call_state.hpp"
#include "domain/rescue/order_machine.hpp"

#include <functional>
#include <string>
#include <vector>

namespace lifeline::actors {

/// An alert of our own people (attempt_purpose::alert) is the same call with key 1 = the alarm is taken.
struct rescue_call_request {
  domain::order_id order;
  domain::open_attempt attempt; ///< target = number to dial
  std::uint8_t level = 1;
  std::string party;
  bool accepted = false; ///< this party has accepted already: keys 4 and 5
  bool arrived = false;
  domain::order_state about; ///< what is spoken of
  /// One of our own phones, which is called by itself: no line is needed. Empty uri: through the trunk.
  domain::phone_address phone;
  std::function<void(domain::instant)> dialled; ///< its phone is rung from now on; may be empty
  std::function<void()> answered;               ///< may be empty
};
using attempt_done = std::function<void(const domain::attempt_result&)>;

/// Ends the call early, from any thread: nobody wants its result any more (`done` still comes, as withdrawn).
class rescue_call_handle {
public:
  rescue_call_handle() = default;
  explicit rescue_call_handle(caf::actor a) : actor_(std::move(a)) {}
  void give_up() const;

private:
  caf::actor actor_;
};

rescue_call_handle start_rescue_call(caf::actor_system& system, const rescue_surroundings_ptr& around,
                                     rescue_call_request request, attempt_done done);

} // namespace lifeline::actors
