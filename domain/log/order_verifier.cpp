#include "domain/log/order_verifier.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

std::string named(order_status s) { return std::string(to_string(s)); }

/// Steps that a person or a device must stand for.
bool needs_person(order_step s) {
  switch (s) {
  case order_step::rescued:
  case order_step::self_released:
  case order_step::confirmed:
  case order_step::followed_up:
  case order_step::quality_checked:
  case order_step::closed:
  case order_step::archived:
  case order_step::dismissed: return true;
  default: return false;
  }
}

/// Steps that are one party's.
bool needs_party(order_step s) {
  switch (s) {
  case order_step::dispatched:
  case order_step::accepted:
  case order_step::accepted_late:
  case order_step::refused:
  case order_step::unanswered:
  case order_step::answer_overdue:
  case order_step::arrived:
  case order_step::arrival_overdue:
  case order_step::withdrawn: return true;
  default: return false;
  }
}

/// What may still be written on an order in the archive.
bool fits_archived(order_step s) {
  switch (s) {
  case order_step::noted:
  case order_step::attached:
  case order_step::call_linked:
  case order_step::merged:
  case order_step::mass_joined:
  case order_step::mass_left:
  case order_step::alerted_supervisor: // its actor crashes
  case order_step::reopened: return true;
  default: return false;
  }
}

/// What only a phone that has rung can bring.
bool shows_a_ring(attempt_outcome o) {
  switch (o) {
  case attempt_outcome::accepted:
  case attempt_outcome::refused:
  case attempt_outcome::arrived:
  case attempt_outcome::completed:
  case attempt_outcome::heard:
  case attempt_outcome::busy:
  case attempt_outcome::no_answer: return true;
  default: return false;
  }
}

/// The clock that ends an attempt may be late by this: its order's actor may just have been started anew.
constexpr span attempt_lateness = 20s;

const std::string& party_of(const order_changed& x) { return x.party.empty() ? x.party_name : x.party; }

} // namespace

const std::vector<std::string>& order_verifier::apply(const event& e) {
  found_.clear();
  check_announced(e);
  std::visit([&](const auto& body) { on(e, body); }, e.body);
  return found_;
}

void order_verifier::doubt(instant until) {
  excused_until_ = std::max(excused_until_, until);
  announced_.reset();
  for (auto& [id, order] : orders_)
    order.certain = false;
  excuse_attempts();
}

/// Of those that are open nothing is claimed: whoever was to end them may be gone.
void order_verifier::excuse_attempts() {
  for (auto& [id, call] : attempts_)
    call.due = never;
}

void order_verifier::on(const event&, const actor_restarted& x) {
  if (x.actor.starts_with("alarm")) excuse_attempts();
}

void order_verifier::on(const event&, const engine_started&) { excuse_attempts(); }

void order_verifier::check_announced(const event& e) {
  if (!announced_) return;
  const auto* step = std::get_if<order_changed>(&e.body);
  if (step == nullptr || step->step != order_step::created || step->order != *announced_)
    break_rule("order " + to_string(*announced_) + ", which a report has opened, should be created here");
  announced_.reset();
}

// ---- reports -------------------------------------------------------------------------------------------------

void order_verifier::on(const event& e, const alarm_received& x) {
  if (!x.report.message_id.empty()) {
    const auto key = x.report.source + '\n' + x.report.message_id;
    const auto* before = reports_.find(key);
    if (before != nullptr && before->at == e.at) return; // the same one, written again
    if (before != nullptr) break_rule("the message has been taken in with entry " + std::to_string(before->seq));
    reports_.put(key, {e.seq, e.at});
  }
  const bool opens = x.fate == report_fate::opened || x.fate == report_fate::filtered;
  if (x.order.is_nil()) {
    if (x.fate != report_fate::noted) break_rule("it names no order");
    return;
  }
  const bool known = orders_.contains(x.order);
  if (opens && !known) announced_ = x.order;
  if (!opens && !known && !excused(x.order)) break_rule("the order was never created");
}

// ---- orders --------------------------------------------------------------------------------------------------

void order_verifier::on(const event& e, const order_changed& x) {
  if (x.order.is_nil()) return break_rule("it names no order");
  auto* order = find(e, x);
  if (order == nullptr) return;
  check_person(x);
  check_party(x, *order);
  // A step of before that the disk took late, or a second time: the order has gone on.
  if (x.version < order->version && e.at <= order->at) return;
  const bool same_step = x.version == order->version && e.at == order->at;
  if (same_step && order->certain && x.from != order->status) return;
  if (!same_step) check_version(x, *order);
  check_number(x, *order);
  check_status(x, *order);
  follow_party(x, *order);
  move(e, x, *order);
}

