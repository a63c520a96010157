// The command as its user runs it, against a live server with an engine of values.

#include "apps/lifelinectl/client.hpp"
#include "apps/lifelinectl/table.hpp"

#include "tests/cti/api/console.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sodium.h>

#include <array>

using namespace lifeline;
using namespace lifeline::testing;

TEST_CASE("lifelinectl shows status, queues and agents as tables") {
  const console run;
  const auto status = run("status");
  CHECK(status.code == 0);
  CHECK(has(status.out, "State         ready\n"));
  CHECK(has(status.out, "Running for   1m30s\n"));
  const auto queues = run("queues").out;
  CHECK(has(queues, "QUEUE  STRATEGY      PRIORITY  WAITING  OLDEST  AGENTS  PRESENT  READY  RESERVED  EXPECTED\n"));
  CHECK(has(queues, "12315  longest-idle  0         3        1.5s    2       2        1      0         42s\n"));
  const auto agents = run("agents list");
  CHECK(agents.code == 0);
  CHECK(has(agents.out, "ACCOUNT  NAME    STATE"));
  CHECK(has(agents.out, "8001     王小明  ready"));
  CHECK(has(agents.out, "8002     Li      wrap_up"));
  CHECK(has(run("agents show 8002").out, "Account   8002 (admin)\n"));
}

TEST_CASE("lifelinectl --json prints the API's answer as it is") {
  const console run;
  const auto r = run("--json agents list");
  CHECK(r.code == 0);
  CHECK(nlohmann::json::parse(r.out)["agents"].size() == 2);
  const auto refused = run("agents show 9999 --json");
  CHECK(refused.code == 1);
  CHECK(nlohmann::json::parse(refused.out)["error"]["code"] == "not_found");
}

TEST_CASE("lifelinectl gives agents orders, and says why one was refused") {
  console run;
  CHECK(run("agents not-ready 8001 --reason 'lunch & tea'").out == "8001 is not_ready: lunch & tea\n");
  CHECK(run("agents ready 8001").out == "8001 is ready\n");
  CHECK(run("agents wrap-up-end 8002").code == 0);
  CHECK(run("agents logout 8002").out == "8002 is logged_out\n");
  CHECK(run.engine.changes == 4);
  const auto conflict = run("agents wrap-up-end 8002");
  CHECK(conflict.code == 1);
  CHECK(conflict.out.empty());
  CHECK(conflict.err == "lifelinectl: the agent is not in wrap-up\n");
  CHECK(run("agents not-ready 8001 --reason ''").err == "lifelinectl: reason: expected 1 to 64 bytes\n");
  CHECK(run("agents ready 'a/b?c'").err == "lifelinectl: there is no agent a/b?c\n");
  CHECK(run("stop").code == 0);
  CHECK(run.engine.changes == 5);
}

TEST_CASE("lifelinectl tells a call's journey and why") {
  const console run;
  const auto id = to_string(ended_call);
  const auto r = run("calls show " + id);
  CHECK(r.code == 0);
  CHECK(has(r.out, "     +0.000s  arrived on 12315 from 13800138000"));
  CHECK(has(r.out, "     +1.000s  chose agent 8001 of queue 12315\n"));
  CHECK(has(r.out, "by longest-idle among 2: 8001 (42.5), 8003 (7)\n"));
  CHECK(has(r.out, "not 1 (wrap-up)\n"));
  CHECK(has(r.out, "    +64.000s  ended: answered, caller_hung_up, talked 1m00s\n"));
  CHECK(has(r.out, "entered queue 12315 at position 1, expected wait 30s\n"));
  CHECK(has(r.out, "     +0.500s  escalates in queue 12315 by rule 2: priority 15, tier 2\n"));
  CHECK(has(r.out, "sticky agent\n"));
  CHECK(has(run("calls show --why " + id).out, "not 8002: wrap-up\n"));
  const auto live = run("calls show " + to_string(live_call));
  CHECK(has(live.out, "Now waiting, position 1 in 12315\n"));
  CHECK(has(live.out, "not 8002: wrap-up\n"));
  CHECK(run("calls release " + to_string(live_call)).code == 0);
  CHECK(run("calls release " + id).err == "lifelinectl: the call has ended\n");
  CHECK(run("calls show nonsense").code == 1);
}

TEST_CASE("a caller's name cannot play with the terminal") {
  const console run;
  const auto r = run("calls list");
  CHECK(r.code == 0);
  CHECK_FALSE(has(r.out, "\x1b"));
  CHECK(has(r.out, "?[31m evil"));
}

TEST_CASE("lifelinectl finds records, recordings and entries of the log") {
  console run;
  CHECK(has(run("records --agent 8001 --limit 5").out, "answered  caller_hung_up  8001         4.0s    1m00s"));
  CHECK(run.engine.last_filter.agent == "8001");
  CHECK(run.engine.last_filter.limit == 5);
  CHECK(run("recordings find --from 2026-11-23T20:00:00+08:00").code == 0);
  CHECK(run.engine.last_filter.from == noon);
  CHECK(run.engine.last_filter.with_recording);
  CHECK(run("records --from tomorrow").code == 1);
  const auto events = run("events --from 2 --limit 2");
  CHECK(has(events.out, "queue_entered"));
  CHECK(has(events.out, "Next: --from 4\n"));
}

