// What the peer and the clock do to a leg.

#include "sip/info_digit.hpp"
#include "sip/leg.hpp"

#include <algorithm>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

constexpr auto refresh_retry = 1s;

bool has_word(const msg_list_t* list, std::string_view word) {
  for (; list; list = list->k_next)
    for (const auto* item = list->k_items; item && *item; ++item)
      if (*item == word) return true;
  return false;
}

std::string reason_text(const sip_t* sip) {
  const auto* reason = sip ? sip->sip_reason : nullptr;
  if (!reason) return {};
  std::string text{view(reason->re_protocol)};
  if (reason->re_cause) text.append(";cause=").append(reason->re_cause);
  if (reason->re_text) text.append(";text=").append(reason->re_text);
  return text;
}

/// Statuses of 700 and above are the stack's own: it could not even send.
int real_status(int status) { return status >= 700 ? 500 : status; }

} // namespace

session_facts session_facts_of(const sip_t* sip) {
  session_facts facts;
  if (!sip) return facts;
  facts.supported = has_word(sip->sip_supported, "timer") || has_word(sip->sip_require, "timer");
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

void leg::on_event(nua_event_t event, int status, const char* phrase, const sip_t* sip) {
  switch (event) {
  case nua_r_invite: return on_invite_response(status, phrase, sip);
  case nua_i_ack: return on_ack(sip);
  case nua_i_invite: return on_request_with_offer(false, sip);
  case nua_i_update: return on_request_with_offer(true, sip);
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
  if (status <= 100) return;
  if (status >= 300) {
    finish(leg_event_kind::failed, real_status(status), leg_end::none, phrase ? phrase : "");
    return release();
  }
  leg_event event;
  event.status = status;
  event.text = phrase ? phrase : "";
  event.sdp = remote_description(sip);
  if (status < 200) {
    event.kind = leg_event_kind::progress;
    if (event.sdp.present) early_ = event.sdp;
    return deliver(std::move(event));
  }
  host_.wake(*this, leg_host::never_due);
  event.kind = leg_event_kind::answered;
  if (!event.sdp.present) event.sdp = std::exchange(early_, {});
  terms_ = agree_as_client({host_.options().session_expires, host_.options().min_se}, session_facts_of(sip));
  phase_ = offer_is_ours_ ? leg_phase::talking : leg_phase::unacked;
  if (phase_ == leg_phase::talking) {
    host_.count().sent(method::ack);
    start_session();
  }
  deliver(std::move(event));
}

void leg::on_late_response(int status) {
  if (status >= 300) return release();
  if (status < 200) return;
  // The 200 crossed our CANCEL: the call exists and has to be ended (RFC 3261, 9.1).
  host_.count().sent(method::ack);
  if (!offer_is_ours_) nua_ack(handle_, TAG_END());
  send_bye(hang_up_reason_.empty() ? nullptr : hang_up_reason_.c_str());
}

void leg::on_reinvite_response(int status, const char* phrase, const sip_t* sip) {
  if (status < 200) return;
  own_offer_pending_ = false;
  const bool was_refresh = std::exchange(refreshing_, false);
  if (status == 408 || status == 481) { // RFC 4028, 10; RFC 5057: the dialog is gone
    end(leg_end::session_expired, phrase ? phrase : "");
    return send_bye(nullptr);
  }
  if (status < 300) {
    host_.count().sent(method::ack);
    terms_ = agree_as_client({host_.options().session_expires, host_.options().min_se}, session_facts_of(sip));
    start_session();
  } else if (was_refresh) {
    host_.wake(*this, leg_host::clock::now() + refresh_retry);
  }
  if (!was_refresh) {
    leg_event event;
    event.kind = leg_event_kind::reoffer_answered;
    event.status = real_status(status);
    event.text = phrase ? phrase : "";
    if (status < 300) event.sdp = remote_description(sip);
    deliver(std::move(event));
  }
  if (auto queued = std::exchange(queued_offer_, std::nullopt)) reoffer(*queued);
}

void leg::on_ack(const sip_t* sip) {
  if (bye_after_ack_) {
    bye_after_ack_ = false;
    return send_bye(hang_up_reason_.empty() ? nullptr : hang_up_reason_.c_str());
  }
  if (phase_ != leg_phase::confirming && phase_ != leg_phase::talking) return;
  terms_ = agree_as_server({host_.options().session_expires, host_.options().min_se}, facts_);
  const bool first = std::exchange(phase_, leg_phase::talking) == leg_phase::confirming;
  start_session();
  if (!first && !offer_is_ours_) return;
  leg_event event;
  event.kind = leg_event_kind::acked;
  if (std::exchange(offer_is_ours_, false)) event.sdp = remote_description(sip);
  deliver(std::move(event));
}

std::optional<parsed_sdp> leg::description_in(const sip_t* sip) const {
  const auto body = sdp_body(sip);
  if (body.empty()) return std::nullopt;
  auto parsed = read_sdp(body);
  if (parsed) return std::move(*parsed);
  host_.count().refused(refusal::bad_sdp);
  return std::nullopt;
}

session_description leg::remote_description(const sip_t* sip) {
  auto parsed = description_in(sip);
  if (!parsed) return {};
  remote_sdp_hash_ = std::hash<std::string_view>{}(parsed->audio.raw);
  if (phase_ == leg_phase::calling && !offer_is_ours_) { // their offer: our ACK answers it
    streams_.clear();
    if (parsed->streams.size() > 1 || (parsed->streams.size() == 1 && !parsed->streams.front().ours))
      streams_ = std::move(parsed->streams);
  }
  return std::move(parsed->audio);
}

void leg::on_request_with_offer(bool is_update, const sip_t* sip) {
  nua_destroy_event(pending_request_);
  pending_request_[0] = nullptr;
  nua_save_event(host_.stack(), pending_request_);
  pending_is_update_ = is_update;
  const auto body = sdp_body(sip);
  if (is_update && body.empty()) {
    facts_ = session_facts_of(sip);
    terms_ = agree_as_server({host_.options().session_expires, host_.options().min_se}, facts_);
    answer_request(SIP_200_OK, {});
    if (phase_ == leg_phase::talking) start_session();
    return forget_request();
  }
  if (phase_ != leg_phase::talking || own_offer_pending_) {
    if (phase_ == leg_phase::talking)
      answer_request(SIP_491_REQUEST_PENDING, {});
    else
      answer_request(SIP_500_INTERNAL_SERVER_ERROR, {});
    return forget_request();
  }
  facts_ = session_facts_of(sip);
  leg_event event;
  event.kind = leg_event_kind::reoffer;
  pending_hash_ = 0;
  if (!body.empty()) {
    pending_hash_ = std::hash<std::string_view>{}(body);
    if (pending_hash_ == remote_sdp_hash_) return answer_as_before();
    auto parsed = description_in(sip);
    if (!parsed) {
      answer_request(SIP_488_NOT_ACCEPTABLE, {});
      return forget_request();
    }
    streams_.clear();
    if (parsed->streams.size() > 1 || !parsed->streams.front().ours) streams_ = std::move(parsed->streams);
    event.sdp = std::move(parsed->audio);
  }
  offer_is_ours_ = body.empty();
  peer_offer_pending_ = true;
  deliver(std::move(event));
}

void leg::answer_as_before() { // a session refresh: the description is the one that was answered already
  answer_request(SIP_200_OK, local_sdp_);
  offer_is_ours_ = false;
  if (pending_is_update_) {
    terms_ = agree_as_server({host_.options().session_expires, host_.options().min_se}, facts_);
    start_session();
  }
  forget_request();
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

void leg::start_session() {
  const auto wait = next_act(terms_);
  if (wait.count() > 0)
    host_.wake(*this, leg_host::clock::now() + wait);
  else
    host_.wake(*this, leg_host::never_due);
}

void leg::on_session_due() {
  if (!terms_.we_refresh) {
    send_bye("SIP;cause=408;text=\"Session timeout\"");
    return end(leg_end::session_expired);
  }
  if (own_offer_pending_ || peer_offer_pending_) return host_.wake(*this, leg_host::clock::now() + refresh_retry);
  refreshing_ = true;
  send_reinvite(local_sdp_);
}

void leg::on_due(leg_host::clock::time_point) {
  switch (phase_) {
  case leg_phase::offered:
    if (sink_) return;
    host_.count().refused(refusal::unattended);
    return refuse(503, {}, 5s);
  case leg_phase::calling:
    hang_up_reason_ = "SIP;cause=408;text=\"No answer\"";
    host_.count().sent(method::cancel);
    nua_cancel(handle_, SIPTAG_REASON_STR(hang_up_reason_.c_str()), TAG_END());
    return finish(leg_event_kind::failed, 408, leg_end::none, "No answer");
  case leg_phase::talking: return on_session_due();
  case leg_phase::closing: return release();
  case leg_phase::confirming:
  case leg_phase::unacked: return;
  }
}

} // namespace lifeline::sip
