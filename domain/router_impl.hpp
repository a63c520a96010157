#pragma once
// The inside of the router; only its own sources include this. Things are addressed by slot (an index into a vector),
// strings appear at the edges only.
//
// Every mutation has two steps: it changes the state and notes which calls and agents have become free (`free_calls_`,
// `free_agents_`); then `resolve` pairs them. `listed` agents (those in the lanes' ready indices) and `in_lane` calls
// never fit together after `resolve`: that is the router's invariant.

#include "domain/router.hpp"
#include "domain/router_index.hpp"

#include <array>
#include <compare>
#include <map>
#include <random>
#include <unordered_map>
#include <utility>

namespace lifeline::domain {

namespace routing {

using slot = std::uint32_t;
inline constexpr slot none = ~slot{0};
/// Sorted by skill, one entry per skill.
using requirement_set = std::vector<std::pair<std::string, int>>;

/// The order of callers within a lane and within a queue.
struct caller_key {
  std::int64_t descending_priority = 0; ///< the negated total priority
  std::int64_t entered = 0;
  std::uint64_t arrival = 0;
  slot call = none;
  auto operator<=>(const caller_key&) const = default;
};
/// The order of ready agents within a lane: the strategy's figure, then who is longest ready, then the plan's order.
struct agent_key {
  std::int64_t figure = 0;
  std::int64_t ready_since = 0;
  slot agent = none;
  auto operator<=>(const agent_key&) const = default;
};

struct agent_entry {
  agent_id account;
  std::map<std::string, int> skills;
  std::vector<slot> lanes; ///< that it serves
  agent_view view;
  bool seen = false; ///< a view has come
  instant last_offered = never;
  slot reservation = none;
  bool settled = true; ///< has told about itself since its last reservation
  instant settle_until = never;
  bool listed = false;
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
  std::vector<retry_exclusion> excluded;
  std::vector<slot> offers;
  slot talk = none;
  bool in_order = false;     ///< waiting or ringing: in its queue's `order`
  bool in_lane = false;      ///< can be offered: in its lane's `callers`
  bool overflow_due = false; ///< overflows as soon as no offer is open
  bool patient = false;      ///< max_wait does not apply
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
};

struct lane_entry {
  slot queue = none;
  requirement_set required;
  ordered_index<caller_key> callers;
  ordered_index<agent_key> ready;
  std::vector<std::uint8_t> serves; ///< by agent
  std::size_t users = 0;            ///< calls that belong to it, in whatever state
};
/// What an agent looking for a call needs to know of a lane, side by side in memory.
struct lane_head {
  caller_key key; ///< of the first caller; `call` is none when nobody waits
  double weight = 1;
};

struct queue_entry {
  queue_plan plan;
  std::vector<slot> roster; ///< the agents of the queue, in the plan's order
  slot base_lane = none;    ///< for calls without requirements of their own
  std::map<requirement_set, slot> lanes;
  ordered_index<caller_key> order;   ///< waiting and ringing
  ordered_index<caller_key> ringing; ///< those of `order` with an open offer
};

enum class timer_kind : std::uint8_t { lease, max_wait, pair_retry, agent_rest };
struct timer {
  instant due = never;
  timer_kind kind = timer_kind::lease;
  slot subject = none; ///< reservation, call, call, agent
  std::uint32_t generation = 0;
  slot agent = none; ///< of pair_retry
};

} // namespace routing

class router::impl {
public:
  impl(const plan& p, std::uint64_t epoch, std::uint64_t seed);

  bool set_agent(const agent_id& account, const agent_view& view, instant now, routing::commands& out);
  enqueue_result enqueue(const call_request& request, instant now, routing::commands& out);
  bool leave(const call_id& id, instant now, routing::commands& out, reservation_outcome outcome);
  bool agent_refused(const reservation_id& id, reservation_outcome outcome, instant retry_until, instant now,
                     routing::commands& out);
  bool connected(const reservation_id& id, instant now, routing::commands& out);
  bool ended(const reservation_id& id, reservation_outcome outcome, instant now, routing::commands& out);
  adopt_status adopt(const adoption& a, instant now, routing::commands& out);
  void tick(instant now, routing::commands& out);

  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] std::optional<instant> next_deadline() const;
  [[nodiscard]] std::size_t waiting(const queue_id& queue) const;
  [[nodiscard]] span oldest_wait(const queue_id& queue, instant now) const;
  [[nodiscard]] std::optional<std::uint32_t> position(const call_id& id) const;
  [[nodiscard]] bool is_ready(const agent_id& account) const;
  [[nodiscard]] std::optional<reservation_view> find(const reservation_id& id) const;
  [[nodiscard]] std::vector<reservation_view> reservations() const;
  [[nodiscard]] std::optional<explanation> explain(const call_id& id, instant now) const;

private:
  using slot = routing::slot;

