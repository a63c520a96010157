#include "cti/api/clients.hpp"

#include <sodium.h>

#include <array>
#include <set>

namespace lifeline::cti {

namespace {

constexpr std::string_view bearer = "Bearer ";

using digest = std::array<unsigned char, crypto_generichash_BYTES>;

/// Tokens are compared by their digests: all of one length, whatever was sent.
digest digest_of(std::string_view text) {
  digest d{};
  crypto_generichash(d.data(), d.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  return d;
}

} // namespace

std::string role_set::text() const {
  std::string names;
  for (const auto r : {domain::role::agent, domain::role::supervisor, domain::role::quality, domain::role::integration})
    if (has(r)) names += (names.empty() ? "" : ", ") + std::string{to_string(r)};
  return names.empty() ? "admin" : names + " or admin";
}

const api_client* find_client(const std::vector<api_client>& clients, std::string_view authorization) {
  if (authorization.substr(0, bearer.size()) != bearer) return nullptr;
  const auto given = digest_of(authorization.substr(bearer.size()));
  const api_client* found = nullptr;
  for (const auto& c : clients) {
    const auto wanted = digest_of(c.token);
    if (sodium_memcmp(given.data(), wanted.data(), given.size()) == 0 && !c.token.empty()) found = &c;
  }
  return found;
}

std::string check_clients(const std::vector<api_client>& clients) {
  std::set<std::string_view> names;
  std::set<std::string_view> tokens;
  for (const auto& c : clients) {
    if (c.name.empty()) return "http: a client of the API has no name";
    if (c.token.empty()) return "http: the client " + c.name + " of the API has no token";
    if (!names.insert(c.name).second) return "http: two clients of the API are named " + c.name;
    if (!tokens.insert(c.token).second) return "http: the client " + c.name + " of the API has the token of another";
  }
  return {};
}

} // namespace lifeline::cti
