#pragma once
// What the router remembers of queues, agents, callers and offers; only its own sources include this. Things are
// addressed by slot (an index into a vector), strings appear at the edges only.

#include "domain/agents/agent_machine.hpp"
#include "domain/routing/router.hpp"
#include "domain/routing/router_index.hpp"
#include "domain/routing/wait_estimate.hpp"

#include <array>
#include <compare>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::domain::routing {

/// Sorted by skill, one entry per skill.
using requirement_set = std::vector<std::pair<std::string, int>>;
/// A tier limit that shuts nobody out.
inline constexpr int every_tier = std::numeric_limits<int>::max();

/// The order of callers within a lane and within a queue.
struct caller_key {
  std::int64_t descending_priority = 0; ///< the negated total priority
  std::int64_t entered = 0;
  std::uint64_t arrival = 0;
  slot call = none;
  auto operator<=>(const caller_key&) const = default;
};
/// The order of ready agents within a lane: the tier (where it counts), the strategy's figure, then who is longest
/// ready, then the plan's order.
struct agent_key {
  int tier = 0;
  std::int64_t figure = 0;
  std::int64_t ready_since = 0;
  slot agent = none;
  auto operator<=>(const agent_key&) const = default;
};

/// A queue of an agent.
struct membership {
  slot queue = none;
  tier_place place;
  bool qualified = false; ///< reaches what the queue itself requires
};
/// A lane that an agent serves.
struct served_lane {
  slot lane = none;
  tier_place place;
  bool alone = false; ///< of callers who wait for this agent
};

struct agent_entry {
  agent_id account;
  bool retired = false;
  std::map<std::string, int> skills;
  std::vector<membership> queues;
  std::vector<served_lane> lanes;
  agent_view view;
  bool seen = false; ///< a view has come
  instant last_offered = never;
  slot reservation = none;
  bool settled = true; ///< has told about itself since its last reservation
  instant settle_until = never;
  bool listed = false;
  // its last talk, until its handling time is known: with the wrap-up
  slot handled_queue = none;
  instant handled_from = never;
  instant talk_ended = never;
};

struct retry_exclusion {
  slot agent = none;
  instant until = never;
};

struct call_entry {
  call_id id;
  bool used = false;
  std::uint32_t generation = 0;
  slot queue = none;
  slot lane = none;
  caller_key key;
  std::string caller;
  instant joined = never; ///< when this very call entered the queue; a regained place is older
  int own_priority = 0;
  int raised = 0;                                        ///< by rules
  int grown = 0;                                         ///< by waiting
  int tier = 0;                                          ///< allowed by rules
  std::vector<skill_requirement> own;                    ///< what the call itself requires
  std::optional<std::vector<skill_requirement>> instead; ///< what a rule put in the place of the queue's
  std::vector<std::uint8_t> fired;                       ///< by rule
  std::vector<retry_exclusion> excluded;
  std::vector<slot> offers;
  slot talk = none;
  slot last_asked = none; ///< agent; for `sequential`
  instant tier_due = never;
  instant growth_due = never;
  instant sticky_due = never;
  instant step_due = never;      ///< ring_progressively: when one more phone may ring
  bool in_order = false;         ///< waiting or ringing: in its queue's `order`
  bool in_lane = false;          ///< can be offered: in its lane's `callers`
  bool patient = false;          ///< never overflows
  const char* overdue = nullptr; ///< why it overflows as soon as no offer is open
};

struct reservation_entry {
  reservation_id id;
  bool used = false;
  std::uint32_t generation = 0;
  slot call = none;
  slot agent = none;
  instant made = never;
  instant deadline = never;
  bool connected = false;
  bool again = false; ///< of an agent that has missed a call before: it keeps the caller from nobody and nowhere
};

