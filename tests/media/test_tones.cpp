// DTMF in the audio: what is taken for a key and what is not, and lift phones' packets through real sockets.

#include "domain/lifts/p100.hpp"
#include "media/telephone_event.hpp"
#include "media/tone_detector.hpp"
#include "media/tone_sender.hpp"
#include "tests/media/media_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <string_view>

using namespace lifeline::media;
using namespace lifeline::media::testing;

namespace {

constexpr std::string_view keys = "123A456B789C*0#D";
constexpr double low_hertz[] = {697, 770, 852, 941};
constexpr double high_hertz[] = {1209, 1336, 1477, 1633};
constexpr double full_scale_dbm0 = 3.14;

double amplitude_of(double dbm0) { return 32767 * std::pow(10, (dbm0 - full_scale_dbm0) / 20); }

struct key_sound {
  double low_dbm0 = -9;
  double high_dbm0 = -9;
  double tone_ms = 100;
  double pause_ms = 100;
  double detuned = 1; ///< factor of both frequencies
};

using audio = std::vector<std::int16_t>;

std::int16_t clipped(double x) { return static_cast<std::int16_t>(std::clamp(std::round(x), -32767.0, 32767.0)); }

audio key_tones(std::string_view digits, const key_sound& k = {}) {
  audio out;
  for (const char d : digits) {
    const auto place = keys.find(d);
    const auto turn = 2 * std::numbers::pi * k.detuned / 8000;
    for (int i = 0; i < static_cast<int>(k.tone_ms * 8); ++i)
      out.push_back(clipped(amplitude_of(k.low_dbm0) * std::sin(low_hertz[place / 4] * turn * i) +
                            amplitude_of(k.high_dbm0) * std::sin(high_hertz[place % 4] * turn * i)));
    out.resize(out.size() + static_cast<std::size_t>(k.pause_ms * 8));
  }
  return out;
}

audio with_noise(audio a, double dbm0, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, amplitude_of(dbm0) / std::sqrt(2.0));
  for (auto& s : a)
    s = clipped(s + noise(random));
  return a;
}

audio through_g711(audio a, law l = law::a) {
  std::vector<std::uint8_t> bytes(a.size());
  encode_g711(l, a, bytes.data());
  decode_g711(l, bytes, a.data());
  return a;
}

std::string heard(const audio& a) {
  tone_detector detector;
  std::string out;
  for (std::size_t at = 0; at < a.size(); at += tick_samples)
    out += detector.feed(std::span(a).subspan(at, std::min(tick_samples, a.size() - at)));
  return out;
}

/// A voice without words: pulses whose pitch glides, through the resonances of changing vowels, with breath.
audio voice(double from_hertz, double to_hertz, double seconds, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> formant1(280, 850);
  std::uniform_real_distribution<double> formant2(850, 2300);
  std::normal_distribution<double> breath(0, 0.02);
  const auto count = static_cast<std::size_t>(seconds * 8000);
  audio out(count);
  double phase = 0;
  double f[3] = {500, 1500, 2600};
  double past[3][2] = {};
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 1200 == 0) {
      f[0] = formant1(random);
      f[1] = formant2(random);
    }
    const auto pitch = from_hertz + (to_hertz - from_hertz) * std::fmod(static_cast<double>(i) / 4000, 1.0);
    phase += pitch / 8000;
    double x = breath(random);
    if (phase >= 1) {
      phase -= 1;
      x += 1;
    }
    for (int r = 0; r < 3; ++r) {
      const auto radius = std::exp(-std::numbers::pi * 70 / 8000);
      const auto y =
          x + 2 * radius * std::cos(2 * std::numbers::pi * f[r] / 8000) * past[r][0] - radius * radius * past[r][1];
      past[r][1] = past[r][0];
      past[r][0] = y;
      x = y * 0.12;
    }
    out[i] = clipped(x * 60000);
  }
  return out;
}

/// The digits that a peer hears in the audio, with the times of each tone and pause in ms.
struct measured {
  std::string digits;
  std::vector<double> tones;
  std::vector<double> pauses;
};
measured measure(const audio& a) {
  measured m;
  m.digits = heard(a);
  bool on = false;
  std::size_t since = 0;
  std::size_t quiet = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    quiet = std::abs(static_cast<int>(a[i])) < 200 ? quiet + 1 : 0;
    const bool now = quiet < 16; // 2 ms: longer than between two peaks
    if (now == on) continue;
    const auto edge = now ? i : i - 16;
    const auto ms = static_cast<double>(edge - since) / 8;
    if (on) m.tones.push_back(ms);
    if (!on && !m.tones.empty()) m.pauses.push_back(ms);
    since = edge;
    on = now;
  }
  return m;
}

