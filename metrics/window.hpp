#pragma once
// The service level of the last half hour, by the definition that the contract uses: answered within T ÷ (answered +
// abandoned - short abandons). Who overflowed or lost the place by a fault is in neither part. No prometheus, no locks.

#include "domain/base/time.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace lifeline::actors {

struct service_level_counts {
  std::uint64_t answered = 0;
  std::uint64_t answered_within = 0;
  std::uint64_t abandoned = 0; ///< short ones included
  std::uint64_t short_abandoned = 0;
};
/// How many callers the service level is about.
std::uint64_t service_level_callers(const service_level_counts& c);
/// Nothing when it is about nobody: 0 ÷ 0 is neither good nor bad.
std::optional<double> service_level(const service_level_counts& c);

/// Sums over the last `length`, exact to `slot`.
class service_level_window {
public:
  static constexpr domain::span slot{std::chrono::seconds{30}};
  static constexpr std::size_t slots = 60;
  static constexpr domain::span length = slot * slots;

  /// The counts to which an event of this moment belongs. Those of a moment that has left the window go nowhere.
  service_level_counts& at(domain::instant t);
  [[nodiscard]] service_level_counts total(domain::instant now) const;

private:
  struct cell {
    std::int64_t number = -1; ///< since 1970, in slots
    service_level_counts counts;
  };
  std::array<cell, slots> cells_{};
  service_level_counts too_late_;
};

} // namespace lifeline::actors
