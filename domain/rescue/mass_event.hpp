#pragma once
// Many alarms in one area within minutes, typically a power cut: a mass event. It gives its orders one group view,
// sorted by triage, and level 2 in parallel (domain/rescue/order_machine.hpp). Pure: whoever holds the watch tells it
// of every order and passes its changes on to them.

#include "domain/log/order_events.hpp"
#include "domain/plan/rescue_plan.hpp"
#include "domain/rescue/order_state.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace lifeline::domain {

/// District and project, "320803 Project"; empty: the place is not known well enough to belong to an area.
std::string area_of(const order_state& s);

/// Who comes first of a group: injury, fire or medical need; children; the elderly; then the longest waiting.
bool goes_first(const order_state& a, const order_state& b);

/// What follows from one step: each order gets mass_event_set{group}, the log the entries.
struct mass_change {
  struct member {
    order_id order;
    std::uint32_t group = 0; ///< 0: it is out of it
  };
  std::vector<member> orders;
  std::vector<mass_event_changed> log;
};

class mass_watch {
public:
  struct group_view {
    std::uint32_t group = 0;
    std::string area;
    instant since = never;
    std::vector<order_id> orders; ///< by the time of their coming
  };
  /// So long after its last alarm an event still takes in new ones of its area.
  static constexpr span lingers = 1h;

  /// An order came, was promoted, got its lift or another type: those with a ladder that are at work are counted once,
  /// at the time at which their alarm was received. Any other order, and one that is over, is taken out.
  mass_change update(const order_state& s, const rescue_plan& plan);
  /// By hand: it is out and does not come in again by itself.
  mass_change leave(const order_id& order);
  /// After a restart, for every active order, in any order and before any update.
  void restore(const order_state& s);

  [[nodiscard]] std::vector<group_view> groups() const;

private:
  struct area_state {
    std::map<order_id, instant> alarms; ///< active orders and when their alarms came
    std::uint32_t group = 0;            ///< 0: no event
    instant since = never;
    instant last = never;       ///< the alarm of the event that came last
    std::set<order_id> members; ///< of the event
  };

  mass_change remove(const order_id& order, bool told);
  static void join(area_state& area, const order_id& order, mass_change& change);
  void begin(area_state& area, instant from, mass_change& change);

  std::map<std::string, area_state> areas_;
  std::map<order_id, std::string> area_of_; ///< of every counted order
  std::set<order_id> left_;                 ///< by hand
  std::uint32_t last_group_ = 0;
};

} // namespace lifeline::domain
