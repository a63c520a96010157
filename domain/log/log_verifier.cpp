#include "domain/log/log_verifier.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

/// How long after a call's end (or connection) the dispatcher may still act on what it was told before.
constexpr span straggling = 30s;
/// Two actors look at the clock one after the other.
constexpr span clock_slack = 250ms;

/// Entries that were read may hold any number.
instant later(instant t, span by) { return t > instant::max() - by ? instant::max() : t + by; }

bool contains(const std::vector<queue_id>& all, const queue_id& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}
void insert(std::vector<queue_id>& all, const queue_id& one) {
  if (!contains(all, one)) all.push_back(one);
}

/// Outcomes after which the call must not be connected by the reservation: it ended by the call's or the agent's own
/// word. A restarted dispatcher and an expired lease end what the call may be connecting at that moment.
bool rules_out_connection(reservation_outcome x) {
  switch (x) {
  case reservation_outcome::connected:
  case reservation_outcome::lease_expired:
  case reservation_outcome::superseded:
  case reservation_outcome::engine_stopped: return false;
  default: return true;
  }
}

} // namespace

void log_verifier::note(std::string sentence) {
  ++violation_count_;
  if (violations_.size() < violation_list_limit) violations_.push_back(std::move(sentence));
}

void log_verifier::violate(const event& e, const std::string& what) {
  auto text = "entry " + std::to_string(e.seq) + " (" + std::string(event_name(e.body));
  if (!e.call.is_nil()) text += ", call " + to_string(e.call);
  if (const auto order = order_of(e.body); !order.is_nil()) text += ", order " + to_string(order);
  note(text + "): " + what);
}

void log_verifier::apply(const event& e) {
  check_number(e);
  if (blocked_) {
    const bool right = std::holds_alternative<call_ended>(e.body) && e.call == *blocked_;
    if (!right) violate(e, "the blocked call " + to_string(*blocked_) + " should end here");
    if (!right) blocked_.reset();
  }
  std::visit([&](const auto& body) { on(e, body); }, e.body);
  for (const auto& broken : orders_.apply(e))
    violate(e, broken);
}

void log_verifier::check_number(const event& e) {
  if (events_ == 0) {
    if (e.seq > 1) doubt(e.at);
    if (e.seq == 0) violate(e, "numbers begin with 1");
  } else if (e.seq != last_ + 1) {
    violate(e, "it follows entry " + std::to_string(last_));
    doubt(e.at); // one violation, not one for each consequence
  }
  last_ = e.seq;
  ++events_;
}

void log_verifier::doubt(instant until) {
  excused_until_ = std::max(excused_until_, later(until, clock_slack));
  for (auto& [id, call] : live_)
    call.certain = false;
  talks_.clear();
  doubt_reservations();
  orders_.doubt(excused_until_);
}

void log_verifier::doubt_reservations() {
  for (auto& [id, offer] : open_)
    offer.certain = false;
  reserved_.clear();
}

void log_verifier::finish() {
  std::vector<call_id> calls;
  for (const auto& [id, call] : live_)
    if (call.certain) calls.push_back(id);
  std::sort(calls.begin(), calls.end());
  for (const auto& id : calls)
    note("at the log's end call " + to_string(id) + " has arrived and not ended");
  std::vector<reservation_id> offers;
  for (const auto& [id, offer] : open_)
    if (offer.certain) offers.push_back(id);
  std::sort(offers.begin(), offers.end());
  for (const auto& id : offers)
    note("at the log's end reservation " + to_string(id) + " of agent " + open_.at(id).agent + " has not ended");
  if (blocked_) note("at the log's end the blocked call " + to_string(*blocked_) + " has not ended");
}

log_verifier::live_call* log_verifier::own(const event& e, bool closing) {
  const auto it = live_.find(e.call);
  if (it != live_.end()) {
    if (it->second.run != run_ && !closing) violate(e, "the engine that carried the call has ended");
    return &it->second;
  }
  if (const auto* end = ended_.find(e.call)) {
    violate(e, "the call has ended with entry " + std::to_string(end->seq));
    return nullptr;
  }
  if (!e.call.is_nil() && excused(e.call)) {
    auto& call = live_[e.call];
    call.certain = false;
    call.run = run_;
    return &call;
  }
  violate(e, e.call.is_nil() ? "it names no call" : "the call never arrived");
  return nullptr;
}

// ---- the engine and its parts --------------------------------------------------------------------------------

void log_verifier::on(const event&, const engine_started&) {
  ++run_;
  epoch_ = 0;     // it begins anew when the disk had refused the last ones
  talks_.clear(); // no talk outlives the process
  failed_unborn_.clear();
}

