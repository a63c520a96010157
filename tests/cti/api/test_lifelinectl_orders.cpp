// lifelinectl: alarms and orders, as an operator types them.

#include "domain/rescue/order_field_table.hpp"
#include "tests/cti/api/rescue_console.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace lifeline;
using namespace lifeline::testing;

namespace {

std::string option(std::string_view field) {
  std::string name{field};
  std::replace(name.begin(), name.end(), '_', '-');
  return "--" + name;
}

/// A value that the verb's field takes, in an order that has just been made.
std::string value_for(const domain::order_field& field, domain::order_verb verb) {
  using domain::order_verb;
  const std::string name{field.name};
  if (name == "party") return verb == order_verb::engage ? "north" : "anjie";
  if (name == "lift") return other_lift;
  if (name == "what") return "answer";
  if (name == "with") return "'using unit'";
  if (name == "url") return "https://example.cn/photo";
  if (name == "call") return to_string(ended_call);
  if (name == "agent") return "8002";
  switch (field.kind) {
  case domain::field_kind::number: return std::to_string(field.most);
  case domain::field_kind::flag: return "yes";
  case domain::field_kind::moment: return "2026-11-23T12:00:00Z";
  case domain::field_kind::text: break;
  }
  return "'words of " + name + "'";
}

/// The options of the verb's required fields, but for one.
std::string typed(const domain::verb_rule& rule, std::string_view except = {}) {
  std::string arguments;
  for (const auto& name : rule.required)
    if (name != except) arguments += " " + option(name) + " " + value_for(*domain::find_order_field(name), rule.verb);
  return arguments;
}

} // namespace

TEST_CASE("lifelinectl makes an order of what a caller tells, and says what was not believed") {
  rescue_console run;
  const auto made = run("orders create --lift " + lift_code +
                        " --type entrapment --caller-name 王 --caller-phone 13800138000 --trapped 2 --injured 1 "
                        "--children --description '三楼 \"停\" 了'");
  CHECK(made.code == 0);
  CHECK(has(made.out, "Order JY20261123-0001: opened, dispatched\n"));
  CHECK(has(made.out, "Place 320803, 淮安市淮安区翔宇大道 1 号, 淮安广场\n"));
  REQUIRE(run.rescue.reports.size() == 1);
  const auto& r = run.rescue.reports.front();
  CHECK(r.lift == lift_code);
  CHECK(r.caller_name == "王");
  CHECK(r.trapped == 2);
  CHECK(r.injured == 1);
  CHECK(r.children);
  CHECK_FALSE(r.fire);
  CHECK(r.description == "三楼 \"停\" 了");

  const auto unknown = run("orders create --lift 999999 --place '某某大厦'");
  CHECK(unknown.code == 0);
  CHECK(has(unknown.out, "Not believed: lift: no lift has the code 999999\n"));
  CHECK(has(unknown.out, "No lift is linked yet: lifelinectl orders link-lift KEY --lift CODE\n"));

  CHECK(run("orders create").err == "lifelinectl: lift: a lift's code, or the place in words, is needed\n");
  CHECK(run("orders create --place x --trapped many").code == 2);
}

TEST_CASE("lifelinectl reports for whom an account answers, and a repeated message is taken in once") {
  rescue_console run;
  const auto first = run("--as 8001 alarms report --lift " + lift_code + " --phone --message-id m1");
  CHECK(first.code == 2); // there is no such option
  const auto report = "--as 8001 alarms report --lift " + lift_code + " --message-id m1 --caller-phone 1";
  CHECK(has(run(report).out, "opened, dispatched\n"));
  CHECK(run.rescue.reports.back().source == "8001");
  CHECK(has(run(report).out, "This message had been taken in before.\n"));
  CHECK(run.rescue.reports.size() == 1);
  CHECK(run("--as 9999 alarms report --lift 1").err == "lifelinectl: X-Lifeline-Agent: there is no such account\n");
  CHECK(run("alarms report --kind test --channel lift_phone --lift " + lift_code).out ==
        "Taken in and noted; no order is open for it\n");
  CHECK(run("alarms report --kind dance --lift 1").code == 1);
}

