#pragma once
// A request's target taken apart: RFC 3986 path and query, percent-decoded.

#include "domain/base/time.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lifeline::cti {

struct target {
  std::vector<std::string> path; ///< segments without slashes
  std::vector<std::pair<std::string, std::string>> query;
};

/// The error is a sentence. `tolerant`: a part of the query that cannot be read is left out, for messengers add theirs.
tl::expected<target, std::string> parse_target(std::string_view text, bool tolerant = false);

using domain::parse_rfc3339; // times in queries

} // namespace lifeline::cti
