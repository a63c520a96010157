#pragma once
// How often a platform may send what is not understood: each such message rings an agent.

#include "cti/http/rate_limit.hpp"
#include "domain/plan/rescue_plan.hpp"

#include <map>
#include <string>

namespace lifeline::cti {

/// Not thread-safe. Vendors are those of the configuration: the table is small. A limit that a reload changes begins
/// full.
class vendor_limit {
public:
  /// Takes a token of the vendor's; false when there is none.
  bool take(const domain::vendor_plan& vendor, rate_limiter::time_point now);
  /// Until there is one again.
  std::chrono::seconds wait(const domain::vendor_plan& vendor, rate_limiter::time_point now);

private:
  struct entry {
    double per_minute;
    rate_limiter bucket;
  };
  entry& of(const domain::vendor_plan& vendor);
  std::map<std::string, entry> entries_;
};

} // namespace lifeline::cti
