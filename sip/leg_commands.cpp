// What the application asks of a leg.

#include "sip/identity.hpp"
#include "sip/leg.hpp"

namespace lifeline::sip {

namespace {

constexpr const char* sdp_type = "application/sdp";

/// The URI without parameters and headers, as To wants it.
std::string address_of(const std::string& uri) { return "<" + uri.substr(0, uri.find_first_of(";?")) + ">"; }

bool is_token(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') return false;
  return true;
}

/// A header's value must not become two headers.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) line += c;
  return line;
}

std::string extra_headers(const invite_request& request, const std::string& host) {
  std::string lines;
  if (!request.from_number.empty() && request.from_number != "anonymous")
    lines.append("P-Asserted-Identity: ").append(write_from({}, request.from_number, host)).append("\r\n");
  for (const auto& [name, value] : request.headers)
    if (is_token(name)) lines.append(name).append(": ").append(one_line(value)).append("\r\n");
  return lines;
}

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

} // namespace

void leg::accept(nua_handle_t* handle, const sip_t* request, parsed_sdp offer, std::string route) {
  handle_ = handle;
  incoming_ = true;
  phase_ = leg_phase::offered;
  route_ = std::move(route);
  offer_is_ours_ = !offer.audio.present;
  remote_sdp_hash_ = std::hash<std::string_view>{}(offer.audio.raw);
  if (offer.streams.size() > 1 || (offer.streams.size() == 1 && !offer.streams.front().ours))
    streams_ = std::move(offer.streams);
  facts_ = session_facts_of(request);
  nua_handle_bind(handle_, this);
}

void leg::attach(std::shared_ptr<leg_sink> sink) {
  sink_ = std::move(sink);
  if (!sink_) return;
  if (phase_ == leg_phase::offered) host_.wake(*this, leg_host::never_due);
  for (auto& event : std::exchange(kept_, {}))
    sink_->on_leg_event(event);
}

std::string leg::write(const session_description& d, bool as_answer) {
  if (!d.raw.empty()) return local_sdp_ = d.raw;
  if (origin_.session == 0) origin_ = {id_.lo >> 2, 1};
  static const std::vector<offered_stream> none;
  const auto& streams = as_answer ? streams_ : none;
  auto text = write_sdp(d, origin_, streams);
  if (!local_sdp_.empty() && text != local_sdp_) { // RFC 3264, 8: a changed description has the next version
    ++origin_.version;
    text = write_sdp(d, origin_, streams);
  }
  return local_sdp_ = std::move(text);
}

void leg::respond(int status, const char* phrase, const std::string& body) {
  host_.count().responded(status);
  nua_respond(handle_, status, phrase, TAG_IF(!route_.empty(), NUTAG_PROXY(route_.c_str())),
              TAG_IF(!body.empty(), SIPTAG_CONTENT_TYPE_STR(sdp_type)),
              TAG_IF(!body.empty(), SIPTAG_PAYLOAD_STR(body.c_str())), TAG_END());
}

void leg::ring() {
  if (phase_ == leg_phase::offered) respond(SIP_180_RINGING, {});
}

void leg::progress(const session_description& early) {
  if (phase_ != leg_phase::offered) return;
  // Without an offer to answer there is no early media: our own offer could only go out in a reliable response.
  if (offer_is_ours_) return ring();
  respond(SIP_183_SESSION_PROGRESS, write(early, true));
}

void leg::answer(const session_description& description) {
  if (phase_ != leg_phase::offered) return;
  phase_ = leg_phase::confirming;
  host_.wake(*this, leg_host::never_due);
  respond(SIP_200_OK, write(description, !offer_is_ours_));
}

void leg::refuse(int status, const std::string& reason, std::chrono::seconds retry_after) {
  if (phase_ != leg_phase::offered) return;
  if (status < 300 || status > 699) status = 500;
  phrase_ = one_line(reason);
  const auto* phrase = phrase_.empty() ? sip_status_phrase(status) : phrase_.c_str();
  const auto seconds = std::to_string(retry_after.count());
  host_.count().responded(status);
  nua_respond(handle_, status, phrase ? phrase : "Refused",
              TAG_IF(retry_after.count() > 0, SIPTAG_RETRY_AFTER_STR(seconds.c_str())), TAG_END());
  finish(leg_event_kind::ended, status, leg_end::refused, phrase ? phrase : "");
}

