// [rescue], [public] and [[api_client]]: what is read, and exactly what is said about wrong ones.

#include "wrong_files.hpp"

#include <algorithm>

using namespace lifeline;
using namespace lifeline::config;
using namespace lifeline::config::testing;
using namespace std::chrono_literals;
using domain::report_kind;

namespace {

const std::string trunk = "[[trunk]]\nname = \"c\"\noutbound = \"127.0.0.1:5070\"\n";
/// Lines 1 to 10: a hotline for rescues, whose calls find a way out.
const std::string base = "[[hotline]]\nname = \"96333\"\nnumbers = [\"96333\", \"051780000000\"]\n"
                         "[[queue]]\nname = \"96333\"\n[[agent]]\naccount = \"9001\"\n" +
                         trunk;
/// From line 12 on.
std::string rescue(const std::string& keys) { return base + "[rescue]\n" + keys; }

engine_config read(const std::string& text) {
  const auto c = read_text(text, "f");
  if (!c) FAIL(to_string(c.error()));
  return *c;
}

} // namespace

TEST_CASE("rescues are on where their hotline is, and the file may say otherwise") {
  CHECK_FALSE(read(right).plan.rescue.enabled);
  CHECK(read(base).plan.rescue.enabled);
  CHECK_FALSE(read(rescue("enabled = false\n")).plan.rescue.enabled);
  CHECK_FALSE(read(right + "[rescue]\nenabled = false\n").plan.rescue.enabled);
  CHECK(read(right + trunk + "[rescue]\nhotline = \"12315\"\n").plan.rescue.enabled);
}

TEST_CASE("what the file does not say of rescues has the documented default") {
  auto r = read(base).plan.rescue;
  CHECK(r == domain::rescue_plan{});
  const auto c = read(base);
  CHECK_FALSE(c.public_server.enabled);
  CHECK(c.public_server.bind_address == "127.0.0.1");
  CHECK(c.clients.empty());
}

TEST_CASE("every setting of rescues is read") {
  const auto r =
      read(
          rescue("hotline = \"96333\"\nnumber_prefix = \"HA\"\nutc_offset = \"-03:30\"\nl1_answer = \"2m\"\n"
                 "l1_arrival = \"20m\"\nl2_answer = \"4m\"\nl2_arrival = \"25m\"\nring_timeout = \"20s\"\n"
                 "lines = 7\nline_patience = \"12s\"\nalert_backup = \"50s\"\nsupervisor_numbers = [\"13700000001\"]\n"
                 "answer_patience = \"30s\"\ndial_rounds = 5\ndial_pause = \"0s\"\nurge_every = \"0s\"\n"
                 "alert_agents = \"10s\"\nalert_supervisor = \"20s\"\nconfirm_within = \"5m\"\n"
                 "review_every = \"1h\"\nsilent_after = \"96h\"\nmass_count = 7\nmass_window = \"3m\"\n"
                 "report_numbers = [\"051796333\"]\nlift_phone_numbers = [\"051780000000\"]\n"
                 "lift_phone_patience = \"4s\"\n"
                 "[[rescue.district]]\ncode = \"320830\"\nl1_arrival = \"45m\"\n"
                 "[[rescue.district]]\ncode = \"320831\"\nl1_answer = \"1m\"\nl2_answer = \"6m\"\nl2_arrival = \"1h\"\n"
                 "[[rescue.vendor]]\nname = \"lift-cloud\"\nkey_field = \"device_id\"\nmax_skew = "
                 "\"1m\"\nunclear_per_minute = 7\n"
                 "kinds = { \"1001\" = \"entrapment\", E2 = \"故障\", \"a.b\" = \"device_failure\" }\n"
                 "[[rescue.vendor]]\nname = \"other\"\n"
                 "[public]\nbind = \"0.0.0.0\"\nport = 0\nurl = \"https://lift.example.cn:8443/r\"\n"))
          .plan.rescue;
  CHECK(r.enabled);
  CHECK(r.hotline == "96333");
  CHECK(r.number_prefix == "HA");
  CHECK(r.utc_offset == -210min);
  CHECK(r.limits == domain::rescue_limits{{2min, 20min}, {4min, 25min}});
  CHECK(r.ring_timeout == 20s);
  CHECK(r.lines == 7);
  CHECK(r.line_patience == 12s);
  CHECK(r.alert_backup == 50s);
  CHECK(r.supervisor_numbers == std::vector<std::string>{"13700000001"});
  CHECK(r.answer_patience == 30s);
  CHECK(r.dial_rounds == 5);
  CHECK(r.dial_pause == 0s);
  CHECK(r.urge_every == 0s);
  CHECK(r.alert_agents == 10s);
  CHECK(r.alert_supervisor == 20s);
  CHECK(r.confirm_within == 5min);
  CHECK(r.review_every == 1h);
  CHECK(r.silent_after == 96h);
  CHECK(r.mass_count == 7);
  CHECK(r.mass_window == 3min);
  CHECK(r.report_numbers == std::vector<std::string>{"051796333"});
  CHECK(r.lift_phone_numbers == std::vector<std::string>{"051780000000"});
  CHECK(r.lift_phone_patience == 4s);
  // What a district does not say is that of [rescue].
  CHECK(r.limits_of("320830") == domain::rescue_limits{{2min, 45min}, {4min, 25min}});
  CHECK(r.limits_of("320831") == domain::rescue_limits{{1min, 20min}, {6min, 1h}});
  CHECK(r.limits_of("320812") == r.limits);
  REQUIRE(r.vendors.size() == 2);
  const auto* v = r.find_vendor("lift-cloud");
  REQUIRE(v != nullptr);
  CHECK(v->key_field == "device_id");
  CHECK(v->max_skew == 1min);
  CHECK(v->unclear_per_minute == 7);
  CHECK(r.find_vendor("other")->unclear_per_minute == 10);
  CHECK(v->kinds == std::map<std::string, report_kind>{{"1001", report_kind::entrapment},
                                                       {"E2", report_kind::fault},
                                                       {"a.b", report_kind::device_failure}});
  CHECK(r.find_vendor("other")->key_field == "rescue_code");
  CHECK(r.public_url == "https://lift.example.cn:8443/r");
}

