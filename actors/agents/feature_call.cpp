#include "actors/agents/feature_call.hpp"

#include "actors/voice/voice.hpp"
#include "domain/agents/feature_script.hpp"

namespace lifeline::actors {

namespace {

namespace asks = domain::feature_request;
namespace replies = domain::feature_reply;

constexpr auto agent_patience = std::chrono::seconds{2};

struct feature_outlet {
  using script = domain::feature_script;
  using leg_voice = voice<feature_outlet>;
  static constexpr const char* name = "feature call";

  surroundings_ptr around;
  domain::agent_id account;

  static void begin(leg_voice&) {}
  static caf::message_handler handlers(leg_voice&) { return {}; }
  void carry_out(leg_voice& v, const asks::give_order& g) const {
    const auto agent = around->who.agents.find(account);
    if (!agent) return v.tell(replies::no_agent{});
    v.self()
        ->request(agent, agent_patience, agent_request{g.order.verb, g.order.reason, g.order.extra})
        .then([&v](const agent_answer& a) { v.tell(replies::order_done{!a.refused}); },
              [&v](caf::error&) { v.tell(replies::order_done{false}); });
  }
};

} // namespace

void spawn_feature_call(caf::actor_system& system, const surroundings_ptr& around, const sip::incoming_call& call,
                        const domain::agent_order& order) {
  const auto& codes = around->plan().codes;
  spawn_voice(system, around, call, domain::feature_script{order, codes.confirm_prompt, codes.refuse_prompt},
              feature_outlet{around, call.agent}, false);
}

} // namespace lifeline::actors
