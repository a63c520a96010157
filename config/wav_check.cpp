#include "config/wav_check.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

namespace lifeline::config {

namespace {

constexpr const char* wanted = "expected a WAV file of 8 or 16 kHz, mono or stereo, 16-bit PCM or G.711";
constexpr const char* cut_format = "its format chunk is cut short";

std::uint32_t little_endian(const char* bytes, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = count; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

constexpr std::uint32_t format_extensible = 0xFFFE;
constexpr std::size_t extensible_size = 40;
/// What follows the real format in the GUID of WAVE_FORMAT_EXTENSIBLE; another one's first bytes are no format.
constexpr char extensible_guid[] = "\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71";

std::optional<std::string> format_fault(const std::vector<char>& fmt) {
  if (fmt.size() < 16) return cut_format;
  auto format = little_endian(fmt.data(), 2);
  if (format == format_extensible) {
    if (fmt.size() < extensible_size) return cut_format;
    if (std::memcmp(fmt.data() + 26, extensible_guid, 14) == 0) format = little_endian(fmt.data() + 24, 2);
  }
  const auto channels = little_endian(fmt.data() + 2, 2);
  const auto rate = little_endian(fmt.data() + 4, 4);
  const auto bits = little_endian(fmt.data() + 14, 2);
  const bool pcm = format == 1 && bits == 16;
  const bool g711 = (format == 6 || format == 7) && bits == 8;
  if ((pcm || g711) && (channels == 1 || channels == 2) && (rate == 8000 || rate == 16000)) return std::nullopt;
  return std::string{wanted} + ", found format " + std::to_string(format) + " with " + std::to_string(bits) +
         " bits, " + std::to_string(channels) + " channels, " + std::to_string(rate) + " Hz";
}

} // namespace

std::optional<std::string> wav_fault(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return "there is no such file";
  if (!std::filesystem::is_regular_file(path, error)) return "it is not a file";
  std::ifstream in(path, std::ios::binary);
  char riff[12] = {};
  if (!in) return "it cannot be read";
  if (!in.read(riff, sizeof riff) || std::memcmp(riff, "RIFF", 4) != 0 || std::memcmp(riff + 8, "WAVE", 4) != 0) {
    return wanted;
  }
  std::size_t sample_size = 0; // of all channels; known when the format is
  char header[8] = {};
  while (in.read(header, sizeof header)) {
    const auto size = little_endian(header + 4, 4);
    if (std::memcmp(header, "fmt ", 4) == 0) {
      // What is longer than the extensible form only adds fields behind those that matter.
      std::vector<char> fmt(std::min<std::size_t>(size, 64));
      if (!in.read(fmt.data(), static_cast<std::streamsize>(fmt.size()))) return cut_format;
      if (auto fault = format_fault(fmt)) return fault;
      sample_size = little_endian(fmt.data() + 2, 2) * little_endian(fmt.data() + 14, 2) / 8;
      in.seekg(static_cast<std::streamoff>(size - fmt.size() + size % 2), std::ios::cur);
    } else if (std::memcmp(header, "data", 4) == 0) {
      if (sample_size == 0) return "its data comes before its format";
      char sample[4] = {};
      if (size < sample_size || !in.read(sample, static_cast<std::streamsize>(sample_size))) return "it holds no sound";
      return std::nullopt;
    } else {
      in.seekg(static_cast<std::streamoff>(size) + size % 2, std::ios::cur);
    }
  }
  return "it holds no sound";
}

} // namespace lifeline::config