void log_verifier::on(const event& e, const dispatcher_started& x) {
  if (x.epoch <= epoch_) violate(e, "epoch " + std::to_string(x.epoch) + " follows " + std::to_string(epoch_));
  epoch_ = std::max(epoch_, x.epoch);
  // What waits is told to it anew, without entries.
  for (auto& [id, call] : live_)
    call.entered.clear();
}

void log_verifier::on(const event& e, const actor_restarted&) {
  if (!e.call.is_nil() && !live_.contains(e.call) && ended_.find(e.call) == nullptr) failed_unborn_.insert(e.call);
}

// A queue that is no more loses its callers.
void log_verifier::on(const event&, const configuration_reloaded&) {
  for (auto& [id, call] : live_)
    call.entered.clear();
}

void log_verifier::on(const event& e, const events_lost& x) {
  lost_ += x.count;
  doubt(e.at);
}

void log_verifier::on(const event& e, const clock_stepped& x) {
  // What began before it may bear a time of either side.
  doubt(std::max(e.at, x.by < 0s ? later(e.at, -x.by) : e.at));
}

// ---- calls ---------------------------------------------------------------------------------------------------

void log_verifier::on(const event& e, const call_arrived&) {
  if (e.call.is_nil()) return violate(e, "it names no call");
  if (const auto* end = ended_.find(e.call))
    return violate(e, "the call has ended with entry " + std::to_string(end->seq));
  const auto it = live_.find(e.call);
  if (it != live_.end() && it->second.certain) return violate(e, "the call arrives a second time");
  ++calls_;
  failed_unborn_.erase(e.call);
  auto& call = live_[e.call];
  call = {};
  call.run = run_;
}

void log_verifier::on(const event& e, const call_blocked&) {
  if (live_.contains(e.call)) violate(e, "the call is in progress");
  if (ended_.find(e.call) != nullptr) violate(e, "the call has ended before");
  ++calls_;
  blocked_ = e.call;
}

void log_verifier::on(const event& e, const queue_entered& x) {
  const auto it = live_.find(e.call);
  if (it == live_.end()) {
    const auto* end = ended_.find(e.call);
    const bool straggles = end != nullptr && e.at <= later(end->at, straggling);
    if (!straggles && !excused(e.call)) violate(e, end != nullptr ? "the call has ended" : "the call never arrived");
    return;
  }
  auto& call = it->second;
  for (const auto& other : call.entered)
    if (other != x.queue && !contains(call.left, other) && call.certain)
      violate(e, "the call waits in queue " + other + " already");
  insert(call.entered, x.queue);
}

void log_verifier::on(const event& e, const queue_left& x) {
  if (auto* call = own(e, true)) insert(call->left, x.queue);
}

void log_verifier::on(const event& e, const call_ended& x) {
  if (x.record.call != e.call) violate(e, "its account is of call " + to_string(x.record.call));
  if (blocked_) {
    blocked_.reset();
    return ended_.put(e.call, {e.seq, e.at, {}});
  }
  if (!live_.contains(e.call) && failed_unborn_.erase(e.call) > 0) {
    ++calls_;
    return ended_.put(e.call, {e.seq, e.at, {}});
  }
  const auto* call = own(e, true);
  if (call == nullptr) return;
  check_account(e, x.record, *call);
  finish_talk(e, x.record, *call);
  ended_.put(e.call, {e.seq, e.at, call->reservation});
  live_.erase(e.call);
}

void log_verifier::check_account(const event& e, const call_record& record, const live_call& call) {
  if (!call.certain) return;
  const bool talked = record.outcome == call_outcome::answered || record.outcome == call_outcome::overflowed;
  if (talked && !call.connected) violate(e, "its account tells of a talk, but the call was never connected");
  if (talked && call.connected && record.agent != call.agent)
    violate(e, "its account names agent \"" + record.agent + "\", but agent \"" + call.agent + "\" was connected");
}

// ---- reservations --------------------------------------------------------------------------------------------

void log_verifier::on(const event& e, const agent_reserved& x) {
  ++reservations_;
  if (open_.contains(x.reservation) || closed_.find(x.reservation) != nullptr)
    return violate(e, "reservation " + to_string(x.reservation) + " is made a second time");
  if (x.epoch < epoch_)
    violate(e, "a dispatcher of epoch " + std::to_string(x.epoch) + " decides in epoch " + std::to_string(epoch_));
  if (x.epoch > epoch_) { // the disk refused its start, and with it the end of what its predecessor had open
    doubt_reservations();
    epoch_ = x.epoch;
  }
  if (const auto held = reserved_.find(x.agent); held != reserved_.end())
    violate(e, "agent " + x.agent + " has reservation " + to_string(held->second) + " already");
  check_target(e);
  open_[x.reservation] = {true, x.agent, e.call};
  reserved_[x.agent] = x.reservation;
}

