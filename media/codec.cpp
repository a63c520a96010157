#include "media/codec.hpp"

#include <algorithm>

extern "C" {
#include <rem_g711.h>
}

namespace lifeline::media {

void decode_g711(law l, std::span<const std::uint8_t> in, std::int16_t* out) {
  const auto* table = l == law::a ? g711_A2l : g711_u2l;
  for (const auto byte : in)
    *out++ = table[byte];
}

void encode_g711(law l, std::span<const std::int16_t> in, std::uint8_t* out) {
  // librem negates the sample: the one value that has no positive counterpart must not reach its tables.
  const auto safe = [](std::int16_t s) { return std::max<std::int16_t>(s, -32767); };
  if (l == law::a)
    for (const auto s : in)
      *out++ = g711_pcm2alaw(safe(s));
  else
    for (const auto s : in)
      *out++ = g711_pcm2ulaw(safe(s));
}

} // namespace lifeline::media
