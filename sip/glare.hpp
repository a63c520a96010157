#pragma once
// Glare (RFC 3261, 14.1): both sides of a dialog sent a re-INVITE at once, and both were refused with 491. Who made
// the Call-ID waits longer, so that the second attempts do not meet again.

#include "domain/base/ids.hpp"

#include <chrono>
#include <cstdint>
#include <random>

namespace lifeline::sip {

class glare_clock {
public:
  /// Seeded with the leg: a test that knows the leg knows its waits.
  explicit glare_clock(domain::leg_id seed) : random_{static_cast<std::uint32_t>(seed.hi ^ seed.lo ^ seed.lo >> 32)} {}

  /// 2.1 to 4 s when the Call-ID is ours, else 0 to 2 s; in steps of 10 ms.
  std::chrono::milliseconds wait(bool call_id_is_ours) {
    using range = std::uniform_int_distribution<int>;
    return std::chrono::milliseconds{10 * (call_id_is_ours ? range{210, 400} : range{0, 200})(random_)};
  }
  /// Retry-After of a request that comes too early (RFC 3261, 14.2; RFC 3311, 5.2): 0 to 10 s.
  int retry_after() { return std::uniform_int_distribution<int>{0, 10}(random_); }

private:
  std::minstd_rand random_;
};

/// A request that has met a 491 so often is given up.
constexpr int max_glare_attempts = 5;

} // namespace lifeline::sip