/// RFC 4733: event, end bit and volume, duration.
std::vector<std::uint8_t> event(char digit, bool end, std::uint16_t duration) {
  return {*event_of_digit(digit), static_cast<std::uint8_t>(end ? 0x8a : 0x0a),
          static_cast<std::uint8_t>(duration >> 8), static_cast<std::uint8_t>(duration)};
}

} // namespace

TEST_CASE("tones: every key is recognised once, in both laws, wherever the tone begins in a packet") {
  const auto l = GENERATE(law::a, law::mu);
  for (std::size_t shift = 0; shift < 160; shift += 13) {
    audio a(shift);
    const auto tones = key_tones(keys);
    a.insert(a.end(), tones.begin(), tones.end());
    CAPTURE(shift);
    CHECK(heard(through_g711(a, l)) == keys);
  }
}

TEST_CASE("tones: equal keys in a row are as many presses, and a long press is one") {
  CHECK(heard(key_tones("1111D", {-9, -9, 100, 100, 1})) == "1111D");
  CHECK(heard(key_tones("11", {-9, -9, 50, 45, 1})) == "11");
  CHECK(heard(key_tones("7", {-9, -9, 5000, 100, 1})) == "7");
  CHECK(heard(key_tones("12345", {-9, -9, 60, 0, 1})) == "12345"); // no pause at all
}

TEST_CASE("tones: from 40 ms on a tone counts, up to 23 ms it does not") {
  for (std::size_t shift = 0; shift < 51; shift += 3) {
    audio ahead(shift);
    const auto play = [&](double ms) {
      auto a = ahead;
      const auto tones = key_tones(keys, {-9, -9, ms, 100, 1});
      a.insert(a.end(), tones.begin(), tones.end());
      return heard(through_g711(a));
    };
    CAPTURE(shift);
    CHECK(play(40) == keys);
    CHECK(play(23).empty());
  }
}

TEST_CASE("tones: weak ones are heard, weaker ones are the line's noise") {
  CHECK(heard(through_g711(key_tones(keys, {-36, -36, 100, 100, 1}))) == keys);
  CHECK(heard(through_g711(key_tones(keys, {-4, -4, 100, 100, 1}))) == keys);
  CHECK(heard(through_g711(key_tones(keys, {-48, -48, 100, 100, 1}))).empty());
}

TEST_CASE("tones: the twist of a long line is accepted, more of it is not") {
  CHECK(heard(through_g711(key_tones(keys, {-9, -16, 100, 100, 1}))) == keys);
  CHECK(heard(through_g711(key_tones(keys, {-12, -9, 100, 100, 1}))) == keys);
  CHECK(heard(key_tones(keys, {-9, -20, 100, 100, 1})).empty());
  CHECK(heard(key_tones(keys, {-16, -9, 100, 100, 1})).empty());
}

TEST_CASE("tones: frequencies within 1.5 % are those of the key") {
  CHECK(heard(through_g711(key_tones(keys, {-9, -9, 100, 100, 1.015}))) == keys);
  CHECK(heard(through_g711(key_tones(keys, {-9, -9, 100, 100, 0.985}))) == keys);
}

TEST_CASE("tones: a packet is read through noise") {
  const std::string packet = "18123456782D";
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    CHECK(heard(through_g711(with_noise(key_tones(packet), -24, seed))) == packet); // 12 dB below the two tones
  }
}

TEST_CASE("tones: noise, single tones, ringing tones and music are no keys") {
  CHECK(heard(with_noise(audio(8000 * 60), -10, 7)).empty());
  for (const double hertz : {350.0, 440.0, 697.0, 941.0, 1209.0, 1633.0})
    CHECK(heard(make_tone(hertz, 8000)).empty());
  audio chord(8000);
  for (std::size_t i = 0; i < chord.size(); ++i)
    for (const double hertz : {440.0, 554.4, 659.3, 880.0})
      chord[i] = clipped(chord[i] + 4000 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / 8000));
  CHECK(heard(chord).empty());
}

TEST_CASE("tones: ten minutes of voices are not taken for keys") {
  std::string all;
  std::uint32_t seed = 1;
  for (const auto& [from, to] :
       {std::pair{90.0, 140.0}, {110.0, 180.0}, {180.0, 260.0}, {220.0, 330.0}, {250.0, 400.0}})
    for (int i = 0; i < 4; ++i)
      all += heard(through_g711(voice(from, to, 30, seed++)));
  CAPTURE(all);
  CHECK(all.size() <= 2);
}

