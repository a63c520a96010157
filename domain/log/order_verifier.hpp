#pragma once
// The proof for alarms and work orders from the log alone; the part of log_verifier that knows them. Its rules:
//   - a message of a source is taken in once; a report that opens an order is followed by the order's first step;
//   - every entry of an order comes after its `created`, which is one; its version grows with every step (the entries
//     of one step share it), its status goes on from where the last entry left it, its number stays and is nobody
//     else's;
//   - an order ends, is rescued or is checked only by a person or a device: somebody is named, or it came from a
//     device. Closed comes after confirmed; what is over becomes active only by `reopened`;
//   - nothing happens to an archived order but notes, links, and its reopening;
//   - who accepts, refuses or arrives is named, and was sent before;
//   - a party has one deployment: it accepts and arrives once for each time that it is sent, and whoever is there is
//     neither urged nor overdue;
//   - a call to a rescuer that waits for a line is dialled or ends within the time that its entry names, and only one
//     that was dialled can have been answered, be busy or not be answered: nothing stands as "calling" that is not;
//   - an attempt to reach a rescuer begins once and ends at most once, with the same order; when the alarm is over
//     nobody is called any more but to be called off.
//
// An engine whose disk failed may write a step a second time, or late: such an entry has the time of its step, so it
// does not count as a later one. Where entries are missing nothing is claimed about orders of before.
//
// Memory is bounded by the open orders and attempts and the `remembered` that ended last. Of an order that was
// forgotten nothing is claimed any more.

#include "domain/base/remembered.hpp"
#include "domain/base/wall_time.hpp"
#include "domain/log/describe.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace lifeline::domain {

/// Entries that the proof of orders has no use for.
template <class Body>
concept says_nothing_of_orders = facts_of<Body>
.of != subject::order || one_of<Body, rescuer_link_made>;

class order_verifier {
public:
  explicit order_verifier(std::size_t remembered) : limit_(remembered), reports_(remembered), ended_(remembered) {}

  /// What the entry breaks, as sentences; valid until the next call.
  const std::vector<std::string>& apply(const event& e);
  /// Entries are missing up to here.
  void doubt(instant until);

  [[nodiscard]] std::uint64_t orders() const { return created_; }
  [[nodiscard]] std::size_t open_orders() const { return open_; }
  [[nodiscard]] std::size_t open_attempts() const { return attempts_.size(); }
  /// Orders, reports and attempts kept of what is over.
  [[nodiscard]] std::size_t remembered() const { return orders_.size() - open_ + reports_.size() + ended_.size(); }

private:
  enum class party_phase : std::uint8_t { sent, accepted, arrived, gone };
  struct known_party {
    std::string name;
    party_phase phase = party_phase::sent;
  };
  struct known_order {
    bool certain = true; ///< nothing of it is missing in the log
    bool parties_known = true;
    std::uint64_t version = 0;
    instant at = never; ///< of the last step
    order_status status = order_status::open;
    std::uint64_t over_since = 0; ///< number of the entry with which it was over; 0 = it is active
    std::string number;
    std::vector<known_party> parties; ///< ever sent
  };
  struct report_seen {
    std::uint64_t seq = 0;
    instant at = never;
  };
  struct open_call {
    order_id order;
    instant at = never;
    instant due = never; ///< never: nothing is claimed of its dialling
    bool dialled = false;
  };
  struct ended_call {
    std::uint64_t seq = 0;
    instant at = never;
  };

  void break_rule(std::string what) { found_.push_back(std::move(what)); }
  template <class Id> [[nodiscard]] bool excused(const Id& id) const {
    return excused_until_ != never && from_world(time_of(id)) <= excused_until_;
  }
  void on(const event& e, const alarm_received& x);
  void on(const event& e, const order_changed& x);
  void on(const event& e, const rescuer_called& x);
  void on(const event& e, const rescuer_dialled& x);
  void on(const event& e, const alert_rung& x);
  void on(const event& e, const actor_restarted& x);
  void on(const event& e, const engine_started& x);
  template <class Body>
  requires says_nothing_of_orders<Body>
  void on(const event&, const Body&) {}

  void check_announced(const event& e);
  /// The order, or null when the entry is dealt with.
  known_order* find(const event& e, const order_changed& x);
  known_order& adopt(const order_id& id, order_status status);
  void check_version(const order_changed& x, const known_order& o);
  void check_number(const order_changed& x, known_order& o);
  void check_status(const order_changed& x, const known_order& o);
  void check_person(const order_changed& x);
  void check_party(const order_changed& x, known_order& o);
  void follow_party(const order_changed& x, known_order& o);
  void excuse_attempts();
  void move(const event& e, const order_changed& x, known_order& o);
  void forget_oldest();
  void begin_attempt(const event& e, const rescuer_called& x, const known_order* order);
  void end_attempt(const event& e, const rescuer_called& x);
  void check_dialled(const event& e, const rescuer_called& x, const open_call& call);

  std::size_t limit_;
  std::vector<std::string> found_;
  std::uint64_t created_ = 0;
  std::size_t open_ = 0;
  instant excused_until_ = never; ///< ids up to this time may be unknown
  std::optional<order_id> announced_;
  std::unordered_map<order_id, known_order> orders_;
  std::unordered_map<std::string, order_id> numbers_;
  std::deque<std::pair<order_id, std::uint64_t>> over_; ///< oldest first, with known_order::over_since
  std::unordered_map<attempt_id, open_call> attempts_;
  last_ones<std::string, report_seen> reports_; ///< by source and message id
  last_ones<attempt_id, ended_call> ended_;
};

} // namespace lifeline::domain
