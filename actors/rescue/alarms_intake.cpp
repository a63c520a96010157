// Reports: once for each (source, message id), merged by lift, on disk before they are acknowledged. Nothing here waits
// for the disk; completions come back as messages.

#include "actors/rescue/alarm.hpp"
#include "actors/rescue/alarm_outlet.hpp"
#include "actors/rescue/alarms.hpp"
#include "actors/rescue/order_environment.hpp"
#include "actors/rescue/rescue_codec.hpp"
#include "domain/rescue/report_rules.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <utility>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;
using domain::report_kind;
using report_ptr = std::shared_ptr<const domain::alarm_report>;

constexpr domain::span store_again_after = 30s;
/// The same number calls again: about the same alarm, if neither names a lift.
constexpr domain::span same_caller_within = 30min;

std::string key_of(const domain::alarm_report& r) { return storage::report_key{r.source, r.message_id}.encode(); }

/// Alarms have a ladder; the other kinds of order never take them in.
bool is_alarm(report_kind k) { return k == report_kind::entrapment || k == report_kind::fault; }
bool is_of_device(report_kind k) { return k == report_kind::test || k == report_kind::device_failure; }
bool ends_something(report_kind k) { return k == report_kind::recovered || k == report_kind::reset; }

void answer(alarms_self self, const std::string& key, report_answer a) {
  auto waiting = self->state.waiting.extract(key);
  if (waiting.empty()) return;
  for (auto& promise : waiting.mapped()) {
    promise.deliver(a);
    a.receipt.repeated = true; // the others asked while it was being stored
  }
}

void find_lift(const rescue_surroundings& around, domain::alarm_report& r) {
  const auto key = r.lift.empty() ? r.lift_key : r.lift;
  if (key.empty()) return;
  if (const auto lift = around.lifts.find(key)) {
    r.lift = lift->rescue_code;
    return;
  }
  r.lift.clear();
  if (r.lift_key.empty()) r.lift_key = key;
  r.doubts.push_back("lift: none is known by \"" + key + "\"");
}

/// What is known of a repeated report; its order may have come further since.
std::optional<recent_reports::entry> find_known(alarms_self self, const std::string& key) {
  auto& s = self->state;
  auto known = s.around->reports.get(key);
  if (!known) {
    const auto row = s.around->journal->get(storage::table::reports, key);
    if (!row || !*row) return std::nullopt; // a disk that cannot be read must not keep an alarm away
    auto receipt = decode_receipt(**row);
    if (!receipt) return std::nullopt;
    known = recent_reports::entry{std::move(*receipt), true};
    s.around->reports.put(key, *known);
  }
  if (const auto order = s.around->orders.get(known->receipt.order)) known->receipt.status = order->status;
  return known;
}

/// A day that gives its first number since the start, or is back because the clock was set, may have given some before.
void remember_day(alarms_state& s, const domain::rescue_plan& plan, domain::instant now) {
  constexpr std::uint32_t beyond_any = 5000;
  const domain::order_number none{plan.number_prefix, domain::local_day(now, plan.utc_offset), 0};
  auto first = to_string(none);
  first = static_cast<char>(storage::order_index_kind::number) + first.substr(0, first.rfind('-') + 1);
  auto last = first;
  ++last.back();
  auto highest = none;
  const auto scanned = s.around->journal->scan(storage::table::order_index, first, last, false, [&](auto key, auto) {
    const auto row = storage::order_index_key::decode(key);
    const auto number = row ? domain::parse_order_number(row->value) : std::nullopt;
    if (number) highest.count = std::max(highest.count, number->count);
    return true;
  });
  if (!scanned) highest.count = beyond_any; // the disk cannot be read, and no number may come twice
  s.numbers.remember(highest);
}

std::string next_number(alarms_state& s, domain::instant now) {
  const auto& plan = s.around->plan().rescue;
  if (s.numbers.begins(now, plan.utc_offset)) remember_day(s, plan, now);
  s.last_number = to_string(s.numbers.next(plan.number_prefix, now, plan.utc_offset));
  // The disk may refuse it, and the order be over, before this supervisor crashes: the next one must know it all the
  // same.
  s.around->kept.put(storage::table::meta, std::string{last_number_key}, s.last_number);
  return s.last_number;
}

// ---- writing -----------------------------------------------------------------------------------------------------

struct report_write {
  std::string report;     ///< its key
  domain::order_id order; ///< nil: none
  std::string lift;       ///< whose device has changed, or empty
  bool again = false;     ///< the second try
};

void on_written(alarms_self self, report_write w, bool stored, const std::string& error);

void append(alarms_self self, storage::change c, report_write w, storage::durability d) {
  auto& s = self->state;
  const auto order = w.order;
  auto done = s.writes.begin(caf::strong_actor_ptr{self->ctrl()},
                             {w.again, [self, w = std::move(w)](bool stored, const std::string& error) {
                                on_written(self, w, stored, error);
                              }});
  if (d == storage::durability::durable)
    append_durably(s.around, std::move(c), alarm_thing::newest_check(s.around, order), std::move(done));
  else
    s.around->journal->append(std::move(c), d, std::move(done));
}

