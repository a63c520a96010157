#pragma once
// A call as the log alone tells it, for when its checkpoint is missing or cannot be read: enough for one clean end.

#include "domain/log/events.hpp"
#include "storage/journal.hpp"

namespace lifeline::actors {

/// What the log tells of a call whose checkpoint is missing or cannot be read.
struct call_story {
  domain::call_record record;
  domain::queue_id waits_in; ///< entered and not left
  bool over = false;         ///< it has its end already
};

call_story tell_story(const storage::journal& journal, const domain::call_id& id);

/// The call's one end, with its record, as of `now`.
storage::change close_blindly(call_story story, domain::instant now);

} // namespace lifeline::actors
