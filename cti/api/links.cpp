#include "cti/api/links.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace lifeline::cti {

namespace {

constexpr std::size_t qr_bytes = 10;
constexpr std::size_t token_mac_bytes = 16;
constexpr std::size_t token_head_bytes = 24; // order and time
constexpr std::size_t longest_token = 256;
constexpr auto alphabet = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

using mac = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// HMAC of "<kind>\0<text>".
mac sign(const std::string& key, std::string_view kind, std::string_view text) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes(kind), kind.size());
  crypto_auth_hmacsha256_update(&state, bytes(std::string_view{"\0", 1}), 1);
  crypto_auth_hmacsha256_update(&state, bytes(text), text.size());
  mac result{};
  crypto_auth_hmacsha256_final(&state, result.data());
  return result;
}

std::string encode(const unsigned char* data, std::size_t size) {
  std::string text(sodium_base64_encoded_len(size, alphabet), '\0');
  sodium_bin2base64(text.data(), text.size(), data, size, alphabet);
  text.pop_back(); // the final zero
  return text;
}

/// Nothing when it is no base64url, or is not written in the one way that encode() would.
std::optional<std::string> decode(std::string_view text) {
  std::string data(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(data.data()), data.size(), text.data(), text.size(), nullptr,
                        &size, nullptr, alphabet) != 0)
    return std::nullopt;
  data.resize(size);
  if (encode(bytes(data), data.size()) != text) return std::nullopt;
  return data;
}

void put(std::string& to, std::uint64_t word) {
  for (int shift = 56; shift >= 0; shift -= 8)
    to += static_cast<char>(word >> shift & 0xFF);
}

std::uint64_t take(std::string_view from, std::size_t at) {
  std::uint64_t word = 0;
  for (std::size_t i = at; i < at + 8; ++i)
    word = word << 8 | static_cast<unsigned char>(from[i]);
  return word;
}

std::string without_slash(std::string url) {
  while (!url.empty() && url.back() == '/')
    url.pop_back();
  return url;
}

} // namespace

std::string qr_signature(const std::string& key, std::string_view rescue_code) {
  return encode(sign(key, "qr", rescue_code).data(), qr_bytes);
}

bool verify_qr(const std::string& key, std::string_view rescue_code, std::string_view signature) {
  const auto wanted = qr_signature(key, rescue_code);
  return !key.empty() && signature.size() == wanted.size() &&
         sodium_memcmp(signature.data(), wanted.data(), wanted.size()) == 0;
}

std::string alarm_url(const std::string& public_url, const std::string& key, const std::string& rescue_code) {
  return without_slash(public_url) + "/a/" + rescue_code + "?k=" + qr_signature(key, rescue_code);
}

std::string rescuer_token(const std::string& key, const rescuer_claim& claim) {
  std::string data;
  put(data, claim.order.hi);
  put(data, claim.order.lo);
  put(data,
      static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(claim.expires).time_since_epoch().count()));
  data += claim.party;
  const auto signature = sign(key, "rescuer", data);
  data.append(reinterpret_cast<const char*>(signature.data()), token_mac_bytes);
  return encode(bytes(data), data.size());
}

tl::expected<rescuer_claim, std::string> verify_rescuer(const std::string& key, std::string_view token,
                                                        domain::instant now) {
  const auto forged = [] { return tl::make_unexpected(std::string{"this link is not genuine"}); };
  if (key.empty() || token.size() > longest_token) return forged();
  const auto data = decode(token);
  if (!data || data->size() < token_head_bytes + token_mac_bytes) return forged();
  const auto text = std::string_view{*data}.substr(0, data->size() - token_mac_bytes);
  const auto wanted = sign(key, "rescuer", text);
  if (sodium_memcmp(data->data() + text.size(), wanted.data(), token_mac_bytes) != 0) return forged();
  rescuer_claim claim;
  claim.order = {take(text, 0), take(text, 8)};
  claim.expires = domain::instant{std::chrono::seconds{static_cast<std::int64_t>(take(text, 16))}};
  claim.party = text.substr(token_head_bytes);
  if (now >= claim.expires) return tl::make_unexpected(std::string{"this link has expired"});
  return claim;
}

std::string rescuer_url(const std::string& public_url, const std::string& key, const rescuer_claim& claim) {
  return without_slash(public_url) + "/r/" + rescuer_token(key, claim);
}

} // namespace lifeline::cti
