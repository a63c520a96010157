// Hotlines, trunks, bans, reload, drain, backup, the log's proof and faults from the command line.

#include "tests/cti/api/console.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace lifeline;
using namespace lifeline::testing;

TEST_CASE("lifelinectl shows hotlines and reroutes them") {
  console run;
  const auto list = run("hotlines list");
  CHECK(list.code == 0);
  CHECK(has(list.out, "HOTLINE  NUMBERS  QUEUE  EMERGENCY  LINES  IN USE  PRESENT  REROUTED  BACKUP NUMBERS\n"));
  CHECK(has(list.out,
            "96333    96333    96333  yes        3      1       2        no        051783900001 13900000001\n"));
  CHECK(run("hotlines reroute 96333 on").err == "lifelinectl: reason: a reason is needed: it is kept in the log\n");
  CHECK(run.engine.changes == 0);
  const auto on = run("hotlines reroute 96333 on --reason 'no agents'");
  CHECK(on.code == 0);
  CHECK(on.out == "96333 goes to 051783900001 13900000001\n");
  CHECK(has(run("hotlines list").out, "YES: no agents"));
  CHECK(run("hotlines reroute 96333 off").out == "96333 is served by its agents again\n");
  CHECK(run("hotlines reroute 96333 off").code == 1);
  CHECK(run("hotlines reroute 110 on --reason x").err == "lifelinectl: there is no hotline 110\n");
  CHECK(run("hotlines reroute 96333 perhaps").code == 2);
}

TEST_CASE("lifelinectl names who does not answer under each list") {
  console run;
  for (const char* list : {"agents list", "calls list", "queues", "hotlines list"})
    CHECK_FALSE(has(run(list).out, "NO ANSWER"));
  run.engine.silent = {"agent 8001", "the dispatcher"};
  for (const char* list : {"agents list", "calls list", "queues", "hotlines list"}) {
    const auto shown = run(list);
    CHECK(shown.code == 0);
    CHECK(has(shown.out, "NO ANSWER FROM agent 8001, the dispatcher\n"));
  }
  CHECK(has(run("hotlines list").out, "1       ?        ?         051783900001"));
}

TEST_CASE("lifelinectl shows trunks") {
  const console run;
  const auto list = run("trunks");
  CHECK(list.code == 0);
  CHECK(has(list.out, "pstn    up     yes         2026-11-23 12:00:00  12.0 ms     4          0          -\n"));
  CHECK(has(list.out,
            "backup  DOWN   -           2026-11-23 12:00:00  -           0          3          OPTIONS: no answer\n"));
  CHECK(nlohmann::json::parse(run("trunks --json").out)["trunks"].size() == 2);
}

TEST_CASE("lifelinectl shows, makes and lifts bans") {
  console run;
  CHECK(has(run("bans list").out, "198.51.100.7  2026-11-23 12:10:00  12       wrong passwords\n"));
  CHECK(run("bans add 192.0.2.9 --for 1h30m").out == "192.0.2.9 is banned for 1h30m\n");
  CHECK(run.engine.last_ban == 5400s);
  CHECK(run("bans add 2001:db8::1 --for 10m").code == 0);
  CHECK(run("bans remove 2001:db8:0::1").out == "2001:db8::1 is not banned any more\n");
  CHECK(run("bans remove 192.0.2.1").err == "lifelinectl: 192.0.2.1 is not banned\n");
  CHECK(run("bans add nobody --for 10m").err == "lifelinectl: address: expected an IPv4 or IPv6 address\n");
  CHECK(run("bans add 192.0.2.9").code == 2);
  CHECK(run("bans add 192.0.2.9 --for 10").code == 2);
  CHECK(run("bans add 192.0.2.9 --for 0s").code == 2);
}

