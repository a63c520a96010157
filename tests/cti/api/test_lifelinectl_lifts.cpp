// lifelinectl: the registry of lifts, those who come, and the log as it grows.

#include "tests/cti/api/rescue_console.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <thread>

using namespace lifeline;
using namespace lifeline::testing;

TEST_CASE("lifelinectl finds lifts by their codes and by words") {
  rescue_console run;
  const auto one = run("elevators find " + lift_registration);
  CHECK(one.code == 0);
  CHECK(has(one.out, "rescue_code                 " + lift_code + "\n"));
  CHECK(has(one.out, "where                       33.5, 119.1\n"));
  CHECK_FALSE(has(one.out, "brand"));
  CHECK(run("elevators find 999999").code == 1);
  const auto found = run("elevators search 白马湖 --limit 3");
  CHECK(found.code == 0);
  CHECK(has(found.out, other_lift));
  CHECK_FALSE(has(found.out, lift_code));
  run.make_order();
  CHECK(has(run("elevators history " + lift_code).out, "JY20261123-0001"));
  CHECK(run("elevators history " + other_lift).out == "(none)\n");
}

TEST_CASE("lifelinectl draws a lift's plate into a file") {
  rescue_console run;
  const auto plate = run("elevators plate " + lift_code + " -o plate.svg");
  CHECK(plate.code == 0);
  CHECK(has(content_of(run.folder.file("plate.svg")), "<svg"));
  CHECK(run("elevators plate 999999 -o none.svg").code == 1);
  CHECK_FALSE(std::filesystem::exists(run.folder.file("none.svg")));
  CHECK(run("elevators plate " + lift_code + " -o no/folder.svg").code == 1);
}

TEST_CASE("lifelinectl imports a list, and shows which rows are wrong") {
  rescue_console run; // its answer is the same for every list: two rows, one of them wrong when it says "bad"
  run.bare("elevators generate --count 20 --seed 3 -o lifts.csv");
  const auto dry = run("elevators import lifts.csv --dry-run");
  CHECK(dry.code == 0);
  CHECK(dry.out == "Dry run: 2 rows (UTF-8), 1 added, 0 changed, 0 unchanged, 0 bad\n");
  CHECK(run.rescue.last_import.source == "lifts.csv");
  CHECK(run.rescue.last_import.dry_run);
  CHECK((run.rescue.last_csv == content_of(run.folder.file("lifts.csv"))));
  const int before = run.rescue.changes;
  CHECK(has(run("elevators import lifts.csv").out, "Imported: 2 rows"));
  CHECK(run.rescue.changes == before + 1);

  std::ofstream(run.folder.file("wrong.csv"), std::ios::binary) << "\xBE\xC8\xD4\xAE,x\nbad,y\n"; // GBK
  const auto refused = run("elevators import wrong.csv");
  CHECK(refused.code == 1);
  CHECK(has(refused.out, "Nothing was taken: 2 rows (UTF-8), 1 added, 0 changed, 0 unchanged, 1 bad\n"));
  CHECK(has(refused.out, "ROW  FIELD        WHAT IS WRONG\n3    rescue_code  expected 6 digits, found \"bad\"\n"));
  CHECK(has(refused.err, "--skip-bad-rows takes the others"));
  CHECK((run.rescue.last_csv == content_of(run.folder.file("wrong.csv"))));
  CHECK(run("elevators import wrong.csv --dry-run").code == 1);
  const auto taken = run("elevators import wrong.csv --skip-bad-rows");
  CHECK(taken.code == 0);
  CHECK(run.rescue.last_import.skip_bad_rows);
  CHECK(has(taken.out, "Imported: 2 rows"));
  CHECK(nlohmann::json::parse(run("--json elevators import wrong.csv --dry-run").out)["bad_rows"] == 1);
  CHECK(run("elevators import missing.csv").code == 2);
  std::ofstream(run.folder.file("empty.csv")) << "";
  CHECK(run("elevators import empty.csv").err == "lifelinectl: empty.csv: is empty or cannot be read\n");
  run.rescue.is_down = true;
  CHECK(run("elevators import lifts.csv").err == "lifelinectl: the alarms do not answer\n");
}

TEST_CASE("lifelinectl shows before an import which firms are missing, and lists their lifts") {
  rescue_console run;
  std::ofstream(run.folder.file("lifts.csv")) << "救援识别码\nnofirm\n";
  const auto dry = run("elevators import lifts.csv --dry-run");
  CHECK(dry.code == 0);
  CHECK(has(dry.out, "2 of these lifts have no firm among the parties: an alarm there begins at level 2\n"));
  CHECK(has(dry.out, "LIFTS  FIRM\n1      某某电梯\n1      (none is named)\n"));
  CHECK(has(run("elevators list").out, lift_code));
  const auto first = run("elevators list --limit 1");
  CHECK(has(first.out, "More: --after " + lift_code + "\n"));
  const auto rest = run("elevators list --limit 1 --after " + lift_code);
  CHECK(has(rest.out, other_lift));
  CHECK_FALSE(has(rest.out, lift_code));
  domain::rescue_party renamed;
  renamed.id = "anjie";
  renamed.name = "another name";
  REQUIRE(run.rescue.put_party(renamed, "test"));
  CHECK(has(run("elevators list --without-firm").out, lift_code));
}

