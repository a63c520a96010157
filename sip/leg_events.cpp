// What the peer and the clock do to a leg.

#include "sip/info_digit.hpp"
#include "sip/leg.hpp"
#include "sip/message_source.hpp"

#include <algorithm>

namespace lifeline::sip {

using namespace std::chrono_literals;

/// Every caller who waits has one: what only calls out and open offers need is made when it is needed.
static_assert(sizeof(leg) <= 900);

namespace {

/// One of several Reason headers.
void append_reason(std::string& text, const sip_reason_t* reason) {
  if (!text.empty()) text += ", ";
  text += view(reason->re_protocol);
  for (const auto* param = reason->re_params; param && *param; ++param)
    text.append(";").append(*param);
}

} // namespace

bool has_option(const msg_list_t* list, std::string_view option) {
  for (; list; list = list->k_next)
    for (const auto* item = list->k_items; item && *item; ++item)
      if (*item == option) return true;
  return false;
}

std::string reason_text(const sip_t* sip) {
  std::string text;
  for (const auto* reason = sip ? sip->sip_reason : nullptr; reason; reason = reason->re_next)
    append_reason(text, reason);
  return text;
}

session_facts session_facts_of(const sip_t* sip) {
  session_facts facts;
  if (!sip) return facts;
  facts.supported = has_option(sip->sip_supported, "timer") || has_option(sip->sip_require, "timer");
  if (sip->sip_min_se) facts.min_se = std::chrono::seconds{sip->sip_min_se->min_delta};
  if (const auto* expires = sip->sip_session_expires) {
    facts.interval = std::chrono::seconds{expires->x_delta};
    const auto who = view(expires->x_refresher);
    if (who == "uac")
      facts.who = refresher::uac;
    else if (who == "uas")
      facts.who = refresher::uas;
  }
  return facts;
}

std::string_view sdp_body(const sip_t* sip) {
  if (!sip || !sip->sip_payload || sip->sip_payload->pl_len == 0) return {};
  const std::string_view body{sip->sip_payload->pl_data, static_cast<std::size_t>(sip->sip_payload->pl_len)};
  const auto type = sip->sip_content_type ? view(sip->sip_content_type->c_type) : std::string_view{"application/sdp"};
  if (su_casenmatch(type.data(), "multipart/", 10)) { // e.g. SDP with a PIDF-LO; the part has its own header lines
    const auto start = body.find("\r\n\r\nv=0");
    if (start == std::string_view::npos) return {};
    const auto part = body.substr(start + 4);
    const auto end = part.find("\r\n--");
    return end == std::string_view::npos ? part : part.substr(0, end + 2);
  }
  return su_casematch(type.data(), "application/sdp") ? body : std::string_view{};
}

leg::~leg() {
  if (!handle_) return;
  forget_request();
  nua_handle_bind(handle_, nullptr);
  nua_handle_destroy(handle_);
}

void leg::release() { host_.discard(*this); }

void leg::forget_request() {
  nua_destroy_event(pending_request_);
  pending_request_[0] = nullptr;
  peer_offer_pending_ = false;
}

void leg::deliver(leg_event event) {
  event.leg = id_;
  if (sink_)
    sink_->on_leg_event(event);
  else
    kept_.push_back(std::move(event));
}

void leg::finish(leg_event_kind kind, int status, leg_end cause, std::string text) {
  if (phase_ == leg_phase::closing) return;
  phase_ = leg_phase::closing;
  // Longest way to the end: a 200 that is never acknowledged, then a BYE that is never answered.
  host_.wake(*this, leg_host::clock::now() + 2 * host_.options().transaction_timeout + 5s);
  leg_event event;
  event.kind = kind;
  event.status = status;
  event.cause = cause;
  event.text = std::move(text);
  const auto sink = sink_;
  if (!sink) deliver(event); // kept, and handed over to the host
  host_.retire(*this);       // first: who hears of the end finds the leg gone
  event.leg = id_;
  if (sink) sink->on_leg_event(event);
}

/// Who asks or answers is there, though it may send no sound (RFC 3550, 6.3.5, in the spirit of it).
void leg::tell_alive(nua_event_t event, int status, const sip_t* sip) {
  if (phase_ != leg_phase::talking || !sink_ || !sip) return;
  const bool asks = event == nua_i_invite || event == nua_i_update || event == nua_i_info || event == nua_i_options ||
                    event == nua_i_message || event == nua_i_notify;
  const bool answers = (event == nua_r_invite || event == nua_r_update) && status >= 200 && status < 300;
  if (!asks && !answers) return;
  leg_event e;
  e.kind = leg_event_kind::alive;
  deliver(std::move(e));
}

void leg::on_event(nua_event_t event, int status, const char* phrase, const sip_t* sip) {
  if (answers_challenge(event, status, sip)) return;
  tell_alive(event, status, sip);
  switch (event) {
  case nua_r_invite: return on_invite_response(status, phrase, sip);
  case nua_i_ack: return on_ack(sip);
  case nua_r_update: return on_update_response(status, phrase, sip);
  case nua_i_invite:
    if (status < 200) on_request_with_offer(offer_request::reinvite, sip);
    return; // else the stack has refused it: overlapping, or glare
  case nua_i_update:
    if (status < 200) on_request_with_offer(offer_request::update, sip);
    return;
  case nua_i_prack: return on_prack(status, sip);
  case nua_i_info: return on_info(sip);
  case nua_i_bye: return on_bye(sip);
  case nua_i_cancel:
    // After our 200 it has no effect (RFC 3261, 9.2). If the 200 was still on its way through the stack, the stack
    // has answered 487 and reports the end by itself.
    was_cancelled_ = true;
    if (phase_ != leg_phase::offered) return;
    end(leg_end::remote_cancel, reason_text(sip));
    return release();
  case nua_i_error:
    if (status == 408 && (phase_ == leg_phase::confirming || phase_ == leg_phase::offered)) end(leg_end::no_ack);
    return;
  case nua_r_bye:
    if (status >= 200) release();
    return;
  case nua_i_terminated:
    end(was_cancelled_ && phase_ == leg_phase::confirming ? leg_end::remote_cancel : leg_end::transport);
    return release();
  default: return;
  }
}

void leg::on_invite_response(int status, const char* phrase, const sip_t* sip) {
  if (phase_ == leg_phase::calling) return on_first_response(status, phrase, sip);
  if (phase_ == leg_phase::talking) return on_reinvite_response(status, phrase, sip);
  if (phase_ == leg_phase::closing) on_late_response(status);
}

void leg::on_first_response(int status, const char* phrase, const sip_t* sip) {
  note_trunk_response(status, sip);
  if (status <= 100) return;
  if (status >= 300) {
    if (dial_again(status, sip)) return;
    if (goes_on_to_next_trunk(status)) return;
    finish(leg_event_kind::failed, real_status(status), leg_end::none, phrase ? phrase : "");
    return release();
  }
  if (status >= 200 && sip && !sip->sip_contact) return on_answer_without_target();
  leg_event event;
  event.status = status;
  event.text = phrase ? phrase : "";
  event.sdp = remote_description(sip);
  note_standing(sip);
  if (status < 200) {
    out_.made().rung = true;
    event.kind = leg_event_kind::progress;
    note_early(sip, event.sdp);
    if (sip && sip->sip_rseq) acknowledge_reliable(sip);
    return deliver(std::move(event));
  }
  host_.wake(*this, leg_host::never_due);
  event.kind = leg_event_kind::answered;
  if (!event.sdp.present) event.sdp = early_answer_of(sip);
  updates_ = sip && sip->sip_allow && sip_is_allowed(sip->sip_allow, sip_method_update, nullptr);
  out_.made().early.clear();
  out_.made().request.reset();
  terms_ = agree_as_client({host_.options().session_expires, host_.options().min_se}, session_facts_of(sip));
  phase_ = offer_is_ours_ ? leg_phase::talking : leg_phase::unacked;
  if (phase_ == leg_phase::talking) {
    host_.count().sent(method::ack);
    start_session();
  }
  event.leg = id_;
  out_.made().answered = event;
  deliver(std::move(event));
}

/// RFC 3261, 12.1.2: without the callee's Contact there is no dialog that we could steer or end for certain. What
/// cannot be ended is not begun: ACK and BYE go where the INVITE went, which is where the callee most likely is.
void leg::on_answer_without_target() {
  host_.count().sent(method::ack);
  if (!offer_is_ours_) nua_ack(handle_, TAG_END());
  send_bye("SIP;cause=400;text=\"No usable Contact\"");
  finish(leg_event_kind::failed, 502, leg_end::none, "No usable Contact in the answer");
}

void leg::on_late_response(int status) {
  if (status >= 300) return release();
  if (status < 200) return;
  // The 200 crossed our CANCEL: the call exists and has to be ended (RFC 3261, 9.1).
  host_.count().sent(method::ack);
  if (!offer_is_ours_) nua_ack(handle_, TAG_END());
  send_bye(hang_up_reason_.empty() ? nullptr : hang_up_reason_.c_str());
}

void leg::on_ack(const sip_t* sip) {
  if (bye_after_ack_) {
    bye_after_ack_ = false;
    return send_bye(hang_up_reason_.empty() ? nullptr : hang_up_reason_.c_str());
  }
  if (phase_ != leg_phase::confirming && phase_ != leg_phase::talking) return;
  terms_ = agree_as_server({host_.options().session_expires, host_.options().min_se}, facts_);
  const bool first = std::exchange(phase_, leg_phase::talking) == leg_phase::confirming;
  if (first) note_standing(sip);
  start_session();
  if (!first && !offer_is_ours_) return;
  leg_event event;
  event.kind = leg_event_kind::acked;
  if (std::exchange(offer_is_ours_, false))
    event.sdp =
        first && offers_.seen().early_answer.present ? std::move(offers_.made().early_answer) : remote_description(sip);
  deliver(std::move(event));
}

std::optional<parsed_sdp> leg::description_in(const sip_t* sip) const {
  const auto body = sdp_body(sip);
  if (body.empty()) return std::nullopt;
  auto parsed = read_sdp(body, place_of_ours(lines_));
  if (parsed) {
    parsed->audio.signalled_from = source_host(host_.stack());
    return std::move(*parsed);
  }
  host_.count().refused(refusal::bad_sdp);
  return std::nullopt;
}

session_description leg::remote_description(const sip_t* sip) {
  auto parsed = description_in(sip);
  if (!parsed) return {};
  remote_sdp_hash_ = std::hash<std::string_view>{}(parsed->audio.raw);
  if (phase_ == leg_phase::calling && !offer_is_ours_) lines_ = lines_of(*parsed); // their offer: our ACK answers it
  return std::move(parsed->audio);
}

void leg::on_info(const sip_t* sip) {
  const auto type = sip->sip_content_type ? view(sip->sip_content_type->c_type) : std::string_view{};
  const auto* payload = sip->sip_payload;
  const auto body =
      payload ? std::string_view{payload->pl_data, static_cast<std::size_t>(payload->pl_len)} : std::string_view{};
  auto digit = info_digit(type, body);
  const bool understood = body.empty() || !digit.empty();
  const int status = understood ? 200 : 415;
  host_.count().responded(status);
  nua_respond(handle_, status, understood ? sip_200_OK : sip_415_Unsupported_media, NUTAG_WITH_THIS(host_.stack()),
              TAG_END());
  if (digit.empty() || phase_ == leg_phase::closing) return;
  leg_event event;
  event.kind = leg_event_kind::digit;
  event.text = std::move(digit);
  deliver(std::move(event));
}

void leg::on_bye(const sip_t* sip) {
  end(leg_end::remote_bye, reason_text(sip));
  release();
}

void leg::on_due(leg_host::clock::time_point now) {
  switch (phase_) {
  case leg_phase::offered:
    if (sink_) return provisional(provisional_, sip_status_phrase(provisional_), {});
    host_.count().refused(refusal::unattended);
    return refuse(503, {}, 5s);
  case leg_phase::calling:
    if (!handle_) return line_is_free(); // the phone does not answer for its last call: it may still take this one
    if (on_trunk_silent(now)) return;
    hang_up_reason_ = "SIP;cause=408;text=\"No answer\"";
    host_.count().sent(method::cancel);
    nua_cancel(handle_, SIPTAG_REASON_STR(hang_up_reason_.c_str()), TAG_END());
    return finish(leg_event_kind::failed, 408, leg_end::none, "No answer");
  case leg_phase::talking:
    if (glare_over_ <= now) on_glare_over();
    if (phase_ == leg_phase::talking && session_due_ <= now) on_session_due();
    return set_deadlines();
  case leg_phase::closing: return release();
  case leg_phase::confirming:
  case leg_phase::unacked: return;
  }
}

} // namespace lifeline::sip
