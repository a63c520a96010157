#include "actors/rescue/alarm_thing.hpp"

#include "actors/rescue/alarm.hpp"
#include "actors/rescue/alarm_outlet.hpp"
#include "actors/rescue/alarms.hpp"
#include "actors/rescue/order_environment.hpp"
#include "actors/rescue/rescue_codec.hpp"
#include "storage/tables.hpp"

#include <utility>

namespace lifeline::actors {

// ---- its own side ------------------------------------------------------------------------------------------------

kept_rows alarm_thing::rows(const state& s) {
  return {storage::order_key{s.id}.encode(), encode_order(s), domain::is_active(s.status), index(s)};
}

std::set<std::string> alarm_thing::index(const state& s) { return index_keys(s); }

domain::order_step_result alarm_thing::step(state& s, const event& e, domain::instant now) {
  const auto book = around->lifts.book();
  return domain::step(s, e, order_environment_of(*around, *book, ids), now);
}

std::vector<domain::order_output> alarm_thing::resume(state& s, domain::instant now) {
  const auto book = around->lifts.book();
  return domain::resume(s, order_environment_of(*around, *book, ids), now);
}

void alarm_thing::log(storage::change& c, const std::vector<output>& outputs, domain::instant now) {
  put_order_events(c, outputs, now);
}

void alarm_thing::carry_out(const state& s, const std::vector<output>& outputs) {
  actors::carry_out(around, s, outputs);
}

std::function<bool()> alarm_thing::newest_check(const rescue_surroundings_ptr& around, const domain::order_id& order) {
  const auto newest = [](const rescue_surroundings& s, const domain::order_id& id) {
    const auto known = s.orders.get(id);
    return known ? known->version : 0;
  };
  return [weak = std::weak_ptr{around}, order, newest, version = newest(*around, order)] {
    const auto still = weak.lock();
    return still && newest(*still, order) == version;
  };
}

alarm_thing::told alarm_thing::facts(const state& s) {
  const bool rescued = s.status == domain::order_status::rescued;
  const bool at_work = s.status >= domain::order_status::open && s.status < domain::order_status::rescued;
  return {{domain::area_of(s), domain::has_ladder(s.type), at_work, rescued}, s.alert.stage, s.alert.reasons};
}

void alarm_thing::moved(const state& s, const told& before) const {
  const auto after = facts(s);
  if (after.mass != before.mass)
    if (const auto alarms = around->who_rescues.alarms.get()) caf::anon_send(alarms, mass_news{s.id, false});
  if (after.stage != before.stage || after.reasons != before.reasons)
    if (const auto desk = around->who_rescues.alert_desk.get()) caf::anon_send(desk, alert_changed{});
}

// ---- its supervisor's --------------------------------------------------------------------------------------------

std::string alarm_kind::key_of(const id& order) { return storage::order_key{order}.encode(); }

std::optional<domain::order_id> alarm_kind::read_key(std::string_view key) {
  const auto read = storage::order_key::decode(key);
  if (!read) return std::nullopt;
  return read->order;
}

tl::expected<domain::order_state, storage::failure> alarm_kind::decode(std::string_view bytes, domain::instant now) {
  return decode_order_of_last_run(bytes, now);
}

alarm_actor alarm_kind::spawn(caf::actor_system& system, order_ptr order, birth how) const {
  return spawn_alarm(system, around, std::move(order), how, {});
}

void alarm_kind::gone(const id& order) const {
  around->who_rescues.orders.remove(order);
  around->orders.erase(order);
}

void alarm_kind::taken_up(const order_ptr& order) const {
  supervisor->mass.restore(*order);
  if (const auto number = domain::parse_order_number(order->number)) supervisor->numbers.remember(*number);
}

void alarm_kind::log(domain::event_body body) const {
  around->journal->append({{{0, around->now_steady(), {}, std::move(body)}}, {}}, storage::durability::lazy);
}

void alarm_kind::crashed(const id&, const caf::error& reason) const {
  log(domain::actor_restarted{"alarm", to_string(reason)});
}

void alarm_kind::fails(const id& order, const std::string& why) const {
  const auto known = around->orders.get(order);
  if (!known) return;
  const auto now = around->now_steady();
  auto changed = std::make_shared<domain::order_state>(*known);
  ++changed->version;
  changed->last_change = now;
  domain::order_changed entry;
  entry.order = order;
  entry.version = changed->version;
  entry.step = domain::order_step::alerted_supervisor;
  entry.type = changed->type;
  entry.from = entry.to = changed->status;
  entry.number = changed->number;
  entry.district = changed->district;
  entry.level = changed->level;
  entry.note = "its actor crashes again and again: " + why;
  storage::change c;
  c.events.push_back({0, now, {}, std::move(entry)});
  auto indexed = index_keys(*changed);
  put_order_rows(c, *changed, indexed);
  around->orders.put(changed);
  around->journal->append(std::move(c), storage::durability::lazy);
}

void alarm_kind::unreadable(std::string_view key, const std::string& why) const {
  ++around->unreadable_orders;
  const auto order = read_key(key);
  log(domain::actor_restarted{"alarm " + (order ? domain::to_string(*order) : "of no id"),
                              "its order cannot be read and is not worked on: " + why});
}

void alarm_kind::not_loaded(const std::string& why) const {
  log(domain::actor_restarted{"alarms", "the open orders cannot be read: " + why});
}

order_answer alarm_kind::unanswered(const not_answered& n) {
  using domain::errc;
  switch (n.what) {
  case not_answered::because::unknown: return {domain::failure{errc::not_found, "no order " + n.key, {}}, {}};
  case not_answered::because::asleep: return {domain::failure{errc::unavailable, n.why, {}}, {}};
  case not_answered::because::silent: break;
  }
  return {domain::failure{
              errc::unavailable, "the order's actor did not answer: it is not known whether this has happened", {}},
          {}};
}

} // namespace lifeline::actors
