#include "domain/plan/plan_change.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

using namespace lifeline::domain;

namespace {

using lines = std::vector<std::string>;

plan two_hotlines() {
  plan p;
  for (const auto* name : {"12315", "96333"}) {
    hotline_plan h;
    h.name = name;
    h.numbers = {name};
    h.queue = name;
    p.hotlines.push_back(h);
    queue_plan q;
    q.name = name;
    p.queues.push_back(q);
  }
  for (const auto* account : {"8001", "8011"}) {
    agent_plan a;
    a.account = account;
    a.queues = {"12315"};
    p.agents.push_back(a);
  }
  trunk_plan t;
  t.name = "carrier";
  t.outbound = "192.0.2.1:5060";
  p.trunks.push_back(t);
  return p;
}

/// One change of a plan and what is said about it.
struct change {
  std::function<void(plan&)> make;
  lines expected;
};

void check(const std::vector<change>& table) {
  const auto before = two_hotlines();
  for (const auto& each : table) {
    auto after = before;
    each.make(after);
    INFO(each.expected.front());
    CHECK(describe_changes(before, after) == each.expected);
  }
}

template <class Field, class Value> change of_hotline(Field field, Value value, const std::string& expected) {
  return {[=](plan& p) { p.hotlines[0].*field = value; }, {"hotline 12315: " + expected}};
}
template <class Field, class Value> change of_queue(Field field, Value value, const std::string& expected) {
  return {[=](plan& p) { p.queues[0].*field = value; }, {"queue 12315: " + expected}};
}
template <class Field, class Value> change of_agent(Field field, Value value, const std::string& expected) {
  return {[=](plan& p) { p.agents[1].*field = value; }, {"agent 8011: " + expected}};
}
template <class Field, class Value> change of_trunk(Field field, Value value, const std::string& expected) {
  return {[=](plan& p) { p.trunks[0].*field = value; }, {"trunk carrier: " + expected}};
}
template <class Field, class Value> change of_limits(Field field, Value value, const std::string& expected) {
  return {[=](plan& p) { p.limits.*field = value; }, {"limits: " + expected}};
}
template <class Field, class Value> change of_codes(Field field, Value value, const std::string& expected) {
  return {[=](plan& p) { p.codes.*field = value; }, {"feature_codes: " + expected}};
}

} // namespace

TEST_CASE("equal plans have no changes, whatever the order of their entries") {
  const auto p = two_hotlines();
  CHECK(describe_changes(p, p).empty());
  auto turned = p;
  std::reverse(turned.hotlines.begin(), turned.hotlines.end());
  std::reverse(turned.queues.begin(), turned.queues.end());
  std::reverse(turned.agents.begin(), turned.agents.end());
  CHECK(describe_changes(p, turned).empty());
}

TEST_CASE("every changed field of a hotline is named with both values") {
  using h = hotline_plan;
  check({
      of_hotline(&h::numbers, std::vector<std::string>{"12315", "12345"}, "numbers 12315 -> 12315, 12345"),
      of_hotline(&h::queue, std::string{"96333"}, "queue 12315 -> 96333"),
      of_hotline(&h::lines, 7U, "lines 0 -> 7"),
      of_hotline(&h::reserved_for_callers, 2U, "reserved_for_callers 0 -> 2"),
      of_hotline(&h::greeting, std::string{"a.wav"}, "greeting none -> a.wav"),
      of_hotline(&h::media, media_mode::direct, "media anchored -> direct"),
      of_hotline(&h::record, false, "record true -> false"),
      of_hotline(&h::caller_number, std::string{"12345"}, "caller_number none -> 12345"),
      of_hotline(&h::emergency, true, "emergency false -> true"),
      of_hotline(&h::short_name, std::string{"96"}, "short_name none -> 96"),
      of_hotline(&h::backup_numbers, std::vector<std::string>{"1", "2"}, "backup_numbers none -> 1, 2"),
      of_hotline(&h::trunks, std::vector<std::string>{"carrier"}, "trunks none -> carrier"),
  });
}

