#pragma once
// Brings what is to be said to a rescuer into files that can be played. Never fails and never waits: what cannot be
// rendered is left out, and the named phrases that lie in the prompts' folder are what remains.

#include "actors/protocol/rescue.hpp"
#include "actors/rescue/rescue_surroundings.hpp"
#include "domain/rescue/rescue_speech.hpp"

namespace lifeline::actors {

/// speech_prepared comes to `to`, once.
void prepare_voice(const rescue_surroundings_ptr& around, const caf::actor& to, std::uint64_t tag,
                   const domain::utterance& what);
/// The named phrases as a studio or scripts/make-prompts.sh puts them into the prompts' folder.
std::vector<std::string> shipped_files(const domain::utterance& what);

} // namespace lifeline::actors
