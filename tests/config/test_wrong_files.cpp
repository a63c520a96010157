// Each wrong file, and exactly what is said about it: line, column and message of every problem.

#include "wrong_files.hpp"

using namespace lifeline::config;
using namespace lifeline::config::testing;

TEST_CASE("the base of the wrong files is right") { CHECK(read_text(right, "f")); }

TEST_CASE("wrong values are refused with what was found and what was expected") {
  check({
      // duration as a number
      {hotline + queue + "ring_timeout = 20\n" + agent,
       {"5:16: ring_timeout: expected a duration like \"20s\" or \"500ms\", found the number 20"}},
      // duration with a wrong unit
      {hotline + queue + "ring_timeout = \"20 secs\"\n" + agent,
       {"5:16: ring_timeout: expected a duration like \"20s\" or \"500ms\", found the text \"20 secs\""}},
      // duration out of range
      {hotline + queue + "wrap_up = \"9h\"\nring_timeout = \"0s\"\n" + agent,
       {"5:11: wrap_up: expected a duration from \"0s\" to \"8h\", found the text \"9h\"",
        "6:16: ring_timeout: expected a duration from \"1s\" to \"5m\", found the text \"0s\""}},
      // number as a text
      {hotline + "lines = \"7\"\n" + queue + agent,
       {"3:9: lines: expected a whole number from 0 to 100000, found the text \"7\""}},
      // number out of range
      {right + "[sip]\nport = 70000\n", {"8:8: port: expected a whole number from 0 to 65535, found the number 70000"}},
      // negative number
      {hotline + "lines = -1\n" + queue + agent,
       {"3:9: lines: expected a whole number from 0 to 100000, found the number -1"}},
      // broken number
      {hotline + queue + "max_length = 1.5\nweight = nan\n" + agent,
       {"5:14: max_length: expected a whole number from 0 to 1000000, found the number 1.5",
        "6:10: weight: expected a number from 0.01 to 1000, found the number nan"}},
      // text as a number
      {"[[hotline]]\nname = 12315\n" + queue + agent, {"2:8: name: expected a text in quotes, found the number 12315"}},
      // boolean as a text
      {right + "admin = \"yes\"\n", {"7:9: admin: expected true or false, found the text \"yes\""}},
      // list as a text
      {hotline + "numbers = \"12315\"\n" + queue + agent,
       {"3:11: numbers: expected a list of texts like [\"a\", \"b\"], found the text \"12315\""}},
      // wrong item in a list
      {hotline + "numbers = [\"12315\", 96333, \"\"]\n" + queue + agent,
       {"3:21: numbers: expected a text in quotes, found the number 96333",
        "3:28: numbers: expected a text that is not empty, found the text \"\""}},
      // a date
      {right + "[log]\nlevel = 2026-11-23\n",
       {"8:9: level: expected \"trace\", \"debug\", \"info\", \"warn\" or \"error\", found a date or time"}},
      // unknown strategy
      {hotline + queue + "strategy = \"longest_idle\"\n" + agent,
       {"5:12: strategy: expected \"longest-idle\", \"round-robin\", \"fewest-calls\", \"least-talk\", \"random\", "
        "\"ring-all\", \"top-down\", \"sequential\" or \"ring-progressively\", found the text \"longest_idle\": did "
        "you mean \"longest-idle\"?"}},
      // unknown holding
      {hotline + queue + "holding = \"silent\"\n" + agent,
       {"5:11: holding: expected \"ringing\", \"early-media\" or \"answered\", found the text \"silent\""}},
      // unknown media mode
      {hotline + "media = \"indirect\"\n" + queue + agent,
       {"3:9: media: expected \"anchored\" or \"direct\", found the text \"indirect\": did you mean \"direct\"?"}},
      // unknown sign_in
      {"sign_in = \"desk\"\n" + hotline + queue + agent,
       {"1:11: sign_in: expected \"register\" or \"command\", found the text \"desk\""}},
      // skill level
      {hotline + queue + "required = { english = 0, law = \"high\" }\n" + agent,
       {"5:24: required.english: expected a level from 1 to 100, found the number 0",
        "5:33: required.law: expected a level from 1 to 100, found the text \"high\""}},
      // skills as a list
      {right + "skills = [\"english\"]\n",
       {"7:10: skills: expected skills with levels like { english = 3 }, found a list"}},
      // address
      {right + "[http]\nbind = \"localhost\"\n[media]\nadvertised = \"192.168.1\"\n",
       {"8:8: bind: expected an IP address of this machine, \"0.0.0.0\" or \"::\", found the text \"localhost\"",
        "10:14: advertised: expected an address or a host name, found the text \"192.168.1\""}},
      // networks
      {right +
           "[[trunk]]\nname = \"c\"\ncidrs = [\"203.0.113.0/33\", \"203.0.113.9/24\", \"carrier\", \"10.0.0.0/8\"]\n",
       {"9:10: cidrs: expected a prefix length from 0 to 32 after the '/', found \"203.0.113.0/33\"",
        "9:28: cidrs: the address has bits beyond its prefix length: expected \"203.0.113.0/24\", found "
        "\"203.0.113.9/24\"",
        "9:46: cidrs: expected a network like \"203.0.113.0/24\" or an address, found \"carrier\""}},
      // outbound
      {right + "[[trunk]]\nname = \"c\"\noutbound = \"127.0.0.1\"\n",
       {"9:12: outbound: expected \"host:port\", perhaps with \";transport=tcp\" or \";transport=tls\", found the text "
        "\"127.0.0.1\""}},
      // account
      {hotline + queue + "[[agent]]\naccount = \"80 01\"\n",
       {"6:11: account: expected 1 to 64 letters, digits, '.', '_' or '-', found the text \"80 01\""}},
      // undialable number
      {hotline + "numbers = [\"0517-12315\"]\n" + queue + agent,
       {"3:12: numbers: expected digits, perhaps after a '+', found the text \"0517-12315\""}},
      // port range
      {right + "[media]\nport_min = 30000\nport_max = 20000\n",
       {"9:12: port_max: expected a port above port_min, for at least one pair; found the range 30000 to 20000"}},
      // session timer
      {right + "[sip]\nsession_expires = \"60s\"\nmin_registration = \"500ms\"\n",
       {"8:19: session_expires: expected \"0s\" (off) or at least min_se, found less",
        "9:20: min_registration: expected a duration from \"1s\" to \"24h\", found the text \"500ms\""}},
      // hold
      {right + "[media]\nhold_timeout = \"10s\"\n",
       {"8:16: hold_timeout: expected \"0s\" (no limit while a call is held) or at least timeout, found less"}},
      // jitter
      {right + "[media]\njitter_min = \"300ms\"\n", {"8:14: jitter_max: expected at least jitter_min"}},
      // lazy sync
      {right + "[storage]\nlazy_sync = \"1s\"\n",
       {"8:13: lazy_sync: expected a duration from \"1ms\" to \"50ms\", found the text \"1s\""}},
  });
}