TEST_CASE("every changed field of a queue is named with both values") {
  using q = queue_plan;
  escalation_rule relax;
  relax.after = 30s;
  relax.raise_priority = 2;
  relax.tier = 3;
  relax.replaces = true;
  relax.required = {{"law", 1}};
  escalation_rule leave;
  leave.position = 5;
  leave.overflow = true;
  check({
      of_queue(&q::priority, 3, "priority 0 -> 3"),
      of_queue(&q::weight, 1.5, "weight 1 -> 1.5"),
      of_queue(&q::strategy, strategy::ring_progressively, "strategy longest-idle -> ring-progressively"),
      of_queue(&q::required, std::vector<skill_requirement>{{"law", 3}, {"english", 2}},
               "required none -> law = 3, english = 2"),
      of_queue(&q::ring_timeout, 25s, "ring_timeout 20s -> 25s"),
      of_queue(&q::max_misses, 3, "max_misses 1 -> 3"),
      of_queue(&q::reject_delay, 1500ms, "reject_delay 2s -> 1s500ms"),
      of_queue(&q::busy_delay, 0s, "busy_delay 2s -> 0s"),
      of_queue(&q::no_answer_delay, 90s, "no_answer_delay 2s -> 1m30s"),
      of_queue(&q::ring_step, 7s, "ring_step 5s -> 7s"),
      of_queue(&q::tier_wait, 10s, "tier_wait 0s -> 10s"),
      of_queue(&q::tier_skip_empty, false, "tier_skip_empty true -> false"),
      of_queue(&q::priority_step, 30s, "priority_step 0s -> 30s"),
      of_queue(&q::priority_growth, 5, "priority_growth 10 -> 5"),
      of_queue(&q::escalations, std::vector<escalation_rule>{relax, leave},
               "escalation none -> (after 30s raise_priority 2 tier 3 required law = 1), (at position 5 overflow)"),
      of_queue(&q::present_states, std::vector<agent_state>{agent_state::ready, agent_state::wrap_up},
               "present ready, reserved, ringing, talking, hold, wrap_up -> ready, wrap_up"),
      of_queue(&q::join_empty, empty_policy::overflow, "join_empty wait -> overflow"),
      of_queue(&q::leave_empty, empty_policy::overflow, "leave_empty wait -> overflow"),
      of_queue(&q::leave_empty_after, 5s, "leave_empty_after 0s -> 5s"),
      of_queue(&q::sticky, 2h, "sticky 0s -> 2h"),
      of_queue(&q::sticky_wait, 20s, "sticky_wait 10s -> 20s"),
      of_queue(&q::resume_place, 5min, "resume_place 0s -> 5m"),
      of_queue(&q::max_expected_wait, 10min, "max_expected_wait 0s -> 10m"),
      of_queue(&q::wrap_up, 20s, "wrap_up 15s -> 20s"),
      of_queue(&q::wrap_up_limit, 1h, "wrap_up_limit 30m -> 1h"),
      of_queue(&q::max_wait, 20s, "max_wait 0s -> 20s"),
      of_queue(&q::max_length, 30U, "max_length 0 -> 30"),
      of_queue(&q::hold_mode, holding::early_media, "holding answered -> early-media"),
      of_queue(&q::music, std::string{"m.wav"}, "music none -> m.wav"),
      of_queue(&q::overflow_queue, std::string{"96333"}, "overflow_queue none -> 96333"),
      of_queue(&q::overflow_numbers, std::vector<std::string>{"1"}, "overflow_numbers none -> 1"),
      of_queue(&q::overflow_ring_timeout, 30s, "overflow_ring_timeout 25s -> 30s"),
      of_queue(&q::service_level, 20s, "service_level 15s -> 20s"),
      of_queue(&q::short_abandon, 10s, "short_abandon 5s -> 10s"),
  });
}

