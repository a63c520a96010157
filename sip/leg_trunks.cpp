// Dialling out through trunks: one after the other until one takes the call, and their challenges answered.

#include "sip/leg.hpp"
#include "sip/trunk_links.hpp"

namespace lifeline::sip {

bool leg::dial_through_trunks(const invite_request& request) {
  if (!trunk_.empty() || request.trunks.empty()) return false;
  auto& out = out_.made();
  out.asked = request;
  out.until = leg_host::clock::now() + request.ring_timeout;
  out.next_trunks = host_.trunks().order(request.trunks);
  if (out.next_trunks.empty()) {
    finish(leg_event_kind::failed, 503, leg_end::none, "No trunk");
    host_.discard(*this);
  } else {
    dial_next();
  }
  return true;
}

void leg::dial_next() {
  auto& out = out_.made();
  trunk_ = out.next_trunks.front();
  out.next_trunks.erase(out.next_trunks.begin());
  auto attempt = out.asked;
  attempt.trunks = {trunk_};
  challenge_answered_ = false;
  out.heard = false;
  out.wants_reliable = false;
  out.trail = {};
  out.early.clear();
  if (auto* watch = host_.trunks().find(trunk_)) {
    watch->count_call();
    attempt.target_uri = trunk_uri(watch->plan().outbound, out.asked.target_uri);
  }
  const auto current = leg_host::clock::now();
  attempt.ring_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(out.until - current);
  invite(attempt);
  if (phase_ == leg_phase::calling && !out.next_trunks.empty())
    host_.wake(*this, std::min(out.until, current + host_.options().trunk_answer_timeout));
}

bool leg::on_trunk_silent(leg_host::clock::time_point now) {
  const auto& out = out_.seen();
  if (trunk_.empty() || out.heard || out.next_trunks.empty() || now >= out.until) return false;
  if (auto* watch = host_.trunks().find(trunk_)) {
    watch->call_failed(host_.utc());
    watch->count_failover();
  }
  // The INVITE may still be answered: whoever owns the handle from now on cancels it, or ends the call that it made.
  auto& stray = host_.stray();
  host_.hand_call(*this, stray);
  stray.take_over(std::exchange(handle_, nullptr), offer_is_ours_);
  dial_next();
  host_.trunks().tell();
  return true;
}

void leg::take_over(nua_handle_t* handle, bool offer_is_ours) {
  handle_ = handle;
  offer_is_ours_ = offer_is_ours;
  phase_ = leg_phase::closing;
  nua_handle_bind(handle_, this);
  host_.count().sent(method::cancel);
  nua_cancel(handle_, TAG_END());
  host_.wake(*this, leg_host::clock::now() + 2 * host_.options().transaction_timeout);
}

void leg::note_trunk_response(int status, const sip_t* sip) {
  if (trunk_.empty()) return;
  auto& out = out_.made();
  if (status > 0 && sip && sip->sip_status && !std::exchange(out.heard, true)) {
    host_.wake(*this, out.until); // somebody is there: from now on it may take as long as it rings
    if (!is_trunk_failure(status))
      if (auto* watch = host_.trunks().find(trunk_)) watch->call_answered(host_.utc());
    host_.trunks().tell();
  }
}

bool leg::goes_on_to_next_trunk(int status) {
  if (trunk_.empty()) return false;
  const auto& out = out_.seen();
  auto* watch = host_.trunks().find(trunk_);
  // As with OPTIONS: 408 and 503 are also what the stack says by itself when nobody answers or nothing could be sent.
  if (watch && !out.rung && is_trunk_failure(status)) watch->call_failed(host_.utc());
  host_.trunks().tell();
  if (out.rung || out.next_trunks.empty() || !worth_another_trunk(status) || leg_host::clock::now() >= out.until)
    return false;
  if (watch) watch->count_failover();
  nua_handle_bind(handle_, nullptr);
  nua_handle_destroy(std::exchange(handle_, nullptr));
  dial_next();
  return true;
}

bool leg::answers_challenge(nua_event_t event, int status, const sip_t* sip) {
  if (trunk_.empty() || !handle_) return false;
  if (status != 401 && status != 407) {
    if (status > 100 && sip && sip->sip_status) challenge_answered_ = false;
    return false;
  }
  // Once for each request: the second 401 means that the password is wrong.
  if (std::exchange(challenge_answered_, true)) return false;
  const auto credentials = host_.trunks().credentials(trunk_, sip);
  if (credentials.empty()) return false;
  if (event == nua_r_invite) host_.count().sent(method::invite);
  if (event == nua_r_bye) host_.count().sent(method::bye);
  nua_authenticate(handle_, NUTAG_AUTH(credentials.c_str()), TAG_END());
  return true;
}

} // namespace lifeline::sip
