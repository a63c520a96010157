// Each invariant can fail: handed a wrong log, a wrong state or a wrong world, the watches see it. And each is content
// with what is right.

#include "tests/simulation/world.hpp"

#include "actors/calls/call.hpp"
#include "actors/core/checkpoints.hpp"
#include "storage/tables.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>

using namespace lifeline;
using namespace std::chrono_literals;
using simulation::verb;

namespace {

struct scene {
  explicit scene(const char* text) {
    const auto s = simulation::parse_script(text);
    REQUIRE(s);
    const auto begin =
        std::find_if(s->inputs.begin(), s->inputs.end(), [](const auto& i) { return i.what != verb::set; });
    w = std::make_unique<simulation::world>(s->seed, std::vector<simulation::input>{s->inputs.begin(), begin});
    for (auto i = begin; i != s->inputs.end(); ++i)
      w->play(*i);
    REQUIRE_FALSE(broken());
  }
  void play(const char* text) const {
    const auto s = simulation::parse_script(text);
    REQUIRE(s);
    for (const auto& i : s->inputs)
      w->play(i);
  }
  [[nodiscard]] bool broken() const { return w->found().any(); }
  [[nodiscard]] bool broken(const std::string& rule) const {
    const auto& all = w->found().all();
    return std::any_of(all.begin(), all.end(), [&](const auto& v) { return v.rule == rule; });
  }
  [[nodiscard]] domain::call_id call() const { return w->around()->who.live_calls.entries().front().first; }
  void write(domain::event_body body, const domain::call_id& about = {}) const {
    w->disk().append({{{0, w->now(), about, std::move(body)}}, {}}, storage::durability::lazy);
  }
  void put(storage::table t, std::string key, std::optional<std::string> value) const {
    w->disk().append({{}, {{t, std::move(key), std::move(value)}}}, storage::durability::durable);
  }
  std::unique_ptr<simulation::world> w;
};

constexpr const char* talking = "registers 8001 1\nagent 8001 ready\nsettle\ncall 1 12315\nsettle\nphone-rings 8001\n"
                                "phone-answers 8001\nsettle\n";
constexpr const char* waiting = "call 1 12315\nsettle\npass 1000\n";

domain::agent_reserved forged(const std::string& agent, const domain::queue_id& queue, domain::instant deadline) {
  domain::agent_reserved r;
  r.reservation = domain::reservation_id{99, 99};
  r.agent = agent;
  r.queue = queue;
  r.epoch = 1;
  r.deadline = deadline;
  return r;
}

} // namespace

TEST_CASE("nothing is found where nothing is wrong") {
  scene s{talking};
  s.w->end_fairly();
  for (const auto& v : s.w->found().all())
    FAIL_CHECK(v.rule << ": " << v.what);
}

// ---- the log -----------------------------------------------------------------------------------------------------

TEST_CASE("found: a call that ends twice, or talks without a reservation") {
  scene s{talking};
  const auto id = s.call();
  SECTION("two owners") {
    domain::call_connected c;
    c.agent = "8002";
    c.reservation = domain::reservation_id{7, 7};
    s.write(c, id);
  }
  SECTION("two ends") {
    s.play("leave 1\nsettle\npass 1000\n");
    REQUIRE_FALSE(s.broken());
    domain::call_ended e;
    e.record.call = id;
    s.write(e, id);
  }
  CHECK(s.broken("log"));
}

TEST_CASE("found: a call and a reservation without an end, after the last entry") {
  scene s{waiting};
  s.write(domain::call_arrived{"12315", "1", "12315", "carrier", {}, {}}, domain::call_id{5, 5});
  REQUIRE_FALSE(s.broken());
  s.w->end_fairly();
  CHECK(s.broken("log"));
}

TEST_CASE("found: a reservation without a deadline, or past it") {
  scene s{waiting};
  SECTION("without") { s.write(forged("8004", "12315", domain::never), s.call()); }
  SECTION("past it") {
    s.write(forged("8004", "12315", s.w->now() + 25s), s.call());
    s.play("pass 30000\n");
    REQUIRE_FALSE(s.broken());
    s.play("pass 10000\n");
  }
  CHECK(s.broken("lease"));
}

