#include "actors/supervision/supervisor_messages.hpp"

namespace lifeline::actors {

std::string to_string(supervision_errc code) {
  switch (code) {
  case supervision_errc::restart_intensity_exceeded: return "too many restarts";
  case supervision_errc::no_such_child: return "no such child";
  case supervision_errc::child_not_running: return "the child is not running";
  case supervision_errc::child_exists: return "the child exists already";
  case supervision_errc::start_failed: return "the child could not be started";
  case supervision_errc::shutting_down: return "the supervisor is shutting down";
  }
  return "unknown error of supervision";
}

bool is_normal_end(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::normal || reason == caf::exit_reason::user_shutdown;
}

void add_supervision_errors(caf::actor_system_config& config) {
  // The overload that derives the text from to_string() does not compile in CAF 0.17.6.
  config.add_error_category(caf::detail::error_factory<supervision_errc>::category,
                            [](std::uint8_t code, caf::atom_value, const caf::message& context) {
                              auto text = "supervision: " + to_string(static_cast<supervision_errc>(code));
                              if (!context.empty()) text += " " + caf::to_string(context);
                              return text;
                            });
}

} // namespace lifeline::actors
