// Mass events: many alarms of one area within minutes. The rules are in domain/rescue/mass_event.hpp; here the alarms
// are told.

#include "actors/rescue/alarms.hpp"

namespace lifeline::actors {

namespace {

void carry_out(alarms_self self, domain::mass_change change) {
  auto& s = self->state;
  storage::change c;
  for (auto& entry : change.log)
    c.events.push_back({0, s.around->now(self), {}, std::move(entry)});
  if (!c.events.empty()) s.around->journal->append(std::move(c), storage::durability::lazy);
  for (const auto& m : change.orders)
    tell(self, s.around->who_rescues.orders.find(m.order), mass_event_order{m.group});
}

} // namespace

void update_mass_event(alarms_self self, const domain::order_state& order) {
  auto& s = self->state;
  carry_out(self, s.mass.update(order, s.around->plan().rescue));
}

void on_mass_news(alarms_self self, const mass_news& n) {
  auto& s = self->state;
  if (n.left) return carry_out(self, s.mass.leave(n.order));
  if (const auto order = s.around->orders.get(n.order)) update_mass_event(self, *order);
}

void repeat_mass_events(alarms_self self) {
  auto& s = self->state;
  for (const auto& g : s.mass.groups())
    for (const auto& id : g.orders) {
      const auto order = s.around->orders.get(id);
      if (order && order->mass_group != g.group)
        tell(self, s.around->who_rescues.orders.find(id), mass_event_order{g.group});
    }
}

} // namespace lifeline::actors
