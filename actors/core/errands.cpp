#include "actors/core/errands.hpp"

namespace lifeline::actors {

void errands::later(domain::span delay, std::function<void()> what) {
  waiting_[++last_] = std::move(what);
  auto& clock = self_->clock();
  clock.schedule_message(clock.now() + delay, caf::strong_actor_ptr{self_->ctrl()},
                         caf::make_mailbox_element(nullptr, caf::make_message_id(), caf::no_stages, wake{last_}));
}

void errands::came(const wake& w) {
  const auto due = waiting_.extract(w.generation);
  if (!due.empty()) due.mapped()();
}

} // namespace lifeline::actors
