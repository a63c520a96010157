#pragma once
// Brings what is to be said into files that can be played. Never fails and never waits: what cannot be rendered is left
// out, and the named phrases that lie in the prompts' folder are what remains.

#include "actors/core/surroundings.hpp"
#include "actors/protocol/voice.hpp"
#include "domain/voice/leg_script.hpp"

namespace lifeline::actors {

/// speech_prepared comes to `to`, once.
void prepare_speech(const surroundings_ptr& around, const caf::actor& to, const domain::voice::prepare& what);

} // namespace lifeline::actors
