#include "actors/calls/call_outlet.hpp"

#include "actors/core/checkpoints.hpp"
#include "actors/core/leg_mailbox.hpp"
#include "domain/base/phone_number.hpp"
#include "domain/calls/caller_display.hpp"
#include "storage/codec.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

namespace lifeline::actors {

namespace {

/// Who calls, for sticky agents and regained places; who withholds the number, or has none, is nobody.
std::string caller_of(const domain::call_state& s) { return domain::is_number(s.caller) ? s.caller : std::string{}; }

/// A lift's code comes from a phone or a register: what does not belong into a header is left out.
std::string header_text(const std::string& code) {
  std::string text;
  for (const char c : code)
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-') text += c;
  return text;
}

class mailbox_endpoint final : public media::endpoint_sink {
public:
  mailbox_endpoint(call_actor to, std::weak_ptr<surroundings> around)
      : to_(std::move(to)), around_(std::move(around)) {}
  void on_endpoint_event(const media::endpoint_event& e) override { caf::anon_send(to_, e); }
  /// The call may have been started anew since, or crash before it hears of it, or have been wound up: the result must
  /// not be lost with any of them.
  void on_recording_event(const media::recording_event& e) override {
    const auto around = around_.lock();
    if (!around) return;
    around->kept.put_recording(e); // first: an actor that starts from now on finds it there
    if (const auto call = around->who.live_calls.find(domain::logged_under(e.recording)))
      return caf::anon_send(call, e);
    if (const auto calls = around->who.calls.get()) caf::anon_send(calls, e);
  }

private:
  call_actor to_;
  std::weak_ptr<surroundings> around_;
};

} // namespace

void call_outlet::carry_out(std::vector<domain::call_command>& commands) {
  // Persist first, tell then: whoever acts on what we tell writes to the log after us.
  for (auto& c : commands) {
    if (auto* entry = std::get_if<domain::command::log>(&c)) {
      const auto* left = std::get_if<domain::queue_left>(&entry->body);
      if (left != nullptr && !around.kept.leave(state.id, left->queue)) continue; // it had not come in yet
      change.events.push_back({0, now, state.id, std::move(entry->body)});
    }
    if (std::holds_alternative<domain::command::finish>(c)) finished = true;
  }
  const auto key = storage::call_key{state.id}.encode();
  if (finished) {
    change.state.push_back({storage::table::live_calls, key, std::nullopt});
    const auto record = domain::make_record(state);
    change.state.push_back({storage::table::records, key, storage::encode_record(record)});
  } else {
    auto checkpoint = encode_call(state);
    around.kept.put(storage::table::live_calls, key, checkpoint);
    change.state.push_back({storage::table::live_calls, key, std::move(checkpoint)});
  }
  around.journal->append(std::move(change), storage::durability::lazy);
  change = {};
  for (auto& c : commands)
    std::visit(*this, c);
}

void call_outlet::attach(const domain::leg_id& leg) {
  if (me) around.sip->attach(leg, std::make_shared<leg_mailbox<call_actor>>(me));
}

void call_outlet::operator()(domain::command::ring& c) { around.sip->ring(c.leg); }
void call_outlet::operator()(domain::command::early& c) { around.sip->progress(c.leg, c.sdp); }
void call_outlet::operator()(domain::command::answer& c) { around.sip->answer(c.leg, c.sdp); }
void call_outlet::operator()(domain::command::refuse& c) {
  // 503 tells the carrier's switch to try again later (RFC 3261, 21.5.4).
  const auto retry = std::chrono::seconds{c.status == 503 ? 5 : 0};
  around.sip->refuse(c.leg, c.status, c.reason, retry);
}
void call_outlet::operator()(domain::command::hang_up& c) { around.sip->hang_up(c.leg, c.reason); }

void call_outlet::operator()(domain::command::invite& c) {
  sip::invite_request r;
  r.leg = c.leg;
  r.offer = std::move(c.offer);
  r.ring_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(c.ring_timeout);
  r.headers["X-Lifeline-Call"] = domain::to_string(state.id);
  if (const auto lift = header_text(state.lift); !lift.empty()) r.headers["X-Lifeline-Lift"] = lift;
  if (c.through_trunk) {
    r.target_uri = std::move(c.target.uri);
    if (const auto* hotline = around.plan().find_hotline(state.hotline)) {
      r.trunks = around.plan().outbound_trunks(*hotline);
      r.from_number = hotline->caller_number;
      if (r.from_number.empty() && !hotline->numbers.empty()) r.from_number = hotline->numbers.front();
    }
  } else {
    r.target_uri = std::move(c.target.uri);
    r.route = std::move(c.target.route);
    for (const auto& o : state.offers)
      if (o.leg == c.leg) r.account = o.agent;
    const auto* hotline = around.plan().find_hotline(state.hotline);
    r.from_number = state.caller;
    r.from_display = domain::caller_display(hotline != nullptr ? hotline->short_name : std::string{}, state.caller,
                                            state.caller_display);
  }
  attach(c.leg);
  around.sip->invite(r);
}

void call_outlet::operator()(domain::command::acknowledge& c) { around.sip->ack(c.leg, c.sdp); }
void call_outlet::operator()(domain::command::reoffer& c) { around.sip->reoffer(c.leg, c.sdp); }
void call_outlet::operator()(domain::command::answer_reoffer& c) { around.sip->answer_reoffer(c.leg, c.sdp); }
void call_outlet::operator()(domain::command::refuse_reoffer& c) {
  around.sip->refuse_reoffer(c.leg, c.status, c.reason);
}

void call_outlet::operator()(domain::command::open_endpoint& c) {
  if (me) around.media->open(c.leg, std::make_shared<mailbox_endpoint>(me, around.weak_from_this()));
}
void call_outlet::operator()(domain::command::close_endpoint& c) { around.media->close(c.leg); }
void call_outlet::operator()(domain::command::set_remote& c) { around.media->set_remote(c.leg, c.remote); }
void call_outlet::operator()(domain::command::play& c) { around.media->play(c.leg, {std::move(c.files), c.loop}); }
void call_outlet::operator()(domain::command::stop_play& c) { around.media->stop_play(c.leg); }
void call_outlet::operator()(domain::command::bridge& c) { around.media->bridge(c.a, c.b); }
void call_outlet::operator()(domain::command::send_digit& c) { around.media->send_digit(c.leg, c.digit); }
void call_outlet::operator()(domain::command::start_recording& c) {
  around.media->start_recording({domain::recording_of(state.id), c.left, c.right, std::move(c.path)});
}
void call_outlet::operator()(domain::command::stop_recording&) {
  around.media->stop_recording(domain::recording_of(state.id));
}

void call_outlet::operator()(domain::command::enter_queue& c) {
  around.kept.want_place(state.id, c.queue);
  post(around.who.dispatcher(),
       call_waits{state.id, std::move(c.queue), c.entered, c.again, c.patient, caller_of(state)});
}
void call_outlet::operator()(domain::command::leave_queue&) { post(around.who.dispatcher(), call_leaves{state.id}); }
void call_outlet::operator()(domain::command::reservation_over& c) {
  post(around.who.dispatcher(), offer_result{c.reservation, c.outcome, c.rang, c.sip_status});
}
void call_outlet::operator()(domain::command::request_line&) {
  post(around.who.calls.get(), line_request{state.id, state.hotline});
}
void call_outlet::operator()(domain::command::release_line&) {
  post(around.who.calls.get(), line_release{state.id, state.hotline});
}

void call_outlet::operator()(domain::command::tell_ringing& c) {
  post(around.who.agents.find(c.agent), offer_rings{c.reservation});
}
void call_outlet::operator()(domain::command::tell_connected& c) {
  post(around.who.agents.find(c.agent), offer_connected{c.reservation, c.deadline});
}
void call_outlet::operator()(domain::command::tell_hold& c) {
  post(around.who.agents.find(c.agent), talk_held{c.reservation, c.on});
}
void call_outlet::operator()(domain::command::tell_over& c) {
  post(around.who.agents.find(c.agent), offer_ended{c.reservation, c.outcome, std::move(c.queue), c.refused_with});
}
void call_outlet::operator()(domain::command::tell_released& c) {
  post(around.who.agents.find(c.agent), talk_ended{c.reservation, c.talked, std::move(c.queue)});
}

// Both are taken into the change before anything is told.
void call_outlet::operator()(domain::command::log&) {}
void call_outlet::operator()(domain::command::finish&) {}

} // namespace lifeline::actors
