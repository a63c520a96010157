#include "actors/rescue/alarm_outlet.hpp"

#include "actors/rescue/alarm_thing.hpp"
#include "actors/rescue/rescue_call.hpp"
#include "actors/rescue/rescue_codec.hpp"
#include "storage/tables.hpp"

namespace lifeline::actors {

namespace {

/// However the order's actor fares meanwhile: the result is kept, and whoever is the actor by then is told.
void deliver(const std::weak_ptr<rescue_surroundings>& weak, const domain::order_id& order,
             const domain::attempt_result& r) {
  const auto around = weak.lock();
  if (!around || !around->attempts.finish(r)) return;
  if (const auto actor = around->who_rescues.orders.find(order)) return caf::anon_send(actor, attempt_over{r.attempt});
  if (!around->orders.get(order)) (void)around->attempts.take(r.attempt); // the order rests: nobody will fetch it
}

/// Its phone is rung: kept as well, should the order's actor not hear of it.
void deliver_dialled(const std::weak_ptr<rescue_surroundings>& weak, const domain::order_id& order,
                     const domain::attempt_id& attempt, domain::instant at) {
  const auto around = weak.lock();
  if (!around) return;
  around->attempts.set_dialled(attempt, at);
  if (const auto actor = around->who_rescues.orders.find(order)) caf::anon_send(actor, attempt_over{attempt});
}

/// The deployment that the attempt belongs to.
const domain::deployment* deployment_of(const domain::order_state& order, const domain::attempt_id& attempt) {
  for (const auto& d : order.deployments)
    for (const auto& a : d.attempts)
      if (a.id == attempt) return &d;
  return nullptr;
}

void call(const rescue_surroundings_ptr& around, const domain::order_state& order,
          const domain::order_command::attempt& a) {
  rescue_call_request r;
  r.order = order.id;
  r.attempt = a.what;
  r.level = a.level;
  r.party = a.party;
  if (const auto* d = deployment_of(order, a.what.id)) {
    r.accepted = d->accepted != domain::never;
    r.arrived = d->arrived != domain::never;
  }
  r.about = order;
  r.dialled = [weak = std::weak_ptr{around}, id = order.id, attempt = a.what.id](domain::instant at) {
    deliver_dialled(weak, id, attempt, at);
  };
  const auto done = [weak = std::weak_ptr{around}, id = order.id](const domain::attempt_result& result) {
    deliver(weak, id, result);
  };
  const auto handle = around->start_call ? around->start_call(*around->system, around, std::move(r), done)
                                         : start_rescue_call(*around->system, around, std::move(r), done);
  around->attempts.set_give_up(a.what.id, [handle] { handle.give_up(); });
}

void post(const rescue_surroundings_ptr& around, const domain::order_state& order,
          const domain::order_command::attempt& a) {
  const auto fail = [&](const std::string& why) {
    deliver(around, order.id, {a.what.id, domain::attempt_outcome::failed, domain::span{0}, why, {}});
  };
  if (around->webhooks == nullptr) return fail("no webhooks are sent by this engine");
  webhook::post_request r;
  r.url = a.what.target;
  r.body = webhook_body(*around, order, a);
  r.id = domain::to_string(a.what.id);
  if (around->rescuer_link && !a.party.empty() && !around->rescuer_link(order.id, a.party).empty()) {
    const auto now = around->now_steady();
    const domain::rescuer_link_made made{order.id, a.party, {}, {}, now + domain::rescuer_link_life};
    around->journal->append({{{0, now, {}, made}}, {}}, storage::durability::lazy);
  }
  if (around->webhook_secret) r.secret = around->webhook_secret(a.party);
  if (a.what.deadline > a.what.started)
    r.longest = std::chrono::duration_cast<std::chrono::milliseconds>(a.what.deadline - a.what.started);
  const auto begun = std::chrono::steady_clock::now();
  around->webhooks->post(std::move(r), [weak = std::weak_ptr{around}, id = order.id, attempt = a.what.id,
                                        begun](const webhook::post_result& result) {
    const auto took = std::chrono::duration_cast<domain::span>(std::chrono::steady_clock::now() - begun);
    deliver(weak, id, webhook_outcome(attempt, result, took));
  });
}

void begin(const rescue_surroundings_ptr& around, const domain::order_state& order,
           const domain::order_command::attempt& a) {
  around->attempts.begin(a.what.id, order.id); // first: the result may come at once
  if (around->outbound_held)
    return deliver(around, order.id,
                   {a.what.id,
                    domain::attempt_outcome::failed,
                    domain::span{0},
                    "held: this is a restored copy that waits for lifelinectl resume-outbound",
                    {}});
  try {
    if (a.what.channel == domain::attempt_channel::phone)
      call(around, order, a);
    else
      post(around, order, a);
  } catch (const std::exception& e) { // the ladder goes on with the next phone
    deliver(around, order.id, {a.what.id, domain::attempt_outcome::failed, domain::span{0}, e.what(), {}});
  }
}

void add_key(std::set<std::string>& keys, storage::order_index_kind kind, const std::string& value,
             const domain::order_id& order) {
  if (!value.empty() && value.find('\0') == std::string::npos)
    keys.insert(storage::order_index_key{kind, value, order}.encode());
}

} // namespace

std::set<std::string> index_keys(const domain::order_state& order) {
  using storage::order_index_kind;
  std::set<std::string> keys;
  add_key(keys, order_index_kind::lift, order.lift, order.id);
  add_key(keys, order_index_kind::number, order.number, order.id);
  for (const auto& c : order.callers)
    add_key(keys, order_index_kind::caller, c.phone, order.id);
  for (const auto& c : order.calls)
    add_key(keys, order_index_kind::call, domain::to_string(c), order.id);
  return keys;
}

void put_order_rows(storage::change& c, const domain::order_state& order, std::set<std::string>& indexed) {
  put_rows(c, alarm_thing::tables, alarm_thing::rows(order), indexed);
}

void put_order_events(storage::change& c, const std::vector<domain::order_output>& outputs, domain::instant now) {
  for (const auto& o : outputs)
    if (const auto* entry = std::get_if<domain::order_command::log>(&o)) c.events.push_back({0, now, {}, entry->body});
}

void carry_out(const rescue_surroundings_ptr& around, const domain::order_state& order,
               const std::vector<domain::order_output>& outputs) {
  for (const auto& o : outputs) {
    if (const auto* a = std::get_if<domain::order_command::attempt>(&o)) begin(around, order, *a);
    if (const auto* g = std::get_if<domain::order_command::give_up>(&o)) around->attempts.give_up(g->attempt);
  }
}

} // namespace lifeline::actors
