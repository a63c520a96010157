#pragma once
// Sound for the phones and ears for the tests: sine tones as WAV, and the share of a recording's energy that lies at a
// frequency (Goertzel 1958).

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lifeline::peers {

/// A mono WAV file, 8 kHz, 16-bit PCM, a sine at half of full scale.
void write_tone(const std::filesystem::path& file, double frequency, double seconds);
/// The same, of silence.
void write_silence(const std::filesystem::path& file, double seconds);

/// Keys as DTMF tone pairs (ITU-T Q.23), 100 ms each with pauses of 100 ms, after `lead` seconds of silence; the whole
/// is repeated `times` times. Then a tone of 440 Hz for a minute: a phone whose words are at their end sends nothing.
void write_dtmf(const std::filesystem::path& file, const std::string& keys, double lead, int times);

/// A WAV file in memory: PCM 16-bit or G.711, any number of channels.
struct sound {
  unsigned rate = 0;
  std::vector<std::vector<double>> channels; ///< samples in −1..1
  [[nodiscard]] double seconds() const;
};
/// Reads a file whole. Throws a sentence when it is not a WAV file, or torn: lengths in the header that do not fit.
sound read_wav(const std::filesystem::path& file);

/// Root mean square of a stretch, 0..1. A sine at half of full scale has 0.35.
double loudness(const sound& s, std::size_t channel, double from, double to);

/// Which of `frequencies` dominates from `from` to `to` (seconds), and its share of the stretch's energy, 0..1.
struct tone_found {
  double frequency = 0; ///< 0: the stretch is silent
  double share = 0;
};
tone_found dominant(const sound& s, std::size_t channel, double from, double to,
                    const std::vector<double>& frequencies);

/// Seconds of the channel in which the frequency dominates (share ≥ 0.5), in steps of 100 ms: when first, how long.
struct tone_span {
  double first = -1; ///< −1: never
  double last = -1;  ///< end of the last such step
  double total = 0;
};
tone_span when_heard(const sound& s, std::size_t channel, double frequency);

/// SHA-256 of a file in lower-case hexadecimal.
std::string sha256_of(const std::filesystem::path& file);

} // namespace lifeline::peers
