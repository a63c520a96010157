#include "media/tone_detector.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

namespace lifeline::media {

namespace {

constexpr std::string_view keys = "123A456B789C*0#D";
constexpr std::array<double, 8> frequencies{697, 770, 852, 941, 1209, 1336, 1477, 1633};
constexpr unsigned hits_to_begin = 4;
constexpr unsigned misses_to_end = 4;

// Ratios of power.
constexpr float normal_twist = 6.31F;  ///< 8 dB: the higher tone is weaker, as long lines make it
constexpr float reverse_twist = 2.51F; ///< 4 dB
constexpr float alone = 6.31F;         ///< 8 dB above every other tone of the group
constexpr float share_of_all = 0.7F;   ///< of the window's energy, in the two tones
constexpr float least_amplitude = 230; ///< -40 dBm0 for each tone

/// 2 cos(w) of each frequency.
std::array<float, 8> make_factors() {
  std::array<float, 8> f{};
  for (std::size_t i = 0; i < f.size(); ++i)
    f[i] = static_cast<float>(2 * std::cos(2 * std::numbers::pi * frequencies[i] / static_cast<double>(sample_rate)));
  return f;
}

} // namespace

std::string tone_detector::feed(std::span<const std::int16_t> samples) {
  std::string found;
  for (const auto s : samples) {
    samples_[filled_++] = s;
    if (filled_ < window) continue;
    if (const auto key = weigh(look())) found += *key;
    std::copy(samples_.begin() + hop, samples_.end(), samples_.begin());
    filled_ = window - hop;
  }
  return found;
}

std::optional<char> tone_detector::look() const {
  static const auto factors = make_factors();
  constexpr auto length = static_cast<float>(window);
  float energy = 0;
  for (const auto s : samples_)
    energy += s * s;
  if (energy < length * least_amplitude * least_amplitude) return std::nullopt; // two tones of the least amplitude
  std::array<float, 8> power{};
  for (std::size_t i = 0; i < power.size(); ++i) {
    float one = 0;
    float two = 0;
    for (const auto s : samples_) {
      const auto zero = s + factors[i] * one - two;
      two = one;
      one = zero;
    }
    power[i] = one * one + two * two - factors[i] * one * two;
  }
  const auto low = std::max_element(power.begin(), power.begin() + 4);
  const auto high = std::max_element(power.begin() + 4, power.end());
  if (*low > *high * normal_twist || *high > *low * reverse_twist) return std::nullopt;
  for (auto p = power.begin(); p != power.end(); ++p)
    if (p != low && p != high && *p * alone > (p < power.begin() + 4 ? *low : *high)) return std::nullopt;
  // A lone tone's power is (amplitude × length / 2)², its energy amplitude² × length / 2.
  if (std::min(*low, *high) < std::pow(least_amplitude * length / 2, 2.0F)) return std::nullopt;
  if ((*low + *high) * 2 < share_of_all * energy * length) return std::nullopt;
  return keys[static_cast<std::size_t>(low - power.begin()) * 4 + static_cast<std::size_t>(high - power.begin() - 4)];
}

std::optional<char> tone_detector::weigh(std::optional<char> seen) {
  if (!seen || *seen != candidate_) {
    hits_ = 0;
    candidate_ = seen.value_or(0);
  }
  if (pressed_ != 0) {
    misses_ = seen == pressed_ ? 0 : misses_ + 1;
    if (misses_ >= misses_to_end) pressed_ = 0;
  }
  if (!seen || ++hits_ < hits_to_begin || *seen == pressed_) return std::nullopt;
  if (hits_ > hits_to_begin) return std::nullopt; // told already
  pressed_ = *seen;
  misses_ = 0;
  return seen;
}

} // namespace lifeline::media
