// Who gets in: INVITEs from trunks and agents, and REGISTERs.

#include "sip/core.hpp"
#include "sip/identity.hpp"

#include <sofia-sip/msg_parser.h>
#include <sofia-sip/url.h>

#include <algorithm>
#include <charconv>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

constexpr auto attach_limit = 5s;
constexpr std::size_t longest_uri = 512;

std::uint16_t port_of(const url_t* url) {
  std::uint16_t port = 5060;
  const auto text = view(url->url_port);
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

/// Empty when the URI is too long to be kept.
std::string text_of(const url_t* url) {
  std::array<char, longest_uri> buffer{};
  const auto length = url_e(buffer.data(), static_cast<isize_t>(buffer.size()), url);
  if (length < 0 || static_cast<std::size_t>(length) >= buffer.size()) return {};
  return std::string{buffer.data(), static_cast<std::size_t>(length)};
}

std::string user_of(const url_t* url) {
  const auto user = unescape(view(url->url_user));
  return user.substr(0, user.find(';'));
}

/// How to reach a phone whose Contact is not where its packets come from, or whose TCP connection is the only way.
std::string route_to(const url_t* target, const packet_source& source) {
  const auto host = view(target->url_host);
  const auto bare = host.size() > 2 && host.front() == '[' ? host.substr(1, host.size() - 2) : host;
  const auto address = parse_address(bare);
  if (!source.tcp && address && *address == source.address && port_of(target) == source.port) return {};
  return "sip:" + source.host + ":" + std::to_string(source.port) + ";transport=" +
         (source.tls   ? "tls"
          : source.tcp ? "tcp"
                       : "udp") +
         ";lr";
}

std::vector<digest_answer> answers_in(const sip_t* sip) {
  std::vector<digest_answer> answers;
  for (const auto* header = sip->sip_authorization; header; header = header->au_next) {
    if (!su_casematch(header->au_scheme, "Digest")) continue;
    std::vector<std::string_view> params;
    for (const auto* param = header->au_params; param && *param; ++param)
      params.emplace_back(*param);
    if (auto answer = read_digest_answer(params)) answers.push_back(std::move(*answer));
  }
  return answers;
}

std::optional<std::chrono::seconds> seconds_in(const char* text) {
  const auto digits = view(text);
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || parsed.ec == std::errc::invalid_argument) return std::nullopt;
  return std::chrono::seconds{parsed.ec == std::errc::result_out_of_range ? UINT32_MAX : value};
}

/// P-Asserted-Identity is no header that the parser knows.
std::string_view unknown_header(const sip_t* sip, const char* name) {
  for (const auto* header = sip->sip_unknown; header; header = header->un_next)
    if (su_casematch(header->un_name, name)) return view(header->un_value);
  return {};
}

std::string privacy_of(const sip_t* sip) {
  std::string values;
  if (!sip->sip_privacy) return values;
  for (const auto* value = sip->sip_privacy->priv_values; value && *value; ++value)
    values.append(*value).append(";");
  return values;
}

name_addr from_of(const sip_t* sip) {
  const auto display = view(sip->sip_from->a_display);
  const auto uri = text_of(sip->sip_from->a_url);
  if (auto parsed = parse_name_addr(std::string{display}.append("<").append(uri).append(">"))) return *parsed;
  name_addr from;
  from.uri = uri;
  return from;
}

std::string warning_of(const std::string& host, const std::string& text) {
  std::string quoted;
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') quoted += c;
  return "399 " + host + " \"" + quoted + "\"";
}

/// False when a contact is unusable.
bool read_contacts(const sip_t* sip, const packet_source& source, register_request& request) {
  for (const auto* contact = sip->sip_contact; contact; contact = contact->m_next) {
    if (contact->m_url->url_type == url_any) {
      request.all = true;
      continue;
    }
    auto uri = text_of(contact->m_url);
    if (uri.empty() || (contact->m_url->url_type != url_sip && contact->m_url->url_type != url_sips)) return false;
    request.contacts.push_back({std::move(uri), seconds_in(contact->m_expires), route_to(contact->m_url, source),
                                std::string{view(msg_params_find(contact->m_params, "+sip.instance="))},
                                std::string{view(msg_params_find(contact->m_params, "reg-id="))}});
  }
  return true;
}

} // namespace

