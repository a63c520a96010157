#include "sip/digest_client.hpp"

#include "sip/digest.hpp"
#include "sip/sofia.hpp"

#define SOFIA_EXTEND_AUTH_CLIENT 1
#include <sofia-sip/auth_client.h>
#include <sofia-sip/auth_client_plugin.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/msg_parser.h>
#include <sofia-sip/url.h>

#include <sodium.h>

#include <array>
#include <cstdio>
#include <cstring>

namespace lifeline::sip {

namespace {

/// What the stack keeps for each realm that has challenged us; it allocates it, zeroed, and frees it with its home.
struct challenge_state {
  auth_client_t base;
  char* nonce; // null: no challenge that we can answer
  char* opaque;
  std::array<char, 33> cnonce;
  unsigned count; // of requests with this nonce
  bool sha256;
  bool session; // the "-sess" variant
  bool qop;
};

challenge_state& state_of(auth_client_t* client) { return *reinterpret_cast<challenge_state*>(client); }

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string{text};
  std::string plain;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

std::string quoted(std::string_view text) {
  std::string q = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') q += '\\';
    q += c;
  }
  return q + '"';
}

std::string param(const msg_auth_t* header, const char* name) {
  return unquoted(view(msg_params_find(header->au_params, name)));
}

bool names(std::string_view list, std::string_view wanted) {
  for (std::size_t at = 0; at <= list.size();) {
    const auto comma = std::min(list.find(',', at), list.size());
    auto item = list.substr(at, comma - at);
    while (!item.empty() && item.front() == ' ')
      item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ')
      item.remove_suffix(1);
    if (item.size() == wanted.size() && su_casenmatch(item.data(), wanted.data(), wanted.size())) return true;
    at = comma + 1;
  }
  return false;
}

char* keep(su_home_t* home, char* old, const std::string& text) {
  su_free(home, old);
  return text.empty() ? nullptr : su_strdup(home, text.c_str());
}

/// 2: the request is worth repeating with the credentials that we have; 1: they were wrong, or this header offers
/// nothing that we can do (another one may).
int on_challenge(auth_client_t* client, const msg_auth_t* header) {
  auto& s = state_of(client);
  const auto algorithm = param(header, "algorithm=");
  const bool sha256 = names("SHA-256, SHA-256-sess", algorithm);
  const bool md5 = algorithm.empty() || names("MD5, MD5-sess", algorithm);
  const auto qop = param(header, "qop=");
  const auto nonce = param(header, "nonce=");
  if ((!sha256 && !md5) || nonce.empty() || (!qop.empty() && !names(qop, "auth"))) return 1;
  // One response may challenge with several algorithms (RFC 8760, 2.4): the strongest is kept.
  if (!sha256 && s.nonce && s.sha256 && s.count == 0) return 1;
  const bool first = !s.nonce;
  const bool stale = su_casematch(param(header, "stale=").c_str(), "true");
  const bool stronger = !first && sha256 && !s.sha256 && s.count == 0;
  s.nonce = keep(client->ca_home, s.nonce, nonce);
  s.opaque = keep(client->ca_home, s.opaque, param(header, "opaque="));
  s.sha256 = sha256;
  s.session = algorithm.size() > 5 && names("MD5-sess, SHA-256-sess", algorithm);
  s.qop = !qop.empty();
  s.count = 0;
  std::array<unsigned char, 16> random{};
  randombytes_buf(random.data(), random.size());
  sodium_bin2hex(s.cnonce.data(), s.cnonce.size(), random.data(), random.size());
  return first || stale || stronger ? 2 : 1;
}

std::string plain(const char* hex) {
  const auto length = view(hex).size();
  std::string text(length / 2, '\0');
  std::size_t size = 0;
  if (sodium_hex2bin(reinterpret_cast<unsigned char*>(text.data()), text.size(), hex, length, nullptr, &size,
                     nullptr) != 0)
    return {};
  text.resize(size);
  return text;
}

int authorize(auth_client_t* client, su_home_t* home, const char* method, const url_t* url, const msg_payload_t*,
              msg_header_t** made) {
  auto& s = state_of(client);
  if (!s.nonce || !client->ca_user || !client->ca_pass || client->ca_clear) return 0;
  digest_answer answer;
  answer.algorithm = s.sha256 ? digest_algorithm::sha256 : digest_algorithm::md5;
  answer.username = plain(client->ca_user);
  answer.realm = unquoted(view(client->ca_realm));
  answer.nonce = s.nonce;
  auto* uri = url_as_string(home, url);
  if (!uri) return -1;
  answer.uri = uri;
  su_free(home, uri);
  auto ha1 = hash_hex(answer.algorithm, answer.username + ":" + answer.realm + ":" + plain(client->ca_pass));
  if (s.session) ha1 = hash_hex(answer.algorithm, ha1 + ":" + answer.nonce + ":" + s.cnonce.data());
  ++s.count;
  if (s.qop) {
    std::array<char, 9> count{};
    std::snprintf(count.data(), count.size(), "%08x", s.count);
    answer.qop = "auth";
    answer.cnonce = s.cnonce.data();
    answer.nc = count.data();
  }
  const auto response = digest_response(answer, ha1, method);
  auto text = "Digest username=" + quoted(answer.username) + ", realm=" + std::string{view(client->ca_realm)} +
              ", nonce=" + quoted(answer.nonce) + ", uri=\"" + answer.uri + "\", response=\"" + response +
              "\", algorithm=" + (s.sha256 ? "SHA-256" : "MD5") + (s.session ? "-sess" : "");
  if (s.qop || s.session) text += std::string{", cnonce=\""} + s.cnonce.data() + "\"";
  if (s.qop) text += ", qop=auth, nc=" + answer.nc;
  if (s.opaque) text += ", opaque=" + quoted(s.opaque);
  *made = msg_header_make(home, client->ca_credential_class, text.c_str());
  return *made ? 0 : -1;
}

int on_info(auth_client_t* client, const msg_auth_info_t* info) {
  const auto next = unquoted(view(msg_params_find(info->ai_params, "nextnonce=")));
  if (next.empty()) return 0;
  auto& s = state_of(client);
  s.nonce = keep(client->ca_home, s.nonce, next);
  s.count = 0;
  return 1;
}

int clear(auth_client_t* client) {
  client->ca_clear = 1;
  return 1;
}

} // namespace

