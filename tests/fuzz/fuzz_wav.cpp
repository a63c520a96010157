// Prompts, and recordings whose writer died: WAV headers that claim what they like.

#include "media/recording_file.hpp"
#include "media/wav_reader.hpp"
#include "tests/fuzz/scratch.hpp"
#include "tests/fuzz/target.hpp"

using namespace lifeline;

namespace {

void check_mending(const std::string& file) {
  const auto mended = media::mend_recording(file);
  if (!mended) {
    fuzz::demand(mended.error().find(file) == 0, "a refusal that does not name the file");
    return;
  }
  fuzz::demand(std::filesystem::file_size(file) == mended->bytes, "a seal over other bytes than the file's");
  fuzz::demand((mended->bytes - 44) % media::recording_frame_size == 0, "a torn frame is sealed");
  const auto again = media::mend_recording(file);
  fuzz::demand(again && again->sha256 == mended->sha256, "mending twice changes a recording");
}

void run(std::string_view input) {
  static const fuzz::scratch_folder folder;
  const auto samples = media::parse_wav({reinterpret_cast<const std::uint8_t*>(input.data()), input.size()});
  if (samples) fuzz::demand(!samples->empty() && samples->size() <= input.size(), "more sound than bytes");
  if (!samples) fuzz::demand(!samples.error().empty(), "a refusal without a reason");
  const auto file = folder.write("a.wav", input);
  (void)media::read_wav(file);
  check_mending(file);
}

std::string number(std::uint32_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i)
    bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  return bytes;
}

std::string wav(std::uint32_t coding, std::uint32_t channels, std::uint32_t rate, std::uint32_t bits,
                std::uint32_t claimed, const std::string& data) {
  return "RIFF" + number(36 + claimed, 4) + "WAVEfmt " + number(16, 4) + number(coding, 2) + number(channels, 2) +
         number(rate, 4) + number(rate * channels * bits / 8, 4) + number(channels * bits / 8, 2) + number(bits, 2) +
         "data" + number(claimed, 4) + data;
}

/// With a format chunk of 40 bytes: the real format is the beginning of a GUID.
std::string extensible(std::uint32_t coding, std::uint32_t bits, const std::string& data) {
  auto file = wav(0xFFFE, 1, 8000, bits, static_cast<std::uint32_t>(data.size()), data);
  file[16] = 40;
  return file.insert(36, number(22, 2) + number(bits, 2) + number(4, 4) + number(coding, 4) + number(0x00100000, 4) +
                             number(0xAA000080, 4) + number(0x719B3800, 4));
}

std::vector<std::string> seeds() {
  const std::string sound(64, '\x11');
  auto listed = wav(1, 1, 8000, 16, 64, sound);
  listed.insert(12, "LIST" + number(3, 4) + "abc" + number(0, 1));
  return {wav(1, 2, 8000, 16, 0xFFFFFFFF, sound + "\x01"), // one of ours, torn
          wav(1, 2, 8000, 16, 64, sound),
          wav(1, 1, 16000, 16, 64, sound),
          wav(6, 1, 8000, 8, 64, sound),
          wav(7, 2, 8000, 8, 64, sound),
          wav(0xFFFE, 1, 8000, 16, 64, sound),
          extensible(1, 16, sound),
          extensible(6, 8, sound),
          extensible(3, 32, sound),
          wav(1, 2, 8000, 16, 3, sound.substr(0, 3)),
          listed,
          wav(1, 2, 8000, 16, 0, ""),
          wav(1, 2, 8000, 16, 0, "").substr(0, 30)};
}

} // namespace

LIFELINE_FUZZ_TARGET(wav, run, seeds)
