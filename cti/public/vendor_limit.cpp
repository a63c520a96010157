#include "cti/public/vendor_limit.hpp"

#include <algorithm>

namespace lifeline::cti {

vendor_limit::entry& vendor_limit::of(const domain::vendor_plan& vendor) {
  const auto per_minute = static_cast<double>(vendor.unclear_per_minute);
  const auto found = entries_.find(vendor.name);
  if (found != entries_.end() && found->second.per_minute == per_minute) return found->second;
  entries_.erase(vendor.name);
  const rate_limiter fresh{per_minute / 60, std::max(per_minute, 1.0), 1};
  return entries_.emplace(vendor.name, entry{per_minute, fresh}).first->second;
}

bool vendor_limit::take(const domain::vendor_plan& vendor, rate_limiter::time_point now) {
  return of(vendor).bucket.take(vendor.name, now);
}

std::chrono::seconds vendor_limit::wait(const domain::vendor_plan& vendor, rate_limiter::time_point now) {
  return of(vendor).bucket.wait(vendor.name, now);
}

} // namespace lifeline::cti
