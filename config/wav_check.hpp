#pragma once

#include <optional>
#include <string>

namespace lifeline::config {

/// What keeps a file from being played as a prompt, in a sentence; nothing when it is a WAV file of 8 or 16 kHz, mono
/// or stereo, 16-bit PCM or G.711, with at least one sample.
std::optional<std::string> wav_fault(const std::string& path);

} // namespace lifeline::config
