#pragma once
// The inside of the router; only its own sources include this.
//
// Every mutation has two steps: it changes the state and notes which calls and agents have become free (`free_calls_`,
// `free_agents_`) and whose place has become better (`place_checks_`); then `resolve` pairs them. `listed` agents
// (those in the lanes' ready indices) and `in_lane` calls never fit together after `resolve`: that is the router's
// invariant.
//
// Everything that only delays who is asked is a matter of lanes: a caller whom more agents may serve, because a tier
// was opened, a rule lowered what is required or the wait for the sticky agent is over, moves to another lane.

#include "domain/routing/router_recent.hpp"
#include "domain/routing/router_slots.hpp"
#include "domain/routing/router_state.hpp"

#include <random>
#include <unordered_map>

namespace lifeline::domain {

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
  void reconfigure(const plan& p, instant now, routing::commands& out);
  void remember(const call_record& record, instant now);
  void tick(instant now, routing::commands& out);

  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] std::optional<instant> next_deadline() const;
  [[nodiscard]] std::size_t waiting(const queue_id& queue) const;
  [[nodiscard]] span oldest_wait(const queue_id& queue, instant now) const;
  [[nodiscard]] std::optional<std::uint32_t> position(const call_id& id) const;
  [[nodiscard]] std::optional<span> expected_wait(const queue_id& queue, std::uint32_t position) const;
  [[nodiscard]] std::size_t present(const queue_id& queue) const;
  [[nodiscard]] bool is_ready(const agent_id& account) const;
  [[nodiscard]] std::optional<reservation_view> find(const reservation_id& id) const;
  [[nodiscard]] std::vector<reservation_view> reservations() const;
  [[nodiscard]] std::optional<explanation> explain(const call_id& id, instant now) const;
  [[nodiscard]] explanation explain(const routing::reserve& decision) const;

