#pragma once
// A leg that is spoken to: what its actor is told besides the news of the leg.

#include "actors/supervision/message_types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::actors {

/// What was to be spoken can be played: all of it, or as much as there is. `tag`: as asked for.
struct speech_prepared {
  std::uint64_t tag = 0;
  std::vector<std::string> files;
};

} // namespace lifeline::actors

CAF_BEGIN_TYPE_ID_BLOCK(lifeline_voice, lifeline::actors::first_message_of(6))
LIFELINE_MESSAGE(lifeline_voice, lifeline::actors::speech_prepared)
CAF_END_TYPE_ID_BLOCK(lifeline_voice)
