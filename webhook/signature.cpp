// Signatures of HTTP messages, ours and others': HMAC-SHA256 (RFC 2104) of "<t>.<body>", so that a message which was
// overheard cannot be sent again later.

#include "webhook/gateway.hpp"

#include <sodium.h>

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace lifeline::webhook {

namespace {

using digest = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;
constexpr std::string_view expected_form = "expected t=<unix seconds>,v1=<64 hexadecimal digits>";
/// Enough for 30,000 years, and their microseconds still fit into 64 bits.
constexpr std::size_t most_digits = 12;

digest make_digest(const std::string& secret, std::string_view seconds, const std::string& body) {
  // The interface for bytes; chars may be seen as such.
  const auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(secret), secret.size());
  crypto_auth_hmacsha256_update(&state, bytes(seconds), seconds.size());
  crypto_auth_hmacsha256_update(&state, bytes("."), 1);
  crypto_auth_hmacsha256_update(&state, bytes(body), body.size());
  digest result;
  crypto_auth_hmacsha256_final(&state, result.data());
  sodium_memzero(&state, sizeof state);
  return result;
}

struct parsed_signature {
  std::string_view seconds;
  std::int64_t at = 0;
  digest claimed{};
};

std::optional<parsed_signature> parse(std::string_view header) {
  const auto comma = header.find(',');
  if (comma == std::string_view::npos || header.substr(0, 2) != "t=") return std::nullopt;
  parsed_signature result;
  result.seconds = header.substr(2, comma - 2);
  auto hex = header.substr(comma + 1);
  if (hex.substr(0, 1) == " ") hex.remove_prefix(1); // some HTTP libraries write lists so
  if (hex.substr(0, 3) != "v1=") return std::nullopt;
  hex.remove_prefix(3);
  if (result.seconds.empty() || result.seconds.size() > most_digits || result.seconds[0] == '-') return std::nullopt;
  const auto* const end = result.seconds.data() + result.seconds.size();
  const auto [stopped, fault] = std::from_chars(result.seconds.data(), end, result.at);
  if (fault != std::errc{} || stopped != end) return std::nullopt;
  std::size_t length = 0;
  if (hex.size() != 2 * result.claimed.size() ||
      sodium_hex2bin(result.claimed.data(), result.claimed.size(), hex.data(), hex.size(), nullptr, &length, nullptr) !=
          0 ||
      length != result.claimed.size())
    return std::nullopt;
  return result;
}

std::string whole_seconds(domain::span s) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(s).count()) + " s";
}

} // namespace

std::string signature(const std::string& secret, std::int64_t unix_seconds, const std::string& body) {
  const auto seconds = std::to_string(unix_seconds);
  const auto made = make_digest(secret, seconds, body);
  std::array<char, 2 * crypto_auth_hmacsha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), made.data(), made.size());
  return "t=" + seconds + ",v1=" + hex.data();
}

tl::expected<void, std::string> verify_signature(const std::string& secret, const std::string& header,
                                                 const std::string& body, domain::instant now, domain::span max_skew) {
  if (secret.empty()) return tl::make_unexpected("the signature cannot be checked: there is no secret for this sender");
  if (header.empty()) return tl::make_unexpected("the signature is missing: " + std::string{expected_form});
  const auto s = parse(header);
  if (!s) return tl::make_unexpected("the signature is malformed: " + std::string{expected_form});
  const domain::span age = now - domain::instant{std::chrono::seconds{s->at}};
  if (age > max_skew)
    return tl::make_unexpected("the signature is too old: " + whole_seconds(age) + ", allowed are " +
                               whole_seconds(max_skew));
  if (-age > max_skew)
    return tl::make_unexpected("the signature is from the future: " + whole_seconds(-age) + " ahead, allowed are " +
                               whole_seconds(max_skew));
  const auto made = make_digest(secret, s->seconds, body);
  if (sodium_memcmp(made.data(), s->claimed.data(), made.size()) != 0)
    return tl::make_unexpected("the signature is wrong: another secret, or the body was changed on its way");
  return {};
}

} // namespace lifeline::webhook
