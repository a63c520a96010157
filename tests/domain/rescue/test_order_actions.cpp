// What people order: every verb with its roles, its fields, and the states it does not fit.
#include "domain/rescue/order_field_table.hpp"
#include "test_order_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;
using fields = std::map<std::string, std::string>;

namespace {

/// Good fields for a verb, for an order as `at_work` makes it.
fields good_fields(order_verb v) {
  switch (v) {
  case order_verb::edit: return {{"trapped", "3"}};
  case order_verb::link_call: return {{"call", "0193dd20-3f9a-7c1c-8d0e-7a1b2c3d4e5f"}};
  case order_verb::assign: return {{"agent", "hua"}};
  case order_verb::transfer: return {{"unit", "market office"}};
  case order_verb::dismiss:
  case order_verb::leave_mass:
  case order_verb::reopen: return {{"reason", "because"}};
  case order_verb::escalate: return {{"level", "3"}, {"reason", "because"}};
  case order_verb::engage: return {{"party", "far"}, {"level", "2"}, {"reason", "because"}};
  case order_verb::withdraw:
  case order_verb::refuse_for: return {{"party", "firm"}, {"reason", "because"}};
  case order_verb::confirm: return {{"with", "using unit"}};
  case order_verb::extend: return {{"party", "firm"}, {"what", "answer"}, {"minutes", "5"}, {"reason", "because"}};
  case order_verb::follow_up: return {{"result", "content"}};
  case order_verb::quality_check: return {{"score", "90"}};
  case order_verb::close: return {{"fault_cause", "door"}};
  case order_verb::note: return {{"text", "a note"}};
  case order_verb::attach: return {{"title", "report"}, {"url", "https://files.example/1"}};
  default: return {};
  }
}

/// An order in the state that the verb fits.
void prepare(order_bench& b, order_verb v) {
  auto r = a_report();
  if (v == order_verb::promote) {
    r.channel = report_channel::iot;
    r.moving = true;
  }
  if (v == order_verb::acknowledge) r.channel = report_channel::mobile;
  b.open(r);
  if (v == order_verb::leave_mass) b.give(mass_event_set{1});
  if (v >= order_verb::confirm && v <= order_verb::reopen && v != order_verb::urge && v != order_verb::supervise &&
      v != order_verb::extend) {
    b.word(rescuer_word::completed, "firm");
    if (v == order_verb::confirm) return;
    REQUIRE(b.act(order_verb::confirm, good_fields(order_verb::confirm)));
    if (v == order_verb::follow_up) return;
    REQUIRE(b.act(order_verb::follow_up, good_fields(order_verb::follow_up)));
    if (v == order_verb::archive) REQUIRE(b.act(order_verb::close, good_fields(order_verb::close)));
  }
}

} // namespace

TEST_CASE("order verbs: names, rules and roles fit together", "[order][verbs]") {
  CHECK(verb_rules().size() == static_cast<std::size_t>(order_verb::leave_mass));
  std::set<order_verb> seen;
  for (const auto& rule : verb_rules()) {
    CAPTURE(to_string(rule.verb));
    CHECK(seen.insert(rule.verb).second);
    CHECK(parse_order_verb(to_string(rule.verb)) == rule.verb);
    CHECK_FALSE(rule.roles.empty());
  }
  CHECK(to_string(order_verb::quality_check) == "quality-check");
  CHECK(to_string(order_verb::leave_mass) == "leave-mass");
  CHECK_FALSE(parse_order_verb("unknown"));
  CHECK_FALSE(parse_order_verb(""));
}

TEST_CASE("order verbs: the table of fields has each field that a verb takes, in order, and no other",
          "[order][verbs]") {
  std::set<std::string_view> taken;
  for (const auto& rule : verb_rules())
    for (const auto* names : {&rule.required, &rule.optional})
      taken.insert(names->begin(), names->end());
  std::vector<std::string_view> listed;
  for (const auto& field : order_fields()) {
    CAPTURE(field.name);
    CHECK(find_order_field(field.name) == &field);
    CHECK((field.kind != field_kind::number || field.least < field.most));
    CHECK_FALSE(field.help.empty());
    listed.push_back(field.name);
  }
  CHECK(listed == std::vector<std::string_view>(taken.begin(), taken.end()));
  CHECK(find_order_field("colour") == nullptr);
}

