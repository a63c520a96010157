// Real telephones with real sound: who hears whom, and what the recording says.

#include "tests/peers/harness/baresip.hpp"
#include "tests/peers/harness/tone.hpp"
#include "tests/peers/stage.hpp"

using namespace lifeline::peers;

namespace {

const std::vector<double> tones{440, 1000, 1500};

/// Of a recording's channel, the tone between its first and last half second.
double middle_tone(const sound& s, std::size_t channel) {
  const auto found = dominant(s, channel, 0.5, s.seconds() - 0.5, tones);
  INFO("channel " << channel << ": " << found.frequency << " Hz has " << found.share);
  CHECK(found.share > 0.8);
  return found.frequency;
}

} // namespace

TEST_CASE("telephones hear each other, and the recording has the caller left and the agent right") {
  engine_config c;
  c.agents = {{"8001", {}}, {"8002", {}}};
  c.queue["holding"] = "\"answered\"";
  stage s(c);
  const std::map<std::string, double> agents{{"8001", 1000}, {"8002", 1500}};
  // One phone speaks A-law, the other µ-law: the engine converts.
  baresip a(s.place, {.name = "8001",
                      .tone = 1000,
                      .registrar = s.lifeline.sip_address(),
                      .password = s.lifeline.password("8001"),
                      .answers = true,
                      .codecs = "PCMA"});
  baresip b(s.place, {.name = "8002",
                      .tone = 1500,
                      .registrar = s.lifeline.sip_address(),
                      .password = s.lifeline.password("8002"),
                      .answers = true,
                      .codecs = "PCMU"});
  s.wait_agent("8001", "ready");
  s.wait_agent("8002", "ready");
  baresip caller(s.place, {.name = "13800000007", .tone = 440});

  std::vector<std::string> who;
  for (std::size_t i = 1; i <= 2; ++i) {
    caller.dial("sip:12315@" + s.lifeline.sip_address());
    s.wait_phase("talking");
    std::this_thread::sleep_for(3s); // the talk
    caller.hang_up();
    caller.wait_for("CALL_CLOSED", static_cast<int>(i));
    const auto r = s.record(i);
    REQUIRE(r.at("outcome") == "answered");
    CHECK(r.at("caller") == "13800000007");
    who.push_back(r.at("agent"));
    const auto& recording = r.at("recording");
    REQUIRE(recording.is_object());
    const auto file = s.lifeline.recordings() / recording.at("path").get<std::string>();
    const auto heard = read_wav(file);
    REQUIRE(heard.channels.size() == 2);
    CHECK(middle_tone(heard, 0) == 440);
    CHECK(middle_tone(heard, 1) == agents.at(who.back()));
    CHECK(heard.seconds() == Approx(r.at("talk_seconds").get<double>()).margin(0.3));
    CHECK(recording.at("duration_seconds").get<double>() == Approx(heard.seconds()).margin(0.02));
    CHECK(recording.at("bytes").get<std::uintmax_t>() == std::filesystem::file_size(file));
    CHECK(recording.at("sha256") == sha256_of(file));
    // The same file through the API.
    const auto fetched = s.place.file("fetched-" + std::to_string(i) + ".wav");
    s.lifeline.control({"recordings", "fetch", r.at("call").get<std::string>(), "-o", fetched.string()});
    CHECK(sha256_of(fetched) == recording.at("sha256"));
    s.wait_agent(who.back(), "ready");
  }
  CHECK(who[0] != who[1]);

  a.quit();
  b.quit();
  caller.quit();
  REQUIRE(caller.heard().size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto sound = read_wav(caller.heard()[i]);
    CHECK(when_heard(sound, 0, agents.at(who[i])).total >= 2.0);
    CHECK(when_heard(sound, 0, 440).total == 0); // no echo of itself
  }
  for (auto* phone : {&a, &b}) {
    REQUIRE(phone->heard().size() == 1);
    CHECK(when_heard(read_wav(phone->heard()[0]), 0, 440).total >= 2.0);
  }
  s.close();
}

TEST_CASE("a waiting caller hears the music, then the agent") {
  engine_config c;
  c.queue["holding"] = "\"answered\"";
  c.queue["music"] = "\"music.wav\"";
  const workspace prompts("prompts");
  write_tone(prompts.file("music.wav"), 700, 2);
  c.media["prompts"] = '"' + prompts.path().string() + '"';
  stage s(c);
  baresip agent(s.place, {.name = "8001",
                          .tone = 1000,
                          .registrar = s.lifeline.sip_address(),
                          .password = s.lifeline.password("8001"),
                          .answers = true});
  s.wait_agent("8001", "ready");
  s.lifeline.control({"agents", "not-ready", "8001", "--reason", "break"});
  baresip caller(s.place, {.name = "13800000008", .tone = 440});
  caller.dial("sip:12315@" + s.lifeline.sip_address());
  s.wait_phase("waiting");
  caller.wait_for("CALL_RTPESTAB");
  std::this_thread::sleep_for(3s); // longer than the music: it begins again
  s.lifeline.control({"agents", "ready", "8001"});
  s.wait_phase("talking");
  std::this_thread::sleep_for(2s);
  caller.hang_up();
  s.record();
  caller.quit();
  agent.quit();
  REQUIRE(caller.heard().size() == 1);
  const auto heard = read_wav(caller.heard()[0]);
  const auto music = when_heard(heard, 0, 700);
  const auto talk = when_heard(heard, 0, 1000);
  CHECK(music.total >= 2.5);
  CHECK(talk.total >= 1.3);
  CHECK(music.last <= talk.first + 0.2); // not both
  s.close();
}
