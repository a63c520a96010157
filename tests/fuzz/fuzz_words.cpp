// Small grammars: durations, times, CIDRs, addresses, request targets, the digits of a SIP INFO.

#include "config/duration.hpp"
#include "cti/http/target.hpp"
#include "sip/cidr.hpp"
#include "sip/info_digit.hpp"
#include "tests/fuzz/target.hpp"

using namespace lifeline;

namespace {

void check_duration(std::string_view input) {
  const auto d = config::parse_duration(input);
  if (!d) return;
  fuzz::demand(d->count() >= 0 && *d <= std::chrono::hours{10000}, "a duration out of bounds");
  fuzz::demand(config::parse_duration(config::format_duration(*d)) == d, "a duration does not survive writing");
}

void check_cidr(std::string_view input) {
  const auto address = sip::parse_address(input);
  const auto block = sip::cidr::parse(input);
  if (address) fuzz::demand(block && block->contains(*address), "an address is not in the block of itself");
  if (!block) return fuzz::demand(!block.error().empty(), "a refusal without a reason");
  fuzz::demand(block->prefix <= 128 && block->contains(block->network), "a block without its network");
}

void check_info(std::string_view input) {
  for (const auto* type : {"application/dtmf-relay", "application/dtmf", "text/plain"}) {
    const auto digit = sip::info_digit(type, input);
    fuzz::demand(digit.size() <= 1, "an INFO of more than one digit");
    if (!digit.empty())
      fuzz::demand(std::string_view{"0123456789*#ABCD"}.find(digit[0]) != std::string_view::npos, "no digit at all");
  }
}

void run(std::string_view input) {
  check_duration(input);
  check_cidr(input);
  check_info(input);
  if (const auto at = cti::parse_rfc3339(input)) fuzz::demand(*at > domain::never, "a time before all times");
  if (const auto to = cti::parse_target(input)) {
    for (const auto& segment : to->path)
      fuzz::demand(segment.find('\0') == std::string::npos || input.find('\0') != std::string_view::npos,
                   "a null byte by escape");
  }
}

} // namespace

LIFELINE_FUZZ_TARGET(words, run, fuzz::no_seeds)
