#include "tests/actors/hotline_bench.hpp"

#include "actors/core/checkpoints.hpp"
#include "storage/tables.hpp"

#include <set>

namespace lifeline::testing {

namespace {

using domain::reservation_outcome;

/// A fold of the log that knows nothing but the log.
struct proof {
  struct live_call {
    std::set<domain::queue_id> queues;
    bool connected = false;
  };
  struct reservation {
    domain::agent_id agent;
    domain::call_id call;
    bool open = true;
    reservation_outcome outcome{};
  };
  std::uint64_t seq = 0;
  std::map<domain::call_id, live_call> live;
  std::map<domain::reservation_id, reservation> reservations;
  std::map<domain::agent_id, domain::reservation_id> offered;
  std::map<domain::agent_id, domain::call_id> talking;
  std::set<domain::call_id> ended;
  std::set<domain::call_id> blocked;
  std::vector<std::string> faults;

  void wrong(const domain::event& e, const std::string& what) {
    faults.push_back("entry " + std::to_string(e.seq) + " (" + std::string{domain::event_name(e.body)} + "): " + what);
  }
  void on(const domain::event& e, const domain::call_arrived&) {
    if (!live.try_emplace(e.call).second || ended.contains(e.call)) wrong(e, "arrived twice");
  }
  void on(const domain::event& e, const domain::call_blocked&) { blocked.insert(e.call); }
  void on(const domain::event& e, const domain::queue_entered& x) {
    if (!live.contains(e.call) || !live[e.call].queues.insert(x.queue).second) wrong(e, "entered twice or not there");
  }
  void on(const domain::event& e, const domain::queue_left& x) {
    if (!live.contains(e.call) || live[e.call].queues.erase(x.queue) == 0) wrong(e, "left without having entered");
  }
  void on(const domain::event& e, const domain::agent_reserved& x) {
    if (!reservations.try_emplace(x.reservation, reservation{x.agent, e.call, true, {}}).second) wrong(e, "made twice");
    if (offered.contains(x.agent)) wrong(e, "the agent has another offer");
    if (talking.contains(x.agent)) wrong(e, "the agent talks");
    if (!live.contains(e.call))
      wrong(e, "for no call");
    else if (live[e.call].connected)
      wrong(e, "for a caller who talks");
    offered[x.agent] = x.reservation;
  }
  void on(const domain::event& e, const domain::reservation_ended& x) {
    const auto it = reservations.find(x.reservation);
    if (it == reservations.end() || !it->second.open) return wrong(e, "ended twice or never made");
    it->second.open = false;
    it->second.outcome = x.outcome;
    offered.erase(x.agent);
  }
  void on(const domain::event& e, const domain::call_connected& x) {
    if (!live.contains(e.call)) return wrong(e, "no such call");
    if (std::exchange(live[e.call].connected, true)) wrong(e, "connected twice");
    if (x.reservation.is_nil()) return;
    const auto it = reservations.find(x.reservation);
    if (it == reservations.end() || it->second.call != e.call || it->second.agent != x.agent)
      return wrong(e, "with a reservation that is not its own");
    if (!it->second.open && it->second.outcome != reservation_outcome::connected)
      wrong(e, "with a reservation that had ended otherwise");
    if (!talking.try_emplace(x.agent, e.call).second) wrong(e, "the agent has two calls");
  }
  void on(const domain::event&, const domain::agent_changed& x) {
    using domain::agent_state;
    const auto talks = [](agent_state s) { return s == agent_state::talking || s == agent_state::hold; };
    if (talks(x.from) && !talks(x.to)) talking.erase(x.agent);
  }
  void on(const domain::event& e, const domain::call_ended& x) {
    if (!ended.insert(e.call).second) wrong(e, "ended twice");
    if (x.record.call != e.call) wrong(e, "with another call's record");
    const auto it = live.find(e.call);
    if (it == live.end()) {
      if (!blocked.contains(e.call)) wrong(e, "never arrived");
      return;
    }
    if (!it->second.queues.empty()) wrong(e, "while still in a queue");
    for (auto t = talking.begin(); t != talking.end();)
      t = t->second == e.call ? talking.erase(t) : std::next(t);
    live.erase(it);
  }
  template <class Body> void on(const domain::event& e, const Body&) {
    constexpr bool of_calls = std::is_same_v<Body, domain::call_held> || std::is_same_v<Body, domain::call_resumed> ||
                              std::is_same_v<Body, domain::call_overflowed> ||
                              std::is_same_v<Body, domain::recording_started> ||
                              std::is_same_v<Body, domain::agent_ringing>;
    if (of_calls && !live.contains(e.call)) wrong(e, "after the call's end");
  }
};

} // namespace

void hotline_bench::deliver(const sip::registration& r) {
  around->kept.put(storage::table::registrations, r.account, actors::encode_registration(r));
  caf::anon_send(around->who.agents.find(r.account), r);
}

void hotline_bench::check_invariants(bool all_ended) const {
  proof p;
  for (const auto& e : log()) {
    if (e.seq != ++p.seq) p.wrong(e, "a gap in the numbers");
    std::visit([&](const auto& body) { p.on(e, body); }, e.body);
  }
  const auto rows = [&](storage::table t, std::string_view first, std::string_view last) {
    std::size_t n = 0;
    (void)journal->scan(t, first, last, false, [&](auto, auto) { return ++n > 0; });
    return n;
  };
  if (rows(storage::table::records, {}, {}) != p.ended.size())
    p.faults.emplace_back("records and ends differ in number");
  if (rows(storage::table::live_calls, {}, {}) != p.live.size())
    p.faults.emplace_back("checkpoints and open calls differ in number");
  std::size_t open = 0;
  for (const auto& [id, r] : p.reservations)
    if (r.open) ++open;
  if (rows(storage::table::meta, actors::reservation_prefix, actors::reservation_end) != open)
    p.faults.emplace_back("the table of open reservations is not what the log says");
  if (all_ended) {
    if (!p.live.empty()) p.faults.emplace_back("a call has not ended");
    if (open > 0) p.faults.emplace_back("a reservation has not ended");
  }
  for (const auto& f : p.faults)
    FAIL_CHECK(f);
  CHECK(p.faults.empty());
}

} // namespace lifeline::testing
