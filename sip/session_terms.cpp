#include "sip/session_terms.hpp"

#include <algorithm>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

std::chrono::seconds agreed_interval(const session_preference& ours, const session_facts& theirs) {
  auto interval = theirs.interval > 0s ? std::min(theirs.interval, ours.interval) : ours.interval;
  return std::max({interval, ours.min_se, theirs.min_se});
}

} // namespace

session_terms agree_as_server(const session_preference& ours, const session_facts& request) {
  if (ours.interval <= 0s) return {};
  if (!request.supported) return {agreed_interval(ours, request), true};
  return {agreed_interval(ours, request), request.who == refresher::uas};
}

session_terms agree_as_client(const session_preference& ours, const session_facts& response) {
  if (ours.interval <= 0s) return {};
  // A server that does not know timers leaves refreshing to us (section 7.2).
  const auto interval = response.interval > 0s ? response.interval : std::max(ours.interval, ours.min_se);
  return {interval, response.who != refresher::uas};
}

std::chrono::milliseconds next_act(const session_terms& terms) {
  using ms = std::chrono::milliseconds;
  if (terms.interval <= 0s) return ms{0};
  const ms interval = terms.interval;
  if (!terms.we_refresh) return interval - std::min<ms>(32s, interval / 3);
  return interval >= 90s ? interval * 2 / 5 : interval / 4;
}

} // namespace lifeline::sip