TEST_CASE("every changed field of an agent is named, skills and places one by one") {
  using a = agent_plan;
  check({
      of_agent(&a::name, std::string{"李"}, "name none -> 李"),
      of_agent(&a::admin, true, "admin false -> true"),
      of_agent(&a::ready_on_register, true, "ready_on_register false -> true"),
      of_agent(&a::queues, std::vector<std::string>{}, "queues 12315 -> none"),
      of_agent(&a::skills, std::map<std::string, int>{{"law", 3}}, "skill law none -> 3"),
      of_agent(&a::number, std::string{"11"}, "number none -> 11"),
      of_agent(&a::places, std::map<queue_id, tier_place>{{"12315", {2, 0}}}, "tier in 12315 1 -> 2"),
      {[](plan& p) {
         p.agents[1].places = {{"12315", {3, 4}}};
       },
       {"agent 8011: tier in 12315 1 -> 3", "agent 8011: position in 12315 0 -> 4"}},
  });
  auto before = two_hotlines();
  before.agents[0].skills = {{"english", 2}, {"law", 5}};
  auto after = before;
  after.agents[0].skills = {{"french", 1}, {"law", 4}};
  CHECK(describe_changes(before, after) == lines{"agent 8001: skill english 2 -> none",
                                                 "agent 8001: skill french none -> 1", "agent 8001: skill law 5 -> 4"});
}

TEST_CASE("every changed field of a trunk is named with both values") {
  using t = trunk_plan;
  check({
      of_trunk(&t::cidrs, std::vector<std::string>{"192.0.2.0/24"}, "cidrs none -> 192.0.2.0/24"),
      of_trunk(&t::outbound, std::string{}, "outbound 192.0.2.1:5060 -> none"),
      of_trunk(&t::username, std::string{"u"}, "username none -> u"),
      of_trunk(&t::registers, true, "register false -> true"),
      of_trunk(&t::register_expires, 60s, "register_expires 5m -> 1m"),
      of_trunk(&t::options_interval, 0s, "options_interval 30s -> 0s"),
      of_trunk(&t::options_timeout, 2s, "options_timeout 4s -> 2s"),
      of_trunk(&t::options_failures, 3, "options_failures 2 -> 3"),
      of_trunk(&t::asserts_identity, false, "asserts_identity true -> false"),
      of_trunk(&t::max_invites_per_second, 2.5, "max_invites_per_second 0 -> 2.5"),
  });
}

TEST_CASE("every changed limit and feature code is named with both values") {
  using l = call_limits;
  using f = feature_codes;
  check({
      of_limits(&l::max_call, 2h, "max_call 4h -> 2h"),
      of_limits(&l::setup_timeout, 5s, "setup_timeout 10s -> 5s"),
      of_limits(&l::media_timeout, 1min, "media_timeout 30s -> 1m"),
      of_limits(&l::max_calls, 10U, "max_calls 20000 -> 10"),
      of_limits(&l::emergency_share, 0.2, "emergency_share 0.1 -> 0.2"),
      of_limits(&l::max_mailbox, 10U, "max_mailbox 5000 -> 10"),
      of_limits(&l::max_lag, 1s, "max_lag 200ms -> 1s"),
      of_codes(&f::ready, std::string{"*1"}, "ready *51 -> *1"),
      of_codes(&f::not_ready, std::string{}, "not_ready *52 -> none"),
      of_codes(&f::logout, std::string{"*3"}, "logout *50 -> *3"),
      of_codes(&f::wrap_up_end, std::string{"*4"}, "wrap_up_end *53 -> *4"),
      of_codes(&f::wrap_up_more, std::string{"*5"}, "wrap_up_more *54 -> *5"),
      of_codes(&f::wrap_up_extra, 30s, "wrap_up_extra 1m -> 30s"),
      of_codes(&f::reasons, std::map<char, std::string>{{'1', "lunch"}},
               "reasons 1 = break, 2 = meal, 3 = training, 4 = meeting -> 1 = lunch"),
      of_codes(&f::confirm_prompt, std::string{"y.wav"}, "confirm_prompt confirm.wav -> y.wav"),
      of_codes(&f::refuse_prompt, std::string{"n.wav"}, "refuse_prompt refuse.wav -> n.wav"),
  });
}

TEST_CASE("another area code is named with both values") {
  check({{[](plan& p) { p.numbers.area = "025"; }, {"numbers: area_code 0517 -> 025"}}});
}

