#include "actors/alarms.hpp"

#include "actors/alarm_outlet.hpp"
#include "actors/supervisor_effects.hpp"
#include "storage/tables.hpp"

#include <stdexcept>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

const domain::restart_rules alarm_rules{{3, 10s}, {0s, 2.0, 2s}};
/// An alarm that crashes more often than that is tried again after so long, for ever: nobody else would come.
constexpr domain::span stubborn_retry = 30s;
/// So many times until the supervisor is told again: about an hour.
constexpr std::uint32_t alert_every = 120;
constexpr domain::span load_again = 5s;
constexpr domain::span look_every = 10s;
/// An actor may end, or crash, while a request waits in its mailbox: the request was not seen, and goes to the next.
constexpr int most_tries = 4;
constexpr domain::span pause_between_tries = 20ms;
constexpr auto alarm_patience = 1800ms; ///< less than operation_timeout

void log(const surroundings& around, domain::instant now, domain::event_body body) {
  around.journal->append({{{0, now, {}, std::move(body)}}, {}}, storage::durability::lazy);
}

void forget(alarms_self self, const domain::order_id& id) {
  auto& s = self->state;
  s.around->who.remove_order(id);
  s.around->orders.erase(id);
  s.crashes.erase(id);
}

/// The order's own timeline says that its actor fails, for the supervisor to see.
void tell_supervisor(alarms_self self, const domain::order_id& id, const std::string& why) {
  auto& s = self->state;
  const auto known = s.around->orders.get(id);
  if (!known) return;
  const auto now = s.around->now(self);
  auto order = std::make_shared<domain::order_state>(*known);
  ++order->version;
  order->last_change = now;
  domain::order_changed entry;
  entry.order = id;
  entry.version = order->version;
  entry.step = domain::order_step::alerted_supervisor;
  entry.type = order->type;
  entry.from = entry.to = order->status;
  entry.number = order->number;
  entry.district = order->district;
  entry.level = order->level;
  entry.note = "its actor crashes again and again: " + why;
  storage::change c;
  c.events.push_back({0, now, {}, std::move(entry)});
  auto indexed = index_keys(*order);
  put_order_rows(c, *order, indexed);
  s.around->orders.put(order);
  s.around->journal->append(std::move(c), storage::durability::lazy);
}

void restart(alarms_self self, const domain::order_id& id) {
  auto& s = self->state;
  if (s.around->who.order(id)) return; // somebody has woken it meanwhile
  if (auto order = s.around->orders.get(id)) start_alarm(self, std::move(order), alarm_birth::crashed);
}

void on_down(alarms_self self, const caf::down_msg& down) {
  auto& s = self->state;
  const auto it = s.children.find(down.source.id());
  if (it == s.children.end()) return;
  const auto id = it->second;
  s.children.erase(it);
  if (is_normal_end(down.reason)) return forget(self, id);
  s.around->who.remove_order(id);
  const auto now = s.around->now(self);
  auto& crash = s.crashes[id];
  ++crash.restarts;
  const auto decision =
      domain::decide(alarm_rules, crash.history, crash.row, domain::restart_type::transient, false, now);
  const auto why = to_string(down.reason);
  log(*s.around, now, domain::actor_restarted{"alarm", why});
  switch (decision.action) {
  case domain::restart_action::restart_now: return restart(self, id);
  case domain::restart_action::restart_after: return later(self, decision.delay, [self, id] { restart(self, id); });
  case domain::restart_action::nothing:
  case domain::restart_action::escalate:
    if (crash.too_many++ % alert_every == 0) tell_supervisor(self, id, why);
    return later(self, stubborn_retry, [self, id] { restart(self, id); });
  }
}

// ---- restart of the engine, and of the supervisor --------------------------------------------------------------

/// One row that cannot be read must not keep the others from being taken up. It stays on disk, and in the log.
void pass_over(alarms_self self, std::string_view key, const std::string& why) {
  auto& s = self->state;
  ++s.around->unreadable_orders;
  const auto id = storage::order_key::decode(key);
  log(*s.around, s.around->now(self),
      domain::actor_restarted{"alarm " + (id ? domain::to_string(id->order) : "of no id"),
                              "its order cannot be read and is not worked on: " + why});
}