TEST_CASE("a field added to the rescues' plan must be read, compared and documented") {
  // Does not compile when the number of fields changes: then see config/read_rescue.cpp, domain/plan/plan_change.cpp,
  // docs/configuration.md and the test above.
  const auto& [r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14, r15, r16, r17, r18, r19, r20, r21, r22, r23,
               r24, r25, r26, r27] = domain::rescue_plan{};
  const auto& [v1, v2, v3, v4, v5] = domain::vendor_plan{};
  CHECK(r1);
  CHECK(r27.empty());
  CHECK(v4 == 5min);
}

TEST_CASE("the public server and the API's clients are read") {
  const auto c =
      read(base + "[public]\nbind = \"::1\"\nport = 8081\nrequests_per_minute = 30\nburst = 5\n"
                  "alarms_per_hour_per_lift = 2.5\nproxies = [\"10.0.0.1\", \"2001:DB8:0::1\", \"::ffff:10.0.0.2\"]\n"
                  "[webhook]\ntimeout = \"3s\"\n"
                  "[[api_client]]\nname = \"city\"\nrole = \"integration\"\n"
                  "[[api_client]]\nname = \"desk\"\nrole = \"agent\"\nagent = \"9001\"\n"
                  "[[api_client]]\nname = \"a\"\nrole = \"admin\"\n"
                  "[[api_client]]\nname = \"q\"\nrole = \"quality\"\n"
                  "[[api_client]]\nname = \"s\"\nrole = \"supervisor\"\n");
  CHECK(c.public_server.enabled);
  CHECK(c.public_server.bind_address == "::1");
  CHECK(c.public_server.port == 8081);
  CHECK(c.public_server.requests_per_minute == 30);
  CHECK(c.public_server.burst == 5);
  CHECK(c.public_server.alarms_per_hour_per_lift == 2.5);
  CHECK(c.public_server.proxies == std::vector<std::string>{"10.0.0.1", "2001:db8::1", "10.0.0.2"});
  CHECK(c.webhook.timeout == 3s);
  CHECK(c.webhook.authorities.empty());
  using domain::role;
  CHECK(c.clients == std::vector<api_client>{{"city", role::integration, ""},
                                             {"desk", role::agent, "9001"},
                                             {"a", role::admin, ""},
                                             {"q", role::quality, ""},
                                             {"s", role::supervisor, ""}});
}