private:
  using slot = routing::slot;
  struct regained {
    instant entered;
  };

  // router.cpp: by name; none: not here
  [[nodiscard]] slot agent_slot(const agent_id& account) const;
  [[nodiscard]] slot call_slot(const call_id& id) const;
  [[nodiscard]] slot reservation_slot(const reservation_id& id) const;

  // router_plan.cpp: from the plan, and from one plan to the next
  void build(const plan& p);
  void add_queue(const queue_plan& plan);
  void add_agent(const agent_plan& plan);
  [[nodiscard]] plan with_needed(plan p, const std::vector<routing::queue_entry>& queues,
                                 const std::vector<routing::agent_entry>& agents);
  void carry_agents(std::vector<routing::agent_entry>& old, const std::vector<slot>& queue_now,
                    const std::vector<slot>& agent_now, instant now);
  void carry_calls(const std::vector<routing::queue_entry>& old, const std::vector<slot>& queue_now,
                   const std::vector<slot>& agent_now, instant now);
  void carry_presence(const std::vector<routing::queue_entry>& old, const std::vector<slot>& queue_now, instant now);
  void enter_anew(slot call, instant now);

  // router_lanes.cpp: lanes and the ready agents in them
  slot lane_for(slot queue, const routing::call_entry& call, int tier);
  slot find_lane(slot queue, routing::lane_key key);
  slot make_lane(slot queue, routing::lane_key key);
  void drop_lane(slot lane);
  slot skill_slot(const std::string& name);
  void drop_idle_lanes(slot queue);
  void leave_lane_for_good(slot lane);
  [[nodiscard]] bool serves(slot lane, slot agent) const;
  void list(slot agent);
  void unlist(slot agent);
  [[nodiscard]] tier_place place_of(slot agent, slot queue) const;
  [[nodiscard]] routing::agent_key key_of(slot agent, slot queue, const tier_place& place) const;
  void refresh_head(slot lane);

  // router_tiers.cpp: whom a caller may be offered to by now
  [[nodiscard]] int tier_limit(slot queue, const routing::call_entry& call, instant now) const;
  void arm_tier(slot call, instant now);
  void relane(slot call, instant now);
  [[nodiscard]] routing::requirement_set required_of(const routing::call_entry& call) const;
  void move_to_lane(slot call, slot lane);
  void update_open_tier(slot queue);

  // router_presence.cpp: which agents are there at all
  void count_presence(slot agent, const agent_view& view, instant now);
  void presence_changed(slot queue, std::size_t before, instant now);
  void await_agents(slot queue, const call_request& request, instant now);
  void release_empty(slot queue, instant now, routing::commands& out);

  // router_escalation.cpp: what changes while a caller waits
  [[nodiscard]] std::int64_t total_priority(const routing::call_entry& call) const;
  [[nodiscard]] static int growth_after(const queue_plan& plan, instant entered, instant now);
  void rekey(slot call);
  void grow(slot call, instant now);
  void arm_rules(slot call);
  void recall_rules(slot call, instant now);
  void fire(slot call, std::uint32_t rule, instant now, routing::commands& out, bool silent);
  [[nodiscard]] std::string effect_of(slot call, const escalation_rule& rule) const;
  bool check_places(instant now, routing::commands& out);

  // router_memory.cpp: callers and calls of the past
  void begin_sticky(slot call, instant now);
  void end_sticky(slot call, instant now);
  void release_sticky(slot agent, instant now);
  [[nodiscard]] bool is_awaited(slot agent, slot queue) const;
  [[nodiscard]] std::optional<instant> regained_place(const call_request& request, const queue_plan& plan,
                                                      instant now) const;
  void note_departure(slot call, instant now);
  void note_connected(slot call, slot agent, instant now);
  void note_talk_over(slot call, slot agent, instant now);
  void note_view(slot agent, const agent_view& next, instant now);
  void note_handled(slot agent, instant until);
  void forget_old(instant now);

  // router_calls.cpp: a call's way in and out
  slot make_call(const call_request& request, slot queue, instant entered, instant now);
  [[nodiscard]] std::optional<enqueue_status> refusal(const call_request& request, slot queue, instant entered,
                                                      instant now, enqueue_result& result) const;
  void forget_call(slot call);
  void put_in_order(slot call, instant now);
  void arm_waiting(slot call, instant now);
  void take_from_order(slot call);
  void insert_in_order(slot call);
  void erase_from_order(slot call);
  void put_in_lane(slot call);
  void take_from_lane(slot call);
  void offer_over(slot call, instant now, routing::commands& out);
  void one_offer_less(slot call, instant now, routing::commands& out);
  void note_overdue(slot call, instant now);
  [[nodiscard]] bool rings_nowhere_else(const routing::call_entry& call) const;
  void overflow_when_free(slot call, const char* why, instant now, routing::commands& out);
  [[nodiscard]] bool wants_offer(slot call, instant now) const;

  // router_offers.cpp: reservations
  slot open_reservation(slot call, slot agent, const reservation_id& id, instant made, instant deadline);
  void close_reservation(slot reservation, instant now);
  void end_offer(slot reservation, reservation_outcome outcome, instant now, routing::commands& out);
  void end_other_offers(slot call, slot keep, reservation_outcome outcome, instant now, routing::commands& out);
  void exclude(slot call, slot agent, instant until);
  [[nodiscard]] bool excludes(const routing::call_entry& call, slot agent) const;
  void adopt_talk(slot call, slot reservation, instant now, routing::commands& out);
  void adopt_offer(slot call, slot reservation, instant now);

  // router_match.cpp: pairing
  void resolve(instant now, routing::commands& out);
  void pair(instant now, routing::commands& out);
  void match_call(slot call, instant now, routing::commands& out);
  void match_agent(slot agent, instant now, routing::commands& out);
  [[nodiscard]] routing::caller_key first_for(slot lane, slot agent) const;
  [[nodiscard]] bool available(const routing::agent_entry& agent, instant now) const;
  void ring_everybody(slot call, instant now, routing::commands& out);
  void refresh(slot agent, instant now, routing::commands& out);
  void reserve(slot call, slot agent, const routing::reasons& why, instant now, routing::commands& out,
               bool again = false);

  // router_again.cpp: agents who have missed a call, for an emergency
  [[nodiscard]] bool can_be_asked_again(const routing::agent_entry& agent, instant now) const;
  void ask_again(instant now, routing::commands& out);
  [[nodiscard]] slot most_urgent_for(slot agent, instant now) const;

  // router_choice.cpp: the best agent for a call
  [[nodiscard]] slot best_agent(slot call);
  [[nodiscard]] std::size_t group_end(slot lane, std::size_t from) const;
  [[nodiscard]] slot random_agent(slot lane, const routing::call_entry& call);
  [[nodiscard]] slot next_in_sequence(slot lane, const routing::call_entry& call) const;

  // router_timers.cpp: what is due
  void expire(const routing::timer& t, instant now, routing::commands& out);
  void expire_of_call(const routing::timer& t, instant now, routing::commands& out);
  void arm(const routing::timer& t);
  void arm_call(routing::timer_kind kind, slot call, instant due, slot detail = routing::none);
  [[nodiscard]] bool is_live(const routing::timer& t) const;
  [[nodiscard]] bool is_live_of_call(const routing::timer& t) const;
  void drop_dead_timers();
  void apply_due(instant now, routing::commands& out);

  // router_explain.cpp
  [[nodiscard]] routing::reasons reasons_for(slot call, slot chosen, instant now) const;
  template <class Notes> void note(Notes& to, slot call, slot chosen, instant now) const;
  template <class Notes> void note_considered(Notes& to, slot call, instant now) const;
  template <class Notes> void note_excluded(Notes& to, slot call, instant now) const;
  template <class Notes> void note_special(Notes& to, slot call, instant now) const;
  [[nodiscard]] double rank_of(slot agent, slot queue, instant now) const;
  [[nodiscard]] routing::noted_exclusion obstacle_to(slot call, slot agent, instant now) const;
  template <class Notes> [[nodiscard]] explanation explanation_of(const Notes& notes) const;
  [[nodiscard]] std::string words_for(const routing::noted_exclusion& each, slot queue) const;

  std::uint64_t epoch_;
  id_source ids_;
  std::mt19937_64 random_;
  std::uint64_t arrivals_ = 0;
  std::vector<routing::queue_entry> queues_;
  std::vector<routing::agent_entry> agents_;
  std::vector<routing::lane_entry> lanes_;
  std::vector<std::string> skill_names_; ///< of all lanes there have been
  std::unordered_map<std::string, slot> skill_slots_;
  std::vector<routing::lane_head> heads_; ///< parallel to lanes_
  std::vector<routing::call_entry> calls_;
  std::vector<routing::reservation_entry> reservations_;
  std::vector<slot> free_lanes_;
  std::vector<slot> free_call_slots_;
  std::vector<slot> free_reservation_slots_;
  std::unordered_map<queue_id, slot> queue_slots_;
  routing::slot_index<agent_id> agent_slots_;
  routing::slot_index<call_id> call_slots_;
  routing::slot_index<reservation_id> reservation_slots_;
  std::vector<routing::timer> timers_; ///< a heap, the earliest first; dead ones are dropped lazily
  std::size_t timers_after_sweep_ = 0;
  std::vector<slot> free_calls_;         ///< to be paired by `resolve`
  std::vector<slot> free_agents_;        ///< to be looked at by `resolve`
  std::vector<slot> pairing_;            ///< of `pair`, kept for its memory
  bool ask_again_due_ = false;           ///< somebody waits, or can be asked, for the sake of whom `ask_again` looks
  std::vector<slot> place_checks_;       ///< calls whose place has become better
  routing::recent<agent_id> talked_to_;  ///< by caller: who talked to it last
  routing::recent<regained> left_early_; ///< by queue and caller: the place of who left unserved
  span longest_sticky_ = 0s;
  span longest_resume_ = 0s;
};

} // namespace lifeline::domain