TEST_CASE("wrong keys and wrong structure are refused with a hint") {
  check({
      // misspelt key
      {hotline + queue + "strategi = \"random\"\n" + agent,
       {"5:1: unknown key \"strategi\" in [[queue]]: did you mean \"strategy\"?"}},
      // unknown key far from all
      {right + "[http]\ncertificate = \"x\"\n",
       {"8:1: unknown key \"certificate\" in [http]: expected \"bind\", \"port\", \"max_connections\" or "
        "\"max_per_address\""}},
      // misspelt section
      {right + "[[trunks]]\nname = \"c\"\n", {"7:3: unknown key \"trunks\" in the file: did you mean \"trunk\"?"}},
      // single brackets
      {"[hotline]\nname = \"12315\"\n" + queue + agent,
       {"1:1: hotline: expected [[hotline]], once for each, found a table"}},
      // double brackets
      {right + "[[sip]]\nport = 5060\n", {"7:1: sip: expected one section [sip], found a list"}},
      // missing names
      {"[[hotline]]\n[[queue]]\n[[agent]]\n",
       {"1:1: name: missing in [[hotline]], expected a text like \"12315\"",
        "2:1: name: missing in [[queue]], expected a text like \"12315\"",
        "3:1: account: missing in [[agent]], expected a text like \"8001\""}},
      // no number
      {"[[hotline]]\nname = \"complaints\"\nqueue = \"12315\"\n" + queue + agent,
       {"1:1: numbers: missing in [[hotline]] \"complaints\", whose name is no number itself"}},
      // no hotline
      {queue + agent, {"1:1: no [[hotline]]: expected at least one, else no call can be taken"}},
      // no queue
      {hotline + agent, {"1:1: no [[queue]]: expected at least one, else no call can be answered"}},
      // trunk without anything
      {right + "[[trunk]]\nname = \"c\"\n",
       {"7:1: [[trunk]] takes no calls and makes none: expected cidrs, outbound or both"}},
      // no TOML: unfinished text
      {hotline + "queue = \"12315\n", {"3:9: not TOML: the text that begins here has no closing quote"}},
      // no TOML: key twice
      {hotline + "name = \"96333\"\n",
       {"3:8: not TOML: Error while parsing key-value pair: cannot redefine existing string 'name'"}},
      // no TOML: no value
      {hotline + "lines =\n", {"3:8: not TOML: Error while parsing key-value pair: expected value, saw '\\n'"}},
      // no TOML: no quotes
      {hotline + "queue = complaints\n",
       {"3:9: not TOML: Error while parsing value: could not determine value type: a text stands in \"quotes\""}},
      // column counts characters
      {right + "skills = { \"汉语\" = 0 }\n",
       {"7:19: skills.汉语: expected a level from 1 to 100, found the number 0"}},
  });
}