TEST_CASE("an administrator among the agents is a supervisor to the API") {
  domain::agent_plan a;
  CHECK(role_of(a) == domain::role::agent);
  a.admin = true;
  CHECK(role_of(a) == domain::role::supervisor);
}

TEST_CASE("secrets are asked for by everybody whom the configuration names") {
  const auto c = read(rescue("[[rescue.vendor]]\nname = \"lift-cloud\"\n[[api_client]]\nname = \"city\"\n"
                             "role = \"integration\"\n[[agent]]\naccount = \"9002\"\n"));
  const auto wanted = secrets_wanted(c);
  CHECK(wanted.accounts == std::vector<std::string>{"9001", "9002"});
  CHECK(wanted.agents == wanted.accounts);
  CHECK(wanted.clients == std::vector<std::string>{"city"});
  CHECK(wanted.vendors == std::vector<std::string>{"lift-cloud"});
  CHECK(wanted.link_key);
  CHECK_FALSE(secrets_wanted(read(right)).link_key);
}

TEST_CASE("rescues without their hotline, or without a way to call, are refused") {
  check({
      {right + trunk + "[rescue]\n", {"10:1: [rescue] without hotline means \"96333\", which does not exist"}},
      {right + trunk + "[rescue]\nhotline = \"1231\"\n",
       {"11:11: hotline: hotline \"1231\", which does not exist: did you mean \"12315\"?"}},
      {right + "[rescue]\nhotline = \"12315\"\n",
       {"8:11: [rescue] needs a [[trunk]] with outbound to call rescuers through, for hotline \"12315\""}},
  });
}

TEST_CASE("wrong values of rescues are refused") {
  check({
      {rescue("enabled = 1\n"), {"12:11: enabled: expected true or false, found the number 1"}},
      {rescue("number_prefix = \"J-\"\n"),
       {"12:17: number_prefix: expected 1 to 8 letters and digits, found the text \"J-\""}},
      {rescue("number_prefix = \"\"\n"),
       {"12:17: number_prefix: expected 1 to 8 letters and digits, found the text \"\""}},
      {rescue("number_prefix = \"ABCDEFGHI\"\n"),
       {"12:17: number_prefix: expected 1 to 8 letters and digits, found the text \"ABCDEFGHI\""}},
      {rescue("utc_offset = \"8h\"\n"),
       {"12:14: utc_offset: expected an offset like \"+08:00\", found the text \"8h\""}},
      {rescue("utc_offset = \"+15:00\"\n"),
       {"12:14: utc_offset: expected an offset like \"+08:00\", found the text \"+15:00\""}},
      {rescue("utc_offset = \"+08:60\"\n"),
       {"12:14: utc_offset: expected an offset like \"+08:00\", found the text \"+08:60\""}},
      {rescue("utc_offset = \"+-1:00\"\n"),
       {"12:14: utc_offset: expected an offset like \"+08:00\", found the text \"+-1:00\""}},
      {rescue("l1_answer = 180\nl1_arrival = \"0s\"\nl2_answer = \"25h\"\nl2_arrival = \"soon\"\n"),
       {"12:13: l1_answer: expected a duration like \"20s\" or \"500ms\", found the number 180",
        "13:14: l1_arrival: expected a duration from \"1s\" to \"24h\", found the text \"0s\"",
        "14:13: l2_answer: expected a duration from \"1s\" to \"24h\", found the text \"25h\"",
        "15:14: l2_arrival: expected a duration like \"20s\" or \"500ms\", found the text \"soon\""}},
      {rescue("ring_timeout = \"6m\"\nanswer_patience = \"0s\"\ndial_rounds = 0\ndial_pause = \"2h\"\n"),
       {"12:16: ring_timeout: expected a duration from \"1s\" to \"5m\", found the text \"6m\"",
        "13:19: answer_patience: expected a duration from \"1s\" to \"10m\", found the text \"0s\"",
        "14:15: dial_rounds: expected a whole number from 1 to 100, found the number 0",
        "15:14: dial_pause: expected a duration from \"0s\" to \"1h\", found the text \"2h\""}},
      {rescue("urge_every = \"25h\"\nconfirm_within = \"0s\"\nreview_every = \"0s\"\nsilent_after = \"1s\"\n"),
       {"12:14: urge_every: expected a duration from \"0s\" to \"24h\", found the text \"25h\"",
        "13:18: confirm_within: expected a duration from \"1s\" to \"24h\", found the text \"0s\"",
        "14:16: review_every: expected a duration from \"1s\" to \"24h\", found the text \"0s\"",
        "15:16: silent_after: expected a duration from \"1m\" to \"720h\", found the text \"1s\""}},
      {rescue("alert_agents = \"40s\"\n"), {"12:16: alert_supervisor: expected at least alert_agents, found less"}},
      {rescue("alert_supervisor = \"10s\"\n"), {"12:20: alert_supervisor: expected at least alert_agents, found less"}},
      {rescue("alert_backup = \"20s\"\n"), {"12:16: alert_backup: expected at least alert_supervisor, found less"}},
      {rescue("lines = 0\nline_patience = \"0s\"\n"),
       {"12:9: lines: expected a whole number from 1 to 10000, found the number 0",
        "13:17: line_patience: expected a duration from \"1s\" to \"10m\", found the text \"0s\""}},
      {rescue("mass_count = 1\nmass_window = \"0s\"\nlift_phone_patience = \"2m\"\n"),
       {"12:14: mass_count: expected a whole number from 2 to 1000, found the number 1",
        "13:15: mass_window: expected a duration from \"1s\" to \"24h\", found the text \"0s\"",
        "14:23: lift_phone_patience: expected a duration from \"1s\" to \"1m\", found the text \"2m\""}},
      {rescue("l1_answr = \"2m\"\n"), {"12:1: unknown key \"l1_answr\" in [rescue]: did you mean \"l1_answer\"?"}},
      {"rescue = 5\n" + right, {"1:10: rescue: expected one section [rescue], found the number 5"}},
  });
}

