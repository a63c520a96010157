#pragma once
// RIFF/WAVE files as the 8 kHz mono audio that a call carries.

#include <tl/expected.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lifeline::media {

/// 16-bit PCM, A-law or µ-law; 8 or 16 kHz; mono, or stereo (mixed down). A data chunk that claims more than the file
/// holds (a file still being written) is taken as far as it goes. Error: a sentence saying what is wrong.
tl::expected<std::vector<std::int16_t>, std::string> parse_wav(std::span<const std::uint8_t> file);

/// Reads the whole file first; refuses more than 100 MB.
tl::expected<std::vector<std::int16_t>, std::string> read_wav(const std::string& path);

} // namespace lifeline::media
