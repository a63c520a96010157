#include "actors/rescue/alert_desk.hpp"

#include "actors/rescue/rescue_call.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;
using self_ptr = caf::stateful_actor<alert_desk_state>*;
using whom_t = open_attempts::alerted_one;
using domain::alert_stage;

constexpr domain::span look_again = 1s;
constexpr domain::span look_soon = 100ms;
constexpr domain::span look_for_new = 5s; ///< while there is no alert: a message says so, but may be lost
constexpr auto patience = 1s;             ///< of an agent's or the dispatcher's answer

void tick_in(self_ptr self, domain::span d) { self->delayed_send(self, d, wake{++self->state.timer}); }

bool somebody_is_needed(const rescue_surroundings& around, alert_stage least = alert_stage::agents) {
  return !around.orders.ringing(least, 1).empty();
}

// ---- one ring ----------------------------------------------------------------------------------------------------

void log_ring(const rescue_surroundings& around, const domain::alert_rung& entry, domain::instant now) {
  around.journal->append({{{0, now, {}, entry}}, {}}, storage::durability::lazy);
}

/// On some thread: logged, and what was pressed goes to the order, whatever has become of the desk.
void ring_over(const std::weak_ptr<rescue_surroundings>& weak, domain::alert_rung entry, domain::instant begun,
               const domain::attempt_result& r) {
  const auto around = weak.lock();
  if (!around || !around->attempts.finish(r)) return;
  const auto now = around->now_steady();
  entry.outcome_known = true;
  entry.outcome = r.outcome;
  entry.took = now - begun;
  entry.detail = r.detail;
  entry.recording = r.recording.path;
  log_ring(*around, entry, now);
  const auto order = around->who_rescues.orders.find(entry.order);
  if (r.outcome != domain::attempt_outcome::accepted || (!order && !around->orders.get(entry.order)))
    (void)around->attempts.take(r.attempt);
  else if (order)
    caf::anon_send(order, attempt_over{r.attempt}); // else its next actor fetches it
  if (const auto desk = around->who_rescues.alert_desk.get()) caf::anon_send(desk, attempt_over{r.attempt});
}

void start_ring(self_ptr self, const order_ptr& order, const whom_t& whom, const domain::phone_address& phone,
                const domain::attempt_id& id) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  domain::alert_rung entry;
  entry.order = order->id;
  entry.attempt = id;
  entry.stage = whom.stage;
  entry.whom = whom.name;
  s.rings[id] = {order->id, whom, false};
  s.around->attempts.begin_alert(id, order->id, whom); // first: the result may come at once
  log_ring(*s.around, entry, now);
  rescue_call_request r;
  r.order = order->id;
  r.attempt.id = id;
  r.attempt.purpose = domain::attempt_purpose::alert;
  r.attempt.target = whom.name;
  r.attempt.started = now;
  r.attempt.deadline = now + domain::longest_line_wait;
  r.level = std::max<std::uint8_t>(order->level, 1);
  r.about = *order;
  r.phone = phone;
  r.answered = [me = caf::actor_cast<caf::actor>(self), id] { caf::anon_send(me, alert_heard{id}); };
  const auto done = [weak = std::weak_ptr{s.around}, entry, now](const domain::attempt_result& result) {
    ring_over(weak, entry, now, result);
  };
  const auto handle = s.around->start_call ? s.around->start_call(*s.around->system, s.around, std::move(r), done)
                                           : start_rescue_call(*s.around->system, s.around, std::move(r), done);
  s.around->attempts.set_give_up(id, [handle] { handle.give_up(); });
}

bool is_rung(const alert_desk_state& s, const std::string& name) {
  return std::any_of(s.rings.begin(), s.rings.end(), [&](const auto& r) { return r.second.whom.name == name; });
}

std::size_t rings_of(const alert_desk_state& s, const domain::order_id& order, alert_stage stage) {
  std::set<std::string> names;
  for (const auto& [id, r] : s.rings)
    if (r.order == order && r.whom.stage == stage) names.insert(r.whom.name);
  return names.size();
}

bool may_ring(const alert_desk_state& s, const std::string& name, domain::instant now) {
  const auto rest = s.rest.find(name);
  return !is_rung(s, name) && !s.asked.contains(name) && !s.held.contains(name) &&
         (rest == s.rest.end() || rest->second <= now);
}

/// Nobody rings there any more: an agent is free again.
void let_go(self_ptr self, const std::string& name, domain::span pause) {
  auto& s = self->state;
  if (is_rung(s, name)) return;
  s.rest[name] = s.around->now(self) + pause;
  const auto held = s.held.extract(name);
  if (!held.empty()) tell(self, s.around->who.agents.find(name), alert_release{held.mapped()});
}

