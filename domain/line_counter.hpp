#pragma once
// The lines of the hotlines: how many calls each may have at once, and how many of them outbound calls must leave free.
// Pure counting; every successful try must be matched by one release.

#include "domain/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace lifeline::domain {

enum class line_status : std::uint8_t {
  granted,
  unknown_hotline,
  lines_full, ///< every line is in use
  reserved,   ///< outbound only: the lines that are still free are kept for callers
};

class line_counter {
public:
  explicit line_counter(const plan& p);

  /// A caller wants a line.
  [[nodiscard]] line_status try_inbound(const std::string& hotline);
  /// A call out wants a line: at least `reserved_for_callers` lines must stay free after it.
  [[nodiscard]] line_status try_outbound(const std::string& hotline);
  /// False (and nothing changed): unknown hotline, or none in use.
  bool release(const std::string& hotline);

  /// Lines in use, 0 for an unknown hotline.
  [[nodiscard]] std::size_t in_use(const std::string& hotline) const;

private:
  struct lines {
    std::size_t total = 0; ///< 0 = no limit
    std::size_t reserved = 0;
    std::size_t used = 0;
  };
  std::unordered_map<std::string, lines> hotlines_;
};

} // namespace lifeline::domain
