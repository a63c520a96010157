#include "tests/simulation/routing_watch.hpp"

#include "actors/calls/call.hpp"

#include <algorithm>

namespace lifeline::simulation {

using namespace std::chrono_literals;

namespace {

const domain::router* router_of(const actors::surroundings& around) {
  const auto* s = look_at<actors::dispatcher_state>(around.who.dispatcher());
  return s != nullptr ? s->router.get() : nullptr;
}

/// A queue's own rules may raise it by so much.
int highest(const domain::queue_plan& q) {
  int p = q.priority + (q.priority_step > 0s ? q.priority_growth : 0);
  for (const auto& rule : q.escalations)
    p += std::max(rule.raise_priority, 0);
  return p;
}

bool is_waiting(const domain::call_state& c) {
  return c.in_queue && (c.phase == domain::call_phase::waiting || c.phase == domain::call_phase::offering);
}

} // namespace

std::vector<routing_watch::waiting_call> routing_watch::waiting(const actors::surroundings& around) {
  std::vector<waiting_call> all;
  for (const auto& [id, actor] : around.who.live_calls.entries()) {
    const auto* s = look_at<actors::call_actor_state>(actor);
    if (s == nullptr || s->muted || !is_waiting(s->call) || !s->call.offers.empty()) continue;
    if (const auto* queue = around.plan().find_queue(s->call.queue)) all.push_back({&s->call, queue});
  }
  return all;
}

/// Certainly: an agent whom the queue's rules may keep from the caller for a while does not count.
bool routing_watch::serves(const domain::agent_plan& agent, const waiting_call& call) {
  const auto& q = *call.queue;
  if (agent.retired || q.retired || std::find(agent.queues.begin(), agent.queues.end(), q.name) == agent.queues.end())
    return false;
  for (const auto& r : q.required) {
    const auto skill = agent.skills.find(r.skill);
    if (skill == agent.skills.end() || skill->second < r.level) return false;
  }
  return q.sticky == 0s && (q.tier_wait == 0s || agent.place_in(q.name).tier == 1);
}

bool routing_watch::passed_over(const waiting_call& served, const waiting_call& other) {
  if (other.queue->priority > highest(*served.queue)) return true;
  if (other.queue != served.queue || other.queue->priority != highest(*served.queue)) return false;
  // Whoever has an old place again hears of it later than the dispatcher.
  return served.queue->resume_place == 0s && other.state->place < served.state->place;
}

void routing_watch::check_reservations(const actors::surroundings& around, bool log_known, domain::instant now) {
  const auto made = log_.take_made();
  if (made.empty() || plan_pending_ || !log_known) return;
  const auto* router = router_of(around);
  if (router == nullptr) return;
  const auto others = waiting(around);
  if (others.empty()) return;
  for (const auto& m : made) {
    const auto* agent = around.plan().find_agent(m.agent);
    const auto* served = look_at<actors::call_actor_state>(around.who.live_calls.find(m.call));
    const auto* queue = around.plan().find_queue(m.queue);
    if (agent == nullptr || served == nullptr || queue == nullptr || served->call.queue != m.queue) continue;
    for (const auto& other : others) {
      // Offered something in this very step, or failed by this agent lately, or unknown to this dispatcher yet.
      const auto& id = other.state->id;
      const bool offered =
          std::any_of(log_.leases().begin(), log_.leases().end(), [&](const auto& l) { return l.second.call == id; });
      if (id == m.call || offered || !serves(*agent, other) || log_.rests(m.agent, id, now - 1ms) ||
          !router->position(id))
        continue;
      if (m.asked_again && !around.plan().serves_emergency(other.queue->name)) continue; // such an agent is not for it
      if (passed_over({&served->call, queue}, other))
        found_.add("order", "agent " + m.agent + " gets a caller of queue " + m.queue + " although one of queue " +
                                other.queue->name + " comes first");
    }
  }
}

void routing_watch::check_rest(const actors::surroundings& around, bool log_known, domain::instant now) {
  plan_pending_ = false;
  const auto* router = router_of(around);
  if (router == nullptr) return;
  check_ghosts(around, *router);
  if (log_known) check_idle(around, *router, now);
}

/// Whoever waits is known to the dispatcher, and whom it takes for waiting does wait.
void routing_watch::check_ghosts(const actors::surroundings& around, const domain::router& router) {
  std::size_t known = 0;
  std::size_t wait = 0;
  for (const auto& q : around.plan().queues)
    known += router.waiting(q.name);
  for (const auto& [id, actor] : around.who.live_calls.entries()) {
    const auto* s = look_at<actors::call_actor_state>(actor);
    if (s == nullptr || s->muted || !is_waiting(s->call)) continue;
    ++wait;
    if (!router.position(id))
      found_.add("queue", "a caller waits in queue " + s->call.queue + ", and the dispatcher does not know it");
  }
  const auto muted = [&](const auto& c) {
    const auto* s = look_at<actors::call_actor_state>(c.second);
    return s == nullptr || s->muted;
  };
  const auto all = around.who.live_calls.entries();
  if (known > wait && std::none_of(all.begin(), all.end(), muted))
    found_.add("queue", "the dispatcher takes " + std::to_string(known) + " callers for waiting, there are " +
                            std::to_string(wait));
}

void routing_watch::check_idle(const actors::surroundings& around, const domain::router& router, domain::instant now) {
  for (const auto& call : waiting(around)) {
    for (const auto& agent : around.plan().agents) {
      if (!router.is_ready(agent.account) || !serves(agent, call)) continue;
      if (log_.rests(agent.account, call.state->id, now - 1ms) || !router.position(call.state->id)) continue;
      const bool overdue = call.queue->max_wait > 0s && !call.state->patient;
      if (!overdue)
        found_.add("idle", "agent " + agent.account + " is ready while a caller waits in queue " + call.queue->name);
    }
  }
}

} // namespace lifeline::simulation