TEST_CASE("tones: a key is recognised over a voice in the car") {
  const auto tones = key_tones("18123456782D", {-6, -6, 100, 100, 1});
  auto a = voice(120, 170, 3, 5);
  a.resize(tones.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    a[i] = clipped(a[i] * 0.15 + tones[i]);
  CHECK(heard(through_g711(a)) == "18123456782D");
}

TEST_CASE("tones: ours last 100 ms and pause for 100 ms") {
  tone_sender sender;
  for (const char d : std::string{"DAC18"})
    CHECK(sender.push(d));
  CHECK_FALSE(sender.push('x'));
  audio sent;
  while (sender.busy()) {
    frame f;
    sender.next(f);
    sent.insert(sent.end(), f.begin(), f.end());
  }
  const auto m = measure(through_g711(sent));
  CHECK(m.digits == "DAC18");
  REQUIRE(m.tones.size() == 5);
  REQUIRE(m.pauses.size() >= 4);
  for (const auto ms : m.tones)
    CHECK(ms == Approx(100).margin(5));
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(m.pauses[i] == Approx(100).margin(5));
}

TEST_CASE("tones: a lift phone's packet in the audio is told digit by digit, to those who listen") {
  media_fixture f;
  f.start();
  rtp_peer lift("PCMA");
  const auto l = f.open(lift);
  const std::string packet = "18123456782D";
  lift.say(l.port, key_tones("5"));
  REQUIRE(eventually([&] { return lift.said(); }));
  REQUIRE(l.sink->wait(endpoint_event_kind::heard));
  CHECK(l.sink->digits().empty()); // nobody has asked for it
  f.media->listen_tones(l.id, true);
  // A busy machine may cut a tone; a lift's phone, too, would send its packet again.
  REQUIRE(eventually(
      [&] {
        if (lift.said()) lift.say(l.port, key_tones(packet));
        return l.sink->digits().find(packet) != std::string::npos;
      },
      60s));
  f.media->listen_tones(l.id, false);
}

TEST_CASE("tones: a press that comes as tone and as event is told once") {
  media_fixture f;
  f.start();
  rtp_peer lift("PCMA");
  const auto l = f.open(lift);
  f.media->listen_tones(l.id, true);
  std::uint32_t at = 90000;
  for (const char d : std::string{"1188"}) {
    for (int i = 1; i <= 3; ++i)
      lift.send(l.port, 101, at, event(d, i == 3, static_cast<std::uint16_t>(160 * i)));
    lift.say(l.port, key_tones(std::string(1, d)));
    REQUIRE(eventually([&] { return lift.said(); }));
    at += 1600;
  }
  REQUIRE(l.sink->wait(endpoint_event_kind::digit, 4));
  // What is still in the jitter buffer is heard before this tone, which comes when the events' rule is over.
  REQUIRE(eventually(
      [&] {
        if (lift.said()) lift.say(l.port, key_tones("D"));
        return l.sink->digits().find('D') != std::string::npos;
      },
      60s));
  const auto all = l.sink->digits();
  CHECK(all.substr(0, all.find('D')) == "1188");
}

TEST_CASE("tones: ours reach the lift in the audio, before music, and as events only where they are understood") {
  media_fixture f;
  write_file(f.folder.file("music.wav"), make_wav(make_tone(440, 8000)));
  f.start();
  rtp_peer lift("PCMA");
  const auto l = f.open(lift);
  f.media->play(l.id, {{"music.wav"}, true});
  REQUIRE(eventually([&] { return lift.heard_count() > 10; }));
  lift.forget();
  f.media->send_tones(l.id, "D", tone_way::as_heard);
  const auto hears = [&](const std::string& digits) {
    return eventually([&] { return heard(lift.last_audio(1000)) == digits; });
  };
  const auto events = [&](char digit) {
    const auto all = lift.heard();
    return std::count_if(all.begin(), all.end(), [&](const auto& p) {
      return p.payload_type == 101 && p.payload.at(0) == *event_of_digit(digit);
    });
  };
  CHECK(hears("D"));
  CHECK(events('D') == 0); // the lift has not sent any itself
  f.media->send_tones(l.id, "A", tone_way::both);
  CHECK(hears("DA"));
  CHECK(eventually([&] { return events('A') > 0; }));
  lift.send(l.port, 101, 5000, event('1', true, 800));
  REQUIRE(l.sink->wait(endpoint_event_kind::digit));
  f.media->send_tones(l.id, "C", tone_way::as_heard); // it has, now
  CHECK(hears("DAC"));
  CHECK(eventually([&] { return events('C') > 0; }));
}
