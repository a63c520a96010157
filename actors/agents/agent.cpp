#include "actors/agents/agent.hpp"

#include "actors/core/checkpoints.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <stdexcept>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;
using self_ptr = agent_actor::stateful_pointer<agent_actor_state>;

agent_report report_of(const domain::agent_model& m) {
  agent_report r;
  r.account = m.account;
  r.view.version = m.version;
  r.view.state = domain::visible_state(m);
  r.view.reason = m.reason;
  r.view.ready_since = m.ready_since;
  r.view.retry_until = m.retry_until;
  r.view.calls_answered = static_cast<std::uint32_t>(m.calls);
  r.view.talk_time = m.talked;
  return r;
}

agent_status status_of(const agent_actor_state& s) {
  agent_status f;
  f.account = s.model.account;
  f.state = domain::visible_state(s.model);
  if (f.state == domain::agent_state::not_ready) f.reason = s.model.reason;
  if (f.state == domain::agent_state::unreachable && !s.contacts.empty() && s.around->busy.contains(s.model.account))
    f.reason = "its phone is still in a call of before the restart";
  f.since = s.model.since;
  f.call = s.model.call;
  f.calls = s.model.calls;
  f.talked = s.model.talked;
  for (const auto& c : s.contacts)
    f.contacts.push_back(c.uri);
  return f;
}

void persist(const agent_actor_state& s, const domain::agent_step& outcome, const domain::call_id& call,
             domain::instant now) {
  storage::change c;
  const bool visible = outcome.from != outcome.to || outcome.in_from > domain::span{0};
  if (visible) {
    domain::event e;
    e.at = now;
    e.call = call;
    e.body = domain::agent_changed{s.model.account, outcome.from, outcome.to, outcome.reason, outcome.in_from};
    c.events.push_back(std::move(e));
  }
  auto checkpoint = encode_agent(s.model);
  s.around->kept.put(storage::table::agents, s.model.account, checkpoint);
  c.state.push_back({storage::table::agents, s.model.account, std::move(checkpoint)});
  s.around->journal->append(std::move(c), storage::durability::lazy);
}

/// How often an engaged agent makes sure that its call still exists: a message of the call's end may have been lost
/// with a crash, and nobody may stay "talking" for that.
constexpr domain::span liveness_interval = 30s;

/// One timer at a time: an earlier one that is pending already serves, for it arms the next.
void arm(self_ptr self, domain::span check_after = liveness_interval) {
  auto& s = self->state;
  if (s.model.engaged == domain::engagement::none) return;
  const auto now = s.around->now(self);
  auto due = s.model.deadline;
  if (s.model.engaged != domain::engagement::wrap_up && (due == domain::never || due > now + check_after))
    due = now + check_after;
  s.clock.arm(self, *s.around, due, now);
}

/// Decide, persist, tell.
domain::agent_step apply(self_ptr self, const domain::agent_event& e) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  const auto call_before = s.model.call;
  auto outcome = domain::step(s.model, e, now);
  if (!outcome.changed) return outcome;
  persist(s, outcome, s.model.call.is_nil() ? call_before : s.model.call, now);
  tell(self, s.around->who.dispatcher(), report_of(s.model));
  arm(self);
  return outcome;
}

std::vector<domain::phone_address> phones_of(const agent_actor_state& s) {
  std::vector<domain::phone_address> phones;
  for (const auto& c : s.contacts)
    phones.push_back({c.uri, c.route});
  return phones;
}

/// The account's section has changed, or is gone: a retired account signs out as soon as it has no call any more.
void on_plan(self_ptr self) {
  auto& s = self->state;
  const auto* plan = s.around->plan().find_agent(s.model.account);
  if (plan == nullptr) return;
  s.plan = *plan;
  if (s.plan.retired) apply(self, domain::agent_order{domain::agent_verb::logout, {}, {}, {}});
}

agent_answer on_request(self_ptr self, const agent_request& r) {
  auto& s = self->state;
  const auto conflict = [](std::string why) { return domain::failure{domain::errc::conflict, std::move(why), {}}; };
  if (s.plan.retired) return {conflict("the account is no longer in the configuration"), status_of(s)};
  domain::agent_order order{r.verb, r.reason, r.extra, {}};
  if (const auto* queue = s.around->plan().find_queue(s.model.queue)) order.wrap_up_limit = queue->wrap_up_limit;
  if (auto outcome = apply(self, order); !outcome.accepted) return {conflict(std::move(outcome.error)), status_of(s)};
  return {std::nullopt, status_of(s)};
}

