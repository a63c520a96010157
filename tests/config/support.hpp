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

/// A WAV file as bytes: PCM 16 bit, mono. In the extensible form the format stands behind, as `really`.
inline std::string wav(std::uint32_t rate, std::uint16_t channels = 1, std::uint16_t bits = 16,
                       std::uint16_t format = 1, std::size_t bytes = 320, std::uint16_t really = 1) {
  const bool extensible = format == 0xfffe;
  std::string out;
  const auto number = [&](std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i)
      out += static_cast<char>(value >> (8 * i) & 0xFFU);
  };
  out += "RIFF";
  number(static_cast<std::uint32_t>((extensible ? 60 : 36) + bytes), 4);
  out += "WAVEfmt ";
  number(extensible ? 40 : 16, 4);
  number(format, 2);
  number(channels, 2);
  number(rate, 4);
  number(rate * channels * bits / 8, 4);
  number(channels * bits / 8U, 2);
  number(bits, 2);
  if (extensible) {
    number(22, 2);
    number(bits, 2);
    number(4, 4); // the centre
    number(really, 2);
    out += std::string("\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71", 14);
  }
  out += "data";
  number(static_cast<std::uint32_t>(bytes), 4);
  return out + std::string(bytes, '\0');
}

} // namespace lifeline::config::testing
