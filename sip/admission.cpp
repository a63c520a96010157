// Who gets in: INVITEs from trunks and agents, and REGISTERs.

#include "domain/base/phone_number.hpp"
#include "sip/core.hpp"
#include "sip/identity.hpp"
#include "sip/message_source.hpp"
#include "sip/remote_target.hpp"

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

/// How to reach a phone whose Contact is not where its packets come from, or whose TCP connection is the only way. A
/// phone that sends from its Contact's address but another port listens where it says, unless it asks to be answered
/// where it sends from (RFC 3581): then a NAT has given it that port.
std::string route_to(const url_t* target, const packet_source& source) {
  const auto address = parse_address(unbracketed(std::string{view(target->url_host)}));
  const bool same_host = address && *address == source.address;
  if (!source.tcp && same_host && (!source.rport || port_of(target) == source.port)) return {};
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

/// P-Asserted-Identity is no header that the parser knows. It may be there twice.
std::string asserted_of(const sip_t* sip) {
  std::string values;
  for (const auto* header = sip->sip_unknown; header; header = header->un_next)
    if (su_casematch(header->un_name, "P-Asserted-Identity"))
      values.append(values.empty() ? "" : ", ").append(view(header->un_value));
  return values;
}

/// Whom a request calls; a number without visual separators (RFC 3966, 5.1.1).
std::string called_of(const sip_t* sip) { return domain::without_separators(user_of(sip->sip_request->rq_url)); }

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

/// A sentence when a contact is unusable.
std::string read_contacts(const sip_t* sip, const packet_source& source, register_request& request) {
  for (const auto* contact = sip->sip_contact; contact; contact = contact->m_next) {
    if (contact->m_url->url_type == url_any) {
      request.all = true;
      continue;
    }
    if (auto fault = target_fault(contact->m_url); !fault.empty()) return "Contact: " + fault;
    auto uri = text_of(contact->m_url);
    if (uri.empty()) return "Contact: too long";
    request.contacts.push_back({std::move(uri), seconds_in(contact->m_expires), route_to(contact->m_url, source),
                                std::string{view(msg_params_find(contact->m_params, "+sip.instance="))},
                                std::string{view(msg_params_find(contact->m_params, "reg-id="))}});
  }
  return {};
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
  source.rport = sip->sip_via && sip->sip_via->v_rport;
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

void core::refuse_target(nua_handle_t* handle, const std::string& fault) {
  count_.refused(refusal::bad_request);
  count_.responded(400);
  nua_respond(handle, 400, "Bad Contact or Record-Route", NUTAG_WITH_THIS(nua_),
              SIPTAG_WARNING_STR(warning_of(own_host_, fault).c_str()), TAG_END());
}

std::vector<std::string> core::challenge(const sip_t* sip, const ip_address& source, const std::string& account,
                                         auth_verdict verdict) {
  if (verdict == auth_verdict::wrong) count_.refused(refusal::bad_credentials);
  if (!auth_.knows(account))
    edge_.offend(source, offence::unknown_account, now());
  else if (verdict == auth_verdict::wrong)
    edge_.offend(source, offence::wrong_password, now());
  const auto agent = sip->sip_user_agent ? view(sip->sip_user_agent->g_string) : std::string_view{};
  return auth_.challenge(verdict == auth_verdict::stale, challenge_for(agent), now());
}

bool core::authenticated(nua_handle_t* handle, const sip_t* sip, const std::string& account, const char* method_name) {
  const auto verdict = auth_.check(account, method_name, answers_in(sip), now());
  if (verdict == auth_verdict::accepted) return true;
  const auto challenges = challenge(sip, source_of(sip).address, account, verdict);
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
  // A datagram has taken its share at the gate.
  if (trunk || !source.tcp || edge_.admit(source.address, now()) == admission::admitted) return true;
  refuse_request(handle, SIP_503_SERVICE_UNAVAILABLE, refusal::rate_limited);
  return false;
}

std::optional<refusal> core::overloaded_for(const std::string& called) const {
  const bool emergency = is_emergency(called, settings_.emergency_numbers);
  const bool shed = shedding_ == shedding::all || (shedding_ == shedding::all_but_emergency && !emergency);
  const auto kept_free = emergency || settings_.emergency_numbers.empty() ? 0 : settings_.max_legs / 10;
  const bool closed = draining_ && !emergency; // the engine decides about these until it ends
  if (!closed && !shed && by_id_.size() + kept_free < settings_.max_legs) return std::nullopt;
  if (emergency) count_.emergency_refused();
  return closed ? refusal::draining : refusal::overload;
}

bool core::within_load(nua_handle_t* handle, const std::string& called) {
  const auto why = overloaded_for(called);
  if (why) refuse_request(handle, SIP_503_SERVICE_UNAVAILABLE, *why);
  return !why;
}

opening core::opening_of(const sip_t* sip) const {
  if (sip->sip_request->rq_method == sip_method_register) return opening::registration;
  const bool emergency = is_emergency(called_of(sip), settings_.emergency_numbers);
  return emergency ? opening::emergency_call : opening::call;
}

/// What on_invite and on_register would refuse, for what they would keep in mind if they did.
std::optional<stateless_answer> core::screen(const first_look& look, domain::instant current) {
  const auto* sip = look.sip;
  const bool invite = sip->sip_request->rq_method == sip_method_invite;
  const auto* trunk = trunks_.find(look.source);
  if (trunk && invite) {
    packet_source source;
    source.address = look.source;
    source.port = look.port;
    if (is_of_account(sip, source, from_of(sip).user)) trunk = nullptr;
  }
  const auto refuse = [this](refusal why, int status) {
    count_.refused(why);
    return status == 503 ? overloaded_answer() : stateless_answer{status, {}};
  };
  if (!invite || !trunk) {
    const auto account = invite ? from_of(sip).user : user_of(sip->sip_to->a_url);
    if (invite && !auth_.knows(account)) {
      edge_.offend(look.source, offence::unknown_source, current);
      return refuse(refusal::unknown_source, 403);
    }
    const auto verdict = auth_.check(account, invite ? "INVITE" : "REGISTER", answers_in(sip), current, false);
    if (verdict == auth_verdict::accepted) return std::nullopt;
    stateless_answer answer{401, {}};
    for (const auto& value : challenge(sip, look.source, account, verdict))
      answer.headers.append("WWW-Authenticate: ").append(value).append("\r\n");
    return answer;
  }
  const auto called = called_of(sip);
  if (const auto why = overloaded_for(called)) return refuse(*why, 503);
  const bool emergency = is_emergency(called, settings_.emergency_numbers);
  if (!edge_.would_admit_invite(trunk, emergency, current)) {
    if (emergency) count_.emergency_refused();
    return refuse(refusal::rate_limited, 503);
  }
  return std::nullopt;
}

std::optional<parsed_sdp> core::offer_in(nua_handle_t* handle, const sip_t* sip) {
  const auto body = sdp_body(sip);
  if (body.empty()) return parsed_sdp{};
  auto parsed = read_sdp(body);
  if (parsed) return std::move(*parsed);
  count_.refused(refusal::bad_sdp);
  count_.responded(488);
  nua_respond(handle, SIP_488_NOT_ACCEPTABLE, NUTAG_WITH_THIS(nua_),
              SIPTAG_WARNING_STR(warning_of(own_host_, parsed.error()).c_str()), TAG_END());
  return std::nullopt;
}

/// The carrier's gateway and phones may share an address: as shipped all phones on the engine's own machine do. A
/// caller's number may look like an account, and a trunk can answer no challenge: so a request is the account's only
/// if it says so (it answers a challenge of ours), comes from where the account's phone is registered, or dials a
/// feature code, which no trunk's call can do.
bool core::is_of_account(const sip_t* sip, const packet_source& source, const std::string& user) const {
  if (!auth_.knows(user)) return false;
  const auto answers = answers_in(sip);
  if (std::any_of(answers.begin(), answers.end(), [&](const auto& a) { return a.realm == settings_.realm; }))
    return true;
  const auto called = user_of(sip->sip_request->rq_url);
  if (!called.empty() && (called.front() == '*' || called.front() == '#')) return true;
  const auto phones = registrar_.contacts(user);
  return std::any_of(phones.begin(), phones.end(), [&](const contact& c) {
    const auto place = target_of(c.route.empty() ? c.uri : c.route);
    if (!place || parse_address(place->host) != source.address) return false;
    const auto said = sip->sip_contact ? target_of(text_of(sip->sip_contact->m_url)) : std::nullopt;
    const auto bound = target_of(c.uri);
    const bool same_contact = said && bound && said->host == bound->host && said->port == bound->port;
    return same_contact || (place->port == 0 ? 5060 : place->port) == source.port;
  });
}

void core::on_invite(nua_handle_t* handle, const sip_t* sip) {
  const auto source = source_of(sip);
  const auto from = from_of(sip);
  const auto* trunk = trunks_.find(source.address);
  if (trunk && is_of_account(sip, source, from.user)) trunk = nullptr;
  if (!within_rate(handle, source, trunk)) return nua_handle_destroy(handle);
  if (!trunk && !auth_.knows(from.user)) {
    edge_.offend(source.address, offence::unknown_source, now());
    refuse_request(handle, SIP_403_FORBIDDEN, refusal::unknown_source);
    return nua_handle_destroy(handle);
  }
  const auto called = called_of(sip);
  if (!within_load(handle, called)) return nua_handle_destroy(handle);
  if (!trunk && !authenticated(handle, sip, from.user, "INVITE")) return nua_handle_destroy(handle);
  if (sip->sip_max_forwards && sip->sip_max_forwards->mf_count == 0) { // we would send it on: RFC 7332 ends loops here
    refuse_request(handle, SIP_483_TOO_MANY_HOPS, refusal::bad_request);
    return nua_handle_destroy(handle);
  }
  if (const auto fault = invite_fault(sip, reach_of(settings_), !trunk); !fault.empty()) {
    refuse_target(handle, fault);
    return nua_handle_destroy(handle);
  }
  // Only now: who has no business here must not use up what the others share.
  const bool emergency = is_emergency(called, settings_.emergency_numbers);
  if (!edge_.admit_invite(trunk, emergency, now())) {
    if (emergency) count_.emergency_refused();
    refuse_request(handle, SIP_503_SERVICE_UNAVAILABLE, refusal::rate_limited);
    return nua_handle_destroy(handle);
  }
  auto offer = offer_in(handle, sip);
  if (!offer) return nua_handle_destroy(handle);
  if (offer->audio.present) offer->audio.signalled_from = source_host(nua_);
  incoming_call call;
  call.leg = ids_.next<leg_id>(now());
  call.caller = identify_caller(trunk && is_trusted(*trunk) ? asserted_of(sip) : std::string{}, from, privacy_of(sip));
  (trunk ? call.trunk : call.agent) = trunk ? *trunk : from.user;
  call.called = called;
  call.offer = offer->audio;
  call.sip_call_id = view(sip->sip_call_id->i_id);
  std::string route;
  if (!trunk && sip->sip_contact && !sip->sip_record_route) route = route_to(sip->sip_contact->m_url, source);
  const auto* transport = source.tls ? ";transport=tls" : source.tcp ? ";transport=tcp" : "";
  auto contact = contact_towards("sip:" + source.host + transport,
                                 unbracketed(std::string{view(sip->sip_request->rq_url->url_host)}));
  auto& l = add_leg(call.leg);
  book_.begin(l.call = call_key(sip));
  l.accept(handle, sip, std::move(*offer), std::move(route), std::move(contact));
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
  if (const auto fault = read_contacts(sip, source, request); !fault.empty()) return refuse_target(handle, fault);
  request.call_id = view(sip->sip_call_id->i_id);
  request.cseq = sip->sip_cseq->cs_seq;
  if (sip->sip_user_agent) request.user_agent = view(sip->sip_user_agent->g_string);
  if (sip->sip_expires) request.expires = std::chrono::seconds{sip->sip_expires->ex_delta};
  const auto silent = [&](const contact& c) { return edge_.silent(request.account, c); };
  const auto result = registrar_.apply(request, now(), silent);
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
                TAG_IF(result.status == 423, SIPTAG_MIN_EXPIRES_STR(min.c_str())),
                SIPTAG_WARNING_STR(warning_of(own_host_, result.reason).c_str()), TAG_END());
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
