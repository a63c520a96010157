#include "actors/core/queue_delay.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace lifeline::actors {

queue_delay::queue_delay(caf::actor_system& system)
    : probe_{system.spawn<caf::hidden>([s = state_](caf::event_based_actor*) -> caf::behavior {
        return {[s](caf::tick_atom) {
          s->last = clock::now().time_since_epoch().count() - s->sent;
          s->sent = 0;
        }};
      })} {}

queue_delay::~queue_delay() { caf::anon_send_exit(probe_, caf::exit_reason::user_shutdown); }

void queue_delay::probe(clock::time_point now) {
  if (state_->sent != 0) return;
  state_->sent = now.time_since_epoch().count();
  caf::anon_send(probe_, caf::tick_atom::value);
}

domain::span queue_delay::worst(clock::time_point now) const {
  const auto sent = state_->sent.load();
  const auto age = sent == 0 ? 0 : now.time_since_epoch().count() - sent;
  return std::chrono::duration_cast<domain::span>(clock::duration{std::max(age, state_->last.load())});
}

} // namespace lifeline::actors
