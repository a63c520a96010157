#include "sip/remote_target.hpp"

#include "sip/cidr.hpp"
#include "sip/transport.hpp"

#include <sofia-sip/url.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace lifeline::sip {

namespace {

constexpr isize_t longest_target = 1024;

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && port != 0;
}

/// A name (the underscores that some have too), an IPv4 address, or an IPv6 address in brackets.
bool is_host(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const auto address = text.back() == ']' ? parse_address(unbracketed(std::string{text})) : std::nullopt;
    return address.has_value();
  }
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
  });
}

/// A parameter of the URI; empty when it has none of this name.
std::string param_of(const url_t* url, const char* name) {
  std::array<char, 256> value{};
  if (!url->url_params || url_param(url->url_params, name, value.data(), value.size()) <= 0) return {};
  value.back() = '\0';
  return value.data();
}

/// 0.0.0.0 would be ourselves, the others are nobody in particular.
bool is_one_host(const ip_address& a) {
  if (is_ipv4(a)) return a.bytes[12] != 0 && a.bytes[12] < 224;
  return a.bytes[0] != 0xFF && std::any_of(a.bytes.begin(), a.bytes.end(), [](auto byte) { return byte != 0; });
}

/// A usable chain of Record-Routes, or none.
bool sound_routes(const sip_record_route_t* route) {
  for (; route; route = route->r_next)
    if (!target_fault(route->r_url).empty()) return false;
  return true;
}

/// A response's first Contact counts (sofia takes no other), a request must not have several.
bool sound_contact(const sip_t& sip) {
  if (!sip.sip_contact) return true;
  if (sip.sip_request && sip.sip_contact->m_next) return false;
  return target_fault(sip.sip_contact->m_url).empty();
}

bool makes_or_changes_dialog(const sip_t& sip) {
  if (sip.sip_request) return sip.sip_to && sip.sip_to->a_tag && sip.sip_request->rq_method != sip_method_register;
  if (!sip.sip_status || !sip.sip_cseq || sip.sip_status->st_status >= 300) return false;
  return sip.sip_cseq->cs_method == sip_method_invite || sip.sip_cseq->cs_method == sip_method_update;
}

} // namespace

reach reach_of(const settings& s) {
  const auto address = parse_address(s.bind_address);
  if (!address) return {true, true, s.tls.enabled}; // "*"
  return {is_ipv4(*address), !is_ipv4(*address), s.tls.enabled};
}

std::string target_fault(const url_t* url) {
  if (url->url_type == url_any) return "* is no address";
  if (url->url_type != url_sip && url->url_type != url_sips) return "neither a SIP nor a SIPS URI";
  if (!is_host(view(url->url_host))) return "no valid host";
  if (url->url_port && !is_port(view(url->url_port))) return "no valid port";
  if (url_e(nullptr, 0, url) > longest_target) return "too long";
  if (url_has_param(url, "maddr") && !is_host(param_of(url, "maddr="))) return "no valid maddr";
  return {};
}

std::string reach_fault(const url_t* url, const reach& from_here) {
  const bool secure = url->url_type == url_sips;
  const auto transport = param_of(url, "transport=");
  const bool tls = secure || su_casematch(transport.c_str(), "tls");
  if (tls && !from_here.tls) return "TLS is not spoken here";
  if (!transport.empty() && !tls && !su_casematch(transport.c_str(), "udp") && !su_casematch(transport.c_str(), "tcp"))
    return "a transport that is not spoken here";
  const auto maddr = param_of(url, "maddr=");
  const auto address = parse_address(unbracketed(maddr.empty() ? std::string{view(url->url_host)} : maddr));
  if (!address) return {}; // a name: who knows
  if (!is_one_host(*address)) return "an address that is no single host's";
  if (is_ipv4(*address) ? !from_here.ipv4 : !from_here.ipv6) return "an IP version that is not spoken here";
  return {};
}

std::string invite_fault(const sip_t* sip, const reach& from_here, bool routed) {
  const auto* contact = sip->sip_contact;
  if (!contact) return "Contact is missing";
  if (contact->m_next) return "Contact: more than one";
  if (auto fault = target_fault(contact->m_url); !fault.empty()) return "Contact: " + fault;
  for (const auto* route = sip->sip_record_route; route; route = route->r_next)
    if (auto fault = target_fault(route->r_url); !fault.empty()) return "Record-Route: " + fault;
  // The way back begins with the last proxy, or leads straight to the Contact.
  const auto* next = sip->sip_record_route ? sip->sip_record_route->r_url : contact->m_url;
  if (auto fault = routed ? std::string{} : reach_fault(next, from_here); !fault.empty())
    return (sip->sip_record_route ? "Record-Route: " : "Contact: ") + fault;
  return {};
}

void leave_out_unusable_targets(sip_t& sip) {
  if (!makes_or_changes_dialog(sip)) return;
  if (sound_contact(sip) && sound_routes(sip.sip_record_route)) return;
  sip.sip_contact = nullptr;
  sip.sip_record_route = nullptr;
  if (sip.sip_status && sip.sip_status->st_status < 200) sip.sip_rseq = nullptr;
}

} // namespace lifeline::sip