TEST_CASE("entries that contradict each other are refused") {
  check({
      // hotline and queue twice
      {right + hotline + queue,
       {"8:8: hotline \"12315\" is given twice, first in line 2",
        "10:8: queue \"12315\" is given twice, first in line 4"}},
      // number twice
      {right + "[[hotline]]\nname = \"b\"\nqueue = \"12315\"\nnumbers = [\"96333\", \"12315\"]\n",
       {"10:21: number \"12315\" is given twice, first in line 1"}},
      // account twice
      {right + agent, {"8:11: account \"8001\" is given twice, first in line 6"}},
      // account is a hotline's number
      {right + "[[agent]]\naccount = \"12315\"\n",
       {"8:11: account \"12315\" is also a number of hotline \"12315\": a call to it could mean either"}},
      // work number twice
      {right + "number = \"1\"\n[[agent]]\naccount = \"8002\"\nnumber = \"1\"\n",
       {"10:10: work number \"1\" is given twice, first in line 7"}},
      // trunk and network twice
      {right + "[[trunk]]\nname = \"c\"\ncidrs = [\"127.0.0.1\"]\n[[trunk]]\nname = \"c\"\ncidrs = [\"::1\", "
               "\"127.0.0.1/32\"]\n",
       {"11:8: trunk \"c\" is given twice, first in line 8",
        "12:17: network \"127.0.0.1/32\" is given twice, first in line 9"}},
      // queue that does not exist
      {hotline + "queue = \"12351\"\n" + queue + agent,
       {"3:9: hotline \"12315\" names queue \"12351\", which does not exist: did you mean \"12315\"?"}},
      // agent's queue that does not exist
      {right + "queues = [\"12315\", \"9633\"]\n[[queue]]\nname = \"96333\"\n",
       {"7:20: agent \"8001\" names queue \"9633\", which does not exist: did you mean \"96333\"?"}},
      // agent's queue twice
      {right + "queues = [\"12315\", \"12315\"]\n", {"7:20: queue \"12315\" is given twice, first in line 7"}},
      // agent without queue
      {right + "[[agent]]\naccount = \"8002\"\nqueues = []\n[[agent]]\naccount = \"8003\"\nqueues = []\nadmin = true\n",
       {"9:10: agent \"8002\" serves no queue: expected queues = [\"12315\"]"}},
      // agent must choose among queues
      {right + "[[queue]]\nname = \"b\"\n", {"5:1: agent \"8001\" serves no queue: expected queues = [\"12315\"]"}},
      // overflow to itself
      {hotline + queue + "max_wait = \"10s\"\noverflow_queue = \"12315\"\n" + agent,
       {"6:18: the overflow leads back to where it started: 12315 -> 12315"}},
      // overflow in a circle
      {hotline + queue +
           "max_wait = \"10s\"\noverflow_queue = \"b\"\n[[queue]]\nname = \"b\"\nmax_wait = \"10s\"\noverflow_queue = "
           "\"c\"\n[[queue]]\nname = \"c\"\nmax_length = 5\noverflow_queue = \"12315\"\n" +
           agent + "queues = [\"12315\"]\n",
       {"6:18: the overflow leads back to where it started: 12315 -> b -> c -> 12315"}},
      // overflow never used
      {hotline + queue + "overflow_queue = \"b\"\n[[queue]]\nname = \"b\"\n" + agent + "queues = [\"12315\"]\n",
       {"5:18: the overflow of queue \"12315\" would never be used: expected max_wait or max_length with it"}},
      // overflow without a way out
      {hotline + queue +
           "max_wait = \"10s\"\noverflow_numbers = [\"13900000001\", \"139-1\", \"13900000001\", \"12315\"]\n" + agent,
       {"6:20: overflow_numbers need a [[trunk]] with outbound to be dialled through",
        "6:36: overflow_numbers: expected digits, perhaps after a '+', found the text \"139-1\"",
        "6:45: number \"13900000001\" is given twice, first in line 6",
        "6:60: overflow number \"12315\" belongs to hotline \"12315\": the call would come back"}},
      // missing skill
      {hotline + queue + "required = { law = 3 }\n" + agent + "[[agent]]\naccount = \"8002\"\nskills = { law = 2 }\n",
       {"6:1: agent \"8001\" can never have a call of queue \"12315\": it requires skill \"law\" at level 3, the agent "
        "has not got it",
        "8:1: agent \"8002\" can never have a call of queue \"12315\": it requires skill \"law\" at level 3, the agent "
        "has 2"}},
      // skill nobody requires
      {hotline + queue + "required = { lift-rescue = 3 }\n" + agent + "skills = { lift-resuce = 5, lift-rescue = 3 }\n",
       {"8:12: no queue requires skill \"lift-resuce\": did you mean \"lift-rescue\"?"}},
      // nobody to answer
      {hotline + queue + "[[queue]]\nname = \"b\"\n" + agent + "queues = [\"b\"]\n",
       {"1:1: nobody could answer hotline \"12315\": queue \"12315\" and its overflow have neither agents nor "
        "overflow_numbers"}},
      // more reserved than lines
      {hotline +
           "lines = 3\nreserved_for_callers = 4\n[[hotline]]\nname = \"1\"\nqueue = \"12315\"\nreserved_for_callers = "
           "2\n" +
           queue + agent,
       {"4:24: reserved_for_callers: expected at most the number of lines, found 4 while the hotline has 3 lines",
        "8:24: reserved_for_callers: expected at most the number of lines, found 2 while the hotline has no limit of "
        "lines"}},
      // direct media
      {hotline + "media = \"direct\"\ngreeting = \"g.wav\"\nrecord = true\n" + queue + agent,
       {"3:9: media: \"direct\" needs holding = \"ringing\" in queue \"12315\", found \"answered\"",
        "4:12: a prompt is missing in /nowhere/data/prompts: \"g.wav\"; the shipped ones are made by: "
        "scripts/make-prompts.sh /nowhere/data/prompts",
        "4:12: greeting: cannot be played while media is \"direct\"",
        "5:10: record: cannot be true while media is \"direct\""}},
      // music while ringing
      {hotline + queue + "holding = \"ringing\"\nmusic = \"m.wav\"\n" + agent,
       {"6:9: a prompt is missing in /nowhere/data/prompts: \"m.wav\"; the shipped ones are made by: "
        "scripts/make-prompts.sh /nowhere/data/prompts",
        "6:9: music: nobody would hear it while holding is \"ringing\"; expected holding \"early-media\" or "
        "\"answered\""}},
      // ports in conflict
      {right + "[sip]\nport = 25000\n[http]\nport = 25000\n",
       {"8:8: port: 25000 lies in the range of [media], 20000 to 29999",
        "10:8: port: 25000 is taken by [sip] over TCP"}},
      // everything at once, in the order of the file
      {"[sip]\nport = \"5060\"\n" + hotline + "queue = \"nope\"\n" + queue + "colour = 1\n" + agent +
           "queues = [\"12315\"]\n[log]\nlevel = \"loud\"\n",
       {"2:8: port: expected a whole number from 0 to 65535, found the text \"5060\"",
        "5:9: hotline \"12315\" names queue \"nope\", which does not exist",
        "8:1: unknown key \"colour\" in [[queue]]: expected \"name\", \"priority\", \"weight\", \"strategy\", "
        "\"required\", \"ring_timeout\", \"ring_step\", \"max_misses\", \"retry_delay\", \"reject_delay\", "
        "\"busy_delay\", \"no_answer_delay\", \"tier_wait\", \"tier_skip_empty\", \"escalation\", "
        "\"priority_step\", \"priority_growth\", \"present\", \"join_empty\", \"leave_empty\", "
        "\"leave_empty_after\", \"sticky\", \"sticky_wait\", \"resume_place\", \"wrap_up\", \"wrap_up_limit\", "
        "\"max_wait\", \"max_expected_wait\", \"max_length\", \"holding\", \"music\", \"overflow_queue\", "
        "\"overflow_numbers\", \"overflow_ring_timeout\", \"service_level\" or \"short_abandon\"",
        "13:9: level: expected \"trace\", \"debug\", \"info\", \"warn\" or \"error\", found the text \"loud\""}},
      // one wrong name is one problem
      {hotline + "[[queue]]\nname = 12315\n" + agent + "queues = [\"12315\"]\n",
       {"4:8: name: expected a text in quotes, found the number 12315"}},
  });
}