TEST_CASE("lifelinectl has a command for every verb of the order machine, with its fields") {
  rescue_console run;
  for (const auto& rule : domain::verb_rules()) {
    const auto verb = std::string{to_string(rule.verb)};
    INFO(verb);
    const auto number = run.make_order("--place here-" + verb);
    if (!rule.required.empty()) CHECK(run("orders " + verb + " " + number).code == 2);
    const auto r = run("orders " + verb + " " + number + typed(rule) + " --version 99999");
    // Everything but the version is right: the request has come as far as the order's rules.
    INFO(r.out << r.err);
    CHECK(r.code == 1);
    CHECK(has(r.err, "the order was changed meanwhile"));
    CHECK(run.rescue.last_action.verb == rule.verb);
    for (const auto& field : rule.required)
      CHECK((field == "lift" || run.rescue.last_action.fields.contains(std::string{field})));
    const auto help = run.bare("orders " + verb + " --help").out;
    for (const auto& field : rule.optional) {
      INFO(field);
      CHECK(has(help, std::string{field}));
    }
  }
}

TEST_CASE("lifelinectl and the API read every field of every verb alike, and the wrong ones are named") {
  rescue_console run;
  const auto number = run.make_order("--place somewhere");
  for (const auto& rule : domain::verb_rules()) {
    for (const auto* names : {&rule.required, &rule.optional}) {
      for (const auto& name : *names) {
        const auto command = "orders " + std::string{to_string(rule.verb)} + " " + number + typed(rule, name);
        INFO(command << " " << name);
        const auto* field = domain::find_order_field(name);
        REQUIRE(field != nullptr);
        const auto right = run(command + " " + option(name) + " " + value_for(*field, rule.verb) + " --version 99999");
        // Everything but the version is right: the request has come as far as the order's rules.
        CHECK(right.code == 1);
        CHECK(has(right.err, "the order was changed meanwhile"));
        CHECK((name == "lift" || run.rescue.last_action.fields.contains(std::string{name})));
        if (field->kind == domain::field_kind::text) continue;
        const auto wrong = run(command + " " + option(name) + " nonsense");
        CHECK(wrong.code != 0);
        CHECK(has(wrong.err, std::string{name} + ": expected "));
        if (field->kind != domain::field_kind::number) continue;
        const auto far = run(command + " " + option(name) + " " + std::to_string(field->most + 1));
        CHECK(far.code == 1);
        CHECK(has(far.err, std::string{name} + ": expected a whole number from "));
      }
    }
  }
}

TEST_CASE("lifelinectl opens an order again, with the ladder from its beginning") {
  rescue_console run;
  const auto number = run.make_order("--trapped 1 --lift " + lift_code);
  for (const auto* step : {"accept-for", "arrive-for", "complete-for"})
    CHECK(run("--as 8001 orders " + std::string{step} + " " + number + " --party anjie").code == 0);
  const auto again = run("orders reopen " + number + " --reason 'nobody was helped' --again yes");
  INFO(again.err);
  CHECK(again.code == 0);
  CHECK(has(again.out, number + " is dispatched"));
}

TEST_CASE("lifelinectl takes an order from the alarm to the archive, and tells its story") {
  rescue_console run;
  const auto number = run.make_order("--trapped 2 --lift " + lift_code);
  const auto step = [&](const std::string& words) {
    run.rescue.now += 30s;
    const auto r = run("--as 8001 orders " + words);
    INFO(r.err);
    CHECK(r.code == 0);
    return r.out;
  };
  CHECK(has(step("accept-for " + number + " --party anjie --note 'on the way'"), number + " is accepted, version "));
  step("urge " + number);
  step("arrive-for " + number + " --party anjie");
  step("complete-for " + number + " --party anjie --fault-cause door");
  step("confirm " + number + " --with 'trapped person'");
  step("note " + number + " --text '钥匙已还'");
  step("follow-up " + number + " --result satisfied --satisfaction 1");
  step("quality-check " + number + " --field score=95");
  step("close " + number);
  CHECK(has(step("archive " + number), " is archived, version "));

  const auto story = run("orders show " + number);
  CHECK(story.code == 0);
  CHECK(has(story.out, "Order " + number + ", entrapment, archived, level 1, version "));
  CHECK(has(story.out, "People        2 trapped\n"));
  CHECK(has(story.out, "Since 2026-11-23 12:00:00 UTC\n"));
  CHECK(has(story.out, "      +0.000s  created"));
  CHECK(has(story.out,
            "     +30.000s  accepted: level 1 安捷电梯 (anjie) [dispatched -> accepted] by 8001 after 30s; on "
            "the way\n"));
  CHECK(has(story.out, "to be called: 13900000001 of 安捷电梯 (anjie), level 1\n"));
  CHECK(has(story.out, "withdrawn after 30s"));
  CHECK(has(story.out, "confirmed [rescued -> confirmed] by 8001; trapped person\n"));
  CHECK(has(story.out, "Note of 2026-11-23 12:03:00 by 8001: 钥匙已还\n"));
  CHECK(has(story.out, "Cause         door"));
  CHECK(nlohmann::json::parse(run("--json orders show " + number).out)["order"]["number"] == number);
}