TEST_CASE("lifelinectl reload prints the difference, and fails when something needs a restart") {
  console run;
  CHECK(run("reload").out == "Nothing differs from what is in force.\n");
  run.engine.next_reload.changes = {"agent 8011: new", "queue 12315: wrap_up 30s -> 20s"};
  const auto dry = run("reload --dry-run");
  CHECK(dry.code == 0);
  CHECK(dry.out == "Would change:\n  agent 8011: new\n  queue 12315: wrap_up 30s -> 20s\n");
  const auto done = run("reload");
  CHECK(done.code == 0);
  CHECK(done.out == "Changed:\n  agent 8011: new\n  queue 12315: wrap_up 30s -> 20s\n");
  run.engine.next_reload.needs_restart = {"[sip] port: 5060 -> 5070"};
  const auto refused = run("reload");
  CHECK(refused.code == 1);
  CHECK(has(refused.out, "Would change:\n  agent 8011: new\n"));
  CHECK(has(refused.out, "Needs a restart, so nothing can be changed now:\n  [sip] port: 5060 -> 5070\n"));
  CHECK(refused.err == "lifelinectl: the reload was refused, nothing was changed\n");
  const auto warned = run("reload --dry-run");
  CHECK(warned.code == 1);
  CHECK(warned.err == "lifelinectl: a reload would be refused\n");
  const auto raw = run("reload --json");
  CHECK(raw.code == 1);
  CHECK(nlohmann::json::parse(raw.out)["needs_restart"].size() == 1);
  run.engine.unreadable = "lifeline.toml:12:3: unknown queue";
  const auto broken = run("reload --dry-run");
  CHECK(broken.code == 1);
  CHECK(broken.err == "lifelinectl: lifeline.toml:12:3: unknown queue\n");
}

TEST_CASE("lifelinectl shows that calls out are held and lets them go") {
  console run;
  CHECK(run("resume-outbound").code == 1);
  run.engine.held = "backup 3 of /b restored at 2026-11-30T21:05:02.000Z";
  CHECK_THAT(run("status").out,
             Catch::Contains("Calls out     HELD: backup 3 of /b") && Catch::Contains("lifelinectl resume-outbound"));
  const auto done = run("resume-outbound");
  CHECK(done.code == 0);
  CHECK_THAT(done.out, Catch::Contains("open orders go on"));
  CHECK_THAT(run("status").out, !Catch::Contains("HELD"));
}

TEST_CASE("lifelinectl drains the engine and makes backups") {
  console run;
  CHECK(run("drain").code == 0);
  CHECK(run.engine.changes == 1);
  CHECK(run("backup /srv/backup").out == "/srv/backup: 4096 bytes, the log up to entry 120\n");
  CHECK(run("backup here").code == 0);
  CHECK(run.engine.last_folder == std::filesystem::canonical(run.folder.file("")).string() + "/here");
  CHECK(run("backup").code == 2);
}

TEST_CASE("lifelinectl log verify fails when the log breaks a rule") {
  console run;
  const auto good = run("log verify");
  CHECK(good.code == 0);
  CHECK(good.out == "Entries        120\nCalls          9, 1 of them not ended\n"
                    "Reservations   11, 0 of them open\nOrders         5, 2 of them not confirmed\nViolations     0\n");
  run.engine.log.violations = {"entry 7: call 1 ended twice"};
  run.engine.log.violation_count = 3;
  const auto bad = run("log verify");
  CHECK(bad.code == 1);
  CHECK(has(bad.out, "Violations     3\n  entry 7: call 1 ended twice\n  and 2 more\n"));
  const auto raw = run("log verify --json");
  CHECK(raw.code == 1);
  CHECK(nlohmann::json::parse(raw.out)["violation_count"] == 3);
  run.engine.is_down = true;
  CHECK(run("log verify").code == 1);
}

TEST_CASE("lifelinectl log verify --journal asks no engine, and says what is wrong with the folder") {
  const console run;
  CHECK(run.bare("log verify --journal nothing").code == 2);
  CHECK(run.bare("log verify --ended").code == 2);
  std::filesystem::create_directory(run.folder.file("empty"));
  const auto r = run.bare("log verify --journal empty");
  CHECK(r.code == 1);
  CHECK(r.out.empty());
  CHECK(has(r.err, "empty"));
}

TEST_CASE("lifelinectl prolongs a wrap-up and injects faults") {
  console run;
  CHECK(run("agents wrap-up-more 8002 --for 90s").out == "8002 is wrap_up for 1m30s more\n");
  CHECK(run.engine.last_extra == 90s);
  CHECK(run("agents wrap-up-more 8001 --for 1m").err == "lifelinectl: the agent is not in wrap-up\n");
  CHECK(run("agents wrap-up-more 8002").code == 2);
  CHECK(run("fault sip hang --for 500ms").out == "sip: hang is injected\n");
  CHECK(run.engine.last_fault.duration == 500ms);
  CHECK(run("fault 'agent 8001' crash").code == 0);
  CHECK(run.engine.last_fault.target == "agent 8001");
  CHECK(run("fault media crash").err == "lifelinectl: the configuration does not allow faults\n");
  CHECK(run("fault everything crash").code == 1);
}
