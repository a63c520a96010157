// What keeps the SIP thread sound whatever it serves: faults, lateness, TLS, and the answer to OPTIONS.

#include "sip/core.hpp"

#include <algorithm>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

constexpr auto tick_length = 100ms;

bool is_request(nua_event_t event) { return nua_event_is_incoming_request(event) != 0 && event != nua_i_ack; }

} // namespace

/// One event of the stack's. A fault in serving a request that became no leg is answered 500.
void core::serve(nua_event_t event, int status, const char* phrase, nua_handle_t* handle, leg* l, const sip_t* sip) {
  try {
    on_event(event, status, phrase, handle, l, sip);
  } catch (...) {
    auto* served = l || !handle || event == nua_r_shutdown ? l : static_cast<leg*>(nua_handle_magic(handle));
    on_fault(served);
    if (served || !handle || !sip || !is_request(event) || status >= 200) return;
    count_.responded(500);
    nua_respond(handle, SIP_500_INTERNAL_SERVER_ERROR, NUTAG_WITH_THIS(nua_), TAG_END());
    nua_handle_destroy(handle);
  }
}

void core::on_fault(leg* l) noexcept {
  count_.fault();
  if (!l || legs_.count(l) == 0) return;
  try {
    l->abandon();
  } catch (...) { // its sink throws again: the leg has said all it had to
    count_.fault();
  }
}

void core::measure_lag(clock::time_point current) {
  const auto late = current - last_tick_ - tick_length;
  last_tick_ = current;
  lags_[ticks_ % lags_.size()] = std::max(std::chrono::duration_cast<std::chrono::microseconds>(late), 0us);
  count_.set_lag(*std::max_element(lags_.begin(), lags_.end()));
}

void core::on_options(nua_handle_t* handle, bool in_dialog) {
  const bool refused = refuses_options() && !in_dialog; // who asks first goes elsewhere
  const int status = refused ? 503 : 200;
  count_.responded(status);
  nua_respond(handle, status, sip_status_phrase(status), NUTAG_WITH_THIS(nua_), SIPTAG_ACCEPT_STR("application/sdp"),
              TAG_IF(refused, SIPTAG_RETRY_AFTER_STR("5")), TAG_END());
}

bool core::open_tls() {
  if (!settings_.tls.enabled) return true;
  auto identity = tls_identity::read(settings_.tls);
  if (!identity) return false;
  count_.set_certificate_expires((*identity)->expires());
  tls_ = std::make_unique<tls_endpoint>(std::move(*identity));
  return true;
}

tl::expected<void, std::string> core::renew_tls(const tls_settings& s) {
  if (s.enabled != settings_.tls.enabled)
    return tl::unexpected(std::string{"tls: cannot be turned on or off without a restart"});
  if (!s.enabled) return {};
  if (s.port != settings_.tls.port)
    return tl::unexpected(std::string{"tls: the port cannot be changed without a restart"});
  if (s.verify_trunks != settings_.tls.verify_trunks || s.require_client != settings_.tls.require_client)
    return tl::unexpected(std::string{"tls: who must show a valid certificate cannot be changed without a restart"});
  auto identity = tls_identity::read(s);
  if (!identity) return tl::unexpected(std::move(identity.error()));
  count_.set_certificate_expires((*identity)->expires());
  tls_->renew(std::move(*identity));
  return {};
}

std::string core::contact_towards(const std::string& peer, const std::string& called_at) {
  const auto target = target_of(peer);
  const bool tls = target && target->transport == "tls";
  if (!target || (tls && ports_.tls == 0)) return {};
  auto uri = "sip:" + bracketed(own_host_for(settings_, target->host, called_at)) + ":" +
             std::to_string(tls ? ports_.tls : ports_.plain);
  if (tls || target->transport == "tcp") uri += ";transport=" + target->transport;
  return uri;
}

} // namespace lifeline::sip
