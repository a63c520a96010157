#pragma once
// What of the BYE for a dialog that was left standing is decided by what was kept of it.

#include "sip/gateway.hpp"

#include <cstdint>
#include <string>

namespace lifeline::sip {

/// Where the request goes and what its Route says, for loose routers and for strict ones (RFC 3261, 12.2.1.1).
struct farewell_path {
  std::string target;
  std::string routes;
};
farewell_path path_of(const standing_dialog& d);

/// The BYE's number: above all that the engine of before has used. The stack begins with a quarter of the seconds since
/// 1900, so below 2^30, and goes up one by one; numbers end at 2^31 (RFC 3261, 8.1.1.5).
inline constexpr std::uint32_t farewell_cseq = std::uint32_t{3} << 29;

} // namespace lifeline::sip
