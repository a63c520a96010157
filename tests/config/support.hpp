#pragma once

#include "config/reader.hpp"
#include "tests/temp_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace lifeline::config::testing {

/// A folder of the test's own, its files by `/`.
class scratch_folder {
public:
  [[nodiscard]] std::string operator/(const std::string& name) const { return folder_.file(name); }
  [[nodiscard]] std::string path() const { return folder_.path.string(); }

private:
  lifeline::testing::temp_folder folder_;
};

inline void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

inline std::string read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string shipped(const std::string& name) { return std::string{LIFELINE_SOURCE_DIR} + "/config/" + name; }

/// A WAV file as bytes: PCM 16 bit, mono.
inline std::string wav(std::uint32_t rate, std::uint16_t channels = 1, std::uint16_t bits = 16,
                       std::uint16_t format = 1, std::size_t bytes = 320) {
  std::string out;
  const auto number = [&](std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i)
      out += static_cast<char>(value >> (8 * i) & 0xFFU);
  };
  out += "RIFF";
  number(static_cast<std::uint32_t>(36 + bytes), 4);
  out += "WAVEfmt ";
  number(16, 4);
  number(format, 2);
  number(channels, 2);
  number(rate, 4);
  number(rate * channels * bits / 8, 4);
  number(channels * bits / 8U, 2);
  number(bits, 2);
  out += "data";
  number(static_cast<std::uint32_t>(bytes), 4);
  return out + std::string(bytes, '\0');
}

/// `wav` as recorders of today write it: WAVE_FORMAT_EXTENSIBLE, its real format in front of the 14 bytes `family`.
inline std::string extensible(std::string wav, char format,
                              const std::string& family = std::string{"\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71", 14}) {
  const auto bits = wav.substr(34, 2);
  wav.replace(16, 1, 1, 40);
  wav.replace(20, 2, "\xFE\xFF");
  // 22 bytes more: the valid bits, the speaker that it is for, the GUID of the format.
  wav.insert(36, std::string{22, 0} + bits + std::string{"\4\0\0\0", 4} + format + '\0' + family.substr(0, 14));
  return wav;
}

} // namespace lifeline::config::testing
