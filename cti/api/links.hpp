#pragma once
// Links that stand for a right: the QR code of a lift's plate (its holder may report an alarm of this lift) and a
// rescuer's link (its holder speaks for one party in one order until a time). HMAC-SHA-256 with the engine's link key;
// what is signed begins with the link's kind, so that one can never pass as the other.

#include "domain/base/time.hpp"
#include "domain/log/order_events.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace lifeline::cti {

/// 80 bits as 14 characters of base64url.
std::string qr_signature(const std::string& key, std::string_view rescue_code);
/// In constant time; false with an empty key.
bool verify_qr(const std::string& key, std::string_view rescue_code, std::string_view signature);
/// "https://lift.example.cn/a/061234?k=..."
std::string alarm_url(const std::string& public_url, const std::string& key, const std::string& rescue_code);

using domain::rescuer_link_life;

struct rescuer_claim {
  domain::order_id order;
  std::string party;
  domain::instant expires = domain::never; ///< to the second
};
/// base64url of the order's 16 bytes, the time's 8, the party's id, and 128 bits of signature.
std::string rescuer_token(const std::string& key, const rescuer_claim& claim);
/// The error is a sentence: forged, or expired.
tl::expected<rescuer_claim, std::string> verify_rescuer(const std::string& key, std::string_view token,
                                                        domain::instant now);
/// "https://lift.example.cn/r/<token>"
std::string rescuer_url(const std::string& public_url, const std::string& key, const rescuer_claim& claim);

} // namespace lifeline::cti
