#pragma once
// The exactly-once proof: a fold of the event log that knows nothing but the log. Its rules are those of the engine:
// numbers without a gap; one owner per call and one call per agent at any time; every reservation ended exactly once;
// every call that arrived ended exactly once, and nothing of it comes afterwards except its recording's fate.

#include "domain/events.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace lifeline::domain {

inline constexpr std::size_t violation_list_limit = 100;

class log_verifier {
public:
  /// Entries in the order of their numbers. The first one's number need not be 1 (older entries may be archived).
  void apply(const event& e);
  /// After the last entry of an engine that has ended: what is still open is a violation.
  void finish();

  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  [[nodiscard]] std::uint64_t reservations() const { return reservations_; }
  [[nodiscard]] std::size_t open_calls() const { return live_.size(); }
  [[nodiscard]] std::size_t open_reservations() const { return open_.size(); }
  /// Sentences with the entry's number, the first `violation_list_limit` of them.
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  [[nodiscard]] std::uint64_t violation_count() const { return violation_count_; }

private:
  struct live_call {
    reservation_id connected; ///< nil until connected (also with an external number)
    bool talking = false;
    agent_id agent;
    std::set<queue_id> queues; ///< entered and not left
    std::set<reservation_id> offers;
  };
  struct open_offer {
    agent_id agent;
    call_id call;
  };
  void violate(const event& e, const std::string& what);

  template <class Body> void on(const event&, const Body&) {}
  void on(const event& e, const engine_started& x);
  void on(const event& e, const call_arrived& x);
  void on(const event& e, const call_blocked& x);
  void on(const event& e, const queue_entered& x);
  void on(const event& e, const queue_left& x);
  void on(const event& e, const agent_reserved& x);
  void on(const event& e, const reservation_ended& x);
  void on(const event& e, const call_connected& x);
  void on(const event& e, const call_ended& x);

  std::uint64_t last_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t reservations_ = 0;
  std::unordered_map<call_id, live_call> live_;
  std::unordered_map<reservation_id, open_offer> open_;
  std::unordered_map<agent_id, reservation_id> reserved_; ///< agents with an open offer
  std::unordered_map<agent_id, call_id> talking_;
  std::unordered_set<call_id> blocked_; ///< their call_ended comes next
  std::unordered_set<call_id> ended_;
  std::unordered_set<reservation_id> closed_;
  std::vector<std::string> violations_;
  std::uint64_t violation_count_ = 0;
};

} // namespace lifeline::domain
