#include "media/wav_format.hpp"

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

constexpr const char* wanted = "expected a WAV file of 8 or 16 kHz, mono or stereo, 16-bit PCM or G.711";
constexpr std::uintmax_t largest_file = 100'000'000;
constexpr std::uint16_t format_pcm = 1;
constexpr std::uint16_t format_a_law = 6;
constexpr std::uint16_t format_mu_law = 7;
constexpr std::uint16_t format_extensible = 0xfffe; ///< the format stands further behind
constexpr std::size_t extensible_size = 40;
/// What follows the real format in the GUID of the extensible form; another one's first bytes are no format.
constexpr std::array<std::uint8_t, 14> extensible_guid{0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71};

std::uint16_t le16(bytes b, std::size_t at) { return static_cast<std::uint16_t>(b[at] | (b[at + 1] << 8)); }
std::uint32_t le32(bytes b, std::size_t at) {
  return le16(b, at) | (static_cast<std::uint32_t>(le16(b, at + 2)) << 16);
}
bool has_name(bytes b, std::size_t at, std::string_view name) {
  return b.size() >= at + 4 && std::memcmp(b.data() + at, name.data(), 4) == 0;
}

std::optional<wav_coding> coding_of(std::uint16_t format, std::uint16_t bits) {
  if (format == format_pcm && bits == 16) return wav_coding::pcm;
  if (format == format_a_law && bits == 8) return wav_coding::a_law;
  if (format == format_mu_law && bits == 8) return wav_coding::mu_law;
  return std::nullopt;
}

tl::expected<wav_sound, std::string> read_format(bytes chunk) {
  if (chunk.size() < 16) return tl::unexpected(std::string{"its format chunk is cut short"});
  auto format = le16(chunk, 0);
  if (format == format_extensible) {
    if (chunk.size() < extensible_size) return tl::unexpected(std::string{"its format chunk is cut short"});
    if (std::equal(extensible_guid.begin(), extensible_guid.end(), chunk.begin() + 26)) format = le16(chunk, 24);
  }
  const auto channels = le16(chunk, 2);
  const auto rate = le32(chunk, 4);
  const auto bits = le16(chunk, 14);
  const auto coding = coding_of(format, bits);
  if (!coding || (channels != 1 && channels != 2) || (rate != 8000 && rate != 16000))
    return tl::unexpected(std::string{wanted} + ", found format " + std::to_string(format) + " with " +
                          std::to_string(bits) + " bits, " + std::to_string(channels) + " channels, " +
                          std::to_string(rate) + " Hz");
  return wav_sound{*coding, channels, rate, {}};
}

} // namespace

tl::expected<wav_sound, std::string> find_sound(bytes file) {
  if (!has_name(file, 0, "RIFF") || !has_name(file, 8, "WAVE")) return tl::unexpected(std::string{wanted});
  std::optional<wav_sound> sound;
  std::size_t at = 12;
  while (file.size() - at >= 8) {
    const std::size_t claimed = le32(file, at + 4);
    const auto body = file.subspan(at + 8);
    const auto chunk = body.first(std::min(claimed, body.size()));
    if (has_name(file, at, "fmt ")) {
      auto format = read_format(chunk);
      if (!format) return format;
      sound = *format;
    } else if (has_name(file, at, "data")) {
      if (!sound) return tl::unexpected(std::string{"its data comes before its format"});
      const std::size_t sample = std::size_t{sound->coding == wav_coding::pcm ? 2u : 1u} * sound->channels;
      sound->data = chunk.first(chunk.size() / sample * sample);
      if (sound->data.empty()) break;
      return *sound;
    }
    if (claimed > body.size()) break;
    at += 8 + std::min(claimed + claimed % 2, body.size()); // chunks are padded to even sizes
  }
  return tl::unexpected(std::string{"it holds no sound"});
}

tl::expected<std::vector<std::uint8_t>, std::string> read_sound_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return tl::unexpected(std::string{"there is no such file"});
  if (!std::filesystem::is_regular_file(path, error)) return tl::unexpected(std::string{"it is not a file"});
  const auto size = std::filesystem::file_size(path, error);
  if (error) return tl::unexpected("it cannot be read: " + error.message());
  if (size > largest_file) return tl::unexpected(std::string{"it is larger than 100 MB"});
  std::vector<std::uint8_t> content(size);
  std::ifstream in(path, std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(size)))
    return tl::unexpected(std::string{"it cannot be read: "} + std::strerror(errno));
  return content;
}

} // namespace lifeline::media
