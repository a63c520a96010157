#include "media/wav_reader.hpp"

#include "media/codec.hpp"
#include "media/wav_format.hpp"

#include <algorithm>
#include <array>

namespace lifeline::media {

namespace {

std::vector<std::int16_t> to_mono(const wav_sound& sound) {
  const auto& data = sound.data;
  std::vector<std::int16_t> samples(sound.coding == wav_coding::pcm ? data.size() / 2 : data.size());
  if (sound.coding == wav_coding::pcm)
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = static_cast<std::int16_t>(data[2 * i] | (data[2 * i + 1] << 8));
  else
    decode_g711(sound.coding == wav_coding::a_law ? law::a : law::mu, data, samples.data());
  if (sound.channels == 1) return samples;
  std::vector<std::int16_t> mono(samples.size() / 2);
  for (std::size_t i = 0; i < mono.size(); ++i)
    mono[i] = static_cast<std::int16_t>((samples[2 * i] + samples[2 * i + 1]) / 2);
  return mono;
}

/// A half-band low-pass (windowed sinc, -6 dB at 4 kHz) and every second sample of what it lets through.
std::vector<std::int16_t> halve_rate(const std::vector<std::int16_t>& in) {
  static constexpr std::array<double, 15> taps{-0.0028, 0, 0.0119,  0, -0.0416, 0, 0.2897, 0.4856,
                                               0.2897,  0, -0.0416, 0, 0.0119,  0, -0.0028};
  std::vector<std::int16_t> out((in.size() + 1) / 2);
  const auto size = static_cast<std::ptrdiff_t>(in.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    double sum = 0;
    for (std::size_t t = 0; t < taps.size(); ++t) {
      const auto at = static_cast<std::ptrdiff_t>(2 * i + t) - 7;
      if (at >= 0 && at < size) sum += taps[t] * in[static_cast<std::size_t>(at)];
    }
    out[i] = static_cast<std::int16_t>(std::clamp(sum, -32768.0, 32767.0));
  }
  return out;
}

} // namespace

tl::expected<std::vector<std::int16_t>, std::string> parse_wav(std::span<const std::uint8_t> file) {
  const auto sound = find_sound(file);
  if (!sound) return tl::unexpected(sound.error());
  auto mono = to_mono(*sound);
  return sound->rate == 16000 ? halve_rate(mono) : mono;
}

tl::expected<std::vector<std::int16_t>, std::string> read_wav(const std::string& path) {
  const auto file = read_sound_file(path);
  if (!file) return tl::unexpected(path + ": " + file.error());
  auto parsed = parse_wav(*file);
  if (!parsed) return tl::unexpected(path + ": " + parsed.error());
  return parsed;
}

} // namespace lifeline::media