TEST_CASE("order verbs: each is done by its roles and by an admin, and by nobody else", "[order][verbs]") {
  for (const auto& rule : verb_rules()) {
    for (const auto as : {role::agent, role::supervisor, role::quality, role::admin, role::integration}) {
      CAPTURE(to_string(rule.verb), to_string(as));
      order_bench b;
      prepare(b, rule.verb);
      const bool may = as == role::admin || std::find(rule.roles.begin(), rule.roles.end(), as) != rule.roles.end();
      b.lines_free_ = false; // that a call is dialled would be one version more
      const auto version = b.s.version;
      CHECK(b.act(rule.verb, good_fields(rule.verb), as) == may);
      CAPTURE(b.refusal.field, b.refusal.message);
      CHECK(b.s.version == version + (may ? 1 : 0));
      if (!may) CHECK(b.refusal.code == errc::forbidden);
    }
  }
}

TEST_CASE("order verbs: unknown and missing fields are refused by name", "[order][verbs]") {
  for (const auto& rule : verb_rules()) {
    CAPTURE(to_string(rule.verb));
    order_bench b;
    prepare(b, rule.verb);
    auto more = good_fields(rule.verb);
    more["colour"] = "red";
    CHECK_FALSE(b.act(rule.verb, more, role::admin));
    CHECK(b.refusal.code == errc::invalid);
    CHECK(b.refusal.field == "colour");
    for (const auto& name : rule.required) {
      if (name == "lift") continue;
      auto less = good_fields(rule.verb);
      less.erase(std::string{name});
      CHECK_FALSE(b.act(rule.verb, less, role::admin));
      CHECK(b.refusal.field == name);
      less[std::string{name}] = "";
      CHECK_FALSE(b.act(rule.verb, less, role::admin));
      CHECK(b.refusal.field == name);
    }
  }
}

TEST_CASE("order verbs: values are read strictly", "[order][verbs]") {
  struct wrong {
    order_verb verb;
    const char* field;
    std::string value;
  };
  const std::string long_text(501, 'x');
  const std::vector<wrong> table{
      {order_verb::edit, "type", "burglary"},
      {order_verb::edit, "trapped", "-1"},
      {order_verb::edit, "trapped", "1001"},
      {order_verb::edit, "injured", "two"},
      {order_verb::edit, "dead", "1 "},
      {order_verb::edit, "children", "maybe"},
      {order_verb::edit, "fire", "1"},
      {order_verb::edit, "district", "3208"},
      {order_verb::edit, "district", "32080x"},
      {order_verb::edit, "address", long_text},
      {order_verb::edit, "address", std::string("a\0b", 3)},
      {order_verb::edit, "caller_phone", "call me"},
      {order_verb::edit, "fault_cause", "magic"},
      {order_verb::edit, "description", std::string(2001, 'x')},
      {order_verb::link_call, "call", "7"},
      {order_verb::assign, "agent", long_text},
      {order_verb::escalate, "level", "4"},
      {order_verb::escalate, "level", "1"},
      {order_verb::engage, "party", "nobody"},
      {order_verb::engage, "level", "0"},
      {order_verb::withdraw, "party", "fire"},
      {order_verb::arrive_for, "at", "noon"},
      {order_verb::arrive_for, "at", "2026-11-25T12:00:00"},
      {order_verb::complete_for, "fault_cause", "magic"},
      {order_verb::confirm, "with", "myself"},
      {order_verb::extend, "what", "everything"},
      {order_verb::extend, "minutes", "241"},
      {order_verb::extend, "minutes", "0"},
      {order_verb::follow_up, "satisfaction", "4"},
      {order_verb::quality_check, "score", "101"},
      {order_verb::close, "fault_cause", "unknown"},
      {order_verb::reopen, "again", "perhaps"},
      {order_verb::note, "text", std::string(2001, 'x')},
      {order_verb::attach, "url", "javascript:alert(1)"},
      {order_verb::attach, "url", "https://a b"},
  };
  for (const auto& w : table) {
    CAPTURE(to_string(w.verb), w.field, w.value);
    order_bench b;
    prepare(b, w.verb);
    auto given = good_fields(w.verb);
    given[w.field] = w.value;
    const auto version = b.s.version;
    CHECK_FALSE(b.act(w.verb, given, role::admin));
    CHECK(b.refusal.code == errc::invalid);
    CHECK(b.refusal.field == w.field);
    CHECK_FALSE(b.refusal.message.empty());
    CHECK(b.s.version == version);
  }
}

