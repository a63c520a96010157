#pragma once
// What the rules of orders ask of the engine around them.

#include "actors/rescue/rescue_surroundings.hpp"
#include "domain/rescue/order_machine.hpp"

#include <optional>

namespace lifeline::actors {

/// The references are kept: plan, book and ids must outlive it.
domain::order_environment order_environment_of(const rescue_surroundings& around, const domain::rescue_book& book,
                                               domain::id_source& ids);

/// Of a live call from its last state, else from its record; nothing: nobody has answered it, or it is not known.
std::optional<domain::call_answer> answer_of(const rescue_surroundings& around, const domain::call_id& call);

} // namespace lifeline::actors