void log_verifier::check_target(const event& e) {
  if (const auto it = live_.find(e.call); it != live_.end()) {
    const auto& call = it->second;
    if (call.run != run_) violate(e, "the engine that carried the call has ended");
    if (call.connected && e.at > later(call.connected_at, straggling))
      violate(e, "the call has been connected since " + to_rfc3339(call.connected_at));
    return;
  }
  const auto* end = ended_.find(e.call);
  if (end != nullptr && e.at > later(end->at, straggling))
    violate(e, "the call has ended with entry " + std::to_string(end->seq));
  if (end == nullptr && !excused(e.call)) violate(e, "the call never arrived");
}

void log_verifier::on(const event& e, const agent_ringing& x) {
  if (own(e) == nullptr) return;
  const auto it = open_.find(x.reservation);
  if (it != open_.end() && it->second.call != e.call)
    violate(e, "reservation " + to_string(x.reservation) + " was made for call " + to_string(it->second.call));
}

void log_verifier::on(const event& e, const reservation_ended& x) {
  const auto it = open_.find(x.reservation);
  if (it == open_.end()) {
    if (const auto* before = closed_.find(x.reservation))
      violate(e, "reservation " + to_string(x.reservation) + " has ended with entry " + std::to_string(before->seq));
    else if (!excused(x.reservation))
      violate(e, "reservation " + to_string(x.reservation) + " was never made");
    closed_.put(x.reservation, {e.seq, x.outcome, e.call});
    return;
  }
  const auto offer = it->second;
  open_.erase(it);
  if (const auto held = reserved_.find(offer.agent); held != reserved_.end() && held->second == x.reservation)
    reserved_.erase(held);
  closed_.put(x.reservation, {e.seq, x.outcome, offer.call});
  if (offer.agent != x.agent) violate(e, "the reservation is of agent " + offer.agent + ", not of " + x.agent);
  if (offer.call != e.call) violate(e, "the reservation is for call " + to_string(offer.call));
  if (x.outcome != reservation_outcome::connected || !offer.certain) return;
  const auto live = live_.find(e.call);
  const auto* end = ended_.find(e.call);
  const bool said = (live != live_.end() && (live->second.reservation == x.reservation || !live->second.certain)) ||
                    (end != nullptr && end->reservation == x.reservation);
  if (!said && (live != live_.end() || end != nullptr))
    violate(e, "the call was not connected by reservation " + to_string(x.reservation));
}

void log_verifier::on(const event& e, const call_connected& x) {
  auto* call = own(e);
  if (call == nullptr) return;
  if (call->connected && call->certain) violate(e, "the call is connected already");
  call->connected = true;
  call->connected_at = e.at;
  call->reservation = x.reservation;
  call->agent = x.agent;
  if (x.reservation.is_nil()) {
    if (x.external.empty()) violate(e, "neither a reservation nor a number has the call");
    return;
  }
  check_winner(e, x);
  check_agent_free(e, *call);
}

void log_verifier::check_winner(const event& e, const call_connected& x) {
  if (const auto it = open_.find(x.reservation); it != open_.end()) {
    if (it->second.call != e.call) violate(e, "the reservation was made for call " + to_string(it->second.call));
    if (it->second.agent != x.agent) violate(e, "the reservation is of agent " + it->second.agent);
    return;
  }
  const auto* before = closed_.find(x.reservation);
  if (before == nullptr) {
    if (!excused(x.reservation)) violate(e, "reservation " + to_string(x.reservation) + " was never made");
    return;
  }
  if (before->call != e.call) violate(e, "the reservation was made for call " + to_string(before->call));
  if (rules_out_connection(before->outcome))
    violate(e, "the reservation has ended with entry " + std::to_string(before->seq) + ": " +
                   std::string(to_string(before->outcome)));
}

void log_verifier::check_agent_free(const event& e, const live_call& call) {
  auto& talk = talks_[call.agent];
  if (!talk.call.is_nil() && talk.call != e.call && talk.run == run_) {
    if (const auto earlier = live_.find(talk.call); earlier != live_.end()) {
      if (earlier->second.next_talk == never) earlier->second.next_talk = e.at; // its account will tell
    } else if (talk.over > later(e.at, clock_slack)) {
      violate(e, "agent " + call.agent + " talks in call " + to_string(talk.call) + " until " + to_rfc3339(talk.over));
    }
  }
  talk = {e.call, run_, never};
}

void log_verifier::finish_talk(const event& e, const call_record& record, const live_call& call) {
  if (!call.connected || call.agent.empty() || record.answered == never) return;
  if (call.certain && call.next_talk != never && record.ended > later(call.next_talk, clock_slack))
    violate(e, "agent " + call.agent + " talked until " + to_rfc3339(record.ended) + ", but was in another call from " +
                   to_rfc3339(call.next_talk));
  const auto talk = talks_.find(call.agent);
  if (talk != talks_.end() && talk->second.call == e.call) talk->second.over = record.ended;
}

} // namespace lifeline::domain