TEST_CASE("order verbs: times that were told are in order, and not in the future", "[order][verbs]") {
  order_bench b;
  b.open();
  b.now_ += 5min;
  REQUIRE(b.act(order_verb::accept_for, {{"party", "firm"}}));
  b.now_ += 20min;
  const auto at = [&](span before) { return fields{{"party", "firm"}, {"at", to_rfc3339(b.now_ - before)}}; };
  CHECK_FALSE(b.act(order_verb::arrive_for, at(-61s)));
  CHECK(b.refusal.message.find("in the future") != std::string::npos);
  CHECK_FALSE(b.act(order_verb::arrive_for, at(26min)));
  CHECK(b.refusal.message.find("received") != std::string::npos);
  CHECK_FALSE(b.act(order_verb::arrive_for, at(21min)));
  CHECK(b.refusal.field == "at");
  CHECK(b.refusal.message.find("accepted") != std::string::npos);
  REQUIRE(b.act(order_verb::arrive_for, at(10min)));
  CHECK(b.of("firm").arrived == b.now_ - 10min);
  CHECK(b.last(order_step::arrived).told_at == b.now_ - 10min);
  CHECK(arrival_time(b.s) == 15min);
  CHECK_FALSE(b.act(order_verb::complete_for, at(11min)));
  CHECK(b.refusal.message.find("arrived") != std::string::npos);
  REQUIRE(b.act(order_verb::complete_for, at(-30s))); // a minute of skew is cut off
  CHECK(b.s.rescued == b.now_);
  CHECK(on_site_time(b.s) == 10min);
}

TEST_CASE("order verbs: an editor who has not seen what others did meets a conflict", "[order][verbs]") {
  order_bench b;
  b.open();
  order_action a;
  a.verb = order_verb::edit;
  a.by = "hua";
  a.fields = {{"trapped", "4"}};
  a.expected_version = b.s.version;
  b.call("101", attempt_outcome::busy); // the engine's own doing is no conflict
  REQUIRE(b.give(a));
  CHECK(b.s.trapped == 4);
  CHECK_FALSE(b.give(a)); // its own first edit was not seen
  CHECK(b.refusal.code == errc::conflict);
  CHECK(b.refusal.field == "version");
  CHECK(b.refusal.message.find("version is " + std::to_string(b.s.version)) != std::string::npos);
  a.expected_version = b.s.version + 1;
  CHECK_FALSE(b.give(a));
  a.expected_version = b.s.version;
  b.word(rescuer_word::accept); // nor was this
  CHECK_FALSE(b.give(a));
  a.expected_version = 0;
  CHECK(b.give(a));
}

TEST_CASE("order verbs: who does it must be known", "[order][verbs]") {
  order_bench b;
  b.open();
  order_action a;
  a.verb = order_verb::note;
  a.role = role::admin;
  a.fields = {{"text", "x"}};
  CHECK_FALSE(b.give(a));
  CHECK(b.refusal.field == "by");
}

TEST_CASE("order verbs: the end is confirmed from rescued only", "[order][verbs]") {
  order_bench b;
  b.open();
  const fields with{{"with", "trapped person"}};
  CHECK_FALSE(b.act(order_verb::confirm, with));
  CHECK(b.refusal.code == errc::conflict);
  b.word(rescuer_word::arrived);
  CHECK_FALSE(b.act(order_verb::confirm, with));
  CHECK(b.refusal.message.find("complete-for") != std::string::npos);
  CHECK_FALSE(b.act(order_verb::close, {{"fault_cause", "door"}}, role::admin));
  REQUIRE(b.act(order_verb::complete_for));
  CHECK_FALSE(b.act(order_verb::confirm, with, role::integration));
  CHECK_FALSE(b.act(order_verb::confirm, with, role::quality));
  REQUIRE(b.act(order_verb::confirm, with));
  CHECK_FALSE(b.act(order_verb::confirm, with));
  CHECK_FALSE(b.act(order_verb::escalate, {{"level", "3"}, {"reason", "x"}}));
}

