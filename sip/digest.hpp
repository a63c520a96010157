#pragma once
// Digest authentication as a server (RFC 7616 for the arithmetic, RFC 8760 for SHA-256 in SIP). No sockets, no clock:
// `now` is an argument. Nonces prove themselves by an HMAC, so none is stored; what is remembered, and bounded, is the
// highest nonce count that each nonce was used with.

#include "domain/base/time.hpp"
#include "sip/gateway.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lifeline::sip {

enum class digest_algorithm : std::uint8_t { md5, sha256 };

/// Lower-case hex.
std::string hash_hex(digest_algorithm algorithm, std::string_view text);

/// An Authorization header's parameters, unquoted.
struct digest_answer {
  digest_algorithm algorithm = digest_algorithm::md5;
  std::string username;
  std::string realm;
  std::string nonce;
  std::string uri;
  std::string response;
  std::string qop; ///< "auth", or empty for an answer in the manner of RFC 2069
  std::string cnonce;
  std::string nc; ///< eight hex digits when qop is given
};

/// From "name=value" and "name=\"value\"" items. Nothing for an unknown algorithm or qop, or when a part is missing.
std::optional<digest_answer> read_digest_answer(const std::vector<std::string_view>& params);
/// What `response` must be.
std::string digest_response(const digest_answer& answer, std::string_view ha1, std::string_view method);

enum class nonce_state : std::uint8_t { good, expired, foreign };

class nonce_source {
public:
  explicit nonce_source(std::chrono::seconds lifetime);
  std::string make(domain::instant now);
  [[nodiscard]] nonce_state check(std::string_view nonce, domain::instant now) const;

private:
  std::array<unsigned char, 32> key_;
  domain::span lifetime_;
};

/// Refuses a nonce count that was used before. Bounded: when it is full of nonces that are still valid, new ones are
/// refused, and their clients are asked once more.
class replay_guard {
public:
  replay_guard(std::chrono::seconds lifetime, std::size_t capacity) : lifetime_{lifetime}, capacity_{capacity} {}
  bool admit(const std::string& nonce, std::uint32_t count, domain::instant now);
  /// False when `admit` would refuse it as used.
  [[nodiscard]] bool is_new(const std::string& nonce, std::uint32_t count) const;
  [[nodiscard]] std::size_t size() const { return seen_.size(); }

private:
  struct use {
    std::uint32_t count = 0;
    domain::instant first;
  };
  domain::span lifetime_;
  std::size_t capacity_;
  std::unordered_map<std::string, use> seen_;
};

enum class auth_verdict : std::uint8_t {
  accepted,
  unanswered, ///< no usable answer: challenge
  stale,      ///< the secret was right; the nonce is too old, was used with this count, or is not ours (of the engine
              ///< before its restart): challenge with stale=true (RFC 7616, 3.3), and no phone asks its user again
  wrong,      ///< refused; an unknown account is not told apart from a wrong password
};

/// Which algorithms a challenge offers, in this order.
enum class challenge_kind : std::uint8_t { both, md5_only };

/// What a client of this name can digest. Some refuse a whole challenge that contains an algorithm unknown to them,
/// and cannot be told otherwise than by their User-Agent: libre before 2.1 (baresip 0.x, 1.x), SIPp and sipsak.
/// Clients that do not say what they are get MD5 too; both choices are the client's anyway.
challenge_kind challenge_for(std::string_view user_agent);

class authenticator {
public:
  explicit authenticator(const settings& s);

  /// Takes over the accounts as they are now; nonces handed out stay good.
  void replace(const std::vector<credential>& credentials);
  [[nodiscard]] bool knows(const std::string& account) const { return credentials_.count(account) != 0; }
  /// `account` is who the request claims to come from; the answer's user must be the same.
  /// `use` false: only a look, after which the same answer still counts.
  auth_verdict check(const std::string& account, std::string_view method, const std::vector<digest_answer>& answers,
                     domain::instant now, bool use = true);
  /// The values of the WWW-Authenticate headers.
  std::vector<std::string> challenge(bool stale, challenge_kind kind, domain::instant now);

private:
  auth_verdict check_one(const std::string& account, std::string_view method, const digest_answer& answer,
                         domain::instant now, bool use);

  std::string realm_;
  std::unordered_map<std::string, credential> credentials_;
  nonce_source nonces_;
  replay_guard replays_;
};

} // namespace lifeline::sip
