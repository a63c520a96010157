#include "media/wav_reader.hpp"

#include "media/codec.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

namespace lifeline::media {

namespace {

using bytes = std::span<const std::uint8_t>;

constexpr std::uintmax_t max_file_size = 100'000'000;
constexpr std::uint16_t format_pcm = 1;
constexpr std::uint16_t format_a_law = 6;
constexpr std::uint16_t format_mu_law = 7;
constexpr std::uint16_t format_extensible = 0xfffe;
/// What follows the real format in the GUID of WAVE_FORMAT_EXTENSIBLE; another one's first bytes are no format.
constexpr std::array<std::uint8_t, 14> extensible_guid{0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71};

std::uint16_t le16(bytes b, std::size_t at) { return static_cast<std::uint16_t>(b[at] | (b[at + 1] << 8)); }
std::uint32_t le32(bytes b, std::size_t at) {
  return le16(b, at) | (static_cast<std::uint32_t>(le16(b, at + 2)) << 16);
}
bool has_name(bytes b, std::size_t at, std::string_view name) {
  return b.size() >= at + 4 && std::memcmp(b.data() + at, name.data(), 4) == 0;
}

struct wav_format {
  std::uint16_t coding = 0;
  std::uint16_t channels = 0;
  std::uint32_t rate = 0;
  std::uint16_t bits = 0;
};

tl::expected<wav_format, std::string> parse_format(bytes chunk) {
  if (chunk.size() < 16) return tl::unexpected("the fmt chunk has " + std::to_string(chunk.size()) + " bytes, not 16");
  wav_format f{le16(chunk, 0), le16(chunk, 2), le32(chunk, 4), le16(chunk, 14)};
  if (f.coding == format_extensible) {
    if (chunk.size() < 40) return tl::unexpected(std::string("the extensible fmt chunk is cut short"));
    if (std::equal(extensible_guid.begin(), extensible_guid.end(), chunk.begin() + 26)) f.coding = le16(chunk, 24);
  }
  if (f.coding != format_pcm && f.coding != format_a_law && f.coding != format_mu_law)
    return tl::unexpected("format " + std::to_string(f.coding) + " is not 16-bit PCM, A-law (6) or mu-law (7)");
  if (f.channels != 1 && f.channels != 2)
    return tl::unexpected(std::to_string(f.channels) + " channels, expected 1 or 2");
  if (f.rate != 8000 && f.rate != 16000) return tl::unexpected(std::to_string(f.rate) + " Hz, expected 8000 or 16000");
  const int bits = f.coding == format_pcm ? 16 : 8;
  if (f.bits != bits)
    return tl::unexpected(std::to_string(f.bits) + " bits a sample, expected " + std::to_string(bits));
  return f;
}

std::vector<std::int16_t> to_mono(const wav_format& f, bytes data) {
  const std::size_t sample_size = f.bits / 8u;
  std::vector<std::int16_t> samples(data.size() / sample_size);
  if (f.coding == format_pcm)
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = static_cast<std::int16_t>(le16(data, 2 * i));
  else
    decode_g711(f.coding == format_a_law ? law::a : law::mu, data.first(samples.size()), samples.data());
  if (f.channels == 1) return samples;
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

tl::expected<std::vector<std::int16_t>, std::string> parse_wav(bytes file) {
  if (!has_name(file, 0, "RIFF") || !has_name(file, 8, "WAVE"))
    return tl::unexpected(std::string("not a RIFF/WAVE file"));
  std::optional<wav_format> format;
  std::size_t at = 12;
  while (file.size() - at >= 8) {
    const std::size_t claimed = le32(file, at + 4);
    const auto body = file.subspan(at + 8);
    const auto size = std::min(claimed, body.size());
    if (has_name(file, at, "fmt ")) {
      auto parsed = parse_format(body.first(size));
      if (!parsed) return tl::unexpected(parsed.error());
      format = *parsed;
    } else if (has_name(file, at, "data")) {
      if (!format) return tl::unexpected(std::string("the data chunk comes before any fmt chunk"));
      auto mono = to_mono(*format, body.first(size));
      if (mono.empty()) return tl::unexpected(std::string("it holds no audio"));
      return format->rate == 16000 ? halve_rate(mono) : mono;
    }
    if (claimed > body.size()) break;
    at += 8 + std::min(claimed + claimed % 2, body.size()); // chunks are padded to even sizes
  }
  return tl::unexpected(std::string(format ? "it has no data chunk" : "it has no fmt chunk"));
}

tl::expected<std::vector<std::int16_t>, std::string> read_wav(const std::string& path) {
  std::error_code ec;
  if (!std::filesystem::is_regular_file(path, ec)) return tl::unexpected(path + ": no such file");
  const auto size = std::filesystem::file_size(path, ec);
  if (ec) return tl::unexpected(path + ": " + ec.message());
  if (size > max_file_size) return tl::unexpected(path + ": larger than 100 MB");
  std::vector<std::uint8_t> content(size);
  std::ifstream in(path, std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(size)))
    return tl::unexpected(path + ": cannot be read: " + std::strerror(errno));
  auto parsed = parse_wav(content);
  if (!parsed) return tl::unexpected(path + ": " + parsed.error());
  return parsed;
}

} // namespace lifeline::media