order_verifier::known_order* order_verifier::find(const event& e, const order_changed& x) {
  const auto it = orders_.find(x.order);
  if (x.step != order_step::created) {
    if (it != orders_.end()) return &it->second;
    auto& unknown = adopt(x.order, x.to);
    if (!excused(x.order)) break_rule("the order was never created");
    return &unknown;
  }
  if (it != orders_.end()) {
    const bool again = x.version <= it->second.version && e.at <= it->second.at;
    if (!again) break_rule("the order is created a second time");
    return nullptr;
  }
  if (x.version != 1) break_rule("an order begins with version 1, not " + std::to_string(x.version));
  ++created_;
  auto& order = adopt(x.order, x.from);
  order.certain = order.parties_known = true;
  return &order;
}

order_verifier::known_order& order_verifier::adopt(const order_id& id, order_status status) {
  auto& order = orders_[id];
  order.certain = order.parties_known = false;
  order.status = status;
  ++open_; // until its status says otherwise
  return order;
}

void order_verifier::check_version(const order_changed& x, const known_order& o) {
  if (o.at != never && x.version <= o.version)
    break_rule("version " + std::to_string(x.version) + " follows version " + std::to_string(o.version));
}

void order_verifier::check_number(const order_changed& x, known_order& o) {
  if (x.number.empty()) return break_rule("the order has no number");
  if (o.number == x.number) return;
  if (!o.number.empty()) break_rule("the order's number was " + o.number + ", not " + x.number);
  const auto [it, fresh] = numbers_.try_emplace(x.number, x.order);
  if (!fresh && it->second != x.order) break_rule("the number " + x.number + " is of order " + to_string(it->second));
  if (o.number.empty()) o.number = x.number;
}

void order_verifier::check_status(const order_changed& x, const known_order& o) {
  if (o.certain && x.from != o.status) break_rule("the order was " + named(o.status) + ", not " + named(x.from));
  if (x.from == order_status::archived && !fits_archived(x.step))
    return break_rule("nothing but notes comes after the archive");
  if (is_over(x.from) && !is_over(x.to) && x.step != order_step::reopened)
    break_rule("an order that is " + named(x.from) + " becomes " + named(x.to) + " without being reopened");
  const bool was_confirmed = x.from >= order_status::confirmed && x.from <= order_status::closed;
  if (x.to == order_status::closed && !was_confirmed)
    break_rule("the order is closed, but its end was never confirmed");
  const bool ends = x.to == order_status::confirmed && x.from != order_status::confirmed;
  if (ends && x.step != order_step::confirmed) break_rule("its end is confirmed by nobody's step");
}

void order_verifier::check_person(const order_changed& x) {
  if (needs_person(x.step) && x.by.empty() && x.via != step_via::device)
    break_rule(std::string(to_string(x.step)) + " by nobody: neither a person nor a device is named");
}

void order_verifier::check_party(const order_changed& x, known_order& o) {
  if (!needs_party(x.step)) return;
  const auto& party = party_of(x);
  if (party.empty()) return break_rule(std::string(to_string(x.step)) + " names no party");
  const bool sent =
      std::any_of(o.parties.begin(), o.parties.end(), [&](const known_party& p) { return p.name == party; });
  if (x.step == order_step::dispatched) {
    if (!sent) o.parties.push_back({party, party_phase::gone});
    return;
  }
  if (!sent && o.certain && o.parties_known) break_rule("the party " + party + " was never sent");
}

/// How far each party has come: with two deployments of one party the log tells of what cannot be.
void order_verifier::follow_party(const order_changed& x, known_order& o) {
  if (x.step == order_step::reopened)
    for (auto& p : o.parties)
      p.phase = party_phase::gone;
  const auto& name = party_of(x);
  const auto found =
      std::find_if(o.parties.begin(), o.parties.end(), [&](const known_party& p) { return p.name == name; });
  if (name.empty() || found == o.parties.end()) return;
  auto& phase = found->phase;
  const bool sure = o.certain && o.parties_known;
  const bool at_work = phase == party_phase::accepted || phase == party_phase::arrived;
  const auto never_if = [&](bool wrong, const char* what) {
    if (wrong && sure) break_rule("the party " + name + what);
  };
  switch (x.step) {
  case order_step::dispatched:
    never_if(at_work, " is sent, but is at work already");
    phase = party_phase::sent;
    return;
  case order_step::accepted:
  case order_step::accepted_late:
    never_if(at_work, " accepts a second time");
    if (phase != party_phase::arrived) phase = party_phase::accepted;
    return;
  case order_step::arrived:
    never_if(phase == party_phase::arrived, " arrives a second time");
    phase = party_phase::arrived;
    return;
  case order_step::refused:
  case order_step::withdrawn: phase = party_phase::gone; return;
  case order_step::unanswered:
  case order_step::answer_overdue: return never_if(at_work, " is said not to have answered, but has accepted");
  case order_step::arrival_overdue: return never_if(phase == party_phase::arrived, " is overdue, but has arrived");
  case order_step::urged: return never_if(phase == party_phase::arrived, " is urged, but has arrived");
  default: return;
  }
}

