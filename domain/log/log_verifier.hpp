#pragma once
// The exactly-once proof: a fold of the event log that knows nothing but the log. Its rules are those of the engine:
// numbers without a gap; one owner per call and one call per agent at any time; every reservation ended exactly once;
// every call that arrived ended exactly once, and nothing of it comes afterwards except its recording's fate; and those
// of alarms and work orders (domain/log/order_verifier.hpp).
//
// Several actors write the log, each persisting before it tells the others. So these orders are right, too:
//   - the dispatcher's entries about a call (queue_entered, agent_reserved, reservation_ended) may come shortly after
//     the call's own end, and its queue_entered after the call's queue_left;
//   - an agent's call may end in the log (its recording was sealed first) after the agent's next one was connected.
//     That the two did not overlap is proved from the account in call_ended;
//   - the calls of a killed run are ended by the next one, after its engine_started; open reservations by the next
//     dispatcher, as superseded;
//   - a call whose actor failed before its first entry has actor_restarted and call_ended only.
// Where entries are missing (an archived beginning, events_lost, a gap) nothing is claimed about what had begun before.
// So it is where the clock was set (clock_stepped): the numbers are the order of the log, not the times, which are true
// on each side of it and cannot be compared across it.
//
// Memory is bounded by what is open, the number of agents, and the `remembered` ids that ended last. What that gives
// up: a second end or a late entry more than so many ends later is still found, but called "never arrived" or "never
// made"; only in a log with missing entries it may then pass for something that began before them.

#include "domain/base/remembered.hpp"
#include "domain/base/wall_time.hpp"
#include "domain/log/describe.hpp"
#include "domain/log/order_verifier.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace lifeline::domain {

inline constexpr std::size_t violation_list_limit = 100;

/// Entries that the proof of calls has no use for, by name: whoever adds one has to think of it.
template <class Body>
concept says_nothing_of_calls = facts_of<Body>
.of == subject::order || facts_of<Body>.of == subject::registry ||
    one_of<Body, engine_stopped, hotline_rerouted, trunk_changed, source_banned, engine_draining, backup_made,
           log_salvaged, outbound_resumed, agent_changed, registration_changed, call_escalated, recording_sealed,
           recording_failed, recording_fetched, call_cut, call_rung_back>;

class log_verifier {
public:
  static constexpr std::size_t default_memory = 65'536;
  explicit log_verifier(std::size_t remembered = default_memory)
      : ended_(remembered), closed_(remembered), orders_(remembered) {}

  /// Entries in the order of their numbers. The first one's number need not be 1 (older entries may be archived).
  void apply(const event& e);
  /// After the last entry of an engine that has ended: what is still open is a violation.
  void finish();

  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] std::uint64_t last_sequence() const { return last_; }
  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  [[nodiscard]] std::uint64_t reservations() const { return reservations_; }
  /// Entries that the log itself says it had to give up.
  [[nodiscard]] std::uint64_t lost_events() const { return lost_; }
  [[nodiscard]] std::size_t open_calls() const { return live_.size(); }
  [[nodiscard]] std::size_t open_reservations() const { return open_.size(); }
  [[nodiscard]] std::uint64_t orders() const { return orders_.orders(); }
  /// Alarms and orders whose end is not confirmed; fine at the end of a log, for the next run goes on with them.
  [[nodiscard]] std::size_t open_orders() const { return orders_.open_orders(); }
  /// Sentences with the entry's number, the first `violation_list_limit` of them.
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  [[nodiscard]] std::uint64_t violation_count() const { return violation_count_; }
  /// Ids kept of what has ended.
  [[nodiscard]] std::size_t remembered() const { return ended_.size() + closed_.size() + orders_.remembered(); }

private:
  struct live_call {
    bool certain = true; ///< nothing of it is missing in the log
    std::uint64_t run = 0;
    bool connected = false;
    reservation_id reservation; ///< that connected it; nil also with an external number
    agent_id agent;
    instant connected_at = never;
    instant next_talk = never; ///< when its agent was connected to another call, before this one ended in the log
    std::vector<queue_id> entered;
    std::vector<queue_id> left; ///< ever
  };
  struct ended_call {
    std::uint64_t seq = 0;
    instant at = never;
    reservation_id reservation;
  };
  struct open_offer {
    bool certain = true;
    agent_id agent;
    call_id call;
  };
  struct closed_offer {
    std::uint64_t seq = 0;
    reservation_outcome outcome = reservation_outcome::refused;
    call_id call;
  };
  struct agent_talk {
    call_id call;
    std::uint64_t run = 0;
    instant over = never; ///< never while the log has not ended the call
  };

  void violate(const event& e, const std::string& what);
  void note(std::string sentence);
  void check_number(const event& e);
  /// Entries are missing up to here: nothing that began before is certain any more.
  void doubt(instant until);
  void doubt_reservations();
  template <class Id> [[nodiscard]] bool excused(const Id& id) const {
    return excused_until_ != never && from_world(time_of(id)) <= excused_until_;
  }
  /// The call in whose name its own actor wrote the entry; null and a violation when it is not in progress.
  live_call* own(const event& e, bool closing = false);
  void check_target(const event& e);
  void check_winner(const event& e, const call_connected& x);
  void check_agent_free(const event& e, const live_call& call);
  void check_account(const event& e, const call_record& record, const live_call& call);
  void finish_talk(const event& e, const call_record& record, const live_call& call);

  void on(const event& e, const engine_started& x);
  void on(const event& e, const call_arrived& x);
  void on(const event& e, const call_blocked& x);
  void on(const event& e, const queue_entered& x);
  void on(const event& e, const queue_left& x);
  void on(const event& e, const agent_reserved& x);
  void on(const event& e, const agent_ringing& x);
  void on(const event& e, const reservation_ended& x);
  void on(const event& e, const call_connected& x);
  void on(const event& e, const call_held&) { own(e); }
  void on(const event& e, const call_resumed&) { own(e); }
  void on(const event& e, const call_overflowed&) { own(e); }
  void on(const event& e, const recording_started&) { own(e); }
  void on(const event& e, const call_ended& x);
  void on(const event& e, const dispatcher_started& x);
  void on(const event& e, const actor_restarted& x);
  void on(const event& e, const configuration_reloaded& x);
  void on(const event& e, const events_lost& x);
  void on(const event& e, const clock_stepped& x);
  template <class Body>
  requires says_nothing_of_calls<Body>
  void on(const event&, const Body&) {}

  std::uint64_t last_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t reservations_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t run_ = 0;
  std::uint64_t epoch_ = 0;
  instant excused_until_ = never; ///< ids up to this time may be unknown
  std::unordered_map<call_id, live_call> live_;
  std::unordered_map<reservation_id, open_offer> open_;
  std::unordered_map<agent_id, reservation_id> reserved_; ///< agents with an open offer
  std::unordered_map<agent_id, agent_talk> talks_;        ///< each one's last
  std::unordered_set<call_id> failed_unborn_;             ///< their actor failed before their first entry
  std::optional<call_id> blocked_;                        ///< its call_ended is the next entry
  last_ones<call_id, ended_call> ended_;
  last_ones<reservation_id, closed_offer> closed_;
  order_verifier orders_;
  std::vector<std::string> violations_;
  std::uint64_t violation_count_ = 0;
};

} // namespace lifeline::domain