TEST_CASE("a fetched recording is verified against its seal") {
  console run;
  run.engine.recording_path = run.folder.file("stored");
  const std::string content(200'000, 'r');
  std::ofstream(run.engine.recording_path, std::ios::binary) << content;
  std::array<unsigned char, 32> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(content.data()), content.size());
  std::array<char, 65> hex{};
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  run.engine.record.recording.sha256 = hex.data();
  const auto good = run("recordings fetch " + to_string(ended_call) + " -o copy.wav");
  CHECK(good.code == 0);
  CHECK(has(good.out, "copy.wav: 200000 bytes, SHA-256 verified"));
  CHECK((content_of(run.folder.file("copy.wav")) == content));

  run.engine.record.recording.sha256 = std::string(64, '0');
  const auto bad = run("recordings fetch " + to_string(ended_call));
  CHECK(bad.code == 1);
  CHECK(has(bad.err, "the recording is not what was sealed"));
  CHECK_FALSE(std::filesystem::exists(run.folder.file(to_string(ended_call) + ".wav")));
  CHECK_FALSE(std::filesystem::exists(run.folder.file(to_string(ended_call) + ".wav.partial")));
  CHECK(run("recordings fetch " + to_string(live_call)).code == 1);
}

TEST_CASE("lifelinectl shows times in the engine's place, and in UTC when it is told so") {
  console run;
  const auto utc = run("records").out;
  const auto local = run.local("records").out;
  CHECK(has(utc, "ARRIVED (UTC)"));
  CHECK(has(utc, "2026-11-23 12:0"));
  CHECK(has(local, "ARRIVED  "));
  CHECK_FALSE(has(local, "(UTC)"));
  CHECK(has(local, "2026-11-23 20:0")); // +08:00
}

TEST_CASE("lifelinectl names what a mistyped command probably was") {
  console run;
  const auto says = [&](const std::string& typed) {
    const auto r = run(typed);
    CHECK(r.code == 2);
    return r.err;
  };
  CHECK(says("statsu") == "lifelinectl: there is no command \"statsu\": did you mean \"status\"?\n");
  CHECK(has(says("agents lst"), "lifelinectl agents: there is no command \"lst\": did you mean \"list\"?"));
  CHECK(has(says("agents --as 8001 not-redy 8001 --reason meal"), "did you mean \"not-ready\"?"));
  CHECK(has(says("orders follow_up 1 --result x"), "did you mean \"follow-up\"?"));
  CHECK(has(says("calls dance"), "lifelinectl calls: there is no command \"dance\"; expected \"list\", "));
  CHECK(has(says("calls"), "lifelinectl calls: a command is missing; expected \"list\", "));
  // What is wrong with the words of a command that there is stays as it was.
  CHECK(has(says("agents not-ready 8001"), "--reason is required"));
}

TEST_CASE("lifelinectl's exit codes: usage 2, no connection 3, no right 1") {
  console run;
  CHECK(run("").code == 2);
  CHECK(run("dance").code == 2);
  CHECK(run("agents not-ready 8001").code == 2);
  CHECK(run("events --limit 0").code == 2);
  CHECK(run.bare("--url ftp://x --token-file secrets.toml status").code == 2);
  CHECK(run.bare("--help").code == 0);
  const auto missing = run.bare("--token-file nothing.toml status");
  CHECK(missing.code == 2);
  CHECK(has(missing.err, "nothing.toml: No such file or directory"));
  std::ofstream(run.folder.file("plain")) << std::string(64, 'b') << "\n";
  const auto url = "--url http://127.0.0.1:" + std::to_string(run.server->port());
  CHECK(run.bare(url + " --token-file plain status").code == 1);
  CHECK(run.bare("agents secret 8001 --token-file secrets.toml").out == "correct horse\n");
  CHECK(run.bare("agents secret 9 --token-file secrets.toml").code == 1);
  run.server.reset();
  const auto alone = run.bare(url + " --token-file secrets.toml status");
  CHECK(alone.code == 3);
  CHECK(has(alone.err, "cannot connect to 127.0.0.1:"));
}

TEST_CASE("the width of text on a terminal") {
  CHECK(ctl::display_width("abc") == 3);
  CHECK(ctl::display_width("王小明") == 6);
  CHECK(ctl::display_width("e\xCC\x81") == 1);
  CHECK(ctl::display_width("（全角）") == 8);
  CHECK(ctl::display_width("\xff\xfe") == 2);
  CHECK(ctl::printable("a\x1b[2J\nb\xC2\x9B\xff\xE2\x80\xAE") == "a?[2J?b???");
  CHECK(ctl::printable("电梯 ok") == "电梯 ok");
  CHECK(ctl::printable("\xF0\x9F\x98") == "???");
  ctl::table t({"A", "B"});
  CHECK(t.text() == "(none)\n");
  t.add({"王", ""});
  t.add({"x", "y"});
  CHECK(t.text() == "A   B\n王  -\nx   y\n");
}

TEST_CASE("the engine's address is taken apart") {
  CHECK(ctl::parse_url("http://127.0.0.1:8080")->port == "8080");
  CHECK(ctl::parse_url("http://[::1]:81/")->host == "::1");
  CHECK(ctl::parse_url("http://engine")->port == "80");
  for (const char* wrong : {"", "127.0.0.1:8080", "https://x", "http://", "http://:80", "http://x:", "http://x:port",
                            "http://x/path", "http://[::1", "http://u@x"}) {
    INFO(wrong);
    CHECK_FALSE(ctl::parse_url(wrong));
  }
}
