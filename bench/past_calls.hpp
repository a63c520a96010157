#pragma once
// A journal as years of work leave it: calls that were, each with its whole story in the log and its record.

#include "domain/base/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::storage {
class journal;
}

namespace lifeline::bench {

struct past_calls {
  std::size_t count = 0;
  std::vector<std::string> agents; ///< accounts, in turn
  std::string hotline = "12315";
  domain::instant until = domain::never; ///< the last one has ended before
  domain::span over = std::chrono::hours{24 * 30};
};
/// Appends them through the journal and waits until all are written. Entries are those of the engine for a call that
/// waits, is offered once, and is answered; the exactly-once proof holds for them. Throws when the disk refuses.
void write_past_calls(storage::journal& j, const past_calls& p);

} // namespace lifeline::bench