void order_verifier::move(const event& e, const order_changed& x, known_order& o) {
  o.version = std::max(o.version, x.version);
  o.at = e.at;
  o.status = x.to;
  if (!is_over(x.to)) {
    if (o.over_since != 0) ++open_;
    o.over_since = 0;
    return;
  }
  if (o.over_since != 0) return;
  o.over_since = e.seq;
  o.parties_known = false;
  o.parties = {};
  --open_;
  over_.emplace_back(x.order, e.seq);
  if (over_.size() > limit_) forget_oldest();
}

void order_verifier::forget_oldest() {
  const auto [id, since] = over_.front();
  over_.pop_front();
  const auto it = orders_.find(id);
  if (it == orders_.end() || it->second.over_since != since) return; // it was reopened
  excused_until_ = std::max(excused_until_, from_world(time_of(id)));
  if (const auto n = numbers_.find(it->second.number); n != numbers_.end() && n->second == id) numbers_.erase(n);
  orders_.erase(it);
}

// ---- attempts ------------------------------------------------------------------------------------------------

void order_verifier::on(const event& e, const rescuer_called& x) {
  const auto order = orders_.find(x.order);
  if (order == orders_.end() && !excused(x.order)) break_rule("the order was never created");
  if (x.outcome_known)
    end_attempt(e, x);
  else
    begin_attempt(e, x, order == orders_.end() ? nullptr : &order->second);
}

void order_verifier::begin_attempt(const event& e, const rescuer_called& x, const known_order* order) {
  const auto id = "attempt " + to_string(x.attempt);
  if (const auto open = attempts_.find(x.attempt); open != attempts_.end()) {
    if (open->second.at != e.at) break_rule(id + " begins a second time");
    return;
  }
  if (const auto* end = ended_.find(x.attempt)) {
    if (end->at < e.at) break_rule(id + " begins after its end with entry " + std::to_string(end->seq));
    return;
  }
  attempts_[x.attempt] = {x.order, e.at, x.channel == attempt_channel::phone ? x.due : never, false};
  if (x.purpose == attempt_purpose::alert) return; // a ring that crosses the order's end
  const bool over = order != nullptr && order->certain && is_over(order->status);
  if (over && e.at >= order->at && x.purpose != attempt_purpose::withdrawal)
    break_rule("the order is " + named(order->status) + ": nobody is to be called any more");
}

void order_verifier::end_attempt(const event& e, const rescuer_called& x) {
  const auto id = "attempt " + to_string(x.attempt);
  const auto open = attempts_.find(x.attempt);
  if (open != attempts_.end()) {
    if (open->second.order != x.order) break_rule(id + " was made for order " + to_string(open->second.order));
    check_dialled(e, x, open->second);
    attempts_.erase(open);
  } else if (const auto* before = ended_.find(x.attempt)) {
    if (before->at != e.at) break_rule(id + " has ended with entry " + std::to_string(before->seq));
    return;
  } else if (!excused(x.attempt)) {
    break_rule(id + " was never begun");
  }
  ended_.put(x.attempt, {e.seq, e.at});
}

void order_verifier::check_dialled(const event& e, const rescuer_called& x, const open_call& call) {
  if (call.due == never || call.dialled) return;
  const auto id = "attempt " + to_string(x.attempt);
  if (shows_a_ring(x.outcome))
    break_rule(id + " ends as " + std::string(to_string(x.outcome)) + ", but was never dialled");
  else if (e.at > call.due + attempt_lateness)
    break_rule(id + " stood open for " + std::to_string(static_cast<int>(seconds(e.at - call.at))) +
               " s and was never dialled");
}

void order_verifier::on(const event& e, const rescuer_dialled& x) {
  const auto id = "attempt " + to_string(x.attempt);
  const auto open = attempts_.find(x.attempt);
  if (open == attempts_.end()) {
    const auto* end = ended_.find(x.attempt);
    if (end == nullptr && !excused(x.attempt)) break_rule(id + " is dialled, but was never begun");
    if (end != nullptr && end->at < e.at) break_rule(id + " is dialled after its end");
    return;
  }
  if (open->second.order != x.order) break_rule(id + " was made for order " + to_string(open->second.order));
  open->second.dialled = true;
}

/// A ring of the alert begins once and ends once, as any attempt.
void order_verifier::on(const event& e, const alert_rung& x) {
  rescuer_called call;
  call.order = x.order;
  call.attempt = x.attempt;
  call.purpose = attempt_purpose::alert;
  call.outcome_known = x.outcome_known;
  call.outcome = x.outcome;
  on(e, call);
}

} // namespace lifeline::domain
