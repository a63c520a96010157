#pragma once
// The engine's own log lines as a fold of the event log: each line names what happened and the call's id, and never a
// phone number, a name or a secret.

#include "storage/journal.hpp"

#include <memory>

namespace spdlog {
class logger;
}

namespace lifeline::actors {

class event_log final : public storage::commit_observer {
public:
  explicit event_log(std::shared_ptr<spdlog::logger> to) : to_(std::move(to)) {}
  void on_commit(const std::vector<domain::event>& events, bool stored) override;

private:
  std::shared_ptr<spdlog::logger> to_;
};

} // namespace lifeline::actors
