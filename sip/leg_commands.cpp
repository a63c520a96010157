// What the application asks of a leg.

#include "sip/identity.hpp"
#include "sip/leg.hpp"
#include "sip/outgoing_identity.hpp"

#include <algorithm>

namespace lifeline::sip {

namespace {

/// How long a call waits for the phone's last one to be over: a lost BYE is repeated after 0.5 and 1.5 s (RFC 3261,
/// T1).
constexpr std::chrono::seconds line_patience{2};

/// The URI without parameters and headers, as To wants it.
std::string address_of(const std::string& uri) { return "<" + uri.substr(0, uri.find_first_of(";?")) + ">"; }

} // namespace

void leg::accept(nua_handle_t* handle, const sip_t* request, parsed_sdp offer, std::string route, std::string contact) {
  handle_ = handle;
  incoming_ = true;
  phase_ = leg_phase::offered;
  route_ = std::move(route);
  set_contact(contact);
  reliable_required_ = has_option(request->sip_require, "100rel");
  reliable_ = reliable_required_ || has_option(request->sip_supported, "100rel");
  updates_ = request->sip_allow && sip_is_allowed(request->sip_allow, sip_method_update, nullptr);
  offer_is_ours_ = !offer.audio.present;
  remote_sdp_hash_ = std::hash<std::string_view>{}(offer.audio.raw);
  lines_ = lines_of(offer);
  facts_ = session_facts_of(request);
  note_caller(request);
  nua_handle_bind(handle_, this);
}

void leg::attach(std::shared_ptr<leg_sink> sink) {
  const bool replaced = sink_ != nullptr;
  sink_ = std::move(sink);
  if (!sink_) return;
  if (phase_ == leg_phase::offered) {
    host_.wake(*this, leg_host::never_due); // no longer unattended
    repeat_provisional_later();
  }
  for (auto& event : std::exchange(kept_, {}))
    sink_->on_leg_event(event);
  // Unread, it would leave the phone talking to nobody until the ring timeout.
  const auto& answered = out_.seen().answered;
  if (replaced && answered && (phase_ == leg_phase::talking || phase_ == leg_phase::unacked))
    sink_->on_leg_event(*answered);
}

std::string leg::write(const session_description& d) {
  if (!d.raw.empty()) return local_sdp_ = d.raw;
  if (origin_.session == 0) origin_ = {id_.lo >> 2, 1};
  auto text = write_sdp(d, origin_, lines_);
  if (!local_sdp_.empty() && text != local_sdp_) { // RFC 3264, 8: a changed description has the next version
    ++origin_.version;
    text = write_sdp(d, origin_, lines_);
  }
  return local_sdp_ = std::move(text);
}

void leg::respond(int status, const char* phrase, const std::string& body) {
  host_.count().responded(status);
  nua_respond(handle_, status, phrase, TAG_IF(!route_.empty(), NUTAG_PROXY(route_.c_str())),
              TAG_IF(!contact_.empty(), SIPTAG_CONTACT_STR(contact_.c_str())),
              TAG_IF(!body.empty(), SIPTAG_CONTENT_TYPE_STR(sdp_type)),
              TAG_IF(!body.empty(), SIPTAG_PAYLOAD_STR(body.c_str())), TAG_END());
}

void leg::provisional(int status, const char* phrase, const std::string& body) {
  respond(status, phrase, body);
  provisional_ = status;
  repeat_provisional_later();
}

/// The stack would do it, with all callers who wait in one list sorted by the next repetition: each new one passes
/// through all of it, and ten thousand callers who wait would take the thread's whole time.
void leg::repeat_provisional_later() {
  if (provisional_ != 0 && sink_) host_.wake(*this, leg_host::clock::now() + host_.options().provisional_interval);
}

void leg::ring() {
  if (phase_ != leg_phase::offered) return;
  // The first reliable response to an INVITE without an offer has to carry ours (RFC 3261, 13.2.1): a bare 180 that
  // must be reliable may not be it, and silence is allowed.
  if (offer_is_ours_ && reliable_required_ && !early_sdp_sent_) return;
  provisional(SIP_180_RINGING, {});
}

void leg::progress(const session_description& early) {
  if (phase_ != leg_phase::offered) return;
  if (!reliable_) { // without an offer to answer there is no early media: our own could only go out reliably
    if (offer_is_ours_) return ring();
    return provisional(SIP_183_SESSION_PROGRESS, write(early));
  }
  if (early_sdp_sent_) return; // it was said once and for all
  early_sdp_sent_ = true;
  provisional(SIP_183_SESSION_PROGRESS, write(early));
}

void leg::answer(const session_description& description) {
  if (phase_ != leg_phase::offered || offers_.seen().held) return;
  if (peer_offer_pending_) { // in a PRACK or UPDATE: first things first
    offers_.made().held = description;
    return;
  }
  phase_ = leg_phase::confirming;
  host_.wake(*this, leg_host::never_due);
  // What was offered and answered in reliable responses is not said again, except the very first answer: it must be
  // ignored then (RFC 3261, 13.2.1), and not all phones have understood the first.
  const bool complete = early_sdp_sent_ && (offer_is_ours_ || early_changed_);
  host_.awaits_ack(*this);
  respond(SIP_200_OK, complete ? std::string{} : write(description));
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
  out_.made().request = request;
  standing_.account = request.account;
  route_ = request.route;
  offer_is_ours_ = request.offer.present || !request.offer.raw.empty();
  if (offer_is_ours_) write(request.offer);
  out_.made().phone = request.target_uri + ' ' + request.route;
  // Two calls at once: the phone would refuse the second as busy, or knock while it still shows the first.
  if (host_.await_line(*this)) return host_.wake(*this, leg_host::clock::now() + line_patience);
  line_is_free();
}

void leg::line_is_free() {
  if (phase_ != leg_phase::calling || handle_) return;
  const auto& request = *out_.made().request;
  host_.wake(*this, leg_host::clock::now() + request.ring_timeout);
  dial(request.target_uri);
}

/// What was asked for to this address, with a handle of its own.
void leg::dial(const std::string& uri) {
  auto& out = out_.made();
  out.target = uri;
  out.trail.visit(uri);
  const bool with_offer = offer_is_ours_;
  // Reliable provisional responses bind the stack to the fork that sent the first, and it would end all others with
  // BYE. Phones do not fork; behind a trunk anything may, so it has to ask (421).
  // To an INVITE without an offer they would carry one that has to be answered before the call is.
  const bool reliable = with_offer && (trunk_.empty() || out.wants_reliable);
  const auto to = address_of(uri);
  const auto identity = identify_us(*out.request, host_.own_host(), trunk());
  set_contact(host_.contact_towards(route_.empty() ? uri : route_, {}));
  handle_ =
      nua_handle(host_.stack(), this, NUTAG_URL(URL_STRING_MAKE(uri.c_str())), SIPTAG_TO_STR(to.c_str()), TAG_END());
  if (!handle_) {
    finish(leg_event_kind::failed, 500, leg_end::none, "Bad target");
    return host_.discard(*this);
  }
  host_.count().sent(method::invite);
  const auto call_id = host_.begin_call(*this);
  // A 2xx to an INVITE without an offer waits for our answer.
  nua_invite(handle_, SIPTAG_FROM_STR(identity.from.c_str()), SIPTAG_CALL_ID_STR(call_id.c_str()),
             TAG_IF(!route_.empty(), NUTAG_PROXY(route_.c_str())),
             TAG_IF(!contact_.empty(), SIPTAG_CONTACT_STR(contact_.c_str())),
             TAG_IF(!identity.headers.empty(), SIPTAG_HEADER_STR(identity.headers.c_str())),
             TAG_IF(!with_offer, NUTAG_AUTOACK(0)), TAG_IF(!reliable, SIPTAG_SUPPORTED_STR("timer")),
             TAG_IF(with_offer, SIPTAG_CONTENT_TYPE_STR(sdp_type)),
             TAG_IF(with_offer, SIPTAG_PAYLOAD_STR(local_sdp_.c_str())), TAG_END());
}

void leg::ack(const session_description& answer) {
  if (phase_ != leg_phase::unacked) return;
  phase_ = leg_phase::talking;
  const auto body = write(answer);
  host_.count().sent(method::ack);
  nua_ack(handle_, NUTAG_AUTOACK(1), SIPTAG_CONTENT_TYPE_STR(sdp_type), SIPTAG_PAYLOAD_STR(body.c_str()), TAG_END());
  start_session();
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
    if (!handle_) { // it waits for the phone's line
      end(leg_end::local);
      return host_.discard(*this);
    }
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

void leg::abandon() {
  if (phase_ == leg_phase::closing) return;
  if (!handle_) {
    finish(leg_event_kind::failed, 500, leg_end::none, "Internal error");
    return host_.discard(*this);
  }
  if (phase_ == leg_phase::offered) return refuse(500, {}, std::chrono::seconds{0});
  hang_up("SIP;cause=500;text=\"Internal error\"");
}

} // namespace lifeline::sip