/// What a lane is made for: agents up to the tier (or the queue's `open_tier`) that reach the levels; or one agent
/// alone, for callers who wait for it.
struct lane_key {
  requirement_set required;
  int tier = every_tier;
  slot only = none;
  auto operator<=>(const lane_key&) const = default;
};
struct lane_entry {
  slot queue = none;
  lane_key key;
  std::vector<slot> skills; ///< the names of what the key requires, by the router's own numbers
  ordered_index<caller_key> callers;
  ordered_index<agent_key> ready;
  std::vector<std::uint8_t> serves; ///< by agent; empty when there is an `only`
  std::size_t users = 0;            ///< calls that belong to it, in whatever state
};
/// What an agent looking for a call needs to know of a lane, side by side in memory.
struct lane_head {
  caller_key key; ///< of the first caller; `call` is none when nobody waits
  double weight = 1;
};

struct queue_entry {
  // what every view of an agent counts in: side by side
  std::array<bool, agent_state_count> is_present{}; ///< by state
  bool emergency = false;                           ///< plan::serves_emergency
  int open_tier = 0;                                ///< asked whatever the callers have waited: see tier_skip_empty
  std::size_t present = 0;                          ///< can be rung, or will be when they are free
  std::size_t serving = 0;                          ///< present, qualified and not on a break
  std::vector<std::uint32_t> present_in_tier;       ///< parallel to `tiers`
  instant empty_due = never;                        ///< when the callers of the abandoned queue overflow
  queue_plan plan;
  std::vector<slot> roster;                     ///< the agents of the queue, in the plan's order
  std::vector<int> tiers;                       ///< those of its agents, ascending
  std::vector<std::pair<int, slot>> base_lanes; ///< by tier: for calls without requirements of their own
  std::map<lane_key, slot> lanes;
  std::size_t lanes_after_sweep = 0;
  ordered_index<caller_key> order;         ///< waiting and ringing
  ordered_index<caller_key> ringing;       ///< those of `order` with an open offer
  std::vector<std::uint32_t> place_limits; ///< of the rules that go by place
  wait_estimator estimator;
};

enum class timer_kind : std::uint8_t {
  lease,      ///< of a reservation
  max_wait,   ///< of a call, as all up to `rule`
  pair_retry, ///< detail: the agent
  tier,
  growth,
  sticky,
  ring_step,
  rule,       ///< detail: the rule
  agent_rest, ///< of an agent
  empty,      ///< of a queue
};
struct timer {
  instant due = never;
  timer_kind kind = timer_kind::lease;
  slot subject = none;
  std::uint32_t generation = 0;
  slot detail = none;
};

/// Both lists as one: sorted, with the highest level of each skill.
requirement_set combined(const std::vector<skill_requirement>& a, const std::vector<skill_requirement>& b);
bool reaches(const agent_entry& agent, const requirement_set& required);

/// The order of callers from different lanes: priority, then weight × waiting time, then entry, then arrival.
bool goes_before(const lane_head& a, const lane_head& b, instant now);

/// What a place in a queue is remembered by.
std::string place_name(const queue_id& queue, const std::string& caller);

/// Present by the state alone; with whoever is asked again all that can be rung are.
inline bool is_there(const queue_entry& queue, const agent_view& view) {
  return queue.is_present[static_cast<std::size_t>(view.state)];
}
/// Has missed calls, although its phone rings.
inline bool rings_unheard(const agent_view& view) {
  return view.state == agent_state::not_ready && view.reason == reason_no_answer;
}
inline bool can_be_rung(const queue_entry& queue, const agent_view& view) {
  return is_there(queue, view) || (queue.emergency && rings_unheard(view));
}

/// By position, whoever is ready how long.
inline bool is_positional(strategy by) {
  return by == strategy::top_down || by == strategy::sequential || by == strategy::ring_progressively;
}
/// Every ready phone rings at once.
inline bool rings_all(const queue_plan& q) {
  return q.strategy == strategy::ring_all || (q.strategy == strategy::ring_progressively && q.ring_step <= span{0});
}

} // namespace lifeline::domain::routing
