// What may change while the engine runs.

#include "sip/core.hpp"

#include <algorithm>

namespace lifeline::sip {

std::string core::apply_tls(const settings& s) {
  if (!s.tls.enabled) return {};
  const auto renewed = renew_tls(s.tls);
  return renewed ? std::string{} : renewed.error();
}

std::string core::reconfigure(const settings& s) {
  auto trunks = trunk_table::make(s.trunks);
  if (!trunks) return "sip: " + trunks.error();
  if (auto error = apply_tls(s); !error.empty()) return error;
  settings_ = s;
  trunks_ = std::move(*trunks);
  auth_.replace(s.credentials);
  registrar_.set_limits({s.min_registration, s.max_registration, s.default_registration, s.max_contacts});
  nua_set_params(nua_, NUTAG_SESSION_TIMER(static_cast<unsigned>(s.session_expires.count())),
                 NUTAG_MIN_SE(static_cast<unsigned>(s.min_se.count())),
                 NTATAG_MAXSIZE(static_cast<usize_t>(s.max_message)),
                 NTATAG_SIP_T1X64(static_cast<unsigned>(s.transaction_timeout.count())), TAG_END());
  for (const auto& gone : registrar_.remove_accounts([this](const auto& account) { return auth_.knows(account); }))
    contacts_changed(gone);
  edge_.configure(settings_, now());
  book_.remember_for(s.transaction_timeout);
  return {};
}

void core::contacts_changed(const registration& r) {
  count_.set_accounts(registrar_.accounts());
  edge_.phones_changed(r.account, r.contacts, now());
  farewells_.phones_changed(r.account, r.contacts, clock::now()); // before anybody can call the phone anew
  sink_->on_registration(r);
}

} // namespace lifeline::sip
