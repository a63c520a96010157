#include "sip/digest.hpp"

#include <sodium.h>
#include <sofia-sip/su_md5.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace lifeline::sip {

namespace {

constexpr std::size_t replay_capacity = 65536;
constexpr std::size_t nonce_payload = 16; // 8 bytes of time, 8 random
constexpr std::size_t nonce_mac = 16;

std::string to_hex(const unsigned char* data, std::size_t size) {
  std::string hex(size * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), data, size);
  hex.pop_back();
  return hex;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string{value};
  std::string text;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] == '\\' && i + 2 < value.size()) ++i;
    text += value[i];
  }
  return text;
}

bool equal_secrets(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::uint32_t> hex_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

void ready_sodium() {
  // Idempotent and thread-safe; only a system without randomness fails, and nothing can be done then.
  if (sodium_init() < 0) std::abort();
}

} // namespace

std::string hash_hex(digest_algorithm algorithm, std::string_view text) {
  if (algorithm == digest_algorithm::md5) {
    su_md5_t context;
    std::array<char, SU_MD5_DIGEST_SIZE * 2 + 1> hex{};
    su_md5_init(&context);
    su_md5_update(&context, text.data(), static_cast<usize_t>(text.size()));
    su_md5_hexdigest(&context, hex.data());
    return std::string{hex.data()};
  }
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return to_hex(digest.data(), digest.size());
}

credential make_credential(const std::string& account, const std::string& realm, const std::string& password) {
  const auto secret = account + ":" + realm + ":" + password;
  return {account, hash_hex(digest_algorithm::md5, secret), hash_hex(digest_algorithm::sha256, secret)};
}

std::optional<digest_answer> read_digest_answer(const std::vector<std::string_view>& params) {
  digest_answer answer;
  for (const auto param : params) {
    const auto equals = param.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = param.substr(0, equals);
    auto value = unquoted(param.substr(equals + 1));
    if (equals_ignoring_case(name, "username"))
      answer.username = std::move(value);
    else if (equals_ignoring_case(name, "realm"))
      answer.realm = std::move(value);
    else if (equals_ignoring_case(name, "nonce"))
      answer.nonce = std::move(value);
    else if (equals_ignoring_case(name, "uri"))
      answer.uri = std::move(value);
    else if (equals_ignoring_case(name, "response"))
      answer.response = std::move(value);
    else if (equals_ignoring_case(name, "qop"))
      answer.qop = std::move(value);
    else if (equals_ignoring_case(name, "cnonce"))
      answer.cnonce = std::move(value);
    else if (equals_ignoring_case(name, "nc"))
      answer.nc = std::move(value);
    else if (equals_ignoring_case(name, "algorithm")) {
      if (equals_ignoring_case(value, "SHA-256"))
        answer.algorithm = digest_algorithm::sha256;
      else if (!equals_ignoring_case(value, "MD5"))
        return std::nullopt;
    }
  }
  if (answer.username.empty() || answer.nonce.empty() || answer.uri.empty() || answer.response.empty())
    return std::nullopt;
  if (!answer.qop.empty() && (!equals_ignoring_case(answer.qop, "auth") || answer.cnonce.empty() || answer.nc.empty()))
    return std::nullopt;
  std::transform(answer.response.begin(), answer.response.end(), answer.response.begin(), lower);
  return answer;
}

std::string digest_response(const digest_answer& answer, std::string_view ha1, std::string_view method) {
  std::string a2{method};
  a2.append(":").append(answer.uri);
  const auto ha2 = hash_hex(answer.algorithm, a2);
  std::string text{ha1};
  text.append(":").append(answer.nonce).append(":");
  if (!answer.qop.empty())
    text.append(answer.nc).append(":").append(answer.cnonce).append(":").append(answer.qop).append(":");
  text.append(ha2);
  return hash_hex(answer.algorithm, text);
}

nonce_source::nonce_source(std::chrono::seconds lifetime) : lifetime_{lifetime} {
  ready_sodium();
  static_assert(crypto_auth_hmacsha256_KEYBYTES == 32);
  crypto_auth_hmacsha256_keygen(key_.data());
}

std::string nonce_source::make(domain::instant now) {
  std::array<unsigned char, nonce_payload> payload{};
  const std::int64_t time = domain::micros(now);
  std::memcpy(payload.data(), &time, sizeof time);
  randombytes_buf(payload.data() + sizeof time, nonce_payload - sizeof time);
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256(mac.data(), payload.data(), payload.size(), key_.data());
  return to_hex(payload.data(), payload.size()) + to_hex(mac.data(), nonce_mac);
}