TEST_CASE("numbers of rescues that lead elsewhere are refused") {
  check({
      {rescue("report_numbers = [\"96333\"]\n"),
       {"12:19: report number \"96333\" belongs to hotline \"96333\": its callers would not be put through"}},
      {rescue("report_numbers = [\"9001\"]\n"), {"12:19: report number \"9001\" is the account of an agent"}},
      {rescue("report_numbers = [\"1\", \"x\", \"1\"]\n"),
       {"12:24: report_numbers: expected digits, perhaps after a '+', found the text \"x\"",
        "12:29: number \"1\" is given twice, first in line 12"}},
      {rescue("lift_phone_numbers = [\"051780000000\", \"051780000001\"]\n"),
       {"12:39: lift phone number \"051780000001\" belongs to no hotline: nobody would answer the lift"}},
      {rescue("lift_phone_numbers = \"96333\"\n"),
       {"12:22: lift_phone_numbers: expected a list of texts like [\"a\", \"b\"], found the text \"96333\""}},
  });
}

TEST_CASE("wrong districts are refused") {
  const auto district = [](const std::string& keys) { return rescue("[[rescue.district]]\n" + keys); };
  check({
      {district("l1_answer = \"2m\"\n"),
       {"12:1: code: missing in [[rescue.district]], expected a text like \"320812\""}},
      {district("code = \"3208\"\nl1_answer = \"2m\"\n"),
       {"13:8: code: expected the 6 digits of a district, found the text \"3208\""}},
      {district("code = 320812\nl1_answer = \"2m\"\n"),
       {"13:8: code: expected a text in quotes, found the number 320812"}},
      {district("code = \"320812\"\n"),
       {"13:8: [[rescue.district]] changes nothing: expected l1_answer, l1_arrival, l2_answer or l2_arrival"}},
      {district("code = \"320812\"\nl1_answer = \"2m\"\n[[rescue.district]]\ncode = \"320812\"\nl2_answer = \"2m\"\n"),
       {"16:8: district \"320812\" is given twice, first in line 13"}},
      {district("code = \"320812\"\nl1_answer = \"0s\"\n"),
       {"14:13: l1_answer: expected a duration from \"1s\" to \"24h\", found the text \"0s\""}},
      {district("code = \"320812\"\nl1_answer = \"2m\"\nring_timeout = \"2s\"\n"),
       {"15:1: unknown key \"ring_timeout\" in [[rescue.district]]: expected \"code\", \"l1_answer\", \"l1_arrival\", "
        "\"l2_answer\" or \"l2_arrival\""}},
      {rescue("[rescue.district]\ncode = \"320812\"\n"),
       {"12:1: district: expected [[rescue.district]], once for each, found a table"}},
  });
}

