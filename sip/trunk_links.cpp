#include "sip/trunk_links.hpp"

#include "sip/digest_client.hpp"
#include "sip/identity.hpp"

#include <sofia-sip/msg_parser.h>

#include <algorithm>
#include <charconv>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

constexpr domain::span leave_limit = 2s;

std::string host_of(const std::string& outbound) {
  const auto place = outbound.substr(0, outbound.find(';'));
  if (!place.empty() && place.front() == '[') return place.substr(0, place.find(']') + 1);
  return place.substr(0, place.find(':'));
}

/// How long the registration holds: RFC 3261, 10.2.4. With several contacts the shortest one: refreshing too early
/// does no harm.
std::chrono::seconds granted_in(const sip_t* sip, std::chrono::seconds asked) {
  if (!sip) return asked;
  auto granted = sip->sip_expires ? std::chrono::seconds{sip->sip_expires->ex_delta} : asked;
  for (const auto* c = sip->sip_contact; c; c = c->m_next) {
    const auto text = view(c->m_expires);
    std::uint32_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{} && value > 0)
      granted = std::min(granted, std::chrono::seconds{value});
  }
  return granted;
}

} // namespace

void trunk_links::open(nua_t* nua, std::string own_host, contact_maker contact) {
  nua_ = nua;
  own_host_ = std::move(own_host);
  contact_ = std::move(contact);
}

void trunk_links::configure(const std::vector<domain::trunk_plan>& plans, const std::vector<trunk_secret>& secrets,
                            domain::instant now) {
  const auto old_passwords = std::exchange(passwords_, {});
  users_.clear();
  for (const auto& s : secrets)
    passwords_[s.trunk] = s.password;
  for (const auto& plan : plans)
    users_[plan.name] = plan.username;
  for (auto it = links_.begin(); it != links_.end();) {
    const bool stays = std::any_of(plans.begin(), plans.end(),
                                   [&](const auto& p) { return p.name == it->first && !p.outbound.empty(); });
    if (stays) {
      ++it;
      continue;
    }
    leave(it->second, now);
    it = links_.erase(it);
  }
  for (const auto& plan : plans) {
    if (plan.outbound.empty()) continue;
    const auto found = links_.find(plan.name);
    if (found == links_.end()) {
      links_.emplace(plan.name, link{trunk_watch{plan, now}});
      continue;
    }
    auto& l = found->second;
    const auto before = old_passwords.find(plan.name);
    const auto after = passwords_.find(plan.name);
    const bool same_password = (before == old_passwords.end() ? std::string{} : before->second) ==
                               (after == passwords_.end() ? std::string{} : after->second);
    if (plan == l.watch.plan() && same_password) continue;
    if (!same_password || plan.outbound != l.watch.plan().outbound || plan.username != l.watch.plan().username ||
        !plan.registers) {
      leave(l, now);
      drop(l.options);
    }
    if (same_password)
      l.watch.configure(plan, now);
    else
      l.watch = trunk_watch{plan, now}; // a new secret: what failed before may work now
  }
  tell();
}

void trunk_links::tick(domain::instant now) {
  for (auto it = leaving_.begin(); it != leaving_.end();) {
    if (it->second > now) {
      ++it;
      continue;
    }
    nua_handle_destroy(it->first);
    it = leaving_.erase(it);
  }
  if (stopping_ || !nua_) return;
  for (auto& [name, l] : links_)
    for (const auto task : l.watch.due(now))
      act(l, task);
  tell();
}

void trunk_links::act(link& l, trunk_task task) {
  switch (task) {
  case trunk_task::send_options: return send_options(l);
  case trunk_task::give_up_options: return drop(l.options);
  case trunk_task::send_register: return send_register(l);
  }
}

void trunk_links::send_options(link& l) {
  drop(l.options);
  const auto uri = trunk_uri(l.watch.plan().outbound, {});
  const auto from = "<sip:" + own_host_ + ">";
  const auto to = "<" + uri.substr(0, uri.find(';')) + ">";
  l.options = nua_handle(nua_, nullptr, NUTAG_URL(URL_STRING_MAKE(uri.c_str())), SIPTAG_TO_STR(to.c_str()),
                         SIPTAG_FROM_STR(from.c_str()), TAG_END());
  if (!l.options) return;
  count_.sent(method::options);
  nua_options(l.options, TAG_END());
}