/// What the supervisor itself has to know of an order that it did not open.
void remember(alarms_state& s, const domain::order_state& order) {
  s.mass.restore(order);
  if (const auto number = domain::parse_order_number(order.number)) s.numbers.remember(*number);
}

void take_up(alarms_self self, const std::string& key) {
  auto& s = self->state;
  if (const auto id = storage::order_key::decode(key); id && s.around->orders.get(id->order)) return; // opened since
  const auto row = s.around->journal->get(storage::table::orders, key);
  if (!row) return pass_over(self, key, row.error().message);
  if (!*row) return pass_over(self, key, "it is missing");
  auto order = decode_order_of_last_run(**row, s.around->now(self));
  if (!order) return pass_over(self, key, order.error().message);
  auto shared = std::make_shared<const domain::order_state>(std::move(*order));
  remember(s, *shared);
  s.around->orders.put(shared);
  if (!s.holding) start_alarm(self, std::move(shared), alarm_birth::loaded);
}

void take_up_open_orders(alarms_self self) {
  auto& s = self->state;
  s.holding = s.around->outbound_held;
  std::vector<std::string> keys;
  const auto scanned = s.around->journal->scan(storage::table::open_orders, {}, {}, false, [&](auto key, auto) {
    keys.emplace_back(key);
    return true;
  });
  if (!scanned) { // calls must not wait for it; new alarms are taken in meanwhile
    log(*s.around, s.around->now(self),
        domain::actor_restarted{"alarms", "the open orders cannot be read: " + scanned.error().message});
    return later(self, load_again, [self] { take_up_open_orders(self); });
  }
  for (const auto& key : keys)
    take_up(self, key);
  s.around->alarms_loaded = true;
}

/// The copy is confirmed: what was open in it goes on.
void end_hold(alarms_self self) {
  auto& s = self->state;
  s.holding = false;
  for (const auto& order : s.around->orders.all())
    if (!s.around->who.order(order->id)) start_alarm(self, order, alarm_birth::loaded);
}

/// Those of a supervisor that crashed.
void adopt(alarms_self self) {
  auto& s = self->state;
  s.holding = s.around->outbound_held;
  for (const auto& order : s.around->orders.all()) {
    remember(s, *order);
    if (const auto actor = s.around->who.order(order->id)) {
      s.children[actor.id()] = order->id;
      self->monitor(actor); // of one that has ended meanwhile the end comes at once
    } else if (!s.holding) {
      start_alarm(self, order, alarm_birth::crashed);
    }
  }
}

void load_number(alarms_state& s) {
  const std::string key{last_number_key};
  const auto row = s.around->journal->get(storage::table::meta, key);
  const auto stored = row && *row ? **row : std::string{};
  s.last_number = s.around->kept.get(storage::table::meta, key).value_or(stored);
  if (s.last_number.empty()) return;
  if (const auto number = domain::parse_order_number(s.last_number)) s.numbers.remember(*number);
  // The disk had refused it, and the supervisor that would have tried again has crashed.
  if (s.last_number != stored)
    s.around->journal->append({{}, {{storage::table::meta, key, s.last_number}}}, storage::durability::lazy);
}

/// Nothing is waited for that is not under way: whoever has missed a result, or waits for what nobody makes, is told.
void find_lost_attempts(alarms_self self) {
  auto& s = self->state;
  for (const auto& order : s.around->orders.all())
    for (const auto& d : order->deployments)
      for (const auto& a : d.attempts)
        if (!s.around->attempts.goes_on(a.id)) tell(self, s.around->who.order(order->id), attempt_over{a.id});
}

/// What nobody's message brings about.
void look_around(alarms_self self) {
  auto& s = self->state;
  find_lost_attempts(self);
  check_devices(s, s.around->now(self));
  repeat_mass_events(self);
  later(self, look_every, [self] { look_around(self); });
}

// ---- requests --------------------------------------------------------------------------------------------------