TEST_CASE("order verbs: an entrapment is followed up before it is closed, a fault need not be", "[order][verbs]") {
  for (const auto kind : {report_kind::entrapment, report_kind::fault}) {
    order_bench b;
    b.open(a_report(report_channel::phone, kind));
    b.word(rescuer_word::completed);
    REQUIRE(b.act(order_verb::confirm, {{"with", "other"}}));
    const bool entrapment = kind == report_kind::entrapment;
    CHECK_FALSE(b.act(order_verb::close));
    CHECK(b.refusal.field == (entrapment ? "" : "fault_cause"));
    CHECK(b.act(order_verb::quality_check, {{"score", "0"}}, role::quality) == !entrapment);
    CHECK(b.act(order_verb::close, {{"fault_cause", "control"}}) == !entrapment);
    if (!entrapment) continue;
    REQUIRE(b.act(order_verb::follow_up, {{"result", "well"}}));
    REQUIRE(b.act(order_verb::close, {{"fault_cause", "control"}}));
    CHECK_FALSE(b.act(order_verb::edit, {{"trapped", "1"}}));
  }
}

TEST_CASE("order verbs: reopening goes back to the rescue, or starts the ladder again", "[order][verbs]") {
  order_bench b;
  b.open();
  b.word(rescuer_word::completed);
  REQUIRE(b.act(order_verb::confirm, {{"with", "other"}}));
  CHECK_FALSE(b.act(order_verb::reopen, {{"reason", "x"}}, role::agent));
  REQUIRE(b.act(order_verb::reopen, {{"reason", "not sure"}}, role::supervisor));
  CHECK(b.s.status == order_status::rescued);
  CHECK(b.s.confirmed == never);
  CHECK(next_deadline(b.s) == b.now_ + 10min);
  REQUIRE(b.act(order_verb::reopen, {{"reason", "one is still inside"}, {"again", "yes"}}, role::supervisor));
  CHECK(b.s.status == order_status::dispatched);
  CHECK(b.s.arrived == never);
  CHECK(b.ringing() == std::vector<std::string>{"101"});
  b.word(rescuer_word::arrived, "firm");
  CHECK(b.s.status == order_status::arrived);
}

TEST_CASE("order verbs: a dismissed alarm calls everybody back, and can be taken up again", "[order][verbs]") {
  order_bench b;
  b.open();
  b.call("101", attempt_outcome::accepted);
  REQUIRE(b.act(order_verb::dismiss, {{"reason", "false alarm"}}));
  CHECK(b.s.status == order_status::dismissed);
  CHECK(b.of("firm").phase == deployment_phase::withdrawn);
  CHECK(b.ringing().empty());
  CHECK(next_deadline(b.s) == never);
  CHECK(b.may_rest());
  REQUIRE(b.act(order_verb::reopen, {{"reason", "it was none"}}, role::supervisor));
  CHECK(b.ringing() == std::vector<std::string>{"101"});
}

TEST_CASE("order verbs: every step of the ladder can be taken by hand", "[order][verbs]") {
  order_bench b;
  b.open();
  REQUIRE(b.act(order_verb::escalate, {{"level", "2"}, {"reason", "firm is far"}}));
  CHECK(b.last(order_step::escalated).note == "firm is far");
  CHECK(b.last(order_step::escalated).by == "mei");
  REQUIRE(b.act(order_verb::engage, {{"party", "farthest"}, {"level", "2"}, {"reason", "knows the lift"}}));
  CHECK_FALSE(b.act(order_verb::engage, {{"party", "farthest"}, {"level", "2"}, {"reason", "x"}}));
  CHECK(b.refusal.code == errc::conflict);
  REQUIRE(b.act(order_verb::escalate, {{"level", "3"}, {"reason", "smoke"}}));
  CHECK_FALSE(b.act(order_verb::escalate, {{"level", "3"}, {"reason", "smoke"}}));
  CHECK(b.ringing() == std::vector<std::string>{"101", "119", "201", "221"});
  REQUIRE(b.act(order_verb::refuse_for, {{"party", "near"}, {"reason", "no car"}}));
  CHECK(b.of("near").phase == deployment_phase::refused);
  REQUIRE(b.act(order_verb::accept_for, {{"party", "near"}})); // found one
  CHECK_FALSE(b.act(order_verb::accept_for, {{"party", "near"}}));
  CHECK_FALSE(b.act(order_verb::accept_for)); // of several it is not clear which
  CHECK(b.refusal.field == "party");
  CHECK(b.act(order_verb::arrive_for, {{"party", "near"}}));
  CHECK(b.act(order_verb::complete_for, {{"party", "near"}, {"fault_cause", "external"}}));
  CHECK(b.s.fault_cause == "external");
  CHECK(b.of("fire").phase == deployment_phase::withdrawn);
}