TEST_CASE("lifelinectl writes the lifts and the parties into lists that it reads again") {
  rescue_console run;
  CHECK(run("elevators export -o lifts.csv").code == 0);
  const auto lifts = content_of(run.folder.file("lifts.csv"));
  CHECK(has(lifts, lift_code));
  CHECK(has(lifts, other_lift));
  CHECK(run("parties export -o parties.csv").code == 0);
  const auto same = run("parties import parties.csv");
  INFO(same.out << same.err);
  CHECK(same.code == 0);
  CHECK(has(same.out, "Imported: 3 rows (UTF-8), 0 added, 0 changed, 3 unchanged, 0 bad\n"));
}

TEST_CASE("lifelinectl takes parties from a list, all of them or none") {
  rescue_console run;
  std::ofstream(run.folder.file("parties.csv"))
      << "名称,类别,电话,值班时间\n新安电梯,维保单位,13900000009,8:00-24:00\n";
  const auto dry = run("parties import parties.csv --dry-run");
  CHECK(has(dry.out, "Dry run: 1 rows (UTF-8), 1 added, 0 changed, 0 unchanged, 0 bad\n"));
  CHECK_FALSE(has(run("parties list").out, "新安电梯"));
  CHECK(has(run("parties import parties.csv").out, "Imported: 1 rows"));
  CHECK(has(run("parties show xadt").out, "13900000009"));
  std::ofstream(run.folder.file("wrong.csv")) << "名称,类别,电话\n甲,firm,13900000008\n乙,helper,no\n";
  const auto refused = run("parties import wrong.csv");
  CHECK(refused.code == 1);
  CHECK(has(refused.out, "Nothing was taken: 2 rows"));
  CHECK(has(refused.out, "乙: expected 维保单位"));
  CHECK_FALSE(has(run("parties list").out, "13900000008"));
}

TEST_CASE("lifelinectl stores parties one by one or as a list, and the invented ones as they are") {
  rescue_console run;
  CHECK(has(run("parties list").out, "anjie  安捷电梯    firm           yes     all        13900000001"));
  const auto one = run("parties show north");
  CHECK(has(one.out, "Name        城北救援站\n"));
  CHECK(has(one.out, "Phone       13900000002 值班 (always)\n"));
  CHECK(run("parties show nobody").err == "lifelinectl: there is no party nobody\n");

  std::ofstream(run.folder.file("one.json"))
      << R"({"id":"south","name":"城南救援站","kind":"station","phones":[{"number":"13900000003","label":"夜班",)"
      << R"("shifts":[{"days":[1,2],"from":"20:00","until":"08:00"}]}]})";
  CHECK(run("parties put one.json").out == "south: 城南救援站 is stored\n");
  CHECK(has(run("parties show south").out, "Phone       13900000003 夜班 (days 1 2 20:00-08:00)\n"));
  CHECK(run("parties remove south").out == "south is removed\n");
  CHECK(run("parties remove south").code == 1);

  CHECK(run.bare("elevators generate-parties --seed 1 -o invented.json").code == 0);
  const auto all = run("parties put invented.json");
  INFO(all.err);
  CHECK(all.code == 0);

  std::ofstream(run.folder.file("bad.json"))
      << R"([{"id":"x1","name":"好","kind":"firm","phones":[{"number":"1390000"}]},{"id":"x2"}])";
  const auto bad = run("parties put bad.json");
  CHECK(bad.code == 1);
  CHECK(has(bad.out, "x1: 好 is stored\n"));
  CHECK(has(bad.err, "bad.json, party 2 was not stored; those before it are\n"));
  std::ofstream(run.folder.file("no.json")) << "{";
  CHECK(run("parties put no.json").err == "lifelinectl: no.json: is not JSON\n");
  std::ofstream(run.folder.file("nameless.json")) << "[3]";
  CHECK(has(run("parties put nameless.json").err, "a party is an object with an \"id\""));
}

TEST_CASE("lifelinectl follows the log from a number on") {
  rescue_console run;
  domain::order_changed step;
  step.number = "JY20261123-0001";
  step.step = domain::order_step::arrived;
  step.party_name = "安捷电梯";
  step.level = 1;
  run.engine.journey.push_back({run.engine.journey.size() + 1, noon + 70s, {}, step});
  const auto all = run.engine.journey.size();
  const auto followed = run("events follow --from 2 --count " + std::to_string(all - 1));
  CHECK(followed.code == 0);
  CHECK(has(followed.out, "2  2026-11-23 12:00:00  queue_entered call=" + to_string(ended_call)));
  CHECK(has(followed.out, std::to_string(all) + "  2026-11-23 12:01:10  JY20261123-0001  arrived: level 1 安捷电梯\n"));
  const auto lines = run("--json events follow --from 1 --count 2").out;
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 2);
  CHECK(nlohmann::json::parse(lines.substr(0, lines.find('\n')))["seq"] == 1);
  CHECK(has(run("events --from 2 --limit 1").out, "Next: --from 3\n"));
  run.engine.is_down = true;
  CHECK(run("events follow --from 1").code == 1);
}
