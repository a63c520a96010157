#pragma once
// A small scene around a router: plans in a few words, a clock that stands still, commands by kind.

#include "domain/routing/router.hpp"

#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::domain::testing {

inline constexpr instant start{1'760'000'000s};

inline call_id call_no(std::uint64_t n) { return call_id{1, n}; }

inline queue_plan make_queue(const std::string& name, strategy how = strategy::longest_idle, int priority = 0,
                             double weight = 1) {
  queue_plan q;
  q.name = name;
  q.strategy = how;
  q.priority = priority;
  q.weight = weight;
  return q;
}

inline agent_plan make_agent(const agent_id& account, std::vector<queue_id> queues,
                             std::map<std::string, int> skills = {}) {
  agent_plan a;
  a.account = account;
  a.queues = std::move(queues);
  a.skills = std::move(skills);
  return a;
}

inline plan make_plan(std::vector<queue_plan> queues, std::vector<agent_plan> agents) {
  plan p;
  p.queues = std::move(queues);
  p.agents = std::move(agents);
  return p;
}

inline call_request make_request(std::uint64_t n, const queue_id& queue, instant at, int priority = 0,
                                 std::vector<skill_requirement> required = {}) {
  call_request request;
  request.call = call_no(n);
  request.queue = queue;
  request.priority = priority;
  request.entered_at = at;
  request.required = std::move(required);
  return request;
}

struct scene {
  explicit scene(const plan& p, std::uint64_t seed = 1) : router_(p, 7, seed) {}

  router router_;
  instant now = start;
  routing::commands out; ///< of the last action
  std::map<agent_id, std::uint64_t> versions;

  /// Says the state with the next version of the agent.
  bool say(const agent_id& account, agent_view view) {
    out.clear();
    view.version = ++versions[account];
    return router_.set_agent(account, view, now, out);
  }
  bool ready(const agent_id& account) { return ready_since(account, now); }
  bool ready_since(const agent_id& account, instant since) {
    agent_view v;
    v.state = agent_state::ready;
    v.ready_since = since;
    return say(account, v);
  }
  bool state(const agent_id& account, agent_state s, const std::string& reason = {}) {
    agent_view v;
    v.state = s;
    v.reason = reason;
    return say(account, v);
  }
  enqueue_result enter(std::uint64_t n, const queue_id& queue, int priority = 0,
                       std::vector<skill_requirement> required = {}) {
    return enter_at(n, queue, now, priority, std::move(required));
  }
  enqueue_result enter_at(std::uint64_t n, const queue_id& queue, instant at, int priority = 0,
                          std::vector<skill_requirement> required = {}) {
    return enter(make_request(n, queue, at, priority, std::move(required)));
  }
  enqueue_result enter(const call_request& request) {
    out.clear();
    return router_.enqueue(request, now, out);
  }
  /// Somebody with a number, now.
  enqueue_result enter_as(std::uint64_t n, const queue_id& queue, const std::string& caller) {
    auto request = make_request(n, queue, now);
    request.caller = caller;
    return enter(request);
  }
  bool leave(std::uint64_t n) {
    out.clear();
    return router_.leave(call_no(n), now, out);
  }
  bool refuse(const reservation_id& id, span retry = 2s, reservation_outcome why = reservation_outcome::rejected) {
    out.clear();
    return router_.agent_refused(id, why, now + retry, now, out);
  }
  bool connect(const reservation_id& id) {
    out.clear();
    return router_.connected(id, now, out);
  }
  bool finish(const reservation_id& id, reservation_outcome why = reservation_outcome::connected) {
    out.clear();
    return router_.ended(id, why, now, out);
  }
  void reconfigure(const plan& p) {
    out.clear();
    router_.reconfigure(p, now, out);
  }
  void pass(span d) {
    now += d;
    out.clear();
    router_.tick(now, out);
  }

  template <class Command> [[nodiscard]] std::vector<Command> all() const {
    std::vector<Command> found;
    for (const auto& each : out) {
      if (const auto* x = std::get_if<Command>(&each)) found.push_back(*x);
    }
    return found;
  }
  [[nodiscard]] std::vector<routing::reserve> reserves() const { return all<routing::reserve>(); }
  [[nodiscard]] std::vector<routing::end> ends() const { return all<routing::end>(); }
  [[nodiscard]] std::vector<routing::overflow> overflows() const { return all<routing::overflow>(); }
  [[nodiscard]] std::vector<routing::escalated> escalations() const { return all<routing::escalated>(); }
  /// "agent" of the only reserve, "" when there is not exactly one.
  [[nodiscard]] agent_id chosen() const {
    const auto r = reserves();
    return r.size() == 1 ? r.front().agent : agent_id{};
  }
  /// Of the first reserve.
  [[nodiscard]] explanation why() const { return router_.explain(reserves().front()); }
  /// The call of the only reserve, nil when there is not exactly one.
  [[nodiscard]] call_id served() const {
    const auto r = reserves();
    return r.size() == 1 ? r.front().call : call_id{};
  }
  [[nodiscard]] reservation_id reservation() const {
    const auto r = reserves();
    return r.size() == 1 ? r.front().reservation : reservation_id{};
  }
};

} // namespace lifeline::domain::testing
