#include "actors/rescue/lift_call.hpp"

#include "actors/core/checkpoints.hpp"
#include "actors/rescue/rescue_operations.hpp"
#include "actors/rescue/rescue_port.hpp"
#include "actors/voice/voice.hpp"
#include "storage/tables.hpp"

#include <memory>
#include <utility>

namespace lifeline::actors {

namespace {

namespace asks = domain::lift_request;
namespace replies = domain::lift_reply;

/// The checkpoint of the call as it is to begin.
class coming_call {
public:
  coming_call(surroundings_ptr around, domain::call_state call) : around_(std::move(around)), call_(std::move(call)) {}

  [[nodiscard]] domain::call_state& operator*() { return call_; }
  [[nodiscard]] domain::call_state* operator->() { return &call_; }
  void keep() const { around_->kept.put(storage::table::live_calls, key(), encode_call(call_)); }
  void forget() const { around_->kept.erase(storage::table::live_calls, key()); }
  /// Answered, or described anew: persist first, tell then.
  void describe(const spoken_leg& leg) {
    if (!std::exchange(call_.arrives_answered, true)) {
      call_.local = leg.local();
      call_.endpoint = domain::endpoint_state::open;
      call_.signal = domain::caller_signal::answered;
    }
    if (leg.remote().present) call_.caller_media = leg.remote();
    keep();
  }

private:
  [[nodiscard]] std::string key() const { return storage::call_key{call_.id}.encode(); }

  surroundings_ptr around_;
  domain::call_state call_;
};

struct lift_outlet {
  using script = domain::lift_phone_script;
  using leg_voice = voice<lift_outlet>;
  static constexpr const char* name = "lift call";

  rescue_surroundings_ptr around;
  std::shared_ptr<coming_call> call;

  void begin(leg_voice& v) const { around->who.lift_calls.enter((*call)->id, v.me()); } // before anything can end it
  caf::message_handler handlers(leg_voice& v) const {
    return {
        [&v](const lift_stored& e) {
          v.tell(replies::report_stored{e.number, e.ok, e.order});
        },
        [&v](const release_order&) {
          if (!v.script().handed_over) v.tell(domain::voice::engine_stops{});
        },
        [&v, ends = around](const wake& w) {
          if (ends->releasing) return v.tell(domain::voice::engine_stops{});
          v.on_wake(w);
        },
    };
  }

  void carry_out(leg_voice&, const asks::send_tone& t) const {
    const auto way = t.again ? media::tone_way::both : media::tone_way::as_heard;
    around->media->send_tones((*call)->caller_leg, std::string(1, t.tone), way);
  }
  void carry_out(leg_voice&, const asks::name_lift& n) const {
    (*call)->lift = n.lift;
    if (around->rescue != nullptr)
      if (const auto lift = around->rescue->lift(n.lift)) (*call)->lift = lift->rescue_code;
    call->keep();
  }
  void carry_out(leg_voice& v, const asks::store_report& r) const {
    if (around->rescue == nullptr) return v.tell(replies::cannot_store{r.number});
    around->rescue->report(
        r.report, [me = v.me(), number = r.number](const tl::expected<report_receipt, std::string>& receipt) {
          caf::anon_send(me, lift_stored{number, receipt.has_value(), receipt ? receipt->order : domain::order_id{}});
        });
  }
  void carry_out(leg_voice&, const asks::learn& l) const {
    (*call)->order = l.order;
    (*call)->lift_packet = l.packet;
  }
  void carry_out(leg_voice&, const asks::remember_left&) const {
    (*call)->signal = domain::caller_signal::gone;
    call->keep();
  }
  void carry_out(leg_voice&, const asks::hang_up&) const { around->sip->hang_up((*call)->caller_leg); }
  void carry_out(leg_voice& v, const asks::hand_over&) const {
    v.leg().hand_over();
    call->keep();
    ask_for_call(v);
  }
  void carry_out(leg_voice& v, const asks::look_for_call& l) const {
    const bool waits = around->who.lift_calls.has((*call)->id);
    if (waits && l.ask) ask_for_call(v);
    v.tell(replies::call_seen{!waits, bool(around->who.live_calls.find((*call)->id))});
  }
  void carry_out(leg_voice& v, const asks::tell_call&) const {
    if (const auto actor = around->who.live_calls.find((*call)->id))
      v.self()->send(actor, lift_known{(*call)->lift, (*call)->lift_packet, (*call)->order});
  }
  void carry_out(leg_voice& v, const asks::dismiss&) const {
    call->forget();
    if (!v.script().left && (*call)->arrives_answered)
      around->sip->hang_up((*call)->caller_leg);
    else if (!v.script().left)
      around->sip->refuse((*call)->caller_leg, 503, "Service Unavailable", std::chrono::seconds{5});
    around->media->close((*call)->caller_leg);
    v.quit();
  }
  static void carry_out(leg_voice& v, const asks::leave&) { v.quit(); }

private:
  void ask_for_call(leg_voice& v) const {
    tell(v.self(), around->who.calls.get(), lift_call_ready{(*call)->id, v.self()->id()});
  }
};

} // namespace

caf::actor spawn_lift_call(caf::actor_system& system, const rescue_surroundings_ptr& around, domain::call_state call,
                           const std::string& sip_call_id) {
  domain::lift_call_facts facts;
  facts.call = call.id;
  facts.caller = call.caller;
  facts.source_id = sip_call_id.empty() ? domain::to_string(call.id) : sip_call_id;
  facts.arrived = call.arrived;
  facts.patience = around->plan().rescue.lift_phone_patience;
  auto held = std::make_shared<held_leg>(around, call.caller_leg, true);
  auto offer = call.caller_offer;
  auto coming = std::make_shared<coming_call>(around, std::move(call));
  return spawn_voice(system, voice_setup<lift_outlet>{
                                 .around = around,
                                 .held = std::move(held),
                                 .offer = std::move(offer),
                                 .manner = {.takes_keys = true,
                                            .sink = {},
                                            .described = [coming](const spoken_leg& leg) { coming->describe(leg); }},
                                 .script = domain::lift_phone_script{std::move(facts)},
                                 .outlet = {around, coming},
                                 .at_end = {}}); // whoever takes the call over has its leg
}

} // namespace lifeline::actors
