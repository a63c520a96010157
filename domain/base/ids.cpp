#include "domain/base/ids.hpp"

#include "domain/base/wall_time.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <unistd.h>

namespace lifeline::domain {

namespace {

constexpr std::uint64_t counter_limit = 1u << 12;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// SplitMix64 (Steele, Lea and Flood 2014; Vigna's version, public domain), where ids are to repeat themselves: a
/// counter that goes round all 2^64 values, and a bijection that makes each look like chance and hides nothing.
constexpr std::uint64_t golden_step = 0x9E3779B97F4A7C15ull;
constexpr std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ z >> 27) * 0x94D049BB133111EBull;
  return z ^ z >> 31;
}

} // namespace

std::string uuid_to_string(std::uint64_t hi, std::uint64_t lo) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) text += '-';
    const auto word = nibble < 16 ? hi : lo;
    text += digits[word >> (60 - 4 * (nibble % 16)) & 0xF];
  }
  return text;
}

std::optional<std::array<std::uint64_t, 2>> uuid_from_string(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::array<std::uint64_t, 2> words{};
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    auto& word = words[nibble / 16];
    word = word << 4 | static_cast<std::uint64_t>(value);
    ++nibble;
  }
  return words;
}

/// A call takes eight: as many as the system gives at once are kept, each to be given out once.
std::uint64_t unguessable() {
  thread_local std::array<std::uint64_t, 32> kept{};
  thread_local std::size_t left = 0;
  if (left == 0) {
    if (getentropy(kept.data(), sizeof kept) != 0) std::abort(); // a kernel without it has no ids to give
    left = kept.size();
  }
  return std::exchange(kept[--left], 0);
}

/// Seeds are often neighbours, or multiples of the step apart, and such counters would run after one another: mixed
/// first, they begin anywhere.
id_source::id_source(std::uint64_t seed) : state_(mixed(seed + 1)) {}

std::uint64_t id_source::random() { return random_ != nullptr ? random_() : mixed(state_ += golden_step); }

std::array<std::uint64_t, 2> id_source::next_words(instant now) {
  const auto ms = static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count()));
  if (ms > last_ms_) {
    last_ms_ = ms;
    counter_ = random() % (counter_limit / 2); // headroom, so that a burst within the millisecond stays in it
  } else if (++counter_ == counter_limit) {
    ++last_ms_;
    counter_ = 0;
  }
  const std::uint64_t version = 7;
  // Counted in the engine's time, which never steps back; told in the world's.
  const auto offset = std::chrono::floor<std::chrono::milliseconds>(clock_correction()).count();
  const auto told = static_cast<std::uint64_t>(std::max<std::int64_t>(0, static_cast<std::int64_t>(last_ms_) + offset));
  const std::uint64_t hi = told << 16 | version << 12 | counter_;
  const std::uint64_t lo = (random() >> 2) | 0x8000000000000000ull; // variant 0b10
  return {hi, lo};
}

} // namespace lifeline::domain