packet_source core::source_of(const sip_t* sip) const {
  packet_source source;
  const auto* address = msg_addr(nua_current_request(nua_));
  if (!address) return source;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->su_family == AF_INET)
    inet_ntop(AF_INET, &address->su_sin.sin_addr, text.data(), text.size());
  else
    inet_ntop(AF_INET6, &address->su_sin6.sin6_addr, text.data(), text.size());
  source.host = text.data();
  if (const auto parsed = parse_address(source.host)) source.address = *parsed;
  if (source.host.rfind("::ffff:", 0) == 0)
    source.host.erase(0, 7);
  else if (address->su_family == AF_INET6)
    source.host = "[" + source.host + "]";
  source.port = ntohs(address->su_port);
  source.tls = sip->sip_via && su_casematch(sip->sip_via->v_protocol, "SIP/2.0/TLS");
  source.tcp = source.tls || (sip->sip_via && su_casematch(sip->sip_via->v_protocol, "SIP/2.0/TCP"));
  return source;
}

void core::refuse_request(nua_handle_t* handle, int status, const char* phrase, refusal why) {
  count_.refused(why);
  count_.responded(status);
  nua_respond(handle, status, phrase, NUTAG_WITH_THIS(nua_), TAG_IF(status == 503, SIPTAG_RETRY_AFTER_STR("5")),
              TAG_END());
}

bool core::authenticated(nua_handle_t* handle, const sip_t* sip, const std::string& account, const char* method_name) {
  const auto verdict = auth_.check(account, method_name, answers_in(sip), now());
  if (verdict == auth_verdict::accepted) return true;
  if (verdict == auth_verdict::wrong) count_.refused(refusal::bad_credentials);
  if (!auth_.knows(account))
    edge_.offend(source_of(sip).address, offence::unknown_account, now());
  else if (verdict == auth_verdict::wrong)
    edge_.offend(source_of(sip).address, offence::wrong_password, now());
  const auto agent = sip->sip_user_agent ? view(sip->sip_user_agent->g_string) : std::string_view{};
  const auto challenges = auth_.challenge(verdict == auth_verdict::stale, challenge_for(agent), now());
  count_.responded(401);
  nua_respond(handle, SIP_401_UNAUTHORIZED, NUTAG_WITH_THIS(nua_),
              SIPTAG_WWW_AUTHENTICATE_STR(challenges.front().c_str()),
              TAG_IF(challenges.size() > 1, SIPTAG_WWW_AUTHENTICATE_STR(challenges.back().c_str())), TAG_END());
  return false;
}

/// RFC 3325, 5: what a trunk asserts counts only if it is trusted.
bool core::is_trusted(const std::string& trunk) const {
  const auto& all = settings_.trunks;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& t) { return t.name == trunk; });
  return found != all.end() && found->asserts_identity;
}

bool core::within_rate(nua_handle_t* handle, const packet_source& source, bool trunk) {
  if (trunk || edge_.admit(source.address, now()) == admission::admitted) return true;
  refuse_request(handle, SIP_503_SERVICE_UNAVAILABLE, refusal::rate_limited);
  return false;
}

bool core::within_load(nua_handle_t* handle, const std::string& called) {
  const bool emergency = is_emergency(called, settings_.emergency_numbers);
  const bool shed = shedding_ == shedding::all || (shedding_ == shedding::all_but_emergency && !emergency);
  const auto kept_free = emergency || settings_.emergency_numbers.empty() ? 0 : settings_.max_legs / 10;
  if (!draining_ && !shed && by_id_.size() + kept_free < settings_.max_legs) return true;
  refuse_request(handle, SIP_503_SERVICE_UNAVAILABLE, draining_ ? refusal::draining : refusal::overload);
  return false;
}