TEST_CASE("found: an agent asked again within its delay") {
  scene s{"set 12315.reject-delay 5s\nregisters 8001 1\nagent 8001 ready\nsettle\ncall 1 12315\nsettle\n"
          "phone-refuses 8001 603\nsettle\npass 1000\n"};
  s.write(forged("8001", "12315", s.w->now() + 25s), s.call());
  CHECK(s.broken("retry delay"));
}

TEST_CASE("found: an account that does not add up") {
  scene s{waiting};
  domain::call_ended e;
  e.record.call = s.call();
  e.record.answered = s.w->now() - 10s;
  e.record.ended = s.w->now();
  e.record.talk = 12s;
  s.write(e, e.record.call);
  CHECK(s.broken("account"));
}

// ---- routing -----------------------------------------------------------------------------------------------------

TEST_CASE("found: a caller served although another one comes first") {
  scene s{"call 1 12315\nsettle\npass 1000\ncall 2 12315\nsettle\npass 1000\n"};
  domain::call_id later;
  domain::instant latest{};
  for (const auto& [id, actor] : s.w->around()->who.live_calls.entries()) {
    const auto* c = simulation::look_at<actors::call_actor_state>(actor);
    if (c->call.arrived > latest) later = id;
    latest = std::max(latest, c->call.arrived);
  }
  s.write(forged("8001", "12315", s.w->now() + 25s), later);
  s.play("registers 8005 1\nrun 1\n"); // any step
  CHECK(s.broken("order"));
}

TEST_CASE("the order of callers: certain priority first, then the place within a queue") {
  domain::queue_plan low, high;
  high.priority = 10;
  domain::call_state early, late;
  early.place = domain::instant{10s};
  late.place = domain::instant{20s};
  using simulation::routing_watch;
  CHECK(routing_watch::passed_over({&early, &low}, {&late, &high}));
  CHECK_FALSE(routing_watch::passed_over({&late, &high}, {&early, &low}));
  CHECK(routing_watch::passed_over({&late, &low}, {&early, &low}));
  CHECK_FALSE(routing_watch::passed_over({&early, &low}, {&late, &low}));
  // It may have grown as high by its queue's own rules: then nothing is certain.
  low.priority_step = 5s;
  low.priority_growth = 10;
  CHECK_FALSE(routing_watch::passed_over({&early, &low}, {&late, &high}));
}

TEST_CASE("found: a caller whom the dispatcher has forgotten, and a ghost in its queue") {
  scene s{waiting};
  const auto dispatcher = s.w->around()->who.dispatcher();
  SECTION("forgotten") { caf::anon_send(dispatcher, actors::call_leaves{s.call()}); }
  SECTION("a ghost") {
    s.w->around()->kept.want_place(domain::call_id{8, 8}, "12315");
    s.w->around()->kept.enter(domain::call_id{8, 8}, "12315", [] {}); // or the log would tell
    caf::anon_send(dispatcher, actors::call_waits{domain::call_id{8, 8}, "12315", s.w->now(), true, false, {}});
  }
  s.play("pass 1000\n");
  CHECK(s.broken("queue"));
}

TEST_CASE("found: an agent who is ready while a caller waits whom it could serve") {
  scene s{"set 12315.reject-delay 5s\nregisters 8001 1\nagent 8001 ready\nsettle\ncall 1 12315\nsettle\n"};
  auto plan = s.w->around()->plan();
  plan.queues[0].reject_delay = 0s; // what the watch believes: 8001 need not rest
  s.w->log().obey(plan);
  s.play("phone-refuses 8001 603\nsettle\nagent 8001 ready\nsettle\ntick\n");
  CHECK(s.broken("idle"));
}

// ---- states ------------------------------------------------------------------------------------------------------

TEST_CASE("found: a call with two actors") {
  scene s{talking};
  const auto id = s.call();
  const auto first = s.w->around()->who.live_calls.find(id);
  const auto state = simulation::look_at<actors::call_actor_state>(first)->call;
  const auto second = s.w->time().system().spawn(actors::call, s.w->around(), state, true);
  s.play("settle\n");
  caf::anon_send(first, actors::wake{0});
  s.play("settle\n");
  CHECK(s.broken("owner"));
  s.w->around()->who.live_calls.enter(id, first);
  caf::anon_send_exit(second, caf::exit_reason::kill);
}

