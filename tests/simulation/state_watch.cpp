#include "tests/simulation/state_watch.hpp"

#include "actors/agents/agent.hpp"
#include "actors/calls/call.hpp"
#include "actors/rescue/alarm.hpp"
#include "actors/voice/voice.hpp"

#include <cstring>
#include <set>

namespace lifeline::simulation {

using namespace std::chrono_literals;

namespace {

using domain::never;

/// Timers fire exactly, but messages may wait for a moment.
constexpr domain::span lateness = 1s;
/// A crashed order's actor is started again after 30 s at the latest.
constexpr domain::span order_lateness = 40s;
/// A dispatcher that crashes again and again is back after its back-off.
constexpr domain::span lease_lateness = 10s;

template <class State, class Interface> const State* state_of(const caf::abstract_actor& actor) {
  using type = std::remove_pointer_t<typename Interface::template stateful_pointer<State>>;
  const auto* a = dynamic_cast<const type*>(&actor);
  return a != nullptr ? &a->state : nullptr;
}

template <class Handle> bool is_other(const Handle& handle, const caf::abstract_actor& actor) {
  if (!handle) return false;
  const auto* registered = caf::actor_cast<caf::abstract_actor*>(handle);
  return registered != nullptr && registered != &actor && is_alive(handle);
}

} // namespace

void state_watch::check_actor(const actors::rescue_surroundings& around, const caf::abstract_actor& actor,
                              domain::instant now) {
  if (actor.getf(caf::abstract_actor::is_terminated_flag) || actor.getf(caf::abstract_actor::is_cleaned_up_flag))
    return;
  const auto* local = dynamic_cast<const caf::local_actor*>(&actor);
  if (local == nullptr) return;
  const char* name = local->name();
  if (const auto* v = dynamic_cast<const actors::speaking_actor*>(&actor)) {
    if (!v->over()) check_voice(name, v->due(), v->armed(), now);
    return;
  }
  if (std::strcmp(name, "call") == 0) {
    const auto* s = state_of<actors::call_actor_state, actors::call_actor>(actor);
    if (s == nullptr || s->muted) return;
    if (is_other(around.who.live_calls.find(s->call.id), actor)) found_.add("owner", "a call has two actors");
    check_call(s->call, s->clock.armed(), now, false);
  } else if (std::strcmp(name, "agent") == 0) {
    const auto* s = state_of<actors::agent_actor_state, actors::agent_actor>(actor);
    if (s == nullptr) return;
    if (is_other(around.who.agents.find(s->model.account), actor)) found_.add("owner", "an agent has two actors");
    check_agent(s->model, s->clock.armed(), s->plan.retired, now, false);
  } else if (std::strcmp(name, "alarm") == 0) {
    const auto* s = state_of<actors::alarm_actor_state, actors::alarm_actor>(actor);
    if (s == nullptr) return;
    if (is_other(around.who_rescues.orders.find(s->order->id), actor)) found_.add("owner", "an order has two actors");
    check_order(*s->order, s->order.armed(), now, false);
  }
}

void state_watch::check_call(const domain::call_state& c, domain::instant armed, domain::instant now, bool rest) {
  if (c.phase == domain::call_phase::ended) return;
  const auto next = domain::next_deadline(c);
  if (next == never) found_.add("deadline", "a call that is " + std::string{to_string(c.phase)} + " has none");
  if (armed == never || armed > next)
    found_.add("deadline", "no timer is armed for a call that is " + std::string{to_string(c.phase)});
  if (rest && next != never && next + lateness < now)
    found_.add("deadline", "a call is still " + std::string{to_string(c.phase)} + " after its deadline");
}

void state_watch::check_agent(const domain::agent_model& a, domain::instant armed, bool retired, domain::instant now,
                              bool rest) {
  check_wrap_up(a, retired, now);
  if (a.engaged == domain::engagement::none) return;
  const std::string state{to_string(domain::visible_state(a))};
  if (a.deadline == never) found_.add("deadline", "agent " + a.account + ", " + state + ", has none");
  if (armed == never) found_.add("deadline", "no timer is armed for agent " + a.account + ", " + state);
  if (rest && a.deadline != never && a.deadline + lateness < now)
    found_.add("deadline", "agent " + a.account + " is still " + state + " after its deadline");
}

/// It ends when it was promised to, or because somebody ordered something.
void state_watch::check_wrap_up(const domain::agent_model& a, bool retired, domain::instant now) {
  auto& w = wrap_ups_[a.account];
  const auto last = orders_.find(a.account);
  const bool told = retired || (last != orders_.end() && w.since != never && last->second + 2s >= w.since);
  const bool goes_on = a.engaged == domain::engagement::wrap_up;
  const bool early = w.until != never && now < w.until && (!goes_on || a.deadline < w.until);
  if (early && !told) found_.add("wrap-up", "agent " + a.account + "'s wrap-up was cut short");
  if (!goes_on)
    w = {};
  else
    w = {w.since == never ? now : w.since, a.deadline};
}

void state_watch::check_order(const domain::order_state& o, domain::instant armed, domain::instant now, bool rest) {
  if (!domain::is_active(o.status)) return;
  const auto next = domain::next_deadline(o);
  if (next == never) found_.add("deadline", "order " + o.number + " is active and has none");
  if (armed == never || armed > next) found_.add("deadline", "no timer is armed for order " + o.number);
  if (rest && next != never && next + order_lateness < now)
    found_.add("deadline", "order " + o.number + " does nothing after its deadline");
}

/// Its script always has a deadline, a timer for it, and has done at it what is due then.
void state_watch::check_voice(const std::string& who, domain::instant due, domain::instant armed, domain::instant now) {
  if (due == never) return found_.add("deadline", "a " + who + " has none");
  if (armed == never || armed > due) found_.add("deadline", "no timer is armed for a " + who);
  if (due + lateness < now) found_.add("deadline", "a " + who + " is still there after its deadline");
}

void state_watch::check_bridges(const network& sip, const sound& media) {
  std::set<std::string> agents;
  std::set<domain::call_id> calls;
  for (const auto& [leg, other] : media.bridges()) {
    const auto* l = sip.leg(leg);
    if (l == nullptr || l->role == leg_role::caller) continue;
    if (l->role == leg_role::phone && !agents.insert(l->who).second)
      found_.add("one call per agent", "agent " + l->who + " is in two conversations");
    if (!l->call.is_nil() && !calls.insert(l->call).second)
      found_.add("one owner per call", "a caller is in two conversations");
  }
}

/// Of phones that have answered, all but one have been told that they lost the race.
void state_watch::check_legs(const network& sip) {
  std::set<std::string> agents;
  std::set<domain::call_id> calls;
  for (const auto& [id, l] : sip.legs()) {
    if (l.phase != leg_phase::answered || l.role == leg_role::caller || !l.known) continue;
    if (l.role == leg_role::phone && !agents.insert(l.who).second)
      found_.add("one call per agent", "two phones of agent " + l.who + " have answered, and both are left in it");
    if (!l.call.is_nil() && !calls.insert(l.call).second)
      found_.add("one owner per call", "two phones have answered one call, and both are left in it");
  }
}

void state_watch::check_rest(const actors::rescue_surroundings& around, const network& sip, const log_watch& log,
                             bool disk_well, domain::instant now) {
  check_legs(sip);
  for (const auto& [id, actor] : around.who.live_calls.entries()) {
    const auto* s = look_at<actors::call_actor_state>(actor);
    if (s != nullptr && !s->muted) check_call(s->call, s->clock.armed(), now);
  }
  for (const auto& actor : around.who.agents.all()) {
    const auto* s = look_at<actors::agent_actor_state>(actor);
    if (s != nullptr) check_agent(s->model, s->clock.armed(), s->plan.retired, now);
  }
  for (const auto& [id, actor] : around.who_rescues.orders.entries()) {
    const auto* s = look_at<actors::alarm_actor_state>(actor);
    if (s != nullptr) check_order(*s->order, s->order.armed(), now);
  }
  if (!disk_well) return; // what a disk that hangs has been given is not seen yet
  for (const auto& [id, l] : log.leases())
    if (l.deadline + lease_lateness < now)
      found_.add("lease", "a reservation of agent " + l.agent + " has not ended with its deadline");
}

void state_watch::check_rescue(const actors::rescue_surroundings& around) {
  if (around.releasing) return;
  const auto lines = around.plan().rescue.lines;
  const bool counted = around.who_rescues.lines.get() && is_alive(around.who_rescues.lines.get());
  if (counted && around.rescue_calls_waiting > 0 && around.rescue_lines_used < lines)
    found_.add("rescue", "a call to a rescuer waits while a line is free");
  for (const auto& [id, actor] : around.who_rescues.orders.entries()) {
    const auto* s = look_at<actors::alarm_actor_state>(actor);
    if (s == nullptr) continue;
    std::set<std::pair<std::string, std::string>> parties;
    for (const auto& d : s->order->deployments) {
      if (!parties.insert({d.party, d.party.empty() ? d.name : ""}).second)
        found_.add("rescue", "order " + s->order->number + " has two deployments of one party");
      for (const auto& a : d.attempts)
        if (!around.attempts.goes_on(a.id))
          found_.add("rescue", "order " + s->order->number + " waits for a call that nobody makes");
    }
  }
}

} // namespace lifeline::simulation
