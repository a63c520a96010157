#pragma once
// One call driven to any state of its life, where actors are made to crash, and on from there to a normal end.

#include "tests/actors/hotline_bench.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lifeline::testing {

/// What can crash.
enum class part { call, agent, dispatcher, calls, agents, keeper };
/// When the crash comes: after what waits in the actor's mailbox, or before it, so that all of it is lost.
enum class crash_moment { in_turn, at_once };

struct scene;

/// A state of a call and what must outlive any crash in it.
struct stage {
  std::string name;
  std::function<void(domain::plan&)> configure;
  std::function<void(scene&)> reach;
  bool talks = false;    ///< the conversation has begun: it goes on, on the same legs
  bool rings = false;    ///< a phone is being called; only a dispatcher's crash may stop it
  bool waits = false;    ///< in the queue: the place is kept
  bool over = false;     ///< the conversation has ended: record, recording and wrap-up stay what they are
  bool external = false; ///< a backup number gets the caller
};
const std::vector<stage>& all_stages();

struct scene {
  explicit scene(const stage& s);

  /// The actors crash, together; those that do not live are left out.
  void crash(const std::vector<part>& parts, crash_moment when);
  /// Plays caller, phones and media until the call has ended; the caller hangs up after some seconds of talk. False:
  /// it did not end within `limit`.
  bool play_on(domain::span limit = 180s);
  /// One round of the above: what the outer world would do now.
  void play();
  /// The whole account: survived as the stage demands, one record, agent free and given the next call, all lines free,
  /// no leg, endpoint or recording left, and the log's invariants.
  void check_end(const std::vector<part>& crashed);
  void check_next_calls();

  void place_call(bool delayed_offer = false);
  domain::call_state checkpoint() const;
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] std::vector<domain::leg_id> phones() const; ///< alive legs that are no caller's

  const stage& of;
  hotline_bench b;
  domain::leg_id caller;
  domain::call_id id;
  domain::leg_id held_by;   ///< who holds now and will resume
  domain::leg_id reoffered; ///< direct media: who has to answer our re-INVITE
  bool ack_outstanding = false;
  bool needs_agent = false;
  std::string agent = "8001"; ///< who serves in the end
  std::set<domain::leg_id> rung, answered;
  std::optional<domain::instant> crashed_at;
  std::optional<domain::instant> talk_seen;
  std::size_t invites_before = 0;
  domain::leg_id phone_before;
  domain::span recovered_in{0}; ///< from the crash to the conversation
};

} // namespace lifeline::testing
