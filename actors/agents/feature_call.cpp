#include "actors/agents/feature_call.hpp"

#include "actors/core/leg_mailbox.hpp"

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

/// Longer than any confirmation: whatever is lost, the phone is not kept.
constexpr auto longest_confirmation = 10s;
constexpr auto agent_patience = 2s;

struct feature_call_state {
  static constexpr const char* name = "feature call";
  surroundings_ptr around;
  sip::incoming_call in;
  std::string prompt;
};
using self_ptr = caf::stateful_actor<feature_call_state>*;

void end(self_ptr self) {
  auto& s = self->state;
  s.around->sip->hang_up(s.in.leg);
  s.around->media->close(s.in.leg);
  self->quit();
}

void on_endpoint(self_ptr self, const media::endpoint_event& e) {
  auto& s = self->state;
  switch (e.kind) {
  case media::endpoint_event_kind::opened:
    s.around->sip->answer(s.in.leg, domain::make_answer(s.in.offer, {e.address, e.port}));
    s.around->media->set_remote(s.in.leg, s.in.offer);
    s.around->media->play(s.in.leg, {{s.prompt}, false});
    return;
  case media::endpoint_event_kind::failed: s.around->sip->refuse(s.in.leg, 500, "No media port"); return self->quit();
  case media::endpoint_event_kind::play_finished: return end(self);
  default: return;
  }
}

void on_answer(self_ptr self, bool done) {
  auto& s = self->state;
  const auto& codes = s.around->plan().codes;
  s.prompt = done ? codes.confirm_prompt : codes.refuse_prompt;
  const auto me = caf::actor_cast<caf::actor>(self);
  if (s.prompt.empty()) { // nothing to be heard: the status says it
    s.around->sip->refuse(s.in.leg, done ? 480 : 403, done ? "Done" : "Refused");
    return self->quit();
  }
  s.around->media->open(s.in.leg, std::make_shared<endpoint_mailbox>(me));
}

caf::behavior feature_call(self_ptr self, surroundings_ptr around, sip::incoming_call in, domain::agent_order order) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.in = std::move(in);
  s.around->sip->attach(s.in.leg, std::make_shared<leg_mailbox<caf::actor>>(caf::actor_cast<caf::actor>(self)));
  self->delayed_send(self, longest_confirmation, wake{});
  const bool audible = s.in.offer.present && s.in.offer.port != 0 && domain::preferred_codec(s.in.offer) != nullptr;
  const auto agent = s.around->who.agents.find(s.in.agent);
  if (!audible || !agent) {
    s.around->sip->refuse(s.in.leg, audible ? 480 : 488, audible ? "Temporarily Unavailable" : "Not Acceptable Here");
    self->quit();
    return {};
  }
  self->request(agent, agent_patience, agent_request{order.verb, order.reason, order.extra})
      .then([self](const agent_answer& a) { on_answer(self, !a.refused); },
            [self](caf::error&) { on_answer(self, false); });
  return {
      [self](const media::endpoint_event& e) { on_endpoint(self, e); },
      [self](const sip::leg_event& e) {
        if (e.kind != sip::leg_event_kind::ended) return;
        self->state.around->media->close(self->state.in.leg);
        self->quit();
      },
      [self](const wake&) { end(self); },
  };
}

} // namespace

void spawn_feature_call(caf::actor_system& system, const surroundings_ptr& around, const sip::incoming_call& call,
                        const domain::agent_order& order) {
  system.spawn(feature_call, around, call, order);
}

} // namespace lifeline::actors
