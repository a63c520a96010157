#include "tests/simulation/world.hpp"

#include "actors/agents/agent.hpp"
#include "actors/core/checkpoints.hpp"
#include "storage/tables.hpp"

namespace lifeline::simulation {

using namespace std::chrono_literals;

namespace {

/// What the longest way out takes: a call at the report line (180 s), or a session's expiry (90 s), a lease, a seal and
/// a wrap-up.
constexpr int rounds = 60;
constexpr auto round_length = 5s;

std::size_t rows(const storage::journal& journal, storage::table t, std::string_view first = {},
                 std::string_view last = {}) {
  std::size_t n = 0;
  (void)journal.scan(t, first, last, false, [&](auto, auto) { return ++n > 0; });
  return n;
}

} // namespace

void world::end_fairly() {
  for (const auto v : {verb::disk_well, verb::media_well, verb::recorder_well})
    (void)play_faults({v, {}, {}, 0});
  sip_.lose(0);
  settle();
  std::vector<domain::leg_id> callers;
  for (const auto& [name, leg] : callers_)
    callers.push_back(leg);
  for (const auto& id : callers) {
    const auto* leg = sip_.leg(id);
    if (leg == nullptr || leg->phase == leg_phase::over) continue;
    if (auto* there = sip_.find(leg->who, [&](const network_leg& l) { return l.id == id && !l.vanished; }))
      (void)sip_.hang_up_by(*there);
  }
  const auto orders_live = [&] {
    for (const auto& [name, r] : reports_)
      if (r.acknowledged && !r.order.is_nil() && around_->orders.get(r.order) &&
          !is_alive(around_->who_rescues.orders.find(r.order)))
        return false;
    return true;
  };
  for (int n = 0; n < rounds && !found_.any() && !orders_live(); ++n)
    advance_to(time_.now() + round_length);
  if (!found_.any()) check_alarms(); // before their end is brought about
  const auto at_rest = [&] {
    for (const auto& o : around_->orders.all())
      if (domain::is_active(o->status)) return false;
    if (around_->attempts.under_way() > 0 || !around_->attempts.alerts().empty()) return false;
    if (around_->who.call_count() > 0 || !log_.leases().empty()) return false;
    for (const auto& [id, leg] : sip_.legs())
      if (leg.phase != leg_phase::over) return false;
    if (media_.open_endpoints() > 0) return false; // a voice whose caller's BYE was lost ends at its own deadline
    for (const auto& actor : around_->who.agents.all())
      if (const auto* s = look_at<actors::agent_actor_state>(actor);
          s == nullptr || s->model.engaged != domain::engagement::none)
        return false;
    if (!orders_live()) return false;
    return static_cast<bool>(around_->who.dispatcher()) && is_alive(around_->who.dispatcher());
  };
  for (int n = 0; n < rounds && !found_.any(); ++n) {
    close_orders();
    advance_to(time_.now() + round_length);
    if (at_rest()) break;
  }
  if (!found_.any()) check_end();
}

/// Whatever the rescuers do: a person brings every order to its end, else they are called for ever.
void world::close_orders() {
  const auto alarms = around_->who_rescues.alarms.get();
  for (const auto& o : around_->orders.all()) {
    if (!alarms || !domain::is_active(o->status)) continue;
    domain::order_action a;
    a.by = "8001";
    a.role = domain::role::admin;
    const bool rescued = o->status == domain::order_status::rescued;
    a.verb = rescued ? domain::order_verb::confirm : domain::order_verb::dismiss;
    a.fields = rescued ? std::map<std::string, std::string>{{"with", "other"}}
                       : std::map<std::string, std::string>{{"reason", "the simulation ends"}};
    caf::anon_send(alarms, actors::order_request{o->id, a});
  }
}

void world::check_end() {
  const auto left = [&](const std::string& rule, const std::string& what) { found_.add(rule, what); };
  if (around_->who.call_count() > 0) left("call ends", "a call is left although everybody has gone");
  for (const auto& [id, leg] : sip_.legs())
    if (leg.phase != leg_phase::over) left("call ends", "a leg of " + leg.who + " is left");
  if (media_.open_endpoints() > 0) left("call ends", "an endpoint is left open");
  if (media_.recordings() > 0) left("call ends", "a recording goes on");
  if (!media_.bridges().empty()) left("call ends", "a bridge is left");
  for (const auto& actor : around_->who.agents.all()) {
    const auto* s = look_at<actors::agent_actor_state>(actor);
    if (s == nullptr || s->model.engaged != domain::engagement::none)
      left("agent is free", "an agent is still engaged although everybody has gone");
  }
  for (const auto& p : around_->plan().agents)
    if (!p.retired && !is_alive(around_->who.agents.find(p.account)))
      left("agent is free", "agent " + p.account + " has no actor");
  for (const auto& [hotline, lines] : around_->lines.all())
    if (lines > 0) left("lines", std::to_string(lines) + " lines of hotline " + hotline + " are left in use");
  if (around_->rescue_lines_used > 0 || around_->rescue_calls_waiting > 0)
    left("lines", "a line for calls to rescuers is left in use, or somebody waits for one");
  log_.finish();
  check_tables();
  check_alarms();
}

/// The tables agree with the log.
void world::check_tables() {
  if (rows(disk_, storage::table::live_calls) > 0) found_.add("tables", "a checkpoint of a call is left");
  if (rows(disk_, storage::table::meta, actors::reservation_prefix, actors::reservation_end) > 0)
    found_.add("tables", "an open reservation is left");
  const auto records = rows(disk_, storage::table::records);
  if (records != log_.ended_calls())
    found_.add("tables", std::to_string(records) + " records of " + std::to_string(log_.ended_calls()) + " calls");
  for (const auto& actor : around_->who.agents.all()) {
    const auto* s = look_at<actors::agent_actor_state>(actor);
    const auto row = s != nullptr ? disk_.get(storage::table::agents, s->model.account)
                                  : tl::expected<std::optional<std::string>, storage::failure>{};
    if (s == nullptr || !row || !*row) continue; // nothing has ever happened to it
    // Versions and phones may differ: an agent that has crashed writes its state with its next step.
    const auto known = actors::decode_agent(**row);
    const auto& m = s->model;
    if (!known || known->wanted != m.wanted || known->reason != m.reason || known->engaged != m.engaged ||
        known->calls != m.calls || known->talked != m.talked)
      found_.add("tables", "agent " + s->model.account + " is not on the disk as it is");
  }
}

/// A client that was away reads on from the number after the last one it has seen, and misses nothing.
void world::reader_returns() {
  if (!reader_ || stalled_ || failing_) return;
  auto next = *reader_ + 1;
  (void)disk_.read_log(next, [&](const domain::event& e) {
    if (e.seq != next++) found_.add("event stream", "a number is missing for a client that comes back");
    return true;
  });
  if (next != log_.last_sequence() + 1) found_.add("event stream", "a client that comes back misses the newest events");
  outside_.note("reader resumed");
  reader_.reset();
}

} // namespace lifeline::simulation
