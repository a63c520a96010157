#include "actors/rescue/report_call.hpp"

#include "actors/rescue/rescue_port.hpp"
#include "actors/voice/voice.hpp"
#include "domain/base/phone_number.hpp"

namespace lifeline::actors {

namespace {

namespace asks = domain::report_request;
namespace replies = domain::report_reply;

struct report_outlet {
  using script = domain::report_script;
  using leg_voice = voice<report_outlet>;
  static constexpr const char* name = "report call";

  rescue_surroundings_ptr around;
  sip::caller_identity caller;

  void begin(leg_voice& v) const {
    if (const auto calls = around->who.calls.get()) v.self()->monitor(calls); // whose end is the engine's
  }
  static caf::message_handler handlers(leg_voice& v) {
    return {[&v](const word_stored& w) { v.tell(replies::word_stored{w.tag, w.ok}); }};
  }
  void carry_out(leg_voice& v, const asks::find_orders&) const { v.tell(replies::orders_found{orders_of_caller()}); }
  void carry_out(leg_voice& v, const asks::store_word& w) const {
    if (around->rescue == nullptr) return v.tell(replies::word_stored{w.tag, false}); // gone since the call began
    around->rescue->rescuer_says(w.order, w.report, [me = v.me(), tag = w.tag](bool ok, const std::string&) {
      caf::anon_send(me, word_stored{tag, ok});
    });
  }

private:
  /// However the carrier writes the number.
  [[nodiscard]] std::vector<order_brief> orders_of_caller() const {
    if (around->rescue == nullptr || caller.withheld || !domain::is_number(caller.number)) return {};
    for (const auto& number : domain::spellings(caller.number, around->plan().numbers)) {
      auto found = around->rescue->orders_of_phone(number);
      if (!found.empty()) return found;
    }
    return {};
  }
};

} // namespace

void spawn_report_call(caf::actor_system& system, const rescue_surroundings_ptr& around,
                       const sip::incoming_call& call) {
  const bool proven = call.caller.verified || !call.agent.empty();
  spawn_voice(system, around, call, domain::report_script{proven, around->plan().limits.setup_timeout},
              report_outlet{around, call.caller});
}

} // namespace lifeline::actors