// ---- who is rung -------------------------------------------------------------------------------------------------

/// The order that it is to be rung for; null: none. Among one more than there are rings, one has none.
order_ptr order_for(const alert_desk_state& s, alert_stage stage) {
  const auto orders = s.around->orders.ringing(stage, s.rings.size() + 1);
  std::vector<std::size_t> rings;
  rings.reserve(orders.size());
  for (const auto& o : orders)
    rings.push_back(rings_of(s, o->id, stage));
  const auto chosen = domain::share_phones(rings, 1);
  return chosen.empty() ? nullptr : orders[chosen.front()];
}

void on_agent(self_ptr self, const whom_t& whom, const domain::attempt_id& id, const alert_reply& reply) {
  auto& s = self->state;
  s.asked.erase(whom.name);
  if (!reply.granted) return;
  s.held[whom.name] = id;
  const auto order = order_for(s, whom.stage);
  if (!order || reply.phones.empty()) return let_go(self, whom.name, domain::span{0});
  auto next = id;
  for (const auto& phone : reply.phones) {
    start_ring(self, order, whom, phone, next);
    next = s.ids.next<domain::attempt_id>(s.around->now(self));
  }
}

/// The account's actor says whether it can be rung, and offers it to nobody else meanwhile.
void ask_agent(self_ptr self, const std::string& account, alert_stage stage) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  const auto agent = s.around->who.agents.find(account);
  if (!agent || !may_ring(s, account, now)) return;
  const auto& plan = s.around->plan();
  alert_request r;
  r.alert = s.ids.next<domain::attempt_id>(now);
  r.deadline = now + plan.limits.setup_timeout + plan.rescue.ring_timeout + plan.rescue.answer_patience +
               2 * domain::attempt_margin;
  r.whoever = stage == alert_stage::supervisor;
  const whom_t whom{account, true, stage};
  s.asked.insert(account);
  self->request(agent, patience, r)
      .then([self, whom, id = r.alert](const alert_reply& reply) { on_agent(self, whom, id, reply); },
            [self, whom, id = r.alert](caf::error&) { // it may have said yes: its own deadline frees it
              self->state.asked.erase(whom.name);
              tell(self, self->state.around->who.agents.find(whom.name), alert_release{id});
            });
}

void ring_number(self_ptr self, const std::string& number, alert_stage stage, const order_ptr& order) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  if (!order || !may_ring(s, number, now)) return;
  start_ring(self, order, {number, false, stage}, {}, s.ids.next<domain::attempt_id>(now));
}

void ring_agents(self_ptr self, const domain::hotline_plan& hotline) {
  auto& s = self->state;
  if (!somebody_is_needed(*s.around)) return;
  for (const auto& a : s.around->plan().agents)
    if (!a.retired && std::find(a.queues.begin(), a.queues.end(), hotline.queue) != a.queues.end())
      ask_agent(self, a.account, alert_stage::agents);
}

void ring_supervisors(self_ptr self) {
  auto& s = self->state;
  if (!somebody_is_needed(*s.around, alert_stage::supervisor)) return;
  for (const auto& a : s.around->plan().agents)
    if (!a.retired && a.admin) ask_agent(self, a.account, alert_stage::supervisor);
  for (const auto& number : s.around->plan().rescue.supervisor_numbers)
    ring_number(self, number, alert_stage::supervisor, order_for(s, alert_stage::supervisor));
}

/// One after the other for each order, from the first again when the last has not taken it either; one that rings for
/// another order is passed over.
void ring_backups(self_ptr self, const domain::hotline_plan& hotline) {
  auto& s = self->state;
  const auto& numbers = hotline.backup_numbers;
  // More than so many cannot be served now: each has a ring, or takes a number.
  for (const auto& order : s.around->orders.ringing(alert_stage::backup, s.rings.size() + numbers.size())) {
    if (rings_of(s, order->id, alert_stage::backup) > 0) continue;
    const auto begin = s.backup[order->id];
    for (auto next = begin; next < begin + numbers.size(); ++next) {
      const auto& number = numbers[next % numbers.size()];
      if (!may_ring(s, number, s.around->now(self))) continue;
      s.backup[order->id] = next + 1;
      ring_number(self, number, alert_stage::backup, order);
      break;
    }
  }
}

// ---- the round ---------------------------------------------------------------------------------------------------