void trunk_links::send_register(link& l) {
  const auto& plan = l.watch.plan();
  const auto registrar = trunk_uri(plan.outbound, {});
  const auto expires = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(plan.register_expires).count());
  l.challenged = false;
  if (!l.registration) {
    const auto own = "<sip:" + escape_user(plan.username) + "@" + host_of(plan.outbound) + ">";
    l.registration = nua_handle(nua_, nullptr, SIPTAG_TO_STR(own.c_str()), SIPTAG_FROM_STR(own.c_str()), TAG_END());
    if (!l.registration) return;
  }
  const auto user = escape_user(plan.username);
  auto contact = contact_(registrar);
  if (!contact.empty()) contact = "<sip:" + user + "@" + contact.substr(contact.find(':') + 1) + ">";
  count_.sent(method::registration);
  // None of the stack's own ideas about NAT: no validation, no keepalive, no rewriting of the Contact.
  nua_register(l.registration, NUTAG_REGISTRAR(URL_STRING_MAKE(registrar.c_str())), NUTAG_M_USERNAME(user.c_str()),
               TAG_IF(!contact.empty(), SIPTAG_CONTACT_STR(contact.c_str())),
               NUTAG_OUTBOUND("no-outbound no-validate no-options-keepalive no-natify"), NUTAG_KEEPALIVE(0),
               SIPTAG_EXPIRES_STR(expires.c_str()), TAG_END());
}

bool trunk_links::on_event(nua_event_t event, int status, nua_handle_t* handle, const sip_t* sip, domain::instant now) {
  if (const auto gone = leaving_.find(handle); gone != leaving_.end()) {
    if (event == nua_r_unregister && status >= 200) {
      nua_handle_destroy(handle);
      leaving_.erase(gone);
    }
    return true;
  }
  for (auto& [name, l] : links_) {
    if (handle == l.options) {
      if (event == nua_r_options && status >= 200) {
        l.watch.options_answered(status, now);
        drop(l.options);
      }
      tell();
      return true;
    }
    if (handle == l.registration) {
      if (event == nua_r_register && status >= 200) on_register(l, status, sip, now);
      tell();
      return true;
    }
  }
  return false;
}

void trunk_links::on_register(link& l, int status, const sip_t* sip, domain::instant now) {
  if ((status == 401 || status == 407) && !std::exchange(l.challenged, true)) {
    if (const auto answer = credentials(l.watch.plan().name, sip); !answer.empty()) {
      count_.sent(method::registration);
      return nua_authenticate(l.registration, NUTAG_AUTH(answer.c_str()), TAG_END());
    }
  }
  const auto asked = std::chrono::duration_cast<std::chrono::seconds>(l.watch.plan().register_expires);
  l.watch.register_answered(status, granted_in(sip, asked), now);
  // The stack's registration ends with a refusal; the next attempt begins with a handle that knows nothing of it.
  if (status >= 300) drop(l.registration);
}

std::string trunk_links::credentials(const std::string& trunk, const sip_t* challenge) const {
  const auto password = passwords_.find(trunk);
  const auto user = users_.find(trunk);
  if (!challenge || password == passwords_.end() || user == users_.end() || user->second.empty()) return {};
  const auto* header =
      challenge->sip_www_authenticate ? challenge->sip_www_authenticate : challenge->sip_proxy_authenticate;
  for (; header; header = header->au_next) {
    if (!su_casematch(header->au_scheme, "Digest")) continue;
    if (const auto realm = view(msg_params_find(header->au_params, "realm=")); !realm.empty())
      return digest_credentials(std::string{realm}, user->second, password->second);
  }
  return {};
}

std::vector<std::string> trunk_links::order(const std::vector<std::string>& wanted) const {
  return order_of_trunks(wanted, states());
}

trunk_watch* trunk_links::find(const std::string& name) {
  const auto found = links_.find(name);
  return found == links_.end() ? nullptr : &found->second.watch;
}

std::vector<trunk_state> trunk_links::states() const {
  std::vector<trunk_state> all;
  for (const auto& [name, l] : links_)
    all.push_back(l.watch.state());
  return all;
}

void trunk_links::tell() {
  for (auto& [name, l] : links_)
    if (l.watch.take_change()) changed_(l.watch.state());
}

void trunk_links::leave(link& l, domain::instant now) {
  auto* handle = std::exchange(l.registration, nullptr);
  if (!handle) return;
  if (!l.watch.state().registered) return nua_handle_destroy(handle);
  count_.sent(method::registration);
  leaving_.emplace(handle, now + leave_limit);
  nua_unregister(handle, TAG_END());
}

void trunk_links::shut_down(domain::instant now) {
  stopping_ = true;
  for (auto& [name, l] : links_) {
    drop(l.options);
    leave(l, now);
  }
}

void trunk_links::drop(nua_handle_t*& handle) {
  if (handle) nua_handle_destroy(std::exchange(handle, nullptr));
}

void trunk_links::close() {
  for (auto& [name, l] : links_) {
    drop(l.options);
    drop(l.registration);
  }
  for (const auto& [handle, until] : leaving_)
    nua_handle_destroy(handle);
  leaving_.clear();
  nua_ = nullptr;
  stopping_ = true;
}

} // namespace lifeline::sip