TEST_CASE("prompts that cannot be played are refused with the reason") {
  const scratch_folder prompts;
  const auto two_channels = wav(16000, 2);
  write_file(prompts / "good.wav", two_channels);
  write_file(prompts / "alaw.wav", wav(8000, 1, 8, 6));
  write_file(prompts / "extensible.wav", wav(16000, 1, 16, 0xfffe));
  write_file(prompts / "float.wav", wav(8000, 1, 16, 0xfffe, 320, 3));
  write_file(prompts / "fast.wav", wav(44100));
  write_file(prompts / "bits.wav", wav(8000, 1, 24));
  write_file(prompts / "empty.wav", wav(8000, 1, 16, 1, 0));
  write_file(prompts / "torn.wav", two_channels.substr(0, 44));
  write_file(prompts / "short.wav", two_channels.substr(0, 30));
  write_file(prompts / "text.wav", "this is no sound, but a text of more than twelve bytes");
  const std::string wanted = "expected a WAV file of 8 or 16 kHz, mono or stereo, 16-bit PCM or G.711";
  const std::vector<std::pair<std::string, std::string>> table{
      {"good.wav", ""},
      {"alaw.wav", ""},
      {"extensible.wav", ""},
      {"float.wav", wanted + ", found format 3 with 16 bits, 1 channels, 8000 Hz"},
      {"fast.wav", wanted + ", found format 1 with 16 bits, 1 channels, 44100 Hz"},
      {"bits.wav", wanted + ", found format 1 with 24 bits, 1 channels, 8000 Hz"},
      {"empty.wav", "it holds no sound"},
      {"torn.wav", "it holds no sound"},
      {"short.wav", "its format chunk is cut short"},
      {"text.wav", wanted},
      {".", "it is not a file"},
  };
  read_options options;
  options.prompts = prompts.path();
  for (const auto& [name, fault] : table) {
    const auto read = read_text(hotline + queue + "music = \"" + name + "\"\n" + agent, "f", options);
    INFO(name);
    CHECK(read.has_value() == fault.empty());
    if (read || fault.empty()) continue;
    const auto path = (std::filesystem::path(prompts.path()) / name).lexically_normal().string();
    CHECK(to_string(read.error()) ==
          "f:5:9: music: \"" + name + "\" cannot be played: " + fault + " (looked for " + path + ")\n");
  }
}