nonce_state nonce_source::check(std::string_view nonce, domain::instant now) const {
  std::array<unsigned char, nonce_payload + nonce_mac> bytes{};
  std::size_t size = 0;
  if (nonce.size() != bytes.size() * 2 ||
      sodium_hex2bin(bytes.data(), bytes.size(), nonce.data(), nonce.size(), nullptr, &size, nullptr) != 0 ||
      size != bytes.size())
    return nonce_state::foreign;
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256(mac.data(), bytes.data(), nonce_payload, key_.data());
  if (sodium_memcmp(mac.data(), bytes.data() + nonce_payload, nonce_mac) != 0) return nonce_state::foreign;
  std::int64_t time = 0;
  std::memcpy(&time, bytes.data(), sizeof time);
  return now - domain::from_micros(time) > lifetime_ ? nonce_state::expired : nonce_state::good;
}

bool replay_guard::admit(const std::string& nonce, std::uint32_t count, domain::instant now) {
  if (const auto known = seen_.find(nonce); known != seen_.end()) {
    if (count <= known->second.count) return false;
    known->second.count = count;
    return true;
  }
  if (seen_.size() >= capacity_) {
    std::erase_if(seen_, [&](const auto& entry) { return now - entry.second.first > lifetime_; });
    if (seen_.size() >= capacity_) return false; // a flood within one lifetime: ask again rather than forget
  }
  seen_.emplace(nonce, use{count, now});
  return true;
}

bool replay_guard::is_new(const std::string& nonce, std::uint32_t count) const {
  const auto known = seen_.find(nonce);
  return known == seen_.end() || count > known->second.count;
}

challenge_kind challenge_for(std::string_view user_agent) {
  if (user_agent.empty()) return challenge_kind::md5_only;
  for (const std::string_view limited : {"baresip v0.", "baresip v1.", "baresip v2.0", "SIPp", "sipsak"})
    if (user_agent.substr(0, limited.size()) == limited) return challenge_kind::md5_only;
  return challenge_kind::both;
}

authenticator::authenticator(const settings& s)
    : realm_{s.realm}, nonces_{s.nonce_lifetime}, replays_{s.nonce_lifetime, replay_capacity} {
  replace(s.credentials);
}

void authenticator::replace(const std::vector<credential>& credentials) {
  credentials_.clear();
  for (const auto& c : credentials)
    credentials_[c.account] = c;
}

auth_verdict authenticator::check_one(const std::string& account, std::string_view method, const digest_answer& answer,
                                      domain::instant now, bool use) {
  const auto state = nonces_.check(answer.nonce, now);
  // Of another server that the phone has been at; one of the engine before its restart has our realm.
  if (state == nonce_state::foreign && answer.realm != realm_) return auth_verdict::unanswered;
  static const credential nobody = make_credential("", "", "");
  const auto found = credentials_.find(account);
  const auto& secret = found == credentials_.end() ? nobody : found->second; // the same work for unknown accounts
  const auto& ha1 = answer.algorithm == digest_algorithm::md5 ? secret.ha1_md5 : secret.ha1_sha256;
  const bool right = equal_secrets(digest_response(answer, ha1, method), answer.response);
  if (!right || found == credentials_.end() || answer.username != account || answer.realm != realm_)
    return auth_verdict::wrong;
  if (state != nonce_state::good) return auth_verdict::stale;
  const auto count = answer.qop.empty() ? std::optional<std::uint32_t>{1} : hex_number(answer.nc);
  if (!count) return auth_verdict::unanswered;
  const bool fresh = use ? replays_.admit(answer.nonce, *count, now) : replays_.is_new(answer.nonce, *count);
  return fresh ? auth_verdict::accepted : auth_verdict::stale;
}

auth_verdict authenticator::check(const std::string& account, std::string_view method,
                                  const std::vector<digest_answer>& answers, domain::instant now, bool use) {
  auto verdict = auth_verdict::unanswered;
  for (const auto& answer : answers) { // some clients answer every challenge at once: one right answer is enough
    const auto one = check_one(account, method, answer, now, use);
    if (one == auth_verdict::accepted) return one;
    if (verdict == auth_verdict::unanswered || one == auth_verdict::stale) verdict = one;
  }
  return verdict;
}

std::vector<std::string> authenticator::challenge(bool stale, challenge_kind kind, domain::instant now) {
  const auto nonce = nonces_.make(now);
  std::vector<std::string> values;
  const auto add = [&](std::string_view algorithm) {
    std::string value = "Digest realm=\"" + realm_ + "\", nonce=\"" + nonce + "\", algorithm=";
    value.append(algorithm).append(", qop=\"auth\"");
    if (stale) value.append(", stale=true");
    values.push_back(std::move(value));
  };
  if (kind == challenge_kind::both) add("SHA-256");
  add("MD5");
  return values;
}

} // namespace lifeline::sip
