#pragma once
// The one door for outgoing HTTP: tells parties' and the authority's software what happens. One thread of its own;
// what passes are values. Beast and OpenSSL stay in this folder.

#include "domain/base/time.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace lifeline::webhook {

struct post_request {
  std::string url;    ///< http:// or https://
  std::string body;   ///< JSON
  std::string secret; ///< of the HMAC; empty: unsigned
  std::string id;     ///< unique per message, the same in every retry: the receiver's key against repeats
  std::chrono::milliseconds longest{120000}; ///< all tries together
};
struct post_result {
  bool delivered = false; ///< a 2xx came
  int status = 0;         ///< of the last answer; 0 = none came
  std::uint32_t tries = 0;
  std::string error; ///< a sentence; beside `delivered`: the answer was too large to be read
  std::string body;  ///< of the 2xx, at most 64 kB: a party may accept or refuse in it
};
using post_done = std::function<void(const post_result&)>; ///< once, on the gateway's thread: be quick

struct settings {
  std::chrono::milliseconds timeout{5000};     ///< of one try
  std::chrono::milliseconds first_retry{1000}; ///< doubled each time, at most a minute
  std::size_t max_waiting = 10000;             ///< requests under way; more fail at once
  std::string authorities;                     ///< path of a PEM file; empty = the system's
};
struct statistics {
  std::uint64_t delivered = 0, failed = 0, retries = 0, waiting = 0;
};

/// Header X-Lifeline-Signature: "t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">"; X-Lifeline-Id: `id`.
std::string signature(const std::string& secret, std::int64_t unix_seconds, const std::string& body);
/// The other direction, for what others send to us: true when it was made with the secret within `max_skew` of `now`.
/// The error is a sentence: malformed, too old, wrong.
tl::expected<void, std::string> verify_signature(const std::string& secret, const std::string& header,
                                                 const std::string& body, domain::instant now, domain::span max_skew);

/// Whether `post` could use it; the error is a sentence without the URL.
tl::expected<void, std::string> check_url(const std::string& url);

class gateway {
public:
  virtual ~gateway() = default; ///< stops
  virtual void post(post_request r, post_done done) = 0;
  [[nodiscard]] virtual webhook::statistics statistics() const = 0;
  /// Pending ones are told "interrupted", later ones at once by whoever posts them. Idempotent; not from a `done`.
  virtual void stop() = 0;
};
[[nodiscard]] tl::expected<std::unique_ptr<gateway>, std::string> start_gateway(const settings& s);

} // namespace lifeline::webhook
