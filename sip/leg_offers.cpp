// Offers in a dialog: re-INVITE and UPDATE both ways (RFC 3264, RFC 3311), session refreshes (RFC 4028), glare.

#include "sip/leg.hpp"
#include "sip/outgoing_identity.hpp"

#include <algorithm>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

constexpr auto refresh_retry = 1s;
constexpr auto glare_recheck = 500ms;

} // namespace

void leg::set_deadlines() {
  if (phase_ == leg_phase::talking) host_.wake(*this, std::min(session_due_, glare_over_));
}

void leg::start_session() {
  const auto wait = next_act(terms_);
  session_due_ = wait.count() > 0 ? leg_host::clock::now() + wait : leg_host::never_due;
  set_deadlines();
}

void leg::on_session_due() {
  session_due_ = leg_host::never_due;
  if (!terms_.we_refresh) {
    send_bye("SIP;cause=408;text=\"Session timeout\"");
    return end(leg_end::session_expired);
  }
  if (own_offer_pending_ || peer_offer_pending_ || refreshing_ || glare_over_ != leg_host::never_due)
    session_due_ = leg_host::clock::now() + refresh_retry;
  else
    refresh();
}

/// By UPDATE if the peer takes it: without an offer it meets nothing of the peer's.
void leg::refresh() {
  refreshing_ = true;
  if (!updates_) return send_reinvite(local_sdp_);
  host_.count().sent(method::update);
  nua_update(handle_, TAG_IF(!contact_.empty(), SIPTAG_CONTACT_STR(contact_.c_str())), TAG_END());
}

void leg::send_reinvite(const std::string& body) {
  own_offer_pending_ = true;
  host_.count().sent(method::invite);
  nua_invite(handle_, TAG_IF(!contact_.empty(), SIPTAG_CONTACT_STR(contact_.c_str())),
             SIPTAG_CONTENT_TYPE_STR(sdp_type), SIPTAG_PAYLOAD_STR(body.c_str()), TAG_END());
}

void leg::reoffer(const session_description& offer) {
  if (phase_ == leg_phase::closing) return;
  if (refreshing_ && !offers_.seen().queued) {
    offers_.made().queued = offer;
    return;
  }
  const bool waiting = glare_over_ != leg_host::never_due && !refresh_waits_;
  if (phase_ != leg_phase::talking || own_offer_pending_ || peer_offer_pending_ || refreshing_ || waiting) {
    leg_event event;
    event.kind = leg_event_kind::reoffer_answered;
    event.status = 491;
    event.text = sip_491_Request_pending;
    return deliver(std::move(event));
  }
  offers_.made().sent = offer;
  send_reinvite(write(offer));
}

void leg::reoffer_queued() {
  if (!offers_.seen().queued) return;
  const auto queued = std::exchange(offers_.made().queued, std::nullopt);
  reoffer(*queued);
}

bool leg::retry_after_glare(bool is_refresh) {
  if (++glare_attempts_ >= max_glare_attempts) {
    glare_attempts_ = 0;
    return false;
  }
  refresh_waits_ = is_refresh;
  glare_over_ = leg_host::clock::now() + glare_.wait(!incoming_);
  set_deadlines();
  return true;
}

void leg::on_glare_over() {
  if (own_offer_pending_ || peer_offer_pending_ || refreshing_) {
    glare_over_ = leg_host::clock::now() + glare_recheck;
    return;
  }
  glare_over_ = leg_host::never_due;
  if (refresh_waits_) return refresh();
  if (const auto& sent = offers_.seen().sent) send_reinvite(write(*sent));
}

void leg::on_update_response(int status, const char* phrase, const sip_t* sip) {
  if (status < 200 || phase_ != leg_phase::talking || !std::exchange(refreshing_, false)) return;
  if (status == 408) {
    end(leg_end::session_expired, phrase ? phrase : "");
    return send_bye(nullptr);
  }
  if (status < 300) {
    glare_attempts_ = 0;
    note_target(sip);
    terms_ = agree_as_client({host_.options().session_expires, host_.options().min_se}, session_facts_of(sip));
    start_session();
  } else if (status == 491) {
    if (!retry_after_glare(true)) session_due_ = leg_host::clock::now() + refresh_retry;
    set_deadlines();
  } else { // some announce UPDATE and do not know it: a re-INVITE tells whether the dialog is alive
    updates_ = false;
    return refresh();
  }
  reoffer_queued();
}

void leg::on_reinvite_response(int status, const char* phrase, const sip_t* sip) {
  if (status < 200) {
    if (sip && sip->sip_rseq) acknowledge_reliable(sip);
    return;
  }
  own_offer_pending_ = false;
  const bool was_refresh = std::exchange(refreshing_, false);
  if (status == 408 || status == 481) { // RFC 4028, 10; RFC 5057: the dialog is gone
    end(leg_end::session_expired, phrase ? phrase : "");
    return send_bye(nullptr);
  }
  bool repeated = false;
  if (status < 300) {
    host_.count().sent(method::ack);
    glare_attempts_ = 0;
    note_target(sip);
    terms_ = agree_as_client({host_.options().session_expires, host_.options().min_se}, session_facts_of(sip));
    start_session();
  } else if (status == 491) {
    repeated = retry_after_glare(was_refresh);
  }
  if (was_refresh && status >= 300 && !repeated) {
    session_due_ = leg_host::clock::now() + refresh_retry;
    set_deadlines();
  }
  if (!was_refresh && !repeated) {
    offers_.made().sent.reset();
    leg_event event;
    event.kind = leg_event_kind::reoffer_answered;
    event.status = real_status(status);
    event.text = phrase ? phrase : "";
    if (status < 300) event.sdp = remote_description(sip);
    deliver(std::move(event));
  }
  reoffer_queued();
}