void core::on_invite(nua_handle_t* handle, const sip_t* sip) {
  const auto source = source_of(sip);
  const auto from = from_of(sip);
  const auto* trunk = trunks_.find(source.address);
  if (!within_rate(handle, source, trunk)) return nua_handle_destroy(handle);
  if (!trunk && !auth_.knows(from.user)) {
    edge_.offend(source.address, offence::unknown_source, now());
    refuse_request(handle, SIP_403_FORBIDDEN, refusal::unknown_source);
    return nua_handle_destroy(handle);
  }
  const auto called = user_of(sip->sip_request->rq_url);
  if (!within_load(handle, called)) return nua_handle_destroy(handle);
  if (!trunk && !authenticated(handle, sip, from.user, "INVITE")) return nua_handle_destroy(handle);
  if (sip->sip_max_forwards && sip->sip_max_forwards->mf_count == 0) { // we would send it on: RFC 7332 ends loops here
    refuse_request(handle, SIP_483_TOO_MANY_HOPS, refusal::bad_request);
    return nua_handle_destroy(handle);
  }
  // Only now: who has no business here must not use up what the others share.
  if (!edge_.admit_invite(trunk, is_emergency(called, settings_.emergency_numbers), now())) {
    refuse_request(handle, SIP_503_SERVICE_UNAVAILABLE, refusal::rate_limited);
    return nua_handle_destroy(handle);
  }
  parsed_sdp offer;
  if (const auto body = sdp_body(sip); !body.empty()) {
    auto parsed = read_sdp(body);
    if (!parsed) {
      count_.refused(refusal::bad_sdp);
      count_.responded(488);
      nua_respond(handle, SIP_488_NOT_ACCEPTABLE, NUTAG_WITH_THIS(nua_),
                  SIPTAG_WARNING_STR(warning_of(own_host_, parsed.error()).c_str()), TAG_END());
      return nua_handle_destroy(handle);
    }
    offer = std::move(*parsed);
  }
  incoming_call call;
  call.leg = ids_.next<leg_id>(now());
  call.caller = identify_caller(trunk && is_trusted(*trunk) ? unknown_header(sip, "P-Asserted-Identity") : "", from,
                                privacy_of(sip));
  (trunk ? call.trunk : call.agent) = trunk ? *trunk : from.user;
  call.called = called;
  call.offer = offer.audio;
  call.sip_call_id = view(sip->sip_call_id->i_id);
  std::string route;
  if (!trunk && sip->sip_contact && !sip->sip_record_route) route = route_to(sip->sip_contact->m_url, source);
  auto contact = source.tls ? secure_contact("sip:" + source.host + ";transport=tls") : std::string{};
  auto& l = add_leg(call.leg);
  l.accept(handle, sip, std::move(offer), std::move(route), std::move(contact));
  if (trunk) l.came_from(*trunk);
  if (!trunk) l.comes_from_phone_of(call.agent);
  wake(l, clock::now() + attach_limit);
  sink_->on_incoming(call);
}

void core::on_register(nua_handle_t* handle, const sip_t* sip) {
  register_request request;
  request.account = user_of(sip->sip_to->a_url);
  const auto source = source_of(sip);
  if (!within_rate(handle, source, trunks_.find(source.address) != nullptr)) return;
  if (!authenticated(handle, sip, request.account, "REGISTER")) return;
  if (!read_contacts(sip, source, request)) return refuse_request(handle, 400, "Bad Contact", refusal::bad_request);
  request.call_id = view(sip->sip_call_id->i_id);
  request.cseq = sip->sip_cseq->cs_seq;
  if (sip->sip_user_agent) request.user_agent = view(sip->sip_user_agent->g_string);
  if (sip->sip_expires) request.expires = std::chrono::seconds{sip->sip_expires->ex_delta};
  const auto result = registrar_.apply(request, now());
  answer_register(handle, result);
  if (result.status != 200 || !result.changed) return;
  contacts_changed({request.account, result.contacts});
}

void core::answer_register(nua_handle_t* handle, const register_result& result) {
  count_.responded(result.status);
  if (result.status != 200) {
    count_.refused(refusal::bad_request);
    const auto min = std::to_string(settings_.min_registration.count());
    nua_respond(handle, result.status, sip_status_phrase(result.status), NUTAG_WITH_THIS(nua_),
                TAG_IF(result.status == 423, SIPTAG_MIN_EXPIRES_STR(min.c_str())), TAG_END());
    return;
  }
  std::string contacts;
  for (const auto& c : result.contacts) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(c.expires - now());
    if (!contacts.empty()) contacts += ", ";
    contacts.append("<").append(c.uri).append(">;expires=").append(std::to_string(left.count()));
  }
  nua_respond(handle, SIP_200_OK, NUTAG_WITH_THIS(nua_),
              TAG_IF(!contacts.empty(), SIPTAG_CONTACT_STR(contacts.c_str())), TAG_END());
}

} // namespace lifeline::sip
