#pragma once
// A whole engine's actors on one thread in virtual time: the production tree with fake gateways and a journal in
// memory.

#include "tests/actors/caf_dsl.hpp"
#include "tests/actors/fake_gateways.hpp"

#include "actors/engine/tree.hpp"
#include "actors/rescue/rescue_surroundings.hpp"
#include "actors/supervision/supervisor_messages.hpp"
#include "domain/calls/call_machine.hpp"
#include "storage/memory_journal.hpp"

#include <map>
#include <string>
#include <vector>

namespace lifeline::testing {

using namespace std::chrono_literals;

/// Two agents, one hotline, one queue; tests change what they need before `start`.
inline domain::plan small_plan() {
  domain::plan p;
  domain::hotline_plan h;
  h.name = "12315";
  h.numbers = {"12315"};
  h.queue = "12315";
  p.hotlines = {h};
  domain::queue_plan q;
  q.name = "12315";
  q.ring_timeout = 20s;
  q.wrap_up = 10s;
  q.hold_mode = domain::holding::ringing;
  p.queues = {q};
  for (const char* account : {"8001", "8002"}) {
    domain::agent_plan a;
    a.account = account;
    a.queues = {"12315"};
    p.agents.push_back(a);
  }
  domain::trunk_plan t;
  t.name = "carrier";
  t.outbound = "198.51.100.1:5060";
  p.trunks = {t};
  return p;
}

inline domain::session_description phone_sdp(std::uint16_t port = 40000,
                                             domain::direction dir = domain::direction::sendrecv) {
  auto d = domain::make_offer({"192.0.2.7", port}, dir);
  d.raw = "v=0";
  return d;
}

class hotline_bench : public deterministic_system {
public:
  explicit hotline_bench(domain::plan plan = small_plan(), std::vector<actors::watched_part> parts = {})
      : deterministic_system([](caf::actor_system_config& cfg) { actors::add_supervision_errors(cfg); }) {
    around = std::make_shared<actors::rescue_surroundings>();
    around->set_plan(std::move(plan));
    around->sip = &sip;
    around->media = &media;
    journal = storage::make_memory_journal();
    around->journal = journal.get();
    around->clock = {domain::instant{std::chrono::hours{24 * 365 * 50}}, sched.clock().now()};
    around->seed = 7;
    root = end_with_test(actors::spawn_tree(sys, around, std::move(parts), true));
    run();
  }
  ~hotline_bench() override {
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown); // the tree ends itself in order
    run();
    for (const auto& c : around->who.live_calls.all())
      caf::anon_send_exit(c, caf::exit_reason::kill);
    run();
    sip.sinks.clear();
    media.sinks.clear();
    around->who.clear();
    around->who_rescues.clear();
    run();
  }

  domain::instant time() const { return around->clock.at(sched.clock().now()); }

  void register_phone(const std::string& account, std::vector<std::string> uris = {}) {
    if (uris.empty()) uris = {"sip:" + account + "@192.0.2.1:5062"};
    sip::registration r{account, {}};
    for (auto& uri : uris)
      r.contacts.push_back({uri, {}, time() + 1h, "phone"});
    deliver(r);
    run();
  }
  /// As the engine's sink does.
  void deliver(const sip::registration& r);
  void unregister_phone(const std::string& account) {
    deliver({account, {}});
    run();
  }
  actors::agent_answer order(const std::string& account, domain::agent_verb verb, const std::string& reason = {}) {
    return ask<actors::agent_answer>(around->who.agents.find(account), actors::agent_request{verb, reason});
  }
  void sign_in(const std::string& account) {
    register_phone(account);
    REQUIRE_FALSE(order(account, domain::agent_verb::ready).refused);
    run();
  }
  domain::agent_state state(const std::string& account) {
    return ask<actors::agent_status>(around->who.agents.find(account), actors::get_agent{}).state;
  }

  /// A caller; the leg is the answer.
  domain::leg_id call_in(const std::string& number = "12315", const std::string& caller = "13800000001") {
    sip::incoming_call in;
    in.leg = domain::leg_id{++next_leg, 1};
    in.trunk = "carrier";
    in.caller.number = caller;
    in.called = number;
    in.offer = phone_sdp();
    call_in(in);
    run();
    return in.leg;
  }
  /// As above, but nobody has handled it yet.
  void call_in(const sip::incoming_call& in) {
    sip.alive.insert(in.leg);
    caf::anon_send(around->who.calls.get(), in);
  }
  /// The agent's phone that was called last.
  domain::leg_id ringing_leg() const { return sip.last("invite").leg; }

  void phone_rings(const domain::leg_id& leg) {
    sip.emit(leg, sip::leg_event_kind::progress, 180);
    run();
  }
  void phone_answers(const domain::leg_id& leg) {
    sip.emit(leg, sip::leg_event_kind::answered, 200, sip::leg_end::none, phone_sdp(41000));
    run();
  }
  void phone_refuses(const domain::leg_id& leg, int status) {
    sip.emit(leg, sip::leg_event_kind::failed, status);
    run();
  }
  void hangs_up(const domain::leg_id& leg, sip::leg_end how = sip::leg_end::remote_bye) {
    sip.emit(leg, sip::leg_event_kind::ended, 0, how);
    run();
  }

  std::vector<domain::event> log() const {
    std::vector<domain::event> all;
    REQUIRE(journal->read_log(1, [&](const domain::event& e) {
      all.push_back(e);
      return true;
    }));
    return all;
  }
  template <class Body> std::vector<Body> logged() const {
    std::vector<Body> found;
    for (const auto& e : log())
      if (const auto* body = std::get_if<Body>(&e.body)) found.push_back(*body);
    return found;
  }
  domain::call_record only_record() const {
    const auto ended = logged<domain::call_ended>();
    REQUIRE(ended.size() == 1);
    return ended.front().record;
  }

  /// The exactly-once proof: gapless numbers, every reservation ends once, one owner per call, one call per agent at a
  /// time, every call that arrived ends once (`all_ended`) or at most once, nothing but its recording's fate comes
  /// after that, queues are entered and left in turn, and the tables agree with the log.
  void check_invariants(bool all_ended) const;

  std::shared_ptr<actors::rescue_surroundings> around;
  std::unique_ptr<storage::journal> journal;
  fake_sip sip;
  fake_media media;
  caf::actor root;
  std::uint64_t next_leg = 0;
};

} // namespace lifeline::testing