namespace {

template <class Field, class Value> change of_rescue(Field field, Value value, const std::string& expected) {
  return {[=](plan& p) { p.rescue.*field = value; }, {"rescue: " + expected}};
}

} // namespace

TEST_CASE("every changed setting of rescues is named with both values") {
  using r = rescue_plan;
  const auto strings = [](auto... texts) { return std::vector<std::string>{texts...}; };
  check({
      of_rescue(&r::enabled, false, "enabled true -> false"),
      of_rescue(&r::lines, 9U, "lines 4 -> 9"),
      of_rescue(&r::line_patience, 10s, "line_patience 20s -> 10s"),
      of_rescue(&r::alert_backup, 90s, "alert_backup 1m -> 1m30s"),
      of_rescue(&r::supervisor_numbers, std::vector<std::string>{"13700000001"},
                "supervisor_numbers none -> 13700000001"),
      of_rescue(&r::hotline, std::string{"12315"}, "hotline 96333 -> 12315"),
      of_rescue(&r::number_prefix, std::string{"HA"}, "number_prefix JY -> HA"),
      of_rescue(&r::utc_offset, -210min, "utc_offset +08:00 -> -03:30"),
      of_rescue(&r::limits, rescue_limits{{2min, 30min}, {3min, 30min}}, "l1_answer 3m -> 2m"),
      of_rescue(&r::limits, rescue_limits{{3min, 20min}, {3min, 30min}}, "l1_arrival 30m -> 20m"),
      of_rescue(&r::limits, rescue_limits{{3min, 30min}, {4min, 30min}}, "l2_answer 3m -> 4m"),
      of_rescue(&r::limits, rescue_limits{{3min, 30min}, {3min, 1h}}, "l2_arrival 30m -> 1h"),
      of_rescue(&r::ring_timeout, 20s, "ring_timeout 30s -> 20s"),
      of_rescue(&r::answer_patience, 30s, "answer_patience 45s -> 30s"),
      of_rescue(&r::dial_rounds, 2U, "dial_rounds 3 -> 2"),
      of_rescue(&r::dial_pause, 0s, "dial_pause 20s -> 0s"),
      of_rescue(&r::urge_every, 5min, "urge_every 10m -> 5m"),
      of_rescue(&r::alert_agents, 10s, "alert_agents 15s -> 10s"),
      of_rescue(&r::alert_supervisor, 1min, "alert_supervisor 30s -> 1m"),
      of_rescue(&r::confirm_within, 5min, "confirm_within 10m -> 5m"),
      of_rescue(&r::review_every, 1h, "review_every 30m -> 1h"),
      of_rescue(&r::silent_after, 96h, "silent_after 72h -> 96h"),
      of_rescue(&r::mass_count, 9U, "mass_count 5 -> 9"),
      of_rescue(&r::mass_window, 1min, "mass_window 5m -> 1m"),
      of_rescue(&r::report_numbers, strings("051796333"), "report_numbers none -> 051796333"),
      of_rescue(&r::lift_phone_numbers, strings("1", "2"), "lift_phone_numbers none -> 1, 2"),
      of_rescue(&r::lift_phone_patience, 4s, "lift_phone_patience 6s -> 4s"),
      of_rescue(&r::public_url, std::string{"https://a.cn"}, "public_url none -> https://a.cn"),
  });
}

TEST_CASE("districts and vendors of rescues are named one by one") {
  auto before = two_hotlines();
  auto& r = before.rescue;
  r.districts["320812"] = {{3min, 30min}, {3min, 30min}};
  r.districts["320830"] = {{3min, 45min}, {3min, 45min}};
  r.vendors = {{"gone", {}, "rescue_code", 5min}, {"kept", {{"1", report_kind::fault}}, "rescue_code", 5min}};
  auto after = before;
  after.rescue.districts = {{"320830", {{3min, 40min}, {3min, 45min}}}, {"320831", {}}};
  after.rescue.vendors = {{"new", {}, "rescue_code", 5min},
                          {"kept", {{"1", report_kind::entrapment}, {"2", report_kind::test}}, "device_id", 1min}};
  CHECK(describe_changes(before, after) ==
        lines{"rescue: district 320812 gone", "rescue: district 320830 l1_arrival 45m -> 40m",
              "rescue: district 320831 new", "rescue: vendor gone gone",
              "rescue: vendor kept key_field rescue_code -> device_id", "rescue: vendor kept max_skew 5m -> 1m",
              "rescue: vendor kept kinds 1 = fault -> 1 = entrapment, 2 = test", "rescue: vendor new new"});
}

