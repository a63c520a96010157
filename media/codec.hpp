#pragma once
// G.711 (ITU-T), and the numbers that follow from it: 8000 samples a second, a tick of 20 ms is 160 of them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lifeline::media {

inline constexpr std::size_t sample_rate = 8000;
inline constexpr std::size_t tick_samples = 160;
inline constexpr std::int64_t tick_nanoseconds = 20'000'000;

/// 20 ms of 16-bit linear audio.
using frame = std::array<std::int16_t, tick_samples>;

enum class law : std::uint8_t { a, mu };

/// `out` must hold as many samples as `in` holds bytes.
void decode_g711(law l, std::span<const std::uint8_t> in, std::int16_t* out);
/// `out` must hold as many bytes as `in` holds samples.
void encode_g711(law l, std::span<const std::int16_t> in, std::uint8_t* out);

} // namespace lifeline::media
