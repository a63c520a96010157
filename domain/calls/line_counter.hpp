#pragma once
// The lines of the hotlines: how many calls each may have at once, and how many of them calls out may never take.
// Pure counting; every granted line must be given back by the release of its own kind.
//
// "3 lines, 2 of them always kept open for callers" means: callers may use all three, calls out at most one of them,
// and never more than is free.
//
// An emergency's caller is never refused for the count's sake: a call that has come has found a line of the trunk. Nor
// is its way to a backup number: whether a line is left for that the trunk knows better, and a refusal there costs
// nothing.

#include "domain/plan/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace lifeline::domain {

enum class line_status : std::uint8_t {
  granted,
  unknown_hotline,
  lines_full, ///< every line is in use
  reserved,   ///< outbound only: the lines that calls out may take are in use
};

class line_counter {
public:
  explicit line_counter(const plan& p);

  /// Obeys new limits; lines in use stay counted, even above them and of hotlines that are gone.
  void reconfigure(const plan& p);
  /// A caller wants a line.
  [[nodiscard]] line_status try_inbound(const std::string& hotline);
  /// A call out wants a line.
  [[nodiscard]] line_status try_outbound(const std::string& hotline);
  /// A caller of the hotline who waits is to be called through to a backup number: also a call out, and given back as
  /// one.
  [[nodiscard]] line_status try_diversion(const std::string& hotline);
  /// False (and nothing changed): unknown hotline, or none of this kind in use.
  bool release_inbound(const std::string& hotline);
  bool release_outbound(const std::string& hotline);

  /// Lines in use by both kinds, 0 for an unknown hotline.
  [[nodiscard]] std::size_t in_use(const std::string& hotline) const;

private:
  struct lines {
    std::size_t total = 0; ///< 0 = no limit
    std::size_t reserved = 0;
    bool emergency = false;
    std::size_t inbound = 0;
    std::size_t outbound = 0;
    [[nodiscard]] bool full() const { return total != 0 && inbound + outbound >= total; }
  };
  bool release(const std::string& hotline, std::size_t lines::*kind);

  std::unordered_map<std::string, lines> hotlines_;
};

} // namespace lifeline::domain