TEST_CASE("prompts that are missing are one problem, and what to do about it") {
  read_options options;
  options.prompts = "/nowhere/prompts";
  const auto many = [&](const std::string& more) {
    const auto read =
        read_text(hotline + "greeting = \"a.wav\"\n" + queue + "music = \"b.wav\"\n" + agent + more, "f", options);
    REQUIRE_FALSE(read);
    return to_string(read.error());
  };
  CHECK(many("") == "f:3:12: prompts are missing in /nowhere/prompts: \"a.wav\", \"b.wav\"; the shipped ones are made "
                    "by: scripts/make-prompts.sh /nowhere/prompts\n");
  CHECK(many("[feature_codes]\nconfirm_prompt = \"c.wav\"\nrefuse_prompt = \"d.wav\"\n") ==
        "f:3:12: prompts are missing in /nowhere/prompts: \"a.wav\", \"b.wav\", \"c.wav\" and 1 more; the shipped ones "
        "are made by: scripts/make-prompts.sh /nowhere/prompts\n");
  // Another problem of the file is not drowned, and stands at its own place.
  CHECK(many("[log]\nlevel = \"loud\"\n").find("f:10:9: level: expected") != std::string::npos);
}

TEST_CASE("a key of ten thousand parts is refused before it is followed") {
  std::string dotted = "a";
  for (int i = 0; i < 10000; ++i)
    dotted += ".a";
  const auto read = read_text(dotted + " = 1\n", "f");
  REQUIRE_FALSE(read);
  CHECK(to_string(read.error()) == "f:1:130: not TOML: a key of too many parts\n");
  // Rows of dots and addresses are no such keys.
  CHECK(read_text("# " + std::string(300, '.') + "\n" + right, "f"));
}

TEST_CASE("direct media is accepted where nothing needs the engine's media") {
  const auto read = read_text(hotline + "media = \"direct\"\n" + queue + "holding = \"ringing\"\n" + agent, "f");
  REQUIRE(read);
  CHECK(read->plan.hotlines[0].media == lifeline::domain::media_mode::direct);
  CHECK_FALSE(read->plan.hotlines[0].record);
}