TEST_CASE("wrong vendors are refused") {
  const auto vendor = [](const std::string& keys) { return rescue("[[rescue.vendor]]\n" + keys); };
  const std::string kinds =
      "\"entrapment\", \"fault\", \"complaint\", \"enquiry\", \"recovered\", \"reset\", \"test\" or "
      "\"device_failure\"";
  check({
      {vendor("max_skew = \"1m\"\n"),
       {"12:1: name: missing in [[rescue.vendor]], expected a text like \"lift-cloud\""}},
      {vendor("name = \"lift cloud\"\n"),
       {"13:8: name: expected 1 to 64 letters, digits, '.', '_' or '-', found the text \"lift cloud\""}},
      {vendor("name = \"a\"\n[[rescue.vendor]]\nname = \"a\"\n"),
       {"15:8: vendor \"a\" is given twice, first in line 13"}},
      {vendor("name = \"mobile\"\n"), {"13:8: vendor \"mobile\" has the name of a source of alarms that is no vendor"}},
      {vendor("name = \"9001\"\n"), {"13:8: vendor \"9001\" is the account of an agent"}},
      {vendor("name = \"a\"\nkey_field = \"plate\"\n"),
       {"14:13: key_field: expected \"rescue_code\", \"registration_code\" or \"device_id\", found the text "
        "\"plate\""}},
      {vendor("name = \"a\"\nmax_skew = \"2h\"\n"),
       {"14:12: max_skew: expected a duration from \"1s\" to \"1h\", found the text \"2h\""}},
      {vendor("name = \"a\"\nkinds = [\"fault\"]\n"),
       {"14:9: kinds: expected one section [rescue.vendor.kinds], found a list"}},
      {vendor("name = \"a\"\nkinds = { x = \"entrapmnt\", y = 3 }\n"),
       {"14:15: kinds.\"x\": expected " + kinds + ", found the text \"entrapmnt\": did you mean \"entrapment\"?",
        "14:32: kinds.\"y\": expected " + kinds + ", found the number 3"}},
      {vendor("name = \"a\"\nkinds = { \"a b\" = \"fault\" }\n"),
       {"14:11: kinds: expected a code of 1 to 64 bytes without blanks, found \"a b\""}},
      {vendor("name = \"a\"\nsecret = \"x\"\n"),
       {"14:1: unknown key \"secret\" in [[rescue.vendor]]: expected \"name\", \"key_field\", \"max_skew\", "
        "\"unclear_per_minute\" or "
        "\"kinds\""}},
  });
}