TEST_CASE("order verbs: a limit that is extended is waited for, one that was missed stays missed", "[order][verbs]") {
  order_bench b;
  b.open();
  REQUIRE(b.act(order_verb::extend, {{"what", "answer"}, {"minutes", "10"}, {"reason", "looks for a car"}}));
  CHECK(b.of("firm").answer_due == noon + 13min);
  CHECK_FALSE(b.act(order_verb::extend, {{"what", "arrival"}, {"minutes", "10"}, {"reason", "x"}}));
  b.pass(13min);
  CHECK(b.of("firm").answer_overdue);
  CHECK_FALSE(b.act(order_verb::extend, {{"party", "firm"}, {"what", "answer"}, {"minutes", "10"}, {"reason", "x"}}));
  REQUIRE(b.word(rescuer_word::accept, "firm"));
  REQUIRE(
      b.act(order_verb::extend, {{"party", "firm"}, {"what", "arrival"}, {"minutes", "20"}, {"reason", "traffic"}}));
  CHECK(b.of("firm").arrival_due == b.now_ + 50min);
}

TEST_CASE("order verbs: the type starts and stops the ladder", "[order][verbs]") {
  order_bench b;
  b.open();
  REQUIRE(b.act(order_verb::edit, {{"type", "enquiry"}}));
  CHECK(b.ringing().empty());
  CHECK(b.s.status == order_status::open);
  REQUIRE(b.act(order_verb::edit, {{"type", "困人"}}));
  CHECK(b.ringing() == std::vector<std::string>{"101"});
}

TEST_CASE("order verbs: a filtered alarm that turns out to be a complaint is open, and the log says so",
          "[order][verbs]") {
  order_bench b;
  auto r = a_report(report_channel::iot);
  r.door_open = true;
  b.open(r);
  REQUIRE(b.s.status == order_status::filtered);
  REQUIRE(b.act(order_verb::edit, {{"type", "complaint"}}));
  CHECK(b.s.status == order_status::open);
  CHECK(b.last(order_step::promoted).to == order_status::open);
}

TEST_CASE("order verbs: lists are bounded and say so", "[order][verbs]") {
  order_bench b;
  b.open();
  for (int i = 0; i < 500; ++i)
    REQUIRE(b.act(order_verb::note, {{"text", "n"}}));
  CHECK_FALSE(b.act(order_verb::note, {{"text", "n"}}));
  CHECK(b.refusal.field == "text");
  for (int i = 0; i < 200; ++i)
    REQUIRE(b.act(order_verb::attach, {{"title", "t"}, {"url", "https://a"}}));
  CHECK_FALSE(b.act(order_verb::attach, {{"title", "t"}, {"url", "https://a"}}));
  CHECK(b.refusal.field == "url");
}

TEST_CASE("order verbs: who acts for the rescue has acknowledged the alarm", "[order][verbs]") {
  order_bench b;
  b.open(a_report(report_channel::lift_phone));
  REQUIRE(b.act(order_verb::accept_for, {{"party", "firm"}}));
  CHECK(b.s.acknowledged_by == "mei");
  CHECK(b.s.agent == "mei");
  order_action other;
  other.verb = order_verb::acknowledge;
  other.by = "hua";
  CHECK_FALSE(b.give(other));
  CHECK(b.refusal.message.find("mei") != std::string::npos);
  CHECK(b.act(order_verb::acknowledge)); // by the same once more
}
