#pragma once
// Identities. All are UUIDv7 (RFC 9562, section 5.7): unique across engines and ordered by the time of their making,
// so a table keyed by id is a table ordered by time.

#include "domain/base/time.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::domain {

/// 128 bits, compared as an unsigned big-endian number; the tag keeps ids of different things apart.
template <class Tag> struct basic_id {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
  auto operator<=>(const basic_id&) const = default;
  [[nodiscard]] bool is_nil() const { return hi == 0 && lo == 0; }
};

using call_id = basic_id<struct call_tag>;
/// One SIP dialog of ours, and the RTP endpoint that belongs to it.
using leg_id = basic_id<struct leg_tag>;
using reservation_id = basic_id<struct reservation_tag>;

/// The canonical form of 36 characters.
std::string uuid_to_string(std::uint64_t hi, std::uint64_t lo);
std::optional<std::array<std::uint64_t, 2>> uuid_from_string(std::string_view text);

template <class Tag> std::string to_string(const basic_id<Tag>& id) { return uuid_to_string(id.hi, id.lo); }
template <class Id> std::optional<Id> parse_id(std::string_view text) {
  const auto words = uuid_from_string(text);
  if (!words) return std::nullopt;
  return Id{(*words)[0], (*words)[1]};
}

/// Where the 62 random bits of an id come from. Thread-safe, never blocks.
using randomness = std::uint64_t (*)();
/// The operating system's: what the engine uses, and no test.
std::uint64_t unguessable();

/// Makes UUIDv7s, strictly increasing within one source even when time stands still or steps back.
/// Not thread-safe: one per actor or thread. Small, for every call has one.
class id_source {
public:
  /// Ids that repeat themselves, each with a seed of its own: for tests and replays. One id tells all later ones.
  explicit id_source(std::uint64_t seed);
  /// Ids that nobody can guess, if `random` gives what nobody can guess (an order's short code is made from its id).
  static id_source from(randomness random) {
    id_source source{0};
    source.random_ = random;
    return source;
  }
  template <class Id> Id next(instant now) {
    const auto words = next_words(now);
    return Id{words[0], words[1]};
  }

private:
  std::array<std::uint64_t, 2> next_words(instant now);
  std::uint64_t random();
  randomness random_ = nullptr; ///< null: from the state
  std::uint64_t state_ = 0;
  std::uint64_t last_ms_ = 0;
  std::uint64_t counter_ = 0;
};

/// The time at which an id was made.
template <class Id> instant time_of(const Id& id) {
  return instant{std::chrono::milliseconds{static_cast<std::int64_t>(id.hi >> 16)}};
}

/// An agent's account name, which is also the user part of its SIP address of record ("8001").
using agent_id = std::string;
/// A queue's name ("12315").
using queue_id = std::string;

/// A work order, which is also the alarm that it answers.
using order_id = basic_id<struct order_tag>;
/// One try to reach a rescuer.
using attempt_id = basic_id<struct attempt_tag>;
/// One recording: of a call, or of an attempt to reach a rescuer, whose number it shares.
using recording_id = basic_id<struct recording_tag>;

constexpr recording_id recording_of(const call_id& x) { return {x.hi, x.lo}; }
constexpr recording_id recording_of(const attempt_id& x) { return {x.hi, x.lo}; }
/// The number under which the log has the entries of what was recorded.
constexpr call_id logged_under(const recording_id& x) { return {x.hi, x.lo}; }
/// Whoever's phone rings for an alarm is seen as reserved by the attempt.
constexpr reservation_id reserved_by(const attempt_id& x) { return {x.hi, x.lo}; }
/// An attempt by telephone is one leg.
constexpr leg_id leg_of(const attempt_id& x) { return {x.hi, x.lo}; }

} // namespace lifeline::domain

template <class Tag> struct std::hash<lifeline::domain::basic_id<Tag>> {
  std::size_t operator()(const lifeline::domain::basic_id<Tag>& id) const noexcept {
    return static_cast<std::size_t>(id.hi * 0x9E3779B97F4A7C15ull ^ id.lo);
  }
};
