#include "actors/messages.hpp"

#include "actors/rescue_messages.hpp"

namespace lifeline::actors {

void add_message_types(caf::actor_system_config& config) {
  add_supervisor_types(config);
  config.add_message_types<caf::id_block::lifeline>();
  config.add_message_types<caf::id_block::lifeline_rescue>();
}

} // namespace lifeline::actors
