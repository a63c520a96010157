#include "tests/actors/rescue/alarm_bench.hpp"

#include "actors/rescue/alarms.hpp"
#include "actors/rescue/rescue_codec.hpp"
#include "storage/tables.hpp"

#include <utility>

namespace lifeline::testing {

using domain::party_kind;

alarm_bench::alarm_bench(domain::plan plan) : hotline_bench(std::move(plan)) {
  equip();
  REQUIRE(around->lifts.load(*journal, 8h) == 0);
  for (const char* code : {"320145", "320146", "320147"})
    REQUIRE(around->lifts.put(bench_lift(code), "test", time()));
  for (const auto& p : {bench_party("firm-1", party_kind::firm, "13900000001"),
                        bench_party("station-1", party_kind::station, "13900000002"),
                        bench_party("station-2", party_kind::station, "13900000003"),
                        bench_party("fire-119", party_kind::public_rescue, "119")})
    REQUIRE(around->lifts.put_party(p, "test", time()));
  caf::anon_send(around->who_rescues.alarms.get(), actors::registry_changed{});
  run();
}

alarm_bench::~alarm_bench() {
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  run();
  for (const auto& [id, alarm] : around->who_rescues.orders.entries())
    caf::anon_send_exit(alarm, caf::exit_reason::kill);
  run();
  dialled.clear();
}

void alarm_bench::equip() {
  around->start_call = [this](caf::actor_system& system, const actors::rescue_surroundings_ptr&,
                              actors::rescue_call_request r, actors::attempt_done done) {
    auto given_up = std::make_shared<bool>(false);
    const auto ear = system.spawn([given_up](caf::event_based_actor*) -> caf::behavior {
      return {[given_up](const actors::release_order&) { *given_up = true; }};
    });
    const auto rings = r.dialled;
    const auto at = time();
    dialled.push_back(std::make_unique<dialled_call>(dialled_call{std::move(r), std::move(done), given_up, false}));
    if (lines_free && rings) rings(at);
    return actors::rescue_call_handle{ear};
  };
}

void alarm_bench::restart_engine() { restart_engine(domain::span{0}); }

void alarm_bench::restart_engine(domain::span down) {
  caf::anon_send_exit(root, caf::exit_reason::kill);
  run();
  for (const auto& [id, alarm] : around->who_rescues.orders.entries())
    caf::anon_send_exit(alarm, caf::exit_reason::kill);
  for (const auto& c : around->who.live_calls.all())
    caf::anon_send_exit(c, caf::exit_reason::kill);
  caf::anon_send_exit(around->who_rescues.alarms.get(), caf::exit_reason::kill);
  run();
  around->who.clear();
  around->who_rescues.clear();
  sched.clock().cancel_all();
  for (auto& c : dialled)
    c->over = true; // their dialogs are gone
  advance(down);
  const auto plan = around->plan();
  const auto clock = around->clock;
  around = std::make_shared<actors::rescue_surroundings>();
  around->set_plan(plan);
  around->sip = &sip;
  around->media = &media;
  around->journal = journal.get();
  around->clock = clock;
  around->clock.utc += std::exchange(clock_set_at_restart, {});
  around->outbound_held = copy_at_restart;
  around->seed = 11;
  equip();
  (void)around->lifts.load(*journal, 8h);
  root = end_with_test(actors::spawn_tree(sys, around, {}, true));
  run();
}

domain::alarm_report alarm_bench::report(domain::report_kind kind, const std::string& lift) {
  domain::alarm_report r;
  r.channel = domain::report_channel::mobile;
  r.source = "mobile";
  r.message_id = "m" + std::to_string(++messages);
  r.kind = kind;
  r.lift_key = lift;
  r.confirmed = true;
  r.caller_phone = "138" + std::to_string(10000000 + messages);
  return r;
}

domain::alarm_report alarm_bench::device_report(domain::report_kind kind, const std::string& lift) {
  auto r = report(kind, lift);
  r.channel = domain::report_channel::lift_phone;
  r.source = "lift-phone";
  r.confirmed = false;
  r.caller_phone.clear();
  return r;
}

void alarm_bench::send(const domain::alarm_report& r) {
  sys.spawn([this, r](caf::event_based_actor* me) {
    me->request(around->who_rescues.alarms.get(), std::chrono::seconds{10}, actors::take_report{r})
        .then([this](actors::report_answer& a) { answers.push_back(std::move(a)); }, [](caf::error&) {});
  });
}

actors::report_answer alarm_bench::take(const domain::alarm_report& r) {
  return ask<actors::report_answer>(around->who_rescues.alarms.get(), actors::take_report{r});
}

domain::order_id alarm_bench::open(const std::string& lift) {
  const auto answer = take(report(domain::report_kind::entrapment, lift));
  REQUIRE_FALSE(answer.refused);
  REQUIRE(answer.receipt.fate == domain::report_fate::opened);
  return answer.receipt.order;
}

actors::order_answer alarm_bench::act(const domain::order_id& id, domain::order_verb verb,
                                      std::map<std::string, std::string> fields, std::uint64_t version) {
  domain::order_action a;
  a.verb = verb;
  a.by = "8001";
  a.role = domain::role::admin;
  a.expected_version = version;
  a.fields = std::move(fields);
  return ask<actors::order_answer>(around->who_rescues.alarms.get(), actors::order_request{id, a});
}

void alarm_bench::order_only(const domain::order_id& id, domain::order_verb verb) {
  domain::order_action a;
  a.verb = verb;
  a.by = "8001";
  a.role = domain::role::admin;
  caf::anon_send(around->who_rescues.alarms.get(), actors::order_request{id, a});
}

actors::order_answer alarm_bench::says(const domain::order_id& id, domain::rescuer_word word,
                                       const std::string& party) {
  domain::rescuer_report r;
  r.party = party;
  r.word = word;
  r.via = domain::step_via::signed_link;
  return ask<actors::order_answer>(around->who_rescues.alarms.get(), actors::rescuer_words{id, r});
}

void alarm_bench::call_ends(dialled_call& c, domain::attempt_outcome outcome) {
  domain::attempt_result r;
  r.attempt = c.request.attempt.id;
  r.outcome = outcome;
  c.over = true;
  c.done(r);
  run();
}

void alarm_bench::call_ends(domain::attempt_outcome outcome) {
  const auto open = ringing();
  REQUIRE(!open.empty());
  call_ends(*open.back(), outcome);
}

std::vector<alarm_bench::dialled_call*> alarm_bench::ringing() {
  std::vector<dialled_call*> open;
  for (auto& c : dialled)
    if (!c->over && !*c->given_up) open.push_back(c.get());
  return open;
}

domain::order_state alarm_bench::state(const domain::order_id& id) const {
  const auto order = around->orders.get(id);
  REQUIRE(order != nullptr);
  return *order;
}

domain::order_state alarm_bench::stored_state(const domain::order_id& id) const {
  const auto row = journal->get(storage::table::orders, storage::order_key{id}.encode());
  REQUIRE(row);
  REQUIRE(row->has_value());
  auto order = actors::decode_order(**row);
  REQUIRE(order);
  return *order;
}

std::vector<domain::order_step> alarm_bench::steps(const domain::order_id& id) const {
  std::vector<domain::order_step> found;
  for (const auto& s : logged<domain::order_changed>())
    if (s.order == id) found.push_back(s.step);
  return found;
}

std::size_t alarm_bench::count(const domain::order_id& id, domain::order_step step) const {
  const auto all = steps(id);
  return static_cast<std::size_t>(std::count(all.begin(), all.end(), step));
}

std::size_t alarm_bench::rows(storage::table t) const {
  std::size_t n = 0;
  (void)journal->scan(t, {}, {}, false, [&](auto, auto) { return ++n > 0; });
  return n;
}

void alarm_bench::check_deadlines() const {
  for (const auto& o : around->orders.all()) {
    INFO(o->number);
    if (domain::is_active(o->status)) CHECK(domain::next_deadline(*o) != domain::never);
  }
}

void alarm_bench::crash_alarm(const domain::order_id& id) {
  caf::anon_send(around->who_rescues.orders.find(id), actors::crash_order{"injected"});
  run();
  advance(10ms);
}

void alarm_bench::crash_supervisor() {
  caf::anon_send(around->who_rescues.alarms.get(), actors::crash_order{"injected"});
  run();
  advance(10ms);
}

} // namespace lifeline::testing