void install_digest_client() {
  // The register of schemes has a slip: a plugin takes the place of the first one whose name is *different*. So a
  // placeholder first takes the place of the built-in Digest, and ours then that of the placeholder. Where the slip
  // is mended, the placeholder goes to the end of the list and ours straight to the place of the built-in one.
  static auth_client_plugin_t placeholder{};
  placeholder.auc_plugin_size = sizeof placeholder;
  placeholder.auc_size = sizeof(auth_client_t);
  placeholder.auc_name = "X-Lifeline-None";
  placeholder.auc_authorize = [](auth_client_t*, su_home_t*, const char*, const url_t*, const msg_payload_t*,
                                 msg_header_t**) { return 0; };
  static auth_client_plugin_t digest{};
  digest.auc_plugin_size = sizeof digest;
  digest.auc_size = sizeof(challenge_state);
  digest.auc_name = "Digest";
  digest.auc_challenge = &on_challenge;
  digest.auc_authorize = &authorize;
  digest.auc_info = &on_info;
  digest.auc_clear = &clear;
  auc_register_plugin(&placeholder);
  auc_register_plugin(&digest);
}

std::string digest_credentials(const std::string& realm, const std::string& user, const std::string& password) {
  const auto hex = [](const std::string& text) {
    std::string digits(text.size() * 2 + 1, '\0');
    sodium_bin2hex(digits.data(), digits.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
    digits.pop_back();
    return digits;
  };
  return "Digest:" + realm + ":" + hex(user) + ":" + hex(password);
}

} // namespace lifeline::sip
