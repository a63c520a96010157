#pragma once
// The pure parts of the metrics: who waits where and what was promised, and what must never happen. No prometheus, no
// locks.

#include "domain/log/events.hpp"
#include "domain/plan/plan.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace lifeline::actors {

/// An answer at exactly T is within the service level.
bool within_service_level(const domain::queue_plan& queue, domain::span waited);
/// An abandon at exactly S is still a short one.
bool is_short_abandon(const domain::queue_plan& queue, domain::span waited);

/// Who waits in which queue, from the log. Entry is written by the dispatcher and the leave by the call, so a leave may
/// come before its entry; such a call never counts as waiting.
class waiting_fold {
public:
  explicit waiting_fold(std::size_t queues) : lines_(queues) {}

  /// A caller's stay in a queue, as it was at its entry.
  struct stay {
    std::size_t queue = 0;
    domain::instant since = domain::never;
    domain::span expected{-1}; ///< the wait that was estimated; negative: none
  };

  /// False: it waits there already (it registered again); what was expected at first counts.
  bool entered(const domain::call_id& call, std::size_t queue, domain::instant at,
               domain::span expected = domain::span{-1});
  /// The stay that ends; nothing when its entry is not known.
  std::optional<stay> left(const domain::call_id& call, std::size_t queue, domain::instant at);
  void ended(const domain::call_id& call);
  /// Makes room for queue number `queue`.
  void grow(std::size_t queue);

  [[nodiscard]] std::size_t count(std::size_t queue) const { return lines_[queue].size(); }
  /// 0 when nobody waits.
  [[nodiscard]] domain::span oldest(std::size_t queue, domain::instant now) const;

private:
  void remove(const domain::call_id& call, const stay& at);

  std::vector<std::set<std::pair<domain::instant, domain::call_id>>> lines_;
  std::unordered_map<domain::call_id, stay> places_;
  std::map<std::pair<domain::call_id, std::size_t>, domain::instant> left_early_;
};

enum class invariant : std::uint8_t { orphan_reservation, double_assignment, stuck_state };
inline constexpr std::size_t invariant_count = 3;
std::string_view to_string(invariant x);

/// Watches reservations, agents and connections in the log.
/// - orphan_reservation: nobody ended it in time, its lease had to.
/// - double_assignment: an agent is reserved who has an open reservation or talks, or a call is connected twice.
/// - stuck_state: a reservation that not even its lease has ended.
class invariant_fold {
public:
  std::optional<invariant> apply(const domain::event& e);
  /// Reservations that are open `overdue_grace` after their deadline; each is told once.
  std::size_t newly_stuck(domain::instant now);
  [[nodiscard]] std::size_t open_reservations() const { return open_.size(); }

  static constexpr domain::span overdue_grace{std::chrono::seconds{10}};

private:
  struct reservation {
    domain::agent_id agent;
    domain::instant deadline = domain::never;
    bool told = false;
  };
  std::optional<invariant> on(const domain::agent_reserved& e);
  std::optional<invariant> on(const domain::reservation_ended& e);

  std::unordered_map<domain::reservation_id, reservation> open_;
  std::unordered_map<domain::agent_id, domain::reservation_id> reserved_;
  std::unordered_set<domain::agent_id> talking_;
  std::unordered_set<domain::call_id> connected_;
};

/// "call 0192…", "agent/8001" → "call", "agent": bounded, for a label. "other" when nothing is left.
std::string actor_kind(std::string_view actor);

} // namespace lifeline::actors