TEST_CASE("found: a state without a deadline, without a timer, or past its deadline") {
  simulation::findings found;
  simulation::state_watch watch{found};
  const domain::instant now{100h};
  SECTION("a call") {
    domain::call_state c;
    c.phase = domain::call_phase::waiting;
    c.last_moment = now + 4h;
    watch.check_call(c, now + 30s, now);
    REQUIRE_FALSE(found.any());
    SECTION("no deadline") {
      c.last_moment = domain::never;
      watch.check_call(c, now + 30s, now);
    }
    SECTION("no timer") { watch.check_call(c, domain::never, now); }
    SECTION("a late timer") { watch.check_call(c, now + 5h, now); }
    SECTION("past it") {
      c.phase_deadline = now - 5s;
      watch.check_call(c, now - 6s, now);
    }
  }
  SECTION("an agent") {
    domain::agent_model a;
    a.account = "8001";
    a.engaged = domain::engagement::reserved;
    a.deadline = now + 25s;
    watch.check_agent(a, now + 25s, false, now);
    REQUIRE_FALSE(found.any());
    SECTION("no deadline") {
      a.deadline = domain::never;
      watch.check_agent(a, now + 25s, false, now);
    }
    SECTION("no timer") { watch.check_agent(a, domain::never, false, now); }
    SECTION("past it") { watch.check_agent(a, now + 25s, false, now + 30s); }
  }
  SECTION("an order") {
    domain::order_state o;
    o.status = domain::order_status::open;
    o.remind_due = now + 30min;
    watch.check_order(o, now + 30s, now);
    REQUIRE_FALSE(found.any());
    SECTION("no deadline") {
      o.remind_due = domain::never;
      watch.check_order(o, now + 30s, now);
    }
    SECTION("no timer") { watch.check_order(o, domain::never, now); }
    SECTION("past it") { watch.check_order(o, now, now + 31min); }
  }
  REQUIRE(found.any());
  CHECK(found.all().front().rule == "deadline");
}

TEST_CASE("found: a wrap-up that is cut short without an order") {
  simulation::findings found;
  simulation::state_watch watch{found};
  const domain::instant now{100h};
  domain::agent_model a;
  a.account = "8001";
  a.engaged = domain::engagement::wrap_up;
  a.deadline = now + 10s;
  watch.check_agent(a, now + 10s, false, now);
  bool expected = true;
  SECTION("it ends early") {
    a.engaged = domain::engagement::none;
    watch.check_agent(a, domain::never, false, now + 5s);
  }
  SECTION("it is made shorter") {
    a.deadline = now + 6s;
    watch.check_agent(a, now + 6s, false, now + 5s);
  }
  SECTION("it ends in time") {
    a.engaged = domain::engagement::none;
    watch.check_agent(a, domain::never, false, now + 10s);
    expected = false;
  }
  SECTION("somebody has ordered it") {
    watch.ordered("8001", now + 4s);
    a.engaged = domain::engagement::none;
    watch.check_agent(a, domain::never, false, now + 5s);
    expected = false;
  }
  CHECK(found.any() == expected);
}

TEST_CASE("found: an agent, or a caller, in two conversations") {
  scene s{
      "set 12315.strategy ring-all\nregisters 8001 2\nregisters 8002 1\nagent 8001 ready\nagent 8002 ready\nsettle\n"
      "call 1 12315\ncall 2 12315\nsettle\nphone-answers 8001\nsettle\n"};
  std::vector<domain::leg_id> callers;
  for (const auto& [id, leg] : s.w->sip().legs())
    if (leg.role == simulation::leg_role::caller) callers.push_back(id);
  REQUIRE(callers.size() == 2);
  std::string rule;
  const auto invite = [&](std::uint64_t n, const char* who, const domain::call_id& call) {
    sip::invite_request r;
    r.leg = domain::leg_id{50, n};
    r.target_uri = std::string{"sip:"} + who + "@192.0.2.9";
    r.headers["X-Lifeline-Call"] = domain::to_string(call);
    r.ring_timeout = 60s;
    s.w->sip().invite(r);
    auto* leg = s.w->sip().find(who, [&](const auto& l) { return l.id == r.leg; });
    REQUIRE(leg != nullptr);
    s.w->sip().answer_by(*leg);
    return r.leg;
  };
  SECTION("the agent's phones, both answered") {
    (void)invite(1, "8001", domain::call_id{4, 4});
    rule = "one call per agent";
  }
  SECTION("two phones answered the same caller") {
    const auto& legs = s.w->sip().legs();
    const auto first = std::find_if(legs.begin(), legs.end(), [](const auto& l) {
      return l.second.role == simulation::leg_role::phone && l.second.phase == simulation::leg_phase::answered;
    });
    (void)invite(2, "8004", first->second.call);
    rule = "one owner per call";
  }
  s.play("tick\n");
  CHECK(s.broken(rule));
}

