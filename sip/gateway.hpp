#pragma once
// The one door to SIP. Everything of sofia-sip's lives on one thread behind it; what passes are values.
//
// Commands may be given from any thread and return at once. A command for a leg that no longer exists is ignored:
// the leg's `ended` event is on its way or was delivered already. Sinks are called on the SIP thread and must not
// block.

#include "domain/ids.hpp"
#include "domain/plan.hpp"
#include "domain/session_description.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::sip {

using domain::leg_id;
using domain::session_description;

/// Who calls: from P-Asserted-Identity when the peer is a trunk (RFC 3325), else from From.
struct caller_identity {
  std::string number; ///< user part, or the whole URI when it has none; "anonymous" when withheld
  std::string display;
  bool withheld = false;
};
template <class Inspector> auto inspect(Inspector& f, caller_identity& x) { return f(x.number, x.display, x.withheld); }

/// An INVITE that was let in. The gateway has sent 100 already.
struct incoming_call {
  leg_id leg;
  std::string trunk; ///< the trunk's name, or empty when an agent's phone calls
  std::string agent; ///< the account that was authenticated, or empty
  caller_identity caller;
  std::string called;        ///< user part of the request URI
  session_description offer; ///< `present` false: delayed offer, our answer carries the offer
  std::string sip_call_id;   ///< Call-ID, for logs and traces
};
template <class Inspector> auto inspect(Inspector& f, incoming_call& x) {
  return f(x.leg, x.trunk, x.agent, x.caller, x.called, x.offer, x.sip_call_id);
}

enum class leg_event_kind : std::uint8_t {
  progress,         ///< outgoing: 180/183 in `status`, early media in `sdp` if present
  answered,         ///< outgoing: 2xx; `sdp` is the answer (or, after an INVITE without offer, their offer: call `ack`)
  failed,           ///< outgoing: final 3xx-6xx, timeout (408) or transport error (503); the leg is gone
  acked,            ///< incoming: the ACK of our 2xx came; `sdp` is their answer if the offer was ours
  reoffer,          ///< in dialog: re-INVITE or UPDATE; `sdp` (not present: they want our offer). Answer it.
  reoffer_answered, ///< our re-INVITE was answered (status 2xx with `sdp`) or refused (status >= 300)
  digit,            ///< SIP INFO digit in `text` ("0".."9", "*", "#", "A".."D")
  ended,            ///< the leg is gone: CANCEL, BYE, or a fault; see `cause`
};
/// Why a leg ended, seen from us.
enum class leg_end : std::uint8_t {
  none,
  remote_bye,
  remote_cancel,
  local,           ///< we hung up
  session_expired, ///< RFC 4028: no refresh in time, or our refresh was refused (481/408): a lost BYE
  no_ack,          ///< our 2xx was never acknowledged
  transport,       ///< the peer cannot be reached any more
  refused,         ///< we sent a final response >= 300
};

struct leg_event {
  leg_id leg;
  leg_event_kind kind = leg_event_kind::ended;
  std::int32_t status = 0;
  leg_end cause = leg_end::none;
  std::string text; ///< digit, or reason phrase / Reason header
  session_description sdp;
};
template <class Inspector> auto inspect(Inspector& f, leg_event& x) {
  return f(x.leg, x.kind, x.status, x.cause, x.text, x.sdp);
}

/// A way to an agent's phone, as registered: RFC 3261 contact and, behind NAT, the address that was really seen.
struct contact {
  std::string uri;   ///< Contact URI as registered
  std::string route; ///< "sip:addr:port;transport=udp|tcp;lr" to send through when it differs from the URI, or empty
  domain::instant expires = domain::never;
  std::string user_agent;
  bool operator==(const contact&) const = default;
};
template <class Inspector> auto inspect(Inspector& f, contact& x) { return f(x.uri, x.route, x.expires, x.user_agent); }

/// The whole set of an account's contacts after a change; empty = unreachable.
struct registration {
  std::string account;
  std::vector<contact> contacts;
};
template <class Inspector> auto inspect(Inspector& f, registration& x) { return f(x.account, x.contacts); }

struct invite_request {
  leg_id leg; ///< made by the caller of `invite`
  std::string target_uri;
  std::string route; ///< see contact::route
  std::string from_number;
  std::string from_display;
  session_description offer; ///< `raw` is sent as it is when not empty, else SDP is written from the fields
  std::chrono::milliseconds ring_timeout{60000}; ///< then CANCEL and `failed` with 408
  std::map<std::string, std::string> headers;    ///< extra headers, e.g. "X-Lifeline-Call"
};

class leg_sink {
public:
  virtual ~leg_sink() = default;
  virtual void on_leg_event(const leg_event& e) = 0;
};