TEST_CASE("a wrong public server is refused") {
  const auto open = [](const std::string& keys) { return base + "[public]\n" + keys; };
  const std::string url = "url: expected what links begin with, like \"https://lift.example.cn\", without a '/' at its "
                          "end, found the text ";
  check({
      {open(""), {"11:1: port: missing in [public], expected a whole number from 0 to 65535"}},
      {open("port = 70000\n"), {"12:8: port: expected a whole number from 0 to 65535, found the number 70000"}},
      {open("port = 1\nbind = \"here\"\n"),
       {"13:8: bind: expected an IP address of this machine, \"0.0.0.0\" or \"::\", found the text \"here\""}},
      {open("port = 8080\n"), {"12:8: port: 8080 is taken by [http] over TCP"}},
      {open("port = 5060\n"), {"12:8: port: 5060 is taken by [sip] over TCP"}},
      {open("port = 1\nurl = \"lift.example.cn\"\n"), {"13:7: " + url + "\"lift.example.cn\""}},
      {open("port = 1\nurl = \"https://lift.example.cn/\"\n"), {"13:7: " + url + "\"https://lift.example.cn/\""}},
      {open("port = 1\nurl = \"https://lift.example.cn?a=b\"\n"), {"13:7: " + url + "\"https://lift.example.cn?a=b\""}},
      {open("port = 1\nurl = \"https://a@b\"\n"), {"13:7: " + url + "\"https://a@b\""}},
      {open("port = 1\nurl = \"https://b:99999\"\n"), {"13:7: " + url + "\"https://b:99999\""}},
      {open("port = 1\nurl = \"https://b:80;transport=tcp\"\n"), {"13:7: " + url + "\"https://b:80;transport=tcp\""}},
      {open("port = 1\nrequests_per_minute = 0\nburst = 0\nalarms_per_hour_per_lift = 0\n"),
       {"13:23: requests_per_minute: expected a number from 0.1 to 1e+06, found the number 0",
        "14:9: burst: expected a number from 1 to 1e+06, found the number 0",
        "15:28: alarms_per_hour_per_lift: expected a number from 0.1 to 1e+06, found the number 0"}},
      {right + "[public]\nport = 8081\n",
       {"8:8: [public] serves nobody without rescues: expected enabled in [rescue]"}},
      {open("port = 5061\n[sip.tls]\nenabled = true\ncertificate = \"/nowhere/c\"\nkey = \"/nowhere/k\"\n"),
       {"12:8: port: 5061 is taken by [sip.tls] over TCP",
        "15:15: certificate: \"/nowhere/c\" cannot be used: there is no such file (looked for /nowhere/c)",
        "16:7: key: \"/nowhere/k\" cannot be used: there is no such file (looked for /nowhere/k)"}},
  });
}

TEST_CASE("wrong proxies and a wrong way to webhooks are refused") {
  const auto open = [](const std::string& keys) { return base + "[public]\nport = 1\n" + keys; };
  check({
      {open("proxies = [\"10.0.0.0/8\"]\n"), {"13:12: proxies: expected an IP address, found the text \"10.0.0.0/8\""}},
      {open("proxies = \"10.0.0.1\"\n"),
       {"13:11: proxies: expected a list of texts like [\"a\", \"b\"], found the text \"10.0.0.1\""}},
      {base + "[webhook]\ntimeout = \"2m\"\n",
       {"12:11: timeout: expected a duration from \"100ms\" to \"1m\", found the text \"2m\""}},
      {base + "[webhook]\nauthorities = \"ca.pem\"\n",
       {"12:15: authorities: \"ca.pem\" cannot be used: there is no such file (looked for /nowhere/ca.pem)"}},
      {base + "[webhook]\nretries = 3\n",
       {"12:1: unknown key \"retries\" in [webhook]: expected \"timeout\" or \"authorities\""}},
  });
}

TEST_CASE("wrong clients of the API are refused") {
  const auto client = [](const std::string& keys) { return base + "[[api_client]]\n" + keys; };
  const std::string named = "name = \"desk\"\n";
  check({
      {client("role = \"agent\"\n"), {"11:1: name: missing in [[api_client]], expected a text like \"city-platform\""}},
      {client(named), {"11:1: role: missing in [[api_client]], expected a text like \"integration\""}},
      {client(named + "role = \"boss\"\n"),
       {"13:8: role: expected \"agent\", \"supervisor\", \"quality\", \"admin\" or \"integration\", found the text "
        "\"boss\""}},
      {client("name = \"operator\"\nrole = \"admin\"\n"),
       {"12:8: api_client \"operator\" is there already: its token is api_token of the secrets"}},
      {client("name = \"9001\"\nrole = \"agent\"\n"),
       {"12:8: api_client \"9001\" is the account of an agent, which has a token anyway"}},
      {client(named + "role = \"agent\"\nagent = \"9002\"\n"),
       {"14:9: api_client \"desk\" names agent \"9002\", which does not exist: did you mean \"9001\"?"}},
      {client(named + "role = \"agent\"\n[[api_client]]\n" + named + "role = \"agent\"\n"),
       {"15:8: api_client \"desk\" is given twice, first in line 12"}},
      {client(named + "role = \"agent\"\ntoken = \"x\"\n"),
       {"14:1: unknown key \"token\" in [[api_client]]: expected \"name\", \"role\" or \"agent\""}},
  });
}
