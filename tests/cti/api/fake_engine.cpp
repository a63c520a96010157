#include "tests/cti/api/fake_engine.hpp"

namespace lifeline::testing {

using namespace lifeline::actors;
using namespace lifeline::domain;

namespace {

tl::unexpected<domain::failure> fail(domain::errc code, const std::string& message) {
  return tl::make_unexpected(domain::failure{code, message});
}
tl::unexpected<domain::failure> down() { return fail(domain::errc::unavailable, "the dispatcher did not answer"); }

} // namespace

fake_engine::fake_engine() {
  agent_status a;
  a.account = "8001";
  a.name = "王小明";
  a.state = agent_state::ready;
  a.since = noon;
  a.queues = {"12315"};
  agents_.push_back(a);
  a.account = "8002";
  a.name = "Li";
  a.admin = true;
  a.state = agent_state::wrap_up;
  agents_.push_back(a);

  hotline_.name = "96333";
  hotline_.numbers = {"96333"};
  hotline_.queue = "96333";
  hotline_.emergency = true;
  hotline_.lines = 3;
  hotline_.in_use = 1;
  hotline_.backup_numbers = {"051783900001", "13900000001"};
  hotline_.agents_present = 2;
  sip::ban b;
  b.address = "198.51.100.7";
  b.until = noon + 10min;
  b.reason = "wrong passwords";
  b.dropped = 12;
  bans_.push_back(b);
  log.events = 120;
  log.calls = 9;
  log.reservations = 11;
  log.open_calls = 1;
  log.orders = 5;
  log.open_orders = 2;

  explanation why;
  why.strategy = strategy::longest_idle;
  why.considered = {{"8001", 42.5}, {"8003", 7}};
  why.excluded = {{"8002", "wrap-up"}};
  why.considered_count = 2;
  why.excluded_count = 1;
  why.note = "sticky agent";
  const reservation_id r{1, 2};
  record.call = ended_call;
  record.hotline = "12315";
  record.queue = "12315";
  record.caller = "13800138000";
  record.arrived = noon;
  record.queued = noon;
  record.answered = noon + 4s;
  record.ended = noon + 64s;
  record.agent = "8001";
  record.outcome = call_outcome::answered;
  record.cause = end_cause::caller_hung_up;
  record.waited = 4s;
  record.talk = 60s;
  record.offers = 1;
  const auto add = [&](span after, event_body body) {
    journey.push_back({journey.size() + 1, noon + after, ended_call, std::move(body)});
  };
  add(0s, call_arrived{"12315", "13800138000", "12315", "pstn", {}, {}});
  add(10ms, queue_entered{"12315", 0, 1, 30s, false});
  add(500ms, call_escalated{"12315", 2, "priority 15, tier 2"});
  add(1s, agent_reserved{r, "8001", "12315", 1, noon + 25s, why});
  add(1500ms, agent_ringing{r, "8001", {}});
  add(4s, call_connected{r, "8001", {}, "12315", 4s});
  add(64s, call_ended{record});
}

domain::result<engine_status> fake_engine::status() {
  if (is_down) return down();
  engine_status s;
  s.version = "0.1.0";
  s.revision = "abc";
  s.outbound_held_because = held;
  s.started = noon;
  s.now = noon + 90s;
  s.ready = is_ready;
  s.not_ready_because = is_ready ? "" : "the journal is opening";
  s.calls = 1;
  s.sip_address = "0.0.0.0:5060";
  s.components = {{"journal", true, 0, {}}, {"dispatcher", true, 2, "boom"}};
  return s;
}

domain::result<listing<queue_status>> fake_engine::queues() {
  if (is_down) return down();
  queue_status q;
  q.name = "12315";
  q.waiting = 3;
  q.oldest_wait = 1500ms;
  q.agents = 2;
  q.ready = 1;
  q.present = 2;
  q.expected_wait = 42s;
  q.known = silent.empty();
  listing<queue_status> all{q};
  all.silent = silent;
  return all;
}

domain::result<listing<agent_status>> fake_engine::agents() {
  if (is_down) return down();
  if (hang) hang();
  const std::lock_guard lock(mutex_);
  listing<agent_status> all(agents_.begin(), agents_.end());
  all.silent = silent;
  return all;
}

domain::result<agent_status> fake_engine::agent(const agent_id& account) {
  if (is_down) return down();
  const std::lock_guard lock(mutex_);
  for (const auto& a : agents_) {
    if (a.account == account) return a;
  }
  return fail(domain::errc::not_found, "there is no agent " + account);
}

domain::result<agent_status> fake_engine::change(const agent_id& account, agent_state to, const std::string& reason) {
  if (is_down) return down();
  const std::lock_guard lock(mutex_);
  for (auto& a : agents_) {
    if (a.account != account) continue;
    ++changes;
    a.state = to;
    a.reason = reason;
    return a;
  }
  return fail(domain::errc::not_found, "there is no agent " + account);
}

domain::result<agent_status> fake_engine::agent_ready(const agent_id& account) {
  return change(account, agent_state::ready, {});
}
domain::result<agent_status> fake_engine::agent_not_ready(const agent_id& account, const std::string& reason) {
  return change(account, agent_state::not_ready, reason);
}
domain::result<agent_status> fake_engine::agent_logout(const agent_id& account) {
  return change(account, agent_state::logged_out, {});
}
domain::result<agent_status> fake_engine::agent_end_wrap_up(const agent_id& account) {
  const auto now = agent(account);
  if (now && now->state != agent_state::wrap_up) return fail(domain::errc::conflict, "the agent is not in wrap-up");
  return change(account, agent_state::ready, {});
}

domain::result<agent_status> fake_engine::agent_more_wrap_up(const agent_id& account, span extra) {
  const auto now = agent(account);
  if (now && now->state != agent_state::wrap_up) return fail(domain::errc::conflict, "the agent is not in wrap-up");
  last_extra = extra;
  return change(account, agent_state::wrap_up, {});
}

domain::result<listing<hotline_status>> fake_engine::hotlines() {
  if (is_down) return down();
  listing<hotline_status> all{hotline_};
  all.silent = silent;
  all.front().calls_known = all.front().agents_known = silent.empty();
  return all;
}

domain::result<hotline_status> fake_engine::reroute(const std::string& hotline, bool on, const std::string& reason) {
  if (is_down) return down();
  if (hotline != hotline_.name) return fail(domain::errc::not_found, "there is no hotline " + hotline);
  if (hotline_.rerouted == on) return fail(domain::errc::conflict, "the hotline is in that state already");
  ++changes;
  hotline_.rerouted = on;
  hotline_.reroute_reason = on ? reason : std::string{};
  return hotline_;
}

domain::result<std::vector<sip::trunk_state>> fake_engine::trunks() {
  if (is_down) return down();
  sip::trunk_state good;
  good.name = "pstn";
  good.registers = good.registered = true;
  good.since = noon;
  good.round_trip = 12ms;
  good.calls_out = 4;
  sip::trunk_state bad;
  bad.name = "backup";
  bad.up = false;
  bad.reason = "OPTIONS: no answer";
  bad.since = noon;
  bad.failovers = 3;
  return std::vector{good, bad};
}

domain::result<std::vector<sip::ban>> fake_engine::bans() {
  if (is_down) return down();
  const std::lock_guard lock(mutex_);
  return bans_;
}

domain::result<void> fake_engine::ban_source(const std::string& address, std::chrono::seconds duration) {
  if (is_down) return down();
  const std::lock_guard lock(mutex_);
  ++changes;
  last_ban = duration;
  sip::ban b;
  b.address = address;
  b.until = noon + duration;
  b.reason = "by hand";
  bans_.push_back(b);
  return {};
}

domain::result<void> fake_engine::unban(const std::string& address) {
  if (is_down) return down();
  const std::lock_guard lock(mutex_);
  if (std::erase_if(bans_, [&](const sip::ban& b) { return b.address == address; }) == 0)
    return fail(domain::errc::not_found, address + " is not banned");
  ++changes;
  return {};
}

domain::result<reload_report> fake_engine::reload(bool dry_run) {
  if (is_down) return down();
  if (!unreadable.empty()) return fail(domain::errc::invalid, unreadable);
  auto report = next_reload;
  report.applied = !dry_run && report.needs_restart.empty();
  if (report.applied) ++changes;
  return report;
}

domain::result<void> fake_engine::drain() {
  if (is_down) return down();
  ++changes;
  return {};
}

domain::result<void> fake_engine::resume_outbound(const std::string& by) {
  if (is_down) return down();
  if (held.empty()) return fail(domain::errc::conflict, "nothing is held");
  held.clear();
  resumed_by = by;
  ++changes;
  return {};
}

domain::result<backup_report> fake_engine::backup(const std::string& folder) {
  if (is_down) return down();
  ++changes;
  last_folder = folder;
  return backup_report{folder, 120, 4096};
}

domain::result<log_report> fake_engine::verify_log() {
  if (is_down) return down();
  return log;
}

domain::result<void> fake_engine::inject(const fault_order& fault) {
  if (is_down) return down();
  if (fault.target == "media") return fail(domain::errc::conflict, "the configuration does not allow faults");
  ++changes;
  last_fault = fault;
  return {};
}

domain::result<listing<call_status>> fake_engine::live_calls() {
  if (is_down) return down();
  call_status c;
  c.call = live_call;
  c.hotline = "12315";
  c.queue = "12315";
  c.caller = "\xff\x1b[31m evil";
  c.phase = call_phase::waiting;
  c.arrived = noon;
  c.since = noon;
  c.position = 1;
  listing<call_status> all{c};
  all.silent = silent;
  return all;
}

domain::result<call_journey> fake_engine::call(const call_id& id) {
  if (is_down) return down();
  call_journey j;
  if (id == ended_call) {
    j.record = record;
    j.events = journey;
    return j;
  }
  if (id != live_call) return fail(domain::errc::not_found, "there is no such call");
  j.live = true;
  j.status = live_calls()->front();
  j.waiting_because.emplace();
  j.waiting_because->excluded = {{"8002", "wrap-up"}};
  j.waiting_because->excluded_count = 1;
  return j;
}

domain::result<void> fake_engine::release_call(const call_id& id) {
  if (is_down) return down();
  if (id == ended_call) return fail(domain::errc::conflict, "the call has ended");
  if (id != live_call) return fail(domain::errc::not_found, "there is no such call");
  ++changes;
  return {};
}

domain::result<std::vector<actors::cut_call_status>> fake_engine::cut_calls() {
  if (is_down) return down();
  actors::cut_call_status s;
  s.cut = {ended_call, "96333", "96333", "13912345678", "96333", noon, noon + 30s, true, "8001", "320145", {}};
  s.came_again = noon + 90s;
  return std::vector<actors::cut_call_status>{s};
}

domain::result<void> fake_engine::rung_back(const call_id& id, const std::string&, const std::string& note) {
  if (is_down) return down();
  if (id != ended_call) return fail(domain::errc::not_found, "not among those to be rung back");
  ++changes;
  last_note = note;
  return {};
}

domain::result<std::vector<call_record>> fake_engine::records(const record_filter& filter) {
  if (is_down) return down();
  const std::lock_guard lock(mutex_);
  last_filter = filter;
  return std::vector{record};
}

domain::result<stored_recording> fake_engine::fetch_recording(const domain::recording_id& id,
                                                              const recording_reader& reader) {
  if (is_down) return down();
  if (id == domain::recording_of(live_call)) return fail(domain::errc::conflict, "the call is still in progress");
  if (id != domain::recording_of(ended_call) || recording_path.empty())
    return fail(domain::errc::not_found, "the call has no recording");
  auto seal = record.recording.sha256;
  for (const auto& e : journey)
    if (const auto* sealed = std::get_if<recording_sealed>(&e.body); sealed != nullptr && seal.empty())
      seal = sealed->recording.sha256;
  if (seal.empty()) return fail(domain::errc::conflict, "the recording is not sealed yet");
  fetched.emplace_back(id, reader);
  return stored_recording{recording_path, seal};
}

void fake_engine::append(const event& e) {
  const std::lock_guard lock{mutex_};
  journey.push_back(e);
}

domain::result<std::vector<event>> fake_engine::events(std::uint64_t from_seq, std::size_t limit) {
  if (is_down) return down();
  const std::lock_guard lock{mutex_};
  std::vector<event> found;
  for (const auto& e : journey) {
    if (e.seq >= from_seq && found.size() < limit) found.push_back(e);
  }
  return found;
}

domain::result<void> fake_engine::stop() {
  if (is_down) return down();
  ++changes;
  return {};
}

} // namespace lifeline::testing
