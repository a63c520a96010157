#pragma once
// How a message is made known to CAF.
//
// Messages are values that name each other by id, never by handle: who is behind an id right now is asked of the
// directory at the moment of sending, so that a restarted actor is found at once. They never leave the process, so
// nothing says how to write them down (docs/decisions/0026).

#include <caf/all.hpp>

/// Makes a type a message of a block: a number to know it by, and leave to be sent without being written down.
#define LIFELINE_MESSAGE(block, ...) CAF_ADD_TYPE_ID(block, (__VA_ARGS__)) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(__VA_ARGS__)

namespace lifeline::actors {

/// Where each subject's messages begin to be numbered.
constexpr caf::type_id_t first_message_of(unsigned subject) {
  return static_cast<caf::type_id_t>(caf::first_custom_type_id + 100 * subject);
}

} // namespace lifeline::actors
