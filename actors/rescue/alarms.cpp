#include "actors/rescue/alarms.hpp"

#include "actors/rescue/rescue_codec.hpp"
#include "storage/tables.hpp"

#include <stdexcept>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

constexpr domain::span look_every = 10s;

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
        if (!s.around->attempts.goes_on(a.id))
          tell(self, s.around->who_rescues.orders.find(order->id), attempt_over{a.id});
}

/// What nobody's message brings about.
void look_around(alarms_self self) {
  auto& s = self->state;
  find_lost_attempts(self);
  check_devices(s, s.around->now(self));
  repeat_mass_events(self);
  s.to_do->later(look_every, [self] { look_around(self); });
}

template <class Request> caf::typed_response_promise<order_answer> hand_on(alarms_self self, const Request& r) {
  return self->state.orders->hand_on(self, r.order, r);
}

template <class Message> void tell_all(alarms_self self, const Message& message) {
  for (const auto& [id, actor] : self->state.around->who_rescues.orders.entries())
    self->send(actor, message);
}

} // namespace

alarms_actor::behavior_type alarms(alarms_self self, rescue_surroundings_ptr around) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.ids = s.around->new_ids(self->id() * 37);
  s.around->who_rescues.alarms.enter(alarms_actor{self}); // the orders that it takes up have things to tell it
  s.to_do.emplace(self);
  s.orders.emplace(self, s.around, *s.to_do, alarm_kind{s.around, &s});
  self->set_down_handler([self](const caf::down_msg& down) { self->state.orders->down(down); });
  load_number(s);
  const bool loaded = s.around->alarms_loaded;
  if (!loaded) load_devices(s, s.around->now(self));
  s.orders->open(loaded);
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
      [self](const rows_stored& r) { self->state.writes.came(r); },
      [self](const mass_news& n) { on_mass_news(self, n); },
      [self](const registry_changed& r) {
        watch_devices(self->state, self->state.around->now(self));
        tell_all(self, r);
      },
      [self](const plan_changed& p) {
        self->state.orders->end_hold();
        tell_all(self, p);
      },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const supervisor_timer& t) { self->state.orders->timer(t); },
      [self](const wake& w) { self->state.to_do->came(w); },
  };
}

alarms_actor spawn_alarms(caf::actor_system& system, const rescue_surroundings_ptr& around) {
  auto handle = around->alarms_apart ? system.spawn<caf::detached>(alarms, around) : system.spawn(alarms, around);
  around->who_rescues.alarms.enter(handle);
  return handle;
}

} // namespace lifeline::actors