void send_offer(self_ptr self, const call_actor& call, const reservation& r) {
  auto& s = self->state;
  tell(self, call, offer{r.id, r.epoch, r.queue, s.model.account, phones_of(s)});
}

void on_reservation(self_ptr self, const reservation& r) {
  auto& s = self->state;
  if (s.model.reservation == r.id) { // said again: the call has crashed and may have lost the offer
    if (s.model.engaged == domain::engagement::reserved) send_offer(self, s.around->who.live_calls.find(r.call), r);
    return;
  }
  const bool emergency = s.around->plan().serves_emergency(r.queue);
  const auto outcome = apply(self, domain::reserve_agent{r.id, r.call, r.queue, r.epoch, r.deadline, emergency});
  const auto call = s.around->who.live_calls.find(r.call);
  if (!outcome.accepted || !call) {
    if (outcome.accepted) {
      apply(self, domain::offer_over{r.id, domain::reservation_outcome::caller_gone, 0, {}, 0});
      tell(self, s.around->who.dispatcher(), call_leaves{r.call}); // there is no such call any more
    } else {
      tell(self, s.around->who.dispatcher(), reservation_refused{r.id, outcome.error});
    }
    return;
  }
  send_offer(self, call, r);
}

void on_offer_ended(self_ptr self, const offer_ended& e) {
  const auto* queue = self->state.around->plan().find_queue(e.queue);
  domain::offer_over over{e.reservation, e.outcome, 0, domain::span{0}, e.refused_with};
  if (queue != nullptr) {
    over.max_misses = queue->max_misses;
    over.retry_delay = queue->delay_after(e.outcome);
  }
  apply(self, over);
}

void on_talk_ended(self_ptr self, const talk_ended& e) {
  const auto* queue = self->state.around->plan().find_queue(e.queue);
  apply(self, domain::agent_released{e.reservation, e.talked, queue != nullptr ? queue->wrap_up : domain::span{0}});
}

void on_registration(self_ptr self, sip::registration& r) {
  auto& s = self->state;
  storage::change c;
  if (r.contacts.size() != s.contacts.size()) {
    domain::event e;
    e.at = s.around->now(self);
    e.body = domain::registration_changed{s.model.account, static_cast<std::uint32_t>(r.contacts.size())};
    c.events.push_back(std::move(e));
  }
  auto row = encode_registration(r);
  s.around->kept.put(storage::table::registrations, s.model.account, row);
  c.state.push_back({storage::table::registrations, s.model.account, std::move(row)});
  s.around->journal->append(std::move(c), storage::durability::lazy);
  const bool busy = s.around->busy.contains(s.model.account);
  if (busy && s.contacts.empty()) s.came_while_busy = true;
  s.contacts = std::move(r.contacts);
  apply(self, domain::reachability{!busy && !s.contacts.empty(), s.plan.ready_on_register});
  const bool offered =
      s.model.engaged == domain::engagement::reserved || s.model.engaged == domain::engagement::ringing;
  if (!offered) return;
  offer_phones now_at{s.model.reservation, phones_of(s)}; // perhaps from another address: the offer follows
  tell(self, s.around->who.live_calls.find(s.model.call), std::move(now_at));
}

/// A sign-in by registering that had to wait for this is made up for.
void on_phone_free(self_ptr self) {
  auto& s = self->state;
  const bool signs_in = std::exchange(s.came_while_busy, false) && s.plan.ready_on_register;
  if (!s.around->busy.contains(s.model.account)) apply(self, domain::reachability{!s.contacts.empty(), signs_in});
}

/// The call may be gone although it never said so, or have said what a crash has swallowed.
void check_call(self_ptr self) {
  auto& s = self->state;
  const auto& m = s.model;
  if (m.engaged == domain::engagement::none || m.engaged == domain::engagement::wrap_up) return;
  if (m.engaged == domain::engagement::alert) return; // it is no call of the hotline; the deadline ends it
  if (const auto call = s.around->who.live_calls.find(m.call))
    return tell(self, call, offer_question{m.reservation, m.queue, m.account});
  const bool offer = m.engaged == domain::engagement::reserved || m.engaged == domain::engagement::ringing;
  if (offer)
    on_offer_ended(self, {m.reservation, domain::reservation_outcome::caller_gone, m.queue, 0});
  else
    on_talk_ended(self, {m.reservation, s.around->now(self) - m.since, m.queue});
}

alert_reply on_alert(self_ptr self, const alert_request& r) {
  auto& s = self->state;
  if (s.plan.retired || s.contacts.empty()) return {};
  const auto outcome = apply(self, domain::alert_agent{domain::reserved_by(r.alert), r.deadline, r.whoever});
  return outcome.accepted ? alert_reply{true, phones_of(s)} : alert_reply{};
}