TEST_CASE("lifelinectl says what a step was refused for, and changes nothing") {
  rescue_console run;
  const auto number = run.make_order();
  const int before = run.rescue.changes;
  CHECK(has(run("orders confirm " + number + " --with nobody").err, "with: expected trapped person"));
  CHECK(has(run("orders close " + number).err, "first or instead: confirm"));
  CHECK(run("orders urge JY1").code == 1);
  CHECK(has(run("orders note " + number + " --text x --field colour=red").err, "colour: unknown field"));
  CHECK(run("orders note " + number + " --text x --field colour").code == 2);
  const auto level = run("orders escalate " + number + " --level two --reason x");
  CHECK(level.code == 2);
  CHECK(level.err == "lifelinectl: level: expected a whole number, got \"two\"\n");
  CHECK(run("orders edit " + number + " --fire perhaps").code == 2);
  CHECK(run.rescue.changes == before);
  CHECK(run("orders edit " + number + " --fire yes --trapped 3").code == 0);
  CHECK(run.rescue.last_action.fields.at("fire") == "true");
  CHECK(run.rescue.last_action.fields.at("trapped") == "3");
}

TEST_CASE("lifelinectl shows the board: levels, who is awaited until when, what is overdue") {
  rescue_console run; // the engine's clock stands at 12:01:30
  CHECK(run("alarms board").out == "No open alarm.\nSilent lift phones: 1 (lifelinectl alarms silent)\n");
  run.rescue.lines_free = true;
  run.rescue.plan.limits.level1.answer = 60s;
  const auto late = run.make_order("--trapped 1 --elderly --lift " + lift_code);
  run.rescue.plan.limits.level1.answer = 3min;
  const auto waiting = run.make_order("--lift " + other_lift);
  run("alarms report --channel iot --kind entrapment --place 5 --door-open");
  const auto board = run("alarms board");
  CHECK(board.code == 0);
  CHECK(has(board.out, "Level 1 (2)\n"));
  CHECK(has(board.out, "  " + late + "  entrapment  dispatched  1m30s old"));
  CHECK(has(board.out, "翔宇大道 1 号, 淮安广场; 1 trapped, elderly\n"));
  CHECK(has(board.out, "level 1 安捷电梯: dispatched, ANSWER OVERDUE since 30s, calling 13900000001\n"));
  CHECK(has(board.out, "level 1 安捷电梯: dispatched, answers within 1m30s, calling 13900000001\n"));
  CHECK(has(board.out, "Filtered, to be promoted or dismissed (1)\n"));
  CHECK(has(board.out, "door open"));
  CHECK(nlohmann::json::parse(run("--json alarms board").out)["active"].size() == 2);
  CHECK(has(run("alarms silent").out, "LIFT"));
}

TEST_CASE("lifelinectl shows on the board who could not be called yet") {
  rescue_console run;
  run.make_order();
  CHECK(has(run("alarms board").out,
            "level 1 安捷电梯: dispatched, COULD NOT BE CALLED YET, waiting for a line to call 13900000001\n"));
}

TEST_CASE("lifelinectl finds orders by what is known of them") {
  rescue_console run;
  const auto number = run.make_order();
  const auto listed = run("orders list --active --status open,dispatched --lift " + lift_code +
                          " --caller 13800138000 --text '广场 & co' --limit 5");
  CHECK(listed.code == 0);
  CHECK(run.rescue.last_filter.active_only);
  CHECK(run.rescue.last_filter.statuses.size() == 2);
  CHECK(run.rescue.last_filter.lift == lift_code);
  CHECK(run.rescue.last_filter.caller == "13800138000");
  CHECK(run.rescue.last_filter.text == "广场 & co");
  CHECK(run.rescue.last_filter.limit == 5);
  CHECK(has(run("orders list").out, number + "  2026-11-23 12:00:00  entrapment  dispatched  1"));
  CHECK(run("orders list --status asleep").code == 1);
}

TEST_CASE("lifelinectl makes a party's link") {
  rescue_console run;
  const auto number = run.make_order();
  const auto link = run("orders link " + number + " --party anjie");
  CHECK(link.code == 0);
  CHECK(has(link.out, "https://lift.example.cn/"));
  CHECK(has(link.out, "Valid until "));
  CHECK(has(run("orders link " + number + " --party north").err, "party: the party is not engaged"));
}

TEST_CASE("lifelinectl without a rescue part behind it says so") {
  const console run;
  const auto r = run("alarms board");
  CHECK(r.code == 1);
  CHECK(has(r.err, "no rescue part"));
}
