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

std::uint32_t little_endian(const char* bytes, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = count; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::optional<std::string> format_fault(const std::vector<char>& fmt) {
  if (fmt.size() < 16) return "its format chunk is cut short";
  const auto format = little_endian(fmt.data(), 2);
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
  bool has_format = false;
  char header[8] = {};
  while (in.read(header, sizeof header)) {
    const auto size = little_endian(header + 4, 4);
    if (std::memcmp(header, "fmt ", 4) == 0) {
      // Longer format chunks (extensible, G.711) only add fields behind the 16 bytes that matter.
      std::vector<char> fmt(std::min<std::size_t>(size, 64));
      if (!in.read(fmt.data(), static_cast<std::streamsize>(fmt.size()))) return "its format chunk is cut short";
      if (auto fault = format_fault(fmt)) return fault;
      has_format = true;
      in.seekg(static_cast<std::streamoff>(size - fmt.size() + size % 2), std::ios::cur);
    } else if (std::memcmp(header, "data", 4) == 0) {
      if (!has_format) return "its data comes before its format";
      if (size == 0 || in.get() == std::ifstream::traits_type::eof()) return "it holds no sound";
      return std::nullopt;
    } else {
      in.seekg(static_cast<std::streamoff>(size) + size % 2, std::ios::cur);
    }
  }
  return "it holds no sound";
}

} // namespace lifeline::config