TEST_CASE("found: two bridges of one agent") {
  simulation::findings found;
  simulation::clockwork time{1};
  simulation::outside outside{time};
  simulation::network sip{outside};
  simulation::sound media{outside};
  simulation::state_watch watch{found};
  class sink final : public media::endpoint_sink {
    void on_endpoint_event(const media::endpoint_event&) override {}
    void on_recording_event(const media::recording_event&) override {}
  };
  const auto phone = [&](std::uint64_t n) {
    sip::invite_request r;
    r.leg = domain::leg_id{60, n};
    r.target_uri = "sip:8001@192.0.2.1";
    r.headers["X-Lifeline-Call"] = domain::to_string(domain::call_id{1, n});
    sip.invite(r);
    media.open(r.leg, std::make_shared<sink>());
    return r.leg;
  };
  const auto caller = [&](const char* name) {
    const auto id = sip.add_caller(name, false).id;
    media.open(id, std::make_shared<sink>());
    return id;
  };
  media.bridge(phone(1), caller("1"));
  watch.check_bridges(sip, media);
  CHECK_FALSE(found.any());
  media.bridge(phone(2), caller("2"));
  watch.check_bridges(sip, media);
  REQUIRE(found.any());
  CHECK(found.all().front().rule == "one call per agent");
}

// ---- rescues -----------------------------------------------------------------------------------------------------

namespace {

constexpr const char* alarm_open = "report 1 entrapment 320145\nsettle\npass 1000\n";

domain::order_id only_order(const scene& s) { return s.w->around()->who_rescues.orders.entries().front().first; }

} // namespace

TEST_CASE("found: an order that waits for a call that has ended, or that nobody makes") {
  scene s{alarm_open};
  const auto order = s.w->around()->orders.get(only_order(s));
  REQUIRE(order);
  const auto attempt = order->deployments.front().attempts.front().id;
  domain::attempt_result r;
  r.attempt = attempt;
  r.outcome = domain::attempt_outcome::no_line;
  // As if its result had come before anybody could find the order's actor.
  REQUIRE(s.w->around()->attempts.finish(r));
  SECTION("the result lies there") {}
  SECTION("nothing lies there") { (void)s.w->around()->attempts.take(attempt); }
  s.play("tick\n");
  CHECK(s.broken("rescue"));
}

TEST_CASE("found: a call to a rescuer that waits while a line is free") {
  scene s{alarm_open};
  s.w->around()->rescue_calls_waiting = 1;
  s.play("tick\n");
  CHECK(s.broken("rescue"));
}

TEST_CASE("found: a call to a rescuer that is said to have rung and was never dialled") {
  scene s{"report 1 entrapment 320145\nreport 2 entrapment 320146\nreport 3 entrapment 320147\nsettle\npass 1000\n"};
  const auto find = [&]() -> std::optional<domain::rescuer_called> {
    for (const auto& o : s.w->around()->orders.all())
      for (const auto& d : o->deployments)
        for (const auto& a : d.attempts)
          if (domain::waits_for_line(a)) {
            domain::rescuer_called x;
            x.order = o->id;
            x.attempt = a.id;
            x.party = d.party;
            x.outcome_known = true;
            x.outcome = domain::attempt_outcome::no_answer;
            return x;
          }
    return std::nullopt;
  };
  const auto forged = find(); // three orders, two lines
  REQUIRE(forged);
  s.write(*forged);
  CHECK(s.broken("log"));
}