void put_report_row(storage::change& c, const std::string& key, const report_receipt& receipt) {
  c.state.push_back({storage::table::reports, key, encode_receipt(receipt)});
}

void put_number_row(storage::change& c, const std::string& last_number) {
  c.state.push_back({storage::table::meta, std::string{last_number_key}, last_number});
}

/// The rows as they are by now: of the report, its order, its device.
void write_again(alarms_self self, report_write w, storage::durability d) {
  auto& s = self->state;
  const auto known = s.around->reports.get(w.report);
  if (!known) return; // so long ago that nobody asks any more
  storage::change c;
  put_report_row(c, w.report, known->receipt);
  if (const auto order = s.around->orders.get(w.order)) {
    std::set<std::string> none;
    put_order_rows(c, *order, none);
    put_number_row(c, s.last_number);
  }
  if (!w.lift.empty()) put_device_row(s, c, w.lift);
  append(self, std::move(c), std::move(w), d);
}

void on_written(alarms_self self, report_write w, bool stored, const std::string& error) {
  auto& s = self->state;
  auto known = s.around->reports.get(w.report);
  if (known && stored) s.around->reports.put(w.report, {known->receipt, true});
  report_answer a{std::nullopt, known ? known->receipt : report_receipt{}};
  if (!stored)
    a.refused = {domain::errc::unavailable, "the report is being worked on, but it is not stored: " + error, {}};
  answer(self, w.report, std::move(a));
  if (stored) return;
  if (!std::exchange(w.again, true)) return write_again(self, std::move(w), storage::durability::lazy);
  s.to_do->later(store_again_after,
                 [self, again = std::move(w)] { write_again(self, again, storage::durability::lazy); });
}

// ---- what becomes of it ------------------------------------------------------------------------------------------

/// A test, or something that ends an alarm that is none: kept with the device.
void note(alarms_self self, const std::string& key, const domain::alarm_report& r) {
  auto& s = self->state;
  report_receipt receipt;
  receipt.fate = domain::report_fate::noted;
  receipt.doubts = r.doubts;
  storage::change c;
  c.events.push_back({0, s.around->now(self), {}, domain::alarm_received{{}, receipt.fate, r}});
  put_report_row(c, key, receipt);
  const bool of_device = note_device(s, c, r, s.around->now(self));
  s.around->reports.put(key, {receipt, false});
  report_write w{key, {}, of_device ? r.lift : std::string{}, false};
  append(self, std::move(c), std::move(w), storage::durability::durable);
}

void open(alarms_self self, const std::string& key, const domain::alarm_report& r) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  domain::new_order fresh;
  fresh.id = s.ids.next<domain::order_id>(now);
  fresh.number = next_number(s, now);
  fresh.report = r;
  fresh.lift = s.around->lifts.find(r.lift);
  fresh.filtered = domain::filter_reason(r);
  auto order = std::make_shared<domain::order_state>();
  const auto book = s.around->lifts.book();
  auto todo = domain::open_order(*order, fresh, order_environment_of(*s.around, *book, s.ids), now);
  report_receipt receipt;
  const bool filtered = order->status == domain::order_status::filtered;
  receipt.fate = filtered ? domain::report_fate::filtered : domain::report_fate::opened;
  receipt.order = order->id;
  receipt.number = order->number;
  receipt.status = order->status;
  receipt.doubts = r.doubts;
  storage::change c;
  c.events.push_back({0, now, {}, domain::alarm_received{order->id, receipt.fate, r}});
  put_order_events(c, todo, now);
  std::set<std::string> indexed;
  put_order_rows(c, *order, indexed);
  put_report_row(c, key, receipt);
  put_number_row(c, s.last_number);
  s.around->orders.put(order);
  s.around->reports.put(key, {receipt, false});
  report_write w{key, order->id, {}, false};
  append(self, std::move(c), std::move(w), storage::durability::durable);
  s.orders->watch(order->id, spawn_alarm(self->system(), s.around, order, birth::opened, std::move(todo)));
  update_mass_event(self, *order);
}

/// An alarm that comes over the lift's own phone shows that the phone works.
void hear_device(alarms_self self, const domain::alarm_report& r) {
  auto& s = self->state;
  storage::change c;
  if (note_device(s, c, r, s.around->now(self))) s.around->journal->append(std::move(c), storage::durability::lazy);
}

/// The open alarm that the report belongs to; null: none.
order_ptr alarm_of(const rescue_surroundings& around, const domain::alarm_report& r, domain::instant now) {
  if (!r.lift.empty()) return around.orders.alarm_of_lift(r.lift);
  if (r.caller_phone.empty()) return nullptr;
  auto order = around.orders.alarm_of_caller(r.caller_phone);
  return order && now - order->received <= same_caller_within ? order : nullptr;
}