class gateway_sink {
public:
  virtual ~gateway_sink() = default;
  /// Attach a leg_sink or refuse within 5 s, else the gateway answers 503 by itself. Events in between are kept.
  virtual void on_incoming(const incoming_call& call) = 0;
  virtual void on_registration(const registration& r) = 0;
};

/// Counted by the gateway itself, read by metrics. Keys are bounded: known methods and status codes only.
struct sip_statistics {
  std::map<std::string, std::uint64_t> requests_received; ///< by method; unknown ones are "OTHER"
  std::map<std::string, std::uint64_t> requests_sent;
  std::map<int, std::uint64_t> responses_sent; ///< by status code
  std::map<int, std::uint64_t> responses_received;
  std::map<std::string, std::uint64_t> refused; ///< by reason: "unknown_source", "bad_credentials", ...
  std::uint64_t legs = 0;                       ///< dialogs alive
  std::uint64_t registered_accounts = 0;
  std::uint64_t heartbeat = 0; ///< grows once a second: the thread is alive
};

/// SIP passwords as digest secrets H(user:realm:password) in hex (RFC 7616, RFC 8760).
struct credential {
  std::string account;
  std::string ha1_md5;
  std::string ha1_sha256;
};
/// Computes both from a plain password.
credential make_credential(const std::string& account, const std::string& realm, const std::string& password);

struct settings {
  std::string bind_address = "0.0.0.0";
  std::uint16_t port = 5060; ///< UDP and TCP; 0 = chosen by the system (see gateway::port)
  std::string advertised;    ///< address written into Contact and Via when it differs from the bound one, or empty
  std::string realm = "lifeline";
  std::vector<credential> credentials;
  std::vector<domain::trunk_plan> trunks;
  std::chrono::seconds nonce_lifetime{60};
  std::chrono::seconds min_registration{30}; ///< below: 423 Interval Too Brief
  std::chrono::seconds max_registration{3600};
  std::chrono::seconds default_registration{300};
  std::size_t max_contacts = 5;               ///< per account
  std::chrono::seconds session_expires{1800}; ///< RFC 4028; 0 = off
  std::chrono::seconds min_se{90};
  std::size_t max_legs = 40000; ///< past it new INVITEs get 503 with Retry-After
  /// 64*T1 of RFC 3261: an unanswered request fails and an unacknowledged 2xx is given up after it. Tests shorten it.
  std::chrono::milliseconds transaction_timeout{32000};
};

class gateway {
public:
  virtual ~gateway() = default;

  /// The port in use; valid after start.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Directs a leg's events, those kept so far first; a leg that does not exist (any more) is reported as ended within
  /// some seconds. A restarted call attaches again: later events go to the new sink.
  virtual void attach(leg_id leg, std::shared_ptr<leg_sink> sink) = 0;
  /// Takes up registrations from before a restart; those expired are ignored.
  virtual void restore(const std::vector<registration>& registrations) = 0;

  // incoming legs
  virtual void ring(leg_id leg) = 0;                                               ///< 180
  virtual void progress(leg_id leg, const session_description& early) = 0;         ///< 183
  virtual void answer(leg_id leg, const session_description& answer_or_offer) = 0; ///< 200
  virtual void refuse(leg_id leg, int status, const std::string& reason,
                      std::chrono::seconds retry_after = std::chrono::seconds{0}) = 0;

  // outgoing legs
  virtual void invite(const invite_request& request) = 0;
  /// Only after `answered` to an INVITE without an offer.
  virtual void ack(leg_id leg, const session_description& answer) = 0;

  // both
  virtual void reoffer(leg_id leg, const session_description& offer) = 0;
  virtual void answer_reoffer(leg_id leg, const session_description& answer) = 0;
  virtual void refuse_reoffer(leg_id leg, int status, const std::string& reason) = 0;
  /// Whatever the state asks for: final response, CANCEL or BYE. `reason` becomes a Reason header (RFC 3326):
  /// "SIP;cause=200;text=\"Call completed elsewhere\"". Always followed by `ended`, `failed` or nothing if it is gone.
  virtual void hang_up(leg_id leg, const std::string& reason = {}) = 0;

  /// Stops admitting calls: further INVITEs get 503.
  virtual void drain() = 0;
  [[nodiscard]] virtual sip_statistics statistics() const = 0;
  /// Unregisters nothing, ends all legs with BYE, stops the thread. Idempotent.
  virtual void stop() = 0;
};

/// Starts the SIP thread. Fails with a sentence (what and where) when an address cannot be bound or a setting is wrong.
[[nodiscard]] tl::expected<std::unique_ptr<gateway>, std::string> start_gateway(const settings& s,
                                                                                std::shared_ptr<gateway_sink> sink);

} // namespace lifeline::sip
