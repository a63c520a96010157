#pragma once
// RIFF/WAVE files as the 8 kHz mono audio that a call carries.

#include <tl/expected.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lifeline::media {

/// Of a file that find_sound (wav_format.hpp) takes: stereo is mixed down, 16 kHz halved. Error: what is wrong.
tl::expected<std::vector<std::int16_t>, std::string> parse_wav(std::span<const std::uint8_t> file);

/// Reads the whole file first. Error: its path, and what is wrong.
tl::expected<std::vector<std::int16_t>, std::string> read_wav(const std::string& path);

} // namespace lifeline::media