TEST_CASE("a field added to the plan must be added to its changes and to these tests") {
  // Does not compile when a struct has more or fewer members than are compared.
  const auto& [h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14] = hotline_plan{};
  const auto& [a1, a2, a3, a4, a5, a6, a7, a8, a9] = agent_plan{};
  const auto& [t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11] = trunk_plan{};
  const auto& [l1, l2, l3, l4, l5, l6, l7] = call_limits{};
  const auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9] = feature_codes{};
  const auto& [q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12, q13, q14, q15, q16, q17, q18, q19, q20, q21, q22, q23,
               q24, q25, q26, q27, q28, q29, q30, q31, q32, q33, q34, q35, q36] = queue_plan{};
  const auto& [e1, e2, e3, e4, e5, e6, e7] = escalation_rule{};
  CHECK_FALSE(h13);
  CHECK(h14.empty());
  CHECK_FALSE(a9);
  CHECK_FALSE(q36);
  CHECK_FALSE(e7);
  CHECK(t11 == 0);
  CHECK(l7 == 200ms);
  CHECK(f1 == "*51");
}

TEST_CASE("new and gone entries are told in a stable order, retired ones are not mentioned") {
  const auto before = two_hotlines();
  auto after = before;
  after.agents.erase(after.agents.begin());
  agent_plan fresh;
  fresh.account = "8000";
  after.agents.push_back(fresh);
  after.queues.erase(after.queues.begin() + 1);
  after.hotlines.erase(after.hotlines.begin() + 1);
  after.trunks.clear();
  const lines expected{"hotline 96333: gone", "queue 96333: gone", "agent 8000: new", "agent 8001: gone",
                       "trunk carrier: gone"};
  CHECK(describe_changes(before, after) == expected);
  const auto whole = with_retired(before, after);
  CHECK(describe_changes(before, whole) == expected);
  CHECK(describe_changes(whole, whole).empty());
  CHECK(describe_changes(whole, after).empty());
  // One that returns is new again.
  CHECK(describe_changes(whole, before) ==
        lines{"hotline 96333: new", "queue 96333: new", "agent 8000: gone", "agent 8001: new", "trunk carrier: new"});
}

TEST_CASE("what is gone from the configuration keeps its name and settings, but takes no new calls") {
  auto before = two_hotlines();
  before.agents[0].places = {{"12315", {2, 1}}};
  before.queues[1].wrap_up = 99s;
  auto after = before;
  after.hotlines.pop_back();
  after.queues.pop_back();
  after.agents.erase(after.agents.begin());
  const auto whole = with_retired(before, after);

  REQUIRE(whole.find_hotline("96333") != nullptr);
  CHECK(whole.find_hotline("96333")->retired);
  CHECK(whole.find_hotline_by_number("96333") == nullptr);
  REQUIRE(whole.find_queue("96333") != nullptr);
  CHECK(whole.find_queue("96333")->retired);
  CHECK(whole.find_queue("96333")->wrap_up == 99s);
  REQUIRE(whole.find_agent("8001") != nullptr);
  CHECK(whole.find_agent("8001")->retired);
  CHECK(whole.find_agent("8001")->queues.empty());
  CHECK(whole.find_agent("8001")->places.empty());
  CHECK_FALSE(whole.find_agent("8011")->retired);
  CHECK_FALSE(whole.find_queue("12315")->retired);

  // A second reload keeps them, one that names them again takes them back whole.
  CHECK(with_retired(whole, after) == whole);
  CHECK(with_retired(whole, before) == before);
}