void on_wake(self_ptr self, const wake& w) {
  auto& s = self->state;
  if (!s.clock.came(w)) return;
  check_call(self);
  const auto outcome = apply(self, domain::agent_clock{});
  if (outcome.overdue) // the call never told us: the dispatcher closes the reservation as expired
    tell(self, s.around->who.dispatcher(),
         offer_result{outcome.lost, domain::reservation_outcome::lease_expired, domain::span{0}, 0});
  arm(self);
}

} // namespace

agent_actor::behavior_type agent(self_ptr self, surroundings_ptr around, domain::agent_plan plan,
                                 domain::agent_model recovered, std::vector<sip::contact> contacts) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.plan = std::move(plan);
  s.model = std::move(recovered);
  s.contacts = std::move(contacts);
  s.around->who.agents.enter(s.model.account, agent_actor{self}); // before the dispatcher can want to reserve it
  arm(self, 1s);
  auto first = report_of(s.model);
  first.restarted = true;
  tell(self, s.around->who.dispatcher(), std::move(first));
  return {
      [self](const reservation& r) { on_reservation(self, r); },
      [self](const offer_rings& e) { apply(self, domain::phone_ringing{e.reservation}); },
      [self](const offer_connected& e) {
        apply(self, domain::agent_connected{e.reservation, e.deadline});
      },
      [self](const talk_held& e) {
        apply(self, domain::agent_hold{e.reservation, e.on});
      },
      [self](const offer_ended& e) { on_offer_ended(self, e); },
      [self](const talk_ended& e) { on_talk_ended(self, e); },
      [self](sip::registration& r) { on_registration(self, r); },
      [self](phone_free) { on_phone_free(self); },
      [self](const agent_request& r) { return on_request(self, r); },
      [self](get_agent) { return status_of(self->state); },
      [self](const alert_request& r) { return on_alert(self, r); },
      [self](const alert_release& r) { apply(self, domain::alert_over{domain::reserved_by(r.alert)}); },
      [self](const dispatcher_up&) {
        tell(self, self->state.around->who.dispatcher(), report_of(self->state.model));
        arm(self, 1s); // its offer is void now; the call says so, unless it has crashed as well
      },
      [self](const plan_changed&) { on_plan(self); },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const wake& w) { on_wake(self, w); },
  };
}

agent_actor spawn_agent(caf::actor_system& system, const surroundings_ptr& around, const domain::agent_plan& plan,
                        bool engine_restarted) {
  const auto now = around->clock.at(system.clock().now());
  // What the lost actor said last is in memory; the disk, which may be slow or gone, knows the last run's.
  const auto last = [&](storage::table t) -> std::optional<std::string> {
    if (auto kept = around->kept.get(t, plan.account)) return kept;
    auto row = around->journal->get(t, plan.account);
    return row ? std::move(*row) : std::nullopt;
  };
  domain::agent_model model;
  std::vector<sip::contact> contacts;
  if (const auto row = last(storage::table::agents)) {
    if (auto known = decode_agent_of_last_run(*row, now)) model = std::move(*known);
  }
  if (const auto row = last(storage::table::registrations)) {
    if (auto known = decode_registration(*row)) contacts = std::move(known->contacts);
  }
  model.account = plan.account;
  std::erase_if(contacts, [&](const sip::contact& c) { return c.expires <= now; });
  if (engine_restarted) {
    const auto* queue = around->plan().find_queue(model.queue);
    const auto before = domain::visible_state(model);
    domain::recover_after_restart(model, queue != nullptr ? queue->wrap_up : domain::span{0}, now);
    model.reachable = !contacts.empty() && !around->busy.contains(model.account);
    domain::event e;
    e.at = now;
    e.body = domain::agent_changed{model.account, before, domain::visible_state(model), "engine started", {}};
    auto checkpoint = encode_agent(model);
    around->kept.put(storage::table::agents, model.account, checkpoint);
    around->journal->append({{e}, {{storage::table::agents, model.account, std::move(checkpoint)}}},
                            storage::durability::lazy);
  } else {
    // Whatever the lost actor had said last is older than what this one says, even if the disk missed some of it.
    model.version = std::max(model.version + 1000, static_cast<std::uint64_t>(domain::micros(now)));
    model.reachable = !contacts.empty() && !around->busy.contains(model.account);
  }
  return system.spawn(agent, around, plan, std::move(model), std::move(contacts));
}

} // namespace lifeline::actors
