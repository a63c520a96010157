#include "tests/simulation/log_watch.hpp"

namespace lifeline::simulation {

using namespace std::chrono_literals;

void log_watch::on_commit(const std::vector<domain::event>& events, bool stored) {
  if (!stored) world_.note("shown before it is stored");
  for (const auto& e : events) {
    fold(e, true);
    count(e);
  }
}

void log_watch::read_again(const storage::journal& journal) {
  proof_ = std::make_unique<domain::log_verifier>(4096);
  proof_seen_ = 0;
  leases_.clear();
  made_.clear();
  resting_.clear();
  entered_.clear();
  ended_calls_ = 0;
  (void)journal.read_log(1, [&](const domain::event& e) {
    fold(e, false);
    return true;
  });
}

void log_watch::finish() {
  proof_->finish();
  collect_proof();
}

void log_watch::collect_proof() {
  const auto& broken = proof_->violations();
  for (; proof_seen_ < broken.size(); ++proof_seen_)
    found_.add("log", broken[proof_seen_]);
}

void log_watch::fold(const domain::event& e, bool live) {
  ++events_;
  trace_ = spread(trace_ ^ e.seq ^ (e.call.lo << 1) ^ (static_cast<std::uint64_t>(domain::micros(e.at)) << 3) ^
                  e.body.index());
  proof_->apply(e);
  collect_proof();
  std::visit([&](const auto& body) { on(e, body, live); }, e.body);
}

void log_watch::on(const domain::event& e, const domain::agent_reserved& x, bool live) {
  lease l{x.reservation, e.call, x.agent, x.queue, x.deadline, x.why.note.find("asked again") != std::string::npos};
  if (x.deadline == domain::never || x.deadline <= e.at) found_.add("lease", "a reservation has no deadline");
  const auto resting = resting_.find({x.agent, e.call});
  if (live && resting != resting_.end() && resting->second.certain && e.at < resting->second.until)
    found_.add("retry delay", "agent " + x.agent + " is asked again before its delay is over");
  if (live) made_.push_back(l);
  leases_[x.reservation] = std::move(l);
}

void log_watch::on(const domain::event& e, const domain::reservation_ended& x, bool) {
  leases_.erase(x.reservation);
  const auto* queue = plan_ != nullptr ? plan_->find_queue(x.queue) : nullptr;
  if (queue == nullptr) return;
  // What was not the agent's doing: only some of the ways in which it ends are followed by a delay.
  const bool fault =
      x.outcome == domain::reservation_outcome::lease_expired || x.outcome == domain::reservation_outcome::refused;
  // One who has waited too long, or whose queue nobody is left in, enters its queue anew, and the router knows nothing
  // of before: in an emergency an agent that has missed it may be asked at once.
  const bool leaves = queue->max_wait != 0s || queue->leave_empty != domain::empty_policy::wait;
  const bool certain = !fault && !leaves && e.at > obeyed_since_;
  const auto delay = queue->delay_after(x.outcome);
  if (delay > 0s) resting_[{x.agent, e.call}] = {e.at + delay, certain};
}

bool log_watch::rests(const domain::agent_id& agent, const domain::call_id& call, domain::instant now) const {
  const auto found = resting_.find({agent, call});
  return found != resting_.end() && now < found->second.until;
}

void log_watch::on(const domain::event&, const domain::dispatcher_started&, bool) {
  resting_.clear(); // a new dispatcher does not know them
}

void log_watch::on(const domain::event& e, const domain::queue_entered& x, bool) { entered_[e.call] = x.queue; }

void log_watch::on(const domain::event& e, const domain::call_ended& x, bool) {
  ++ended_calls_;
  entered_.erase(e.call);
  const auto& r = x.record;
  if (r.talk < 0s || r.hold < 0s || r.waited < 0s) found_.add("account", "a call's account has a negative time");
  const bool talked = r.answered != domain::never && r.ended != domain::never;
  if (talked && r.ended - r.answered != r.talk + r.hold)
    found_.add("account", "talk and hold do not add up to the conversation");
}

/// Situations by name, for replays: "call_ended: answered", "reservation_ended: lost_race".
void log_watch::count(const domain::event& e) {
  std::string name{domain::event_name(e.body)};
  if (const auto* x = std::get_if<domain::call_ended>(&e.body)) {
    world_.note(name + ": " + std::string{domain::to_string(x->record.outcome)});
    name += " by " + std::string{domain::to_string(x->record.cause)};
  } else if (const auto* r = std::get_if<domain::reservation_ended>(&e.body)) {
    name += ": " + std::string{domain::to_string(r->outcome)};
  } else if (const auto* q = std::get_if<domain::queue_entered>(&e.body)) {
    if (q->expected_wait >= 0s) world_.note("wait estimated");
    if (q->resumed) world_.note("place regained");
  } else if (const auto* o = std::get_if<domain::order_changed>(&e.body)) {
    if (o->via == domain::step_via::phone_key) world_.note("by key: " + std::string{domain::to_string(o->step)});
  } else if (const auto* restarted = std::get_if<domain::actor_restarted>(&e.body)) {
    name += ": " + restarted->actor;
  }
  world_.note(name);
}

} // namespace lifeline::simulation