/// Rings for what is over, or was taken; and those of agents for whom a caller waits.
void end_rings(self_ptr self, bool caller_waits) {
  auto& s = self->state;
  for (const auto& [id, r] : s.rings) {
    const auto order = s.around->orders.get(r.order);
    const bool wanted = order && order->alert.stage >= r.whom.stage && domain::is_active(order->status);
    const bool in_the_way = caller_waits && r.whom.stage == alert_stage::agents && !r.answered;
    if (!wanted || in_the_way || s.around->releasing) s.around->attempts.give_up(id);
  }
  std::erase_if(s.backup, [&](const auto& b) {
    const auto order = s.around->orders.get(b.first);
    return !order || order->alert.stage < alert_stage::backup;
  });
}

/// A ring whose end was not told: nothing of it is left in the surroundings.
void forget_ended(self_ptr self) {
  auto& s = self->state;
  std::set<std::string> names;
  for (auto r = s.rings.begin(); r != s.rings.end();) {
    if (s.around->attempts.goes_on(r->first)) {
      ++r;
      continue;
    }
    names.insert(r->second.whom.name);
    r = s.rings.erase(r);
  }
  for (const auto& name : names)
    let_go(self, name, s.around->plan().rescue.dial_pause);
}

void go_round(self_ptr self, bool caller_waits) {
  auto& s = self->state;
  forget_ended(self);
  end_rings(self, caller_waits);
  const auto& plan = s.around->plan();
  const auto* hotline = plan.find_hotline(plan.rescue.hotline);
  const bool ringing = somebody_is_needed(*s.around);
  if (hotline != nullptr && ringing && !s.around->releasing) {
    if (!caller_waits) ring_agents(self, *hotline);
    ring_supervisors(self);
    ring_backups(self, *hotline);
  }
  tick_in(self, ringing || !s.rings.empty() ? look_again : look_for_new);
}

bool waits_in(const std::vector<queue_figures>& queues, const domain::queue_id& queue) {
  return std::any_of(queues.begin(), queues.end(), [&](const auto& q) { return q.name == queue && q.waiting > 0; });
}

void look(self_ptr self) {
  auto& s = self->state;
  ++s.timer; // a look that is due is this one
  s.soon = false;
  const auto& plan = s.around->plan();
  const auto* hotline = plan.find_hotline(plan.rescue.hotline);
  const auto dispatcher = s.around->who.dispatcher();
  const bool idle = s.rings.empty() && !somebody_is_needed(*s.around);
  if (idle || hotline == nullptr || !dispatcher) return go_round(self, false);
  self->request(dispatcher, patience, get_queues{})
      .then([self, queue = hotline->queue](const std::vector<queue_figures>& q) { go_round(self, waits_in(q, queue)); },
            [self](caf::error&) { go_round(self, false); });
}

void on_over(self_ptr self, const domain::attempt_id& id) {
  auto& s = self->state;
  const auto ring = s.rings.extract(id);
  if (ring.empty()) return;
  let_go(self, ring.mapped().whom.name, s.around->plan().rescue.dial_pause);
}

/// One phone of an agent is enough.
void on_heard(self_ptr self, const domain::attempt_id& id) {
  auto& s = self->state;
  const auto heard = s.rings.find(id);
  if (heard == s.rings.end()) return;
  heard->second.answered = true;
  for (const auto& [other, r] : s.rings)
    if (other != id && r.whom.name == heard->second.whom.name) s.around->attempts.give_up(other);
}

/// The rings of a desk that has crashed. Nobody knows how far they are: they are left alone.
void adopt(self_ptr self) {
  auto& s = self->state;
  for (auto& open : s.around->attempts.alerts()) {
    if (open.whom.account) s.held.try_emplace(open.whom.name, open.attempt);
    s.rings[open.attempt] = {open.order, std::move(open.whom), true};
  }
}

caf::behavior alert_desk(self_ptr self, rescue_surroundings_ptr around) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.ids = s.around->new_ids(self->id() * 41);
  s.around->who_rescues.alert_desk.enter(caf::actor_cast<caf::actor>(self));
  adopt(self);
  tick_in(self, look_again);
  return {
      [self](const alert_changed&) { // many may come at once: one look is for all of them
        if (!std::exchange(self->state.soon, true)) tick_in(self, look_soon);
      },
      [self](const attempt_over& a) { on_over(self, a.attempt); },
      [self](const alert_heard& a) { on_heard(self, a.alert); },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const wake& w) {
        if (w.generation == self->state.timer) look(self);
      },
  };
}

} // namespace

caf::actor spawn_alert_desk(caf::actor_system& system, const rescue_surroundings_ptr& around) {
  return system.spawn(alert_desk, around);
}

} // namespace lifeline::actors
