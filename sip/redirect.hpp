#pragma once
// 3xx answers (RFC 3261, 8.1.3.4). An agent's phone that redirects has failed: a call never leaves the house by a
// phone's wish. A trunk may send us on to another of its own addresses, and no further.

#include "domain/plan/plan.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lifeline::sip {

struct redirect_contact {
  std::string uri;
  double q = 1.0;
};

/// Where a leg has been sent.
class redirect_trail {
public:
  static constexpr int longest = 5;

  /// The next target: the best contact within `trunk` that was not tried yet; nothing when the leg has failed.
  std::optional<std::string> follow(const domain::trunk_plan& trunk, std::vector<redirect_contact> contacts);
  /// A target that is tried without having been asked for.
  void visit(const std::string& uri) { seen_.insert(uri); }

private:
  std::set<std::string> seen_;
  int followed_ = 0;
};

/// `host` is the trunk's outbound host, or an address within its blocks.
bool belongs_to(const domain::trunk_plan& trunk, const std::string& host);

} // namespace lifeline::sip
