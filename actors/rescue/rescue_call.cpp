#include "actors/rescue/rescue_call.hpp"

#include "actors/rescue/rescue_attempt.hpp"
#include "actors/voice/voice.hpp"
#include "domain/rescue/rescuer_script.hpp"

#include <utility>

namespace lifeline::actors {

void rescue_call_handle::give_up() const {
  if (actor_) caf::anon_send(actor_, release_order{domain::end_cause::operator_released});
}

namespace {

namespace asks = domain::rescuer_request;
namespace replies = domain::rescuer_reply;

struct rescuer_outlet {
  using script = domain::rescuer_script;
  using leg_voice = voice<rescuer_outlet>;
  static constexpr const char* name = "rescue call";

  rescue_surroundings_ptr around;
  rescue_call_request request;
  std::shared_ptr<rescue_attempt> attempt;

  void begin(leg_voice& v) const {
    if (request.phone.uri.empty()) return watch_lines(v);
    if (const auto calls = around->who.calls.get()) v.self()->monitor(calls); // whose end is the engine's
  }
  static caf::message_handler handlers(leg_voice& v) {
    return {
        [&v](const line_reply& r) {
          if (r.granted) return v.tell(replies::line_granted{});
          v.tell(replies::line_refused{});
        },
        [&v](const release_order& r) {
          if (r.cause == domain::end_cause::engine_stopped) return v.tell(domain::voice::engine_stops{});
          v.tell(replies::given_up{});
        },
    };
  }

  void carry_out(leg_voice& v, const asks::request_line& r) const {
    const auto lines = around->who_rescues.lines.get();
    if (!lines) return v.tell(replies::no_keeper{});
    v.self()->monitor(lines);
    rescue_line_request line;
    line.claim.order = request.order;
    line.claim.urging = request.attempt.purpose == domain::attempt_purpose::urge;
    line.claim.urgent = domain::is_urgent(request.about);
    line.claim.level = request.level;
    line.claim.received = request.about.received;
    line.held = r.held;
    caf::send_as(v.me(), lines, line); // who asks is who has the line
  }
  void carry_out(leg_voice& v, const asks::dial& d) const {
    const auto& plan = around->plan();
    const auto* hotline = plan.find_hotline(plan.rescue.hotline);
    if (hotline == nullptr) return v.tell(replies::cannot_dial{"the hotline is gone"});
    sip::invite_request r;
    r.from_number = hotline->caller_number;
    if (r.from_number.empty() && !hotline->numbers.empty()) r.from_number = hotline->numbers.front();
    if (request.phone.uri.empty()) {
      r.target_uri = request.attempt.target;
      r.trunks = plan.outbound_trunks(*hotline);
    } else {
      r.target_uri = request.phone.uri;
      r.route = request.phone.route;
      r.from_display = hotline->name + " ALARM";
    }
    r.ring_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(d.ring_timeout);
    r.headers["X-Lifeline-Call"] = domain::to_string(request.attempt.id);
    if (request.dialled) request.dialled(v.now());
    v.leg().dial(std::move(r));
  }
  void carry_out(leg_voice& v, const asks::talk&) const {
    const auto& plan = around->plan();
    const auto* hotline = plan.find_hotline(plan.rescue.hotline);
    const bool alert = request.attempt.purpose == domain::attempt_purpose::alert;
    if (!alert && (hotline == nullptr || hotline->record))
      attempt->record(rescue_recording_path(request.attempt.id, v.now()));
    if (request.answered) request.answered();
  }
  void carry_out(leg_voice&, const asks::tell& t) const { attempt->tell(t.outcome, t.detail, t.rang); }

private:
  /// Whoever keeps the lines is gone: for good, with the engine; or a new one comes, which has to learn of the line.
  static void watch_lines(leg_voice& v) {
    v.self()->set_down_handler([&v](const caf::down_msg& down) {
      if (is_normal_end(down.reason)) return v.tell(domain::voice::engine_stops{});
      v.tell(replies::no_keeper{});
    });
  }
};

/// Empty: the call can be tried.
std::string impossible(const domain::plan& plan, const rescue_call_request& r) {
  if (r.attempt.target.empty()) return "no number";
  const auto* hotline = plan.find_hotline(plan.rescue.hotline);
  if (hotline == nullptr) return "no hotline \"" + plan.rescue.hotline + "\"";
  if (r.phone.uri.empty() && plan.outbound_trunks(*hotline).empty()) return "no trunk of the hotline can dial out";
  return {};
}

domain::rescuer_call call_of(const domain::plan& plan, const rescue_call_request& r) {
  domain::rescuer_call c;
  c.about = r.about;
  c.level = r.level;
  c.purpose = r.attempt.purpose;
  c.accepted = r.accepted;
  c.arrived = r.arrived;
  c.own_phone = !r.phone.uri.empty();
  c.deadline = r.attempt.deadline;
  c.setup_timeout = plan.limits.setup_timeout;
  c.ring_timeout = plan.rescue.ring_timeout;
  c.answer_patience = plan.rescue.answer_patience;
  c.impossible = impossible(plan, r);
  return c;
}

} // namespace

rescue_call_handle start_rescue_call(caf::actor_system& system, const rescue_surroundings_ptr& around,
                                     rescue_call_request request, attempt_done done) {
  auto attempt = std::make_shared<rescue_attempt>(around, request.attempt.id, std::move(done));
  voice_setup<rescuer_outlet> setup{.around = around,
                                    .held = attempt->held(),
                                    .offer = std::nullopt,
                                    .manner = {.takes_keys = true,
                                               .sink = [attempt](const caf::actor& me) { return attempt->sink(me); },
                                               .described = {}},
                                    .script = domain::rescuer_script{call_of(around->plan(), request)},
                                    .outlet = {around, std::move(request), attempt},
                                    .at_end = [attempt] { attempt->actor_gone(); }};
  return rescue_call_handle{spawn_voice(system, std::move(setup))};
}

} // namespace lifeline::actors
