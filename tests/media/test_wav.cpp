#include "media/wav_reader.hpp"
#include "tests/media/media_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace lifeline::media;
using namespace lifeline::media::testing;
using Catch::Matchers::Contains;
using bytes = std::vector<std::uint8_t>;

namespace {

bytes changed(bytes file, std::size_t at, std::initializer_list<std::uint8_t> with) {
  for (const auto b : with)
    file.at(at++) = b;
  return file;
}

bytes with_chunk(const bytes& wav, const char* name, std::size_t size) {
  bytes out(wav.begin(), wav.begin() + 36);
  out.insert(out.end(), name, name + 4);
  out.insert(out.end(), {static_cast<std::uint8_t>(size), 0, 0, 0});
  out.resize(out.size() + size + size % 2, 0x55);
  out.insert(out.end(), wav.begin() + 36, wav.end());
  return out;
}

/// With a format chunk of 40 bytes (WAVE_FORMAT_EXTENSIBLE): the real format stands in front of the GUID's other bytes.
bytes extensible(bytes file, std::uint8_t format) {
  const auto bits = file.at(34);
  file = changed(changed(std::move(file), 16, {40}), 20, {0xfe, 0xff});
  const bytes more{22, 0, bits, 0, 4, 0, 0, 0, format, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71};
  file.insert(file.begin() + 36, more.begin(), more.end());
  return file;
}

} // namespace

TEST_CASE("WAV files of each supported kind become 8 kHz mono") {
  const std::vector<std::int16_t> samples{1, -2, 300, -32768, 32767, 0};
  const auto plain = make_wav(samples);
  CHECK(*parse_wav(plain) == samples);
  CHECK(*parse_wav(make_wav({10, 20, -4, -8}, 8000, 2)) == std::vector<std::int16_t>{15, -6});
  CHECK(*parse_wav(with_chunk(plain, "LIST", 26)) == samples);
  CHECK(*parse_wav(with_chunk(plain, "LIST", 27)) == samples); // padded
  // A length that is not known yet, as in a file that is being written.
  CHECK(*parse_wav(changed(plain, 40, {0xff, 0xff, 0xff, 0xff})) == samples);
  auto a_law = changed(plain, 20, {6, 0});
  a_law = changed(a_law, 34, {8, 0});
  CHECK(parse_wav(a_law)->size() == samples.size() * 2);
  CHECK(parse_wav(changed(a_law, 20, {7, 0}))->size() == samples.size() * 2);
  CHECK(*parse_wav(extensible(plain, 1)) == samples);
  CHECK(*parse_wav(extensible(a_law, 6)) == *parse_wav(a_law));
}

TEST_CASE("16 kHz is halved: what 8 kHz can carry stays, what would fold back goes") {
  const auto low = parse_wav(make_wav(make_tone(1000, 16000, 16000), 16000));
  REQUIRE(low);
  CHECK(low->size() == 8000);
  CHECK(tone_share(*low, 1000) > 0.95);
  CHECK(level(*low) == Approx(7071).epsilon(0.05));
  const auto high = parse_wav(make_wav(make_tone(6000, 16000, 16000), 16000));
  REQUIRE(high);
  CHECK(level(*high) < 400);
}

TEST_CASE("malformed WAV files are refused with what is wrong") {
  const auto good = make_wav({1, 2, 3, 4});
  struct wrong {
    bytes file;
    const char* says;
  };
  const std::vector<wrong> table{
      {{}, "expected a WAV file"},
      {bytes(good.begin(), good.begin() + 11), "expected a WAV file"},
      {changed(good, 0, {'X'}), "expected a WAV file"},
      {changed(good, 8, {'A', 'V', 'I', ' '}), "expected a WAV file"},
      {bytes(good.begin(), good.begin() + 12), "it holds no sound"},
      {bytes(good.begin(), good.begin() + 30), "its format chunk is cut short"},
      {bytes(good.begin(), good.begin() + 36), "it holds no sound"},
      {bytes(good.begin(), good.begin() + 43), "it holds no sound"},
      {bytes(good.begin(), good.begin() + 45), "it holds no sound"},
      {changed(good, 20, {3, 0}), "found format 3 with 16 bits"},
      {changed(good, 20, {0xfe, 0xff}), "its format chunk is cut short"},
      {changed(extensible(good, 1), 16, {28}), "its format chunk is cut short"},
      {extensible(good, 3), "found format 3"},
      {changed(extensible(good, 1), 59, {0x70}), "found format 65534"}, // somebody else's GUID
      {changed(good, 22, {6, 0}), "6 channels"},
      {changed(good, 22, {0, 0}), "0 channels"},
      {changed(good, 24, {0x44, 0xac}), "44100 Hz"},
      {changed(good, 34, {24, 0}), "24 bits"},
      {changed(good, 12, {'j', 'u', 'n', 'k'}), "its data comes before its format"},
      {changed(good, 16, {0xff, 0xff, 0xff, 0xff}), "it holds no sound"},
  };
  for (const auto& w : table) {
    const auto parsed = parse_wav(w.file);
    INFO(w.says);
    REQUIRE_FALSE(parsed);
    CHECK_THAT(parsed.error(), Contains(w.says));
  }
}

TEST_CASE("no cut or flipped byte of a WAV file makes the reader stumble") {
  const auto good = with_chunk(make_wav({1, 2, 3, 4, 5, 6}), "LIST", 9);
  for (std::size_t cut = 0; cut <= good.size(); ++cut)
    (void)parse_wav({good.data(), cut});
  std::size_t readable = 0;
  for (std::size_t at = 0; at < good.size(); ++at)
    for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{0x7f}, std::uint8_t{0xff}})
      if (parse_wav(changed(good, at, {value}))) ++readable;
  CHECK(readable > 0);
}

TEST_CASE("a prompt is checked by name") {
  temp_folder folder;
  settings s;
  s.prompts = folder.path.string();
  write_file(folder.file("good.wav"), make_wav({1, 2}));
  write_file(folder.file("bad.wav"), {1, 2, 3});
  CHECK(check_prompt(s, "good.wav"));
  CHECK(check_prompt(s, folder.file("good.wav")));
  CHECK_THAT(check_prompt(s, "bad.wav").error(), Contains("bad.wav: expected a WAV file of 8 or 16 kHz"));
  CHECK_THAT(check_prompt(s, "none.wav").error(), Contains("no such file"));
}