template <class Request>
void hand_on(alarms_self self, const std::shared_ptr<const Request>& r,
             caf::typed_response_promise<order_answer> promise, int tries) {
  std::string why;
  const auto actor = wake_order(self, r->order, why);
  if (!actor) {
    order_answer a;
    a.code = why.empty() ? operation_errc::not_found : operation_errc::unavailable;
    a.error = why.empty() ? "no order " + domain::to_string(r->order) : why;
    promise.deliver(std::move(a));
    return;
  }
  self->request(actor, alarm_patience, *r)
      .then([promise](order_answer& a) mutable { promise.deliver(std::move(a)); },
            [self, r, promise, tries](caf::error& e) mutable {
              if (e == caf::sec::request_receiver_down && tries < most_tries)
                return later(self, pause_between_tries, [=] { hand_on(self, r, promise, tries + 1); });
              order_answer a;
              a.error = "the order's actor did not answer: it is not known whether this has happened";
              promise.deliver(std::move(a));
            });
}

template <class Request> caf::typed_response_promise<order_answer> hand_on(alarms_self self, const Request& r) {
  auto promise = self->make_response_promise<order_answer>();
  hand_on(self, std::make_shared<const Request>(r), promise, 1);
  return promise;
}

template <class Message> void tell_all(alarms_self self, const Message& message) {
  for (const auto& [id, actor] : self->state.around->who.all_orders())
    self->send(actor, message);
}

} // namespace

void later(alarms_self self, domain::span delay, std::function<void()> what) {
  auto& s = self->state;
  s.timers[++s.last] = std::move(what);
  self->delayed_send(self, delay, wake{s.last});
}

alarm_actor start_alarm(alarms_self self, order_ptr order, alarm_birth birth, std::vector<domain::order_output> todo) {
  auto& s = self->state;
  const auto id = order->id;
  auto actor = self->spawn(alarm, s.around, std::move(order), birth, std::move(todo));
  s.children[actor.id()] = id;
  s.around->who.set_order(id, actor); // it has done so itself, unless it has not run yet
  self->monitor(actor);
  return actor;
}

alarm_actor wake_order(alarms_self self, const domain::order_id& id, std::string& why) {
  auto& s = self->state;
  if (auto actor = s.around->who.order(id)) return actor;
  if (s.holding) {
    why = "this is a restored copy: its orders wait for lifelinectl resume-outbound";
    return {};
  }
  if (auto order = s.around->orders.get(id)) return start_alarm(self, std::move(order), alarm_birth::crashed);
  const auto row = s.around->journal->get(storage::table::orders, storage::order_key{id}.encode());
  if (!row) why = "the journal cannot be read: " + row.error().message;
  if (!row || !*row) return {};
  auto order = decode_order_of_last_run(**row, s.around->now(self));
  if (!order) {
    why = order.error().message;
    return {};
  }
  auto shared = std::make_shared<const domain::order_state>(std::move(*order));
  s.around->orders.put(shared);
  return start_alarm(self, std::move(shared), alarm_birth::loaded);
}

alarms_actor::behavior_type alarms(alarms_self self, surroundings_ptr around) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.ids = domain::id_source{s.around->seed * 37 + self->id()};
  s.around->who.set_alarms(alarms_actor{self}); // the orders that it takes up have things to tell it
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  load_number(s);
  if (s.around->alarms_loaded) {
    adopt(self);
  } else {
    load_devices(s, s.around->now(self));
    take_up_open_orders(self);
  }
  watch_devices(s, s.around->now(self));
  look_around(self);
  return {
      [self](take_report& t) {
        auto promise = self->make_response_promise<report_answer>();
        on_report(self, t.report, promise);
        return promise;
      },
      [self](const order_request& r) { return hand_on(self, r); },
      [self](const rescuer_words& r) { return hand_on(self, r); },
      [self](const order_call_answered& r) { return hand_on(self, r); },
      [self](const rows_stored& r) { on_report_stored(self, r); },
      [self](const mass_news& n) { on_mass_news(self, n); },
      [self](const registry_changed& r) {
        watch_devices(self->state, self->state.around->now(self));
        tell_all(self, r);
      },
      [self](const plan_changed& p) {
        if (self->state.holding && !self->state.around->outbound_held) end_hold(self);
        tell_all(self, p);
      },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const wake& w) {
        const auto timer = self->state.timers.extract(w.generation);
        if (!timer.empty()) timer.mapped()();
      },
  };
}

alarms_actor spawn_alarms(caf::actor_system& system, const surroundings_ptr& around) {
  auto handle = around->alarms_apart ? system.spawn<caf::detached>(alarms, around) : system.spawn(alarms, around);
  around->who.set_alarms(handle);
  return handle;
}

} // namespace lifeline::actors