int leg::offer_conflict(offer_request kind) {
  if (own_offer_pending_) return 491;
  if (peer_offer_pending_) return 500;
  switch (phase_) {
  case leg_phase::talking: return kind == offer_request::prack ? 488 : 0;
  case leg_phase::offered:
    if (kind == offer_request::prack) return early_done_ ? 0 : 488;
    if (early_done_) return 0;
    return early_sdp_sent_ && offer_is_ours_ ? 491 : 500;
  case leg_phase::confirming:
    if (kind == offer_request::prack) return 488;
    return offer_is_ours_ && !early_done_ ? 491 : 0;
  case leg_phase::calling: return out_.seen().early.empty() ? 491 : 0;
  case leg_phase::unacked: return 500;
  case leg_phase::closing: return 481;
  }
  return 500;
}

void leg::answer_at_once(int status, const char* phrase) {
  const auto wait = std::to_string(glare_.retry_after());
  host_.count().responded(status);
  nua_respond(handle_, status, phrase, NUTAG_WITH_THIS(host_.stack()),
              TAG_IF(status < 300 && !contact_.empty(), SIPTAG_CONTACT_STR(contact_.c_str())),
              TAG_IF(status == 500, SIPTAG_RETRY_AFTER_STR(wait.c_str())), TAG_END());
}

void leg::on_request_with_offer(offer_request kind, const sip_t* sip) {
  const auto body = sdp_body(sip);
  if (kind != offer_request::prack && phase_ != leg_phase::closing) note_target(sip);
  if (kind == offer_request::update && body.empty() && phase_ != leg_phase::closing) {
    answer_at_once(SIP_200_OK);
    if (phase_ != leg_phase::talking) return;
    facts_ = session_facts_of(sip);
    terms_ = agree_as_server({host_.options().session_expires, host_.options().min_se}, facts_);
    return start_session();
  }
  if (const int conflict = offer_conflict(kind)) return answer_at_once(conflict, sip_status_phrase(conflict));
  std::optional<parsed_sdp> parsed;
  if (!body.empty()) {
    parsed = description_in(sip);
    if (!parsed) return answer_at_once(SIP_488_NOT_ACCEPTABLE);
  }
  nua_destroy_event(pending_request_);
  pending_request_[0] = nullptr;
  nua_save_event(host_.stack(), pending_request_);
  pending_kind_ = kind;
  const bool early = phase_ != leg_phase::talking;
  if (!early) {
    facts_ = session_facts_of(sip);
    offer_is_ours_ = body.empty();
  }
  pending_hash_ = body.empty() ? 0 : std::hash<std::string_view>{}(body);
  if (!early && !body.empty() && pending_hash_ == remote_sdp_hash_) return answer_as_before();
  leg_event event;
  event.kind = leg_event_kind::reoffer;
  auto& open = offers_.made();
  open.lines = lines_; // unless they offer: our offer has the lines that the session has
  if (parsed) {
    open.lines = lines_of(*parsed);
    event.sdp = std::move(parsed->audio);
  }
  open.theirs = event.sdp;
  peer_offer_pending_ = true;
  deliver(std::move(event));
}

void leg::answer_as_before() { // a session refresh: the description is the one that was answered already
  answer_request(SIP_200_OK, local_sdp_);
  offer_is_ours_ = false;
  if (pending_kind_ == offer_request::update) {
    terms_ = agree_as_server({host_.options().session_expires, host_.options().min_se}, facts_);
    start_session();
  }
  forget_request();
}

void leg::answer_request(int status, const char* phrase, const std::string& body) {
  host_.count().responded(status);
  nua_respond(handle_, status, phrase, NUTAG_WITH_SAVED(pending_request_),
              TAG_IF(status < 300 && !contact_.empty(), SIPTAG_CONTACT_STR(contact_.c_str())),
              TAG_IF(!body.empty(), SIPTAG_CONTENT_TYPE_STR(sdp_type)),
              TAG_IF(!body.empty(), SIPTAG_PAYLOAD_STR(body.c_str())), TAG_END());
}

void leg::answer_reoffer(const session_description& answer) {
  if (phase_ == leg_phase::closing || !peer_offer_pending_) return;
  const bool early = phase_ != leg_phase::talking;
  auto& open = offers_.made();
  lines_ = std::move(open.lines);
  answer_request(SIP_200_OK, write(answer));
  remote_sdp_hash_ = pending_hash_;
  if (early) {
    early_changed_ = true;
    if (incoming_ && offer_is_ours_) open.early_answer = open.theirs;
    if (!incoming_ && !out_.seen().early.empty())
      out_.made().early.back().second = open.theirs;   // the dialog's: there is but one
  } else if (pending_kind_ == offer_request::update) { // a re-INVITE starts it with its ACK
    terms_ = agree_as_server({host_.options().session_expires, host_.options().min_se}, facts_);
    start_session();
  }
  forget_request();
  finish_early(pending_kind_);
}

void leg::refuse_reoffer(int status, const std::string& reason) {
  if (phase_ == leg_phase::closing || !peer_offer_pending_) return;
  if (status < 300 || status > 699) status = 488;
  phrase_ = one_line(reason);
  const auto* phrase = phrase_.empty() ? sip_status_phrase(status) : phrase_.c_str();
  answer_request(status, phrase ? phrase : "Refused", {});
  if (phase_ == leg_phase::talking) offer_is_ours_ = false;
  forget_request();
  finish_early(pending_kind_);
}

} // namespace lifeline::sip