void take_in(alarms_self self, const std::string& key, const report_ptr& r);
void merge(alarms_self self, const std::string& key, const report_ptr& r, const domain::order_id& id, int tries);

void on_merged(alarms_self self, const std::string& key, const report_ptr& r, merge_answer& a) {
  if (!a.taken) return take_in(self, key, r); // it is over: that one is another alarm
  self->state.around->reports.put(key, {a.answer.receipt, !a.answer.refused});
  answer(self, key, std::move(a.answer));
}

/// Its actor ended before it saw the report, or crashed on it, or waits for the disk.
void on_merge_failed(alarms_self self, const std::string& key, const report_ptr& r, const domain::order_id& id,
                     int tries, std::uint32_t crashes, const caf::error& e) {
  auto& s = self->state;
  const auto failed = failure_of(e);
  const bool down = failed == domain::request_failure::unseen;
  const bool crashed = s.orders->crashes(id) != crashes;
  const auto order = s.around->orders.get(id);
  const bool seen = order && domain::has_report(*order, r->source, r->message_id);
  // A merge that was seen may be asked for twice: it is done once.
  const auto again = crashed && seen ? domain::request_failure::unseen : failed;
  if (domain::asks_again(again, tries))
    return s.to_do->later(domain::pause_between_tries, [=] { merge(self, key, r, id, tries + 1); });
  // Two orders for one lift are a nuisance, an alarm that is in none is lost.
  if ((down || crashed) && !seen) return open(self, key, *r);
  report_answer a;
  a.refused->message = "the disk did not answer in time: it is not known whether the report is stored";
  a.receipt.fate = domain::report_fate::merged;
  a.receipt.order = id;
  if (const auto order = s.around->orders.get(id)) {
    a.receipt.number = order->number;
    a.receipt.status = order->status;
  }
  s.around->reports.put(key, {a.receipt, false});
  answer(self, key, std::move(a));
}

/// Whatever happens within `work`, its report is answered and the supervisor lives on.
template <class Work> void guarded(alarms_self self, const std::string& key, const Work& work) {
  try {
    work();
  } catch (const std::exception& e) {
    auto& s = self->state;
    const auto why = std::string{"a report could not be taken in: "} + e.what();
    s.around->journal->append({{{0, s.around->now(self), {}, domain::actor_restarted{"alarms", why}}}, {}},
                              storage::durability::lazy);
    report_answer a;
    a.refused->message = why;
    answer(self, key, std::move(a));
  }
}

void merge(alarms_self self, const std::string& key, const report_ptr& r, const domain::order_id& id, int tries) {
  std::string why;
  const auto actor = self->state.orders->wake(id, why);
  if (!actor) return open(self, key, *r);
  const auto crashes = self->state.orders->crashes(id);
  self->request(actor, kept_patience, merge_report{*r})
      .then([=](merge_answer& a) { guarded(self, key, [&] { on_merged(self, key, r, a); }); },
            [=](caf::error& e) { guarded(self, key, [&] { on_merge_failed(self, key, r, id, tries, crashes, e); }); });
}

void take_in(alarms_self self, const std::string& key, const report_ptr& r) {
  if (is_of_device(r->kind)) return note(self, key, *r);
  if (r->channel == domain::report_channel::lift_phone) hear_device(self, *r);
  if (is_alarm(r->kind) || ends_something(r->kind)) {
    if (const auto order = alarm_of(*self->state.around, *r, self->state.around->now(self)))
      return merge(self, key, r, order->id, 1);
  }
  if (ends_something(r->kind)) return note(self, key, *r);
  open(self, key, *r);
}

/// It was taken in, but is not on disk, or not for certain.
void take_in_again(alarms_self self, const std::string& key, const report_ptr& r, const report_receipt& receipt) {
  if (receipt.fate == domain::report_fate::merged) return merge(self, key, r, receipt.order, 1);
  const bool of_device = receipt.fate == domain::report_fate::noted;
  write_again(self, {key, receipt.order, of_device ? r->lift : std::string{}, false}, storage::durability::durable);
}

} // namespace

void on_report(alarms_self self, domain::alarm_report& r, caf::typed_response_promise<report_answer> promise) {
  auto& s = self->state;
  s.around->alarms_mailbox = mailbox_depth(self);
  const auto key = key_of(r);
  if (const auto waiting = s.waiting.find(key); waiting != s.waiting.end()) {
    waiting->second.push_back(promise);
    return;
  }
  const auto known = find_known(self, key);
  if (known && known->stored) {
    report_answer a{std::nullopt, known->receipt};
    a.receipt.repeated = true;
    promise.deliver(std::move(a));
    return;
  }
  s.waiting[key].push_back(promise);
  if (r.received == domain::never) r.received = s.around->now(self);
  find_lift(*s.around, r);
  const auto report = std::make_shared<const domain::alarm_report>(std::move(r));
  guarded(self, key, [&] {
    if (known)
      take_in_again(self, key, report, known->receipt);
    else
      take_in(self, key, report);
  });
}

} // namespace lifeline::actors