  // router_lanes.cpp: lanes and the ready agents in them
  slot lane_for(slot queue, const std::vector<skill_requirement>& extra);
  slot make_lane(slot queue, routing::requirement_set required);
  void drop_idle_lanes(slot queue);
  void list(slot agent);
  void unlist(slot agent);
  [[nodiscard]] routing::agent_key key_of(slot agent, strategy by) const;
  void refresh_head(slot lane);

  // router_calls.cpp: a call's way in and out
  slot make_call(const call_request& request, slot queue);
  void forget_call(slot call);
  void put_in_order(slot call);
  void take_from_order(slot call);
  void put_in_lane(slot call);
  void take_from_lane(slot call);
  void offer_over(slot call, instant now, routing::commands& out);

  // router_offers.cpp: reservations
  slot open_reservation(slot call, slot agent, const reservation_id& id, instant made, instant deadline);
  void close_reservation(slot reservation, instant now);
  void end_offer(slot reservation, reservation_outcome outcome, instant now, routing::commands& out);
  void end_other_offers(slot call, slot keep, reservation_outcome outcome, instant now, routing::commands& out);
  void exclude(slot call, slot agent, instant until);
  [[nodiscard]] bool excludes(const routing::call_entry& call, slot agent) const;

  // router_match.cpp: pairing
  void resolve(instant now, routing::commands& out);
  void match_call(slot call, instant now, routing::commands& out);
  void match_agent(slot agent, instant now, routing::commands& out);
  [[nodiscard]] routing::caller_key first_for(slot lane, slot agent) const;
  [[nodiscard]] slot best_agent(slot call);
  [[nodiscard]] slot random_agent(const routing::lane_entry& lane, const routing::call_entry& call);
  [[nodiscard]] bool available(const routing::agent_entry& agent, instant now) const;
  void ring_all(slot call, instant now, routing::commands& out);
  void refresh(slot agent, instant now, routing::commands& out);
  void reserve(slot call, slot agent, explanation why, instant now, routing::commands& out);

  // router_timers.cpp: what is due
  void expire(const routing::timer& t, instant now, routing::commands& out);
  void arm(const routing::timer& t);
  [[nodiscard]] bool is_live(const routing::timer& t) const;
  void drop_dead_timers();
  void apply_due(instant now, routing::commands& out);

  // router_explain.cpp
  [[nodiscard]] explanation make_explanation(slot call, slot chosen, instant now) const;
  [[nodiscard]] double rank_of(const routing::agent_entry& agent, strategy by, instant now) const;
  [[nodiscard]] std::string reason_against(slot call, slot agent, instant now) const;
  void add_excluded(explanation& to, slot call, slot chosen, instant now) const;

  std::uint64_t epoch_;
  id_source ids_;
  std::mt19937_64 random_;
  std::uint64_t arrivals_ = 0;
  std::vector<routing::queue_entry> queues_;
  std::vector<routing::agent_entry> agents_;
  std::vector<routing::lane_entry> lanes_;
  std::vector<routing::lane_head> heads_; ///< parallel to lanes_
  std::vector<routing::call_entry> calls_;
  std::vector<routing::reservation_entry> reservations_;
  std::vector<slot> free_lanes_;
  std::vector<slot> free_call_slots_;
  std::vector<slot> free_reservation_slots_;
  std::unordered_map<queue_id, slot> queue_slots_;
  std::unordered_map<agent_id, slot> agent_slots_;
  std::unordered_map<call_id, slot> call_slots_;
  std::unordered_map<reservation_id, slot> reservation_slots_;
  std::vector<routing::timer> timers_; ///< a heap, the earliest first; dead ones are dropped lazily
  std::size_t timers_after_sweep_ = 0;
  std::vector<slot> free_calls_;  ///< to be paired by `resolve`
  std::vector<slot> free_agents_; ///< to be looked at by `resolve`
};

} // namespace lifeline::domain
