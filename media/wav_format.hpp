#pragma once
// Which RIFF/WAVE files can be played in a call, and where their sound lies. Needs nothing but the file: the
// configuration is checked with it where no engine runs.

#include <tl/expected.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lifeline::media {

enum class wav_coding : std::uint8_t { pcm, a_law, mu_law };

struct wav_sound {
  wav_coding coding = wav_coding::pcm;
  std::uint16_t channels = 1;         ///< or 2
  std::uint32_t rate = 8000;          ///< or 16000; Hz
  std::span<const std::uint8_t> data; ///< whole samples of all channels, at least one; points into the file
};

/// 16-bit PCM, A-law or µ-law, 8 or 16 kHz, mono or stereo, the extensible form of these as well. A data chunk that
/// claims more than the file holds (a file still being written) is taken as far as it goes. Error: what is wrong.
tl::expected<wav_sound, std::string> find_sound(std::span<const std::uint8_t> file);

/// The whole file. Error: what is wrong with it, without its name: it is no file, cannot be read, is larger than 100
/// MB.
tl::expected<std::vector<std::uint8_t>, std::string> read_sound_file(const std::string& path);

} // namespace lifeline::media
