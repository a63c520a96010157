#pragma once
// The router's rules once more, written in the plainest way: lists and full scans. The property test lets it judge
// every command of the real one.

#include "domain/router.hpp"

#include <map>
#include <set>
#include <string>
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
    std::uint64_t arrival = 0;
    std::set<std::string> offered_to;
    bool talking = false;
    bool overflow_due = false;
    std::map<agent_id, instant> excluded;
  };
  struct reservation {
    call_id call;
    agent_id agent;
    bool connected = false;
    instant deadline = never;
    instant made = never;
  };

  // What happened, as told to the router.
  void view(const agent_id& account, const agent_view& v, instant now);
  void enqueue(const call_request& request);
  void refused(const reservation_id& id, instant retry_until, instant now);
  void connected(const reservation_id& id) { reservations_.at(id).connected = true; }
  void talk_over(const reservation_id& id, instant now);
  void talk_over_of(const call_id& id, instant now);
  void pass(instant now);

  /// Each throws std::logic_error with the rule that was broken.
  void check_reserve(const routing::reserve& c, instant now, bool choice);
  void check_end(const routing::end& c, instant now);
  void check_overflow(const routing::overflow& c, instant now);
  void check_settled(const router& r, instant now) const;

  [[nodiscard]] bool available(const agent_id& account, instant now) const;
  [[nodiscard]] bool offerable(const call_id& id) const;
  [[nodiscard]] bool serves(const agent_id& account, const call_id& id) const;
  [[nodiscard]] bool excluded(const call_id& id, const agent_id& account, instant now) const;

  std::map<agent_id, agent> agents_;
  std::map<call_id, call> calls_;
  std::map<reservation_id, reservation> reservations_;
  std::set<agent_id> fresh_; ///< agents that became free in the present event
  std::size_t reserved_count_ = 0;
  std::size_t ended_count_ = 0;

private:
  [[nodiscard]] int priority(const call& c) const;
  [[nodiscard]] bool before(const call_id& a, const call_id& b, instant now) const;
  [[nodiscard]] bool prefers(strategy by, const agent_id& a, const agent_id& b) const;
  void check_explanation(const routing::reserve& c, instant now) const;
  void free_agent(const agent_id& account, instant now);

  plan plan_;
  std::uint64_t arrivals_ = 0;
};

} // namespace lifeline::domain::testing
