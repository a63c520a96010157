#pragma once
// The router's rules once more, written in the plainest way: lists and full scans. The property test lets it judge
// every command of the real one.

#include "domain/agents/agent_machine.hpp"
#include "domain/routing/router.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::domain::testing {

class router_model {
public:
  explicit router_model(const plan& p) : plan_(p) {
    for (const auto& a : plan_.agents)
      agents_[a.account];
  }

  struct agent {
    agent_view view;
    bool seen = false;
    reservation_id reservation;
    bool settled = true;
    instant settle_until = never;
    instant last_offered = never;
  };
  struct call {
    call_request request;
    instant entered = never; ///< of its place
    std::uint64_t arrival = 0;
    std::set<std::string> offered_to;
    bool talking = false;
    std::set<std::string> overdue; ///< why it overflows when no offer is open: one of these
    int raised = 0;
    int tier = 0;
    std::optional<std::vector<skill_requirement>> instead;
    std::set<std::size_t> fired; ///< rules, from 0
    agent_id last_asked;
    instant step_due = never;
    agent_id sticky; ///< waits for it alone
    instant sticky_due = never;
    std::map<agent_id, instant> excluded;
  };
  struct reservation {
    call_id call;
    agent_id agent;
    bool connected = false;
    instant deadline = never;
    instant made = never;
    bool again = false; ///< of an agent that has missed a call before
  };

  // What happened, as told to the router.
  void view(const agent_id& account, const agent_view& v, instant now);
  [[nodiscard]] enqueue_status status_of(const call_request& request) const;
  void enqueue(const call_request& request, instant now);
  void refused(const reservation_id& id, instant retry_until, instant now);
  void connected(const reservation_id& id) { reservations_.at(id).connected = true; }
  void talk_over(const reservation_id& id, instant now);
  void talk_over_of(const call_id& id, instant now);
  void leaves_early(const call_id& id, instant now);
  void pass(instant now);
  void reconfigure(const plan& p, instant now);

  /// Each throws std::logic_error with the rule that was broken.
  void check_reserve(const routing::reserve& c, const explanation& why, instant now, bool choice);
  void check_again(const routing::reserve& c, instant now);
  void check_end(const routing::end& c, instant now);
  void check_overflow(const routing::overflow& c);
  void check_escalated(const routing::escalated& c, instant now);
  void check_settled(const router& r, instant now) const;

  [[nodiscard]] bool available(const agent_id& account, instant now) const;
  [[nodiscard]] bool offerable(const call_id& id, instant now) const;
  [[nodiscard]] bool serves(const agent_id& account, const call_id& id, instant now) const;
  [[nodiscard]] bool excluded(const call_id& id, const agent_id& account, instant now) const;
  [[nodiscard]] instant regained(const call_request& request, instant now) const;

  std::map<agent_id, agent> agents_;
  std::map<call_id, call> calls_;
  std::map<reservation_id, reservation> reservations_;
  std::set<agent_id> fresh_; ///< agents that became free in the present event
  std::size_t reserved_count_ = 0;
  std::size_t ended_count_ = 0;
  std::size_t escalated_count_ = 0;
  std::size_t overflow_count_ = 0;
  std::size_t resumed_count_ = 0;
  std::size_t sticky_count_ = 0;
  std::size_t again_count_ = 0;

private:
  [[nodiscard]] static bool rings_everybody(const queue_plan& q);
  [[nodiscard]] const queue_plan& queue_of(const call& c) const { return *plan_.find_queue(c.request.queue); }
  [[nodiscard]] std::int64_t priority(const call& c, instant now) const;
  [[nodiscard]] bool before(const call_id& a, const call_id& b, instant now) const;
  [[nodiscard]] bool prefers(const call& c, const agent_id& a, const agent_id& b) const;
  [[nodiscard]] std::size_t place(const call_id& id, instant now) const;
  [[nodiscard]] bool has_skills(const agent_id& account, const call& c) const;
  [[nodiscard]] bool tier_open(const agent_id& account, const call& c, instant now) const;
  [[nodiscard]] bool there(const agent_id& account, const queue_plan& q) const;
  [[nodiscard]] std::size_t there(const queue_plan& q) const;
  [[nodiscard]] bool present(const plan& p, const agent_id& account, const queue_plan& q) const;
  [[nodiscard]] std::size_t present(const queue_plan& q) const;
  [[nodiscard]] bool askable(const agent_id& account, instant now) const;
  [[nodiscard]] bool rings_only_again(const call_id& id) const;
  [[nodiscard]] bool waits_unheard(const agent_id& account, const call_id& id, instant now) const;
  [[nodiscard]] bool awaited(const agent_id& account, const queue_plan& q) const;
  void begin_sticky(call& c, instant now, bool listed);
  void apply(call& c, std::size_t rule);
  void empty_queues(instant now);
  void check_explanation(const routing::reserve& c, const explanation& why, instant now) const;
  void check_rules(const call_id& id, instant now) const;
  [[nodiscard]] instant next_due(const call& c, instant now) const;
  void free_agent(const agent_id& account, instant now);

  plan plan_;
  std::uint64_t arrivals_ = 0;
  std::map<queue_id, instant> empty_due_;
  std::map<std::string, std::pair<agent_id, instant>> talked_to_;
  std::map<std::pair<queue_id, std::string>, std::pair<instant, instant>> left_early_; ///< entered, left
};

} // namespace lifeline::domain::testing