void leg::invite(const invite_request& request) {
  if (dial_through_trunks(request)) return;
  phase_ = leg_phase::calling;
  route_ = request.route;
  const auto& host = host_.own_host();
  const auto to = address_of(request.target_uri);
  const auto from = write_from(request.from_display, request.from_number, host);
  const auto headers = extra_headers(request, host);
  const bool with_offer = request.offer.present || !request.offer.raw.empty();
  const auto body = with_offer ? write(request.offer, false) : std::string{};
  offer_is_ours_ = with_offer;
  handle_ = nua_handle(host_.stack(), this, NUTAG_URL(URL_STRING_MAKE(request.target_uri.c_str())),
                       SIPTAG_TO_STR(to.c_str()), TAG_END());
  if (!handle_) {
    finish(leg_event_kind::failed, 500, leg_end::none, "Bad target");
    return host_.discard(*this);
  }
  host_.count().sent(method::invite);
  // A 2xx to an INVITE without an offer waits for our answer. It must not ask for reliable provisional responses:
  // those would carry an offer that has to be answered before the call is.
  nua_invite(handle_, SIPTAG_FROM_STR(from.c_str()), TAG_IF(!route_.empty(), NUTAG_PROXY(route_.c_str())),
             TAG_IF(!headers.empty(), SIPTAG_HEADER_STR(headers.c_str())), TAG_IF(!with_offer, NUTAG_AUTOACK(0)),
             TAG_IF(!with_offer, SIPTAG_SUPPORTED_STR("timer")), TAG_IF(with_offer, SIPTAG_CONTENT_TYPE_STR(sdp_type)),
             TAG_IF(with_offer, SIPTAG_PAYLOAD_STR(body.c_str())), TAG_END());
  host_.wake(*this, leg_host::clock::now() + request.ring_timeout);
}

void leg::ack(const session_description& answer) {
  if (phase_ != leg_phase::unacked) return;
  phase_ = leg_phase::talking;
  const auto body = write(answer, true);
  host_.count().sent(method::ack);
  nua_ack(handle_, NUTAG_AUTOACK(1), SIPTAG_CONTENT_TYPE_STR(sdp_type), SIPTAG_PAYLOAD_STR(body.c_str()), TAG_END());
  start_session();
}

void leg::send_reinvite(const std::string& body) {
  own_offer_pending_ = true;
  host_.count().sent(method::invite);
  nua_invite(handle_, SIPTAG_CONTENT_TYPE_STR(sdp_type), SIPTAG_PAYLOAD_STR(body.c_str()), TAG_END());
}

void leg::reoffer(const session_description& offer) {
  if (phase_ == leg_phase::closing) return;
  if (own_offer_pending_ && refreshing_ && !queued_offer_) {
    queued_offer_ = offer;
    return;
  }
  if (phase_ != leg_phase::talking || own_offer_pending_ || peer_offer_pending_) {
    leg_event event;
    event.kind = leg_event_kind::reoffer_answered;
    event.status = 491;
    event.text = sip_491_Request_pending;
    return deliver(std::move(event));
  }
  send_reinvite(write(offer, false));
}

void leg::answer_request(int status, const char* phrase, const std::string& body) {
  host_.count().responded(status);
  nua_respond(handle_, status, phrase, NUTAG_WITH_SAVED(pending_request_),
              TAG_IF(!body.empty(), SIPTAG_CONTENT_TYPE_STR(sdp_type)),
              TAG_IF(!body.empty(), SIPTAG_PAYLOAD_STR(body.c_str())), TAG_END());
}

void leg::answer_reoffer(const session_description& answer) {
  if (phase_ != leg_phase::talking || !peer_offer_pending_) return;
  answer_request(SIP_200_OK, write(answer, !offer_is_ours_));
  remote_sdp_hash_ = pending_hash_;
  if (pending_is_update_) start_session(); // a re-INVITE starts it with its ACK
  forget_request();
}

void leg::refuse_reoffer(int status, const std::string& reason) {
  if (phase_ != leg_phase::talking || !peer_offer_pending_) return;
  if (status < 300 || status > 699) status = 488;
  phrase_ = one_line(reason);
  const auto* phrase = phrase_.empty() ? sip_status_phrase(status) : phrase_.c_str();
  answer_request(status, phrase ? phrase : "Refused", {});
  offer_is_ours_ = false;
  forget_request();
}

void leg::send_bye(const char* reason) {
  host_.count().sent(method::bye);
  nua_bye(handle_, TAG_IF(reason, SIPTAG_REASON_STR(reason)), TAG_END());
}

void leg::hang_up(const std::string& reason) {
  hang_up_reason_ = one_line(reason);
  const auto* header = or_null(hang_up_reason_);
  switch (phase_) {
  case leg_phase::offered:
    host_.count().responded(480);
    nua_respond(handle_, SIP_480_TEMPORARILY_UNAVAILABLE, TAG_IF(header, SIPTAG_REASON_STR(header)), TAG_END());
    break;
  case leg_phase::confirming: bye_after_ack_ = true; break;
  case leg_phase::calling:
    host_.count().sent(method::cancel);
    nua_cancel(handle_, TAG_IF(header, SIPTAG_REASON_STR(header)), TAG_END());
    break;
  case leg_phase::unacked:
    host_.count().sent(method::ack);
    nua_ack(handle_, TAG_END());
    send_bye(header);
    break;
  case leg_phase::talking: send_bye(header); break;
  case leg_phase::closing: return;
  }
  end(leg_end::local);
}

} // namespace lifeline::sip
