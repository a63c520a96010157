#pragma once
// The one door to SIP. Everything of sofia-sip's lives on one thread behind it; what passes are values.
//
// Commands may be given from any thread and return at once. A command for a leg that no longer exists is ignored:
// the leg's `ended` event is on its way or was delivered already. Sinks are called on the SIP thread and must not
// block.

#include "domain/base/ids.hpp"
#include "domain/calls/session_description.hpp"
#include "domain/plan/plan.hpp"

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
  /// User part, a number without visual separators (RFC 3966), or the whole URI when it has none; "anonymous" when
  /// withheld.
  std::string number;
  std::string display;
  bool withheld = false;
  std::string
      asserted; ///< what a trusted trunk asserted although the number is withheld (RFC 3325); for emergencies only
  std::string received;  ///< `number` as it was written
  bool verified = false; ///< a trusted trunk vouches for the number; else it is what the caller says of itself
};

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

enum class leg_event_kind : std::uint8_t {
  progress,         ///< outgoing: 180/183 in `status`, early media in `sdp` if present
  answered,         ///< outgoing: 2xx; `sdp` is the answer (or, after an INVITE without offer, their offer: call `ack`)
  failed,           ///< outgoing: final 3xx-6xx, timeout (408) or transport error (503); the leg is gone
  acked,            ///< incoming: the ACK of our 2xx came; `sdp` is their answer if the offer was ours
  reoffer,          ///< in dialog: re-INVITE or UPDATE; `sdp` (not present: they want our offer). Answer it.
  reoffer_answered, ///< our re-INVITE was answered (status 2xx with `sdp`) or refused (status >= 300)
  digit,            ///< SIP INFO digit in `text` ("0".."9", "*", "#", "A".."D")
  ended,            ///< the leg is gone: CANCEL, BYE, or a fault; see `cause`
  alive,            ///< in conversation: the peer has sent or answered a request, whatever it was about
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

/// A way to an agent's phone, as registered: RFC 3261 contact and, behind NAT, the address that was really seen.
struct contact {
  std::string uri;   ///< Contact URI as registered
  std::string route; ///< "sip:addr:port;transport=udp|tcp;lr" to send through when it differs from the URI, or empty
  domain::instant expires = domain::never;
  std::string user_agent;
  // By which the same phone is known again, also by an engine that has been restarted.
  std::string instance{}; ///< +sip.instance (RFC 5626, 4.1), or empty
  std::string reg_id{};   ///< RFC 5626, 4.2
  std::string call_id{};  ///< of its REGISTERs: one for all of them until the phone reboots (RFC 3261, 10.2)
  std::uint32_t cseq = 0;
  domain::instant refreshed = domain::never; ///< when it was bound last
  bool operator==(const contact&) const = default;
};

/// The whole set of an account's contacts after a change; empty = unreachable.
struct registration {
  std::string account;
  std::vector<contact> contacts;
};

/// What it takes to end a dialog when the engine that had it is gone: kept outside, and given to `end_dialogs` by the
/// next one.
struct standing_dialog {
  leg_id leg;
  std::string account; ///< whose phone it is; empty: nobody's of ours
  std::string trunk;   ///< whose peer it is, for its challenges; or empty
  std::string call_id;
  std::string local;  ///< our From, with its tag
  std::string remote; ///< our To, with the peer's tag
  std::string target; ///< request URI: the peer's last Contact
  std::string routes; ///< Route, in order; empty = there is no route set
  std::string way;    ///< see contact::route
  bool operator==(const standing_dialog&) const = default;
};

struct invite_request {
  leg_id leg;             ///< made by the caller of `invite`
  std::string account;    ///< whose phone is called; empty: nobody's of ours
  std::string target_uri; ///< a bare number when `trunks` is not empty
  std::string route;      ///< see contact::route
  /// Dial out through the first of these that is up; when it fails before it has rung (408, 5xx, transport) through the
  /// next; one that is down is tried last of all. `failed` comes only when none is left.
  std::vector<std::string> trunks;
  bool withheld =
      false; ///< From is anonymous, Privacy: id; a trusted trunk still gets P-Asserted-Identity (RFC 3323/3325)
  std::string from_number;
  std::string from_display;
  session_description offer; ///< `raw` is sent as it is when not empty, else SDP is written from the fields
  std::chrono::milliseconds ring_timeout{60000}; ///< then CANCEL and `failed` with 408
  std::map<std::string, std::string> headers;    ///< extra headers, e.g. "X-Lifeline-Call"
};

/// What is known of a trunk. `up`: calls can go out through it.
struct trunk_state {
  std::string name;
  bool up = true;
  bool registers = false;
  bool registered = false;
  std::string reason; ///< why it is down or not registered: "OPTIONS: no answer", "REGISTER: 403"
  domain::instant since = domain::never;
  std::chrono::microseconds round_trip{0}; ///< of the last answered OPTIONS
  std::uint64_t calls_out = 0;             ///< legs dialled through it
  std::uint64_t failovers = 0;             ///< legs that went on to another trunk
};

/// Requests from this address are dropped without an answer until then.
struct ban {
  std::string address;
  domain::instant until = domain::never;
  std::string reason; ///< "wrong passwords", "unknown source", "by hand"
  std::uint64_t dropped = 0;
};

/// Which new calls are answered 503 for overload, the engine's own judgement (domain/calls/overload.hpp).
enum class shedding : std::uint8_t { none, all_but_emergency, all };

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
  virtual void on_trunk(const trunk_state& t) = 0; ///< it went up or down, or its registration did
  virtual void on_ban(const ban& b) = 0;           ///< begun; `until` never: lifted
  /// A dialog stands now, or what its end takes has changed; of each leg the last word counts.
  virtual void on_dialog(const standing_dialog& d) = 0;
  /// There is nothing left to end: the peer has been told, has told us, or cannot be told any more.
  virtual void on_dialog_over(leg_id leg) = 0;
};

/// Counted by the gateway itself, read by metrics. Keys are bounded: known methods and status codes only.
struct sip_statistics {
  std::map<std::string, std::uint64_t> requests_received; ///< by method; unknown ones are "OTHER"
  std::map<std::string, std::uint64_t> requests_sent;
  std::map<int, std::uint64_t> responses_sent; ///< by status code
  std::map<int, std::uint64_t> responses_received;
  std::map<std::string, std::uint64_t> refused; ///< by reason: "unknown_source", "bad_credentials", ...
  std::uint64_t emergency_refused = 0; ///< of them, calls to an emergency number: overload, or too many at once
  std::uint64_t legs = 0;              ///< dialogs alive
  std::uint64_t remembered = 0;        ///< calls and transactions that the stack may still hold something of
  std::uint64_t registered_accounts = 0;
  std::uint64_t heartbeat = 0;   ///< grows once a second: the thread is alive
  std::uint64_t faults = 0;      ///< exceptions in our own code, each of which cost one leg or request, not the thread
  std::uint64_t bans = 0;        ///< addresses banned now
  std::uint64_t dropped = 0;     ///< requests of banned addresses
  std::uint64_t connections = 0; ///< TCP and TLS
  std::chrono::microseconds lag{0}; ///< how late the thread's timer was lately (the worst of the last second)
  std::chrono::system_clock::time_point certificate_expires{}; ///< of the TLS certificate in use; epoch = none
};

/// SIP passwords as digest secrets H(user:realm:password) in hex (RFC 7616, RFC 8760).
struct credential {
  std::string account;
  std::string ha1_md5;
  std::string ha1_sha256;
};
/// Computes both from a plain password.
credential make_credential(const std::string& account, const std::string& realm, const std::string& password);

/// TLS for phones and trunks (sips, transport=tls). Files are PEM.
struct tls_settings {
  bool enabled = false;
  std::uint16_t port = 5061; ///< 0 = chosen by the system (see gateway::tls_port)
  std::string certificate;   ///< with its chain
  std::string key;
  std::string authorities;     ///< whom we trust; empty = the system's
  bool verify_trunks = true;   ///< a trunk's certificate must be valid for its host
  bool require_client = false; ///< phones must show a certificate of `authorities`
  bool operator==(const tls_settings&) const = default;
};

/// Digest towards a trunk: `password` answers its 401/407.
struct trunk_secret {
  std::string trunk;
  std::string password;
};

/// Against floods, scanners and password guessers. Addresses of trunks and of `never_banned` are never banned.
struct guard_settings {
  double requests_per_second = 50; ///< per source that is no trunk, new dialogs and REGISTERs
  double burst = 100;
  double invites_per_second = 500; ///< of all sources together; more are 503
  double invite_burst = 1000;
  /// Requests from one address of a trunk that are refused; further ones are not answered at all. OPTIONS always are.
  double trunk_refusals_per_second = 1000;
  int max_offences = 10; ///< wrong passwords, unknown accounts, unknown sources within `offence_window`
  std::chrono::seconds offence_window{60};
  std::chrono::seconds ban_time{600};
  std::vector<std::string> never_banned; ///< CIDRs
  std::size_t max_tracked = 20000;       ///< sources remembered at once; the oldest is forgotten
  bool operator==(const guard_settings&) const = default;
};

struct settings {
  std::string bind_address = "0.0.0.0"; ///< "*": every address of IPv4 and IPv6
  std::uint16_t port = 5060;            ///< UDP and TCP; 0 = chosen by the system (see gateway::port)
  std::string advertised; ///< address written into Contact and Via when it differs from the bound one, or empty
  std::string realm = "lifeline";
  std::vector<credential> credentials;
  std::vector<domain::trunk_plan> trunks;
  std::vector<trunk_secret> trunk_secrets;
  tls_settings tls;
  guard_settings guard;
  std::vector<std::string> emergency_numbers; ///< called numbers of emergencies: shed last, drained last
  std::chrono::seconds keepalive{30};         ///< OPTIONS to registered phones behind NAT (and over TCP/TLS); 0 = off
  int keepalive_failures = 3;                 ///< unanswered ones in a row after which the contact is dropped
  std::size_t max_connections = 4000;         ///< TCP and TLS together
  std::chrono::seconds idle_connection{120};  ///< a connection that has never sent a whole request is closed after it
  std::size_t max_message = 256UL * 1024;     ///< bytes; a larger one is refused (513) or its connection closed
  /// A trunk that has not answered our INVITE at all after this time is left for the next one, if there is one.
  std::chrono::milliseconds trunk_answer_timeout{4000};
  std::chrono::seconds nonce_lifetime{60};
  std::chrono::seconds min_registration{30}; ///< below: 423 Interval Too Brief
  std::chrono::seconds max_registration{3600};
  std::chrono::seconds default_registration{300};
  std::size_t max_contacts = 5;               ///< per account; past it the least likely one gives way
  std::chrono::seconds session_expires{1800}; ///< RFC 4028; 0 = off
  std::chrono::seconds min_se{90};
  std::size_t max_legs = 40000; ///< past it new INVITEs get 503 with Retry-After
  /// 64*T1 of RFC 3261: an unanswered request fails and an unacknowledged 2xx is given up after it. Tests shorten it.
  std::chrono::milliseconds transaction_timeout{32000};
  /// A caller who waits unanswered hears of us so often (RFC 3261, 13.3.1.1), or proxies would give the call up.
  std::chrono::milliseconds provisional_interval{60000};
};

class gateway {
public:
  virtual ~gateway() = default;

  /// The port in use; valid after start.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual std::uint16_t tls_port() const = 0; ///< 0 = no TLS
  /// Takes over what may change while running: credentials, trunks and their secrets, guard, emergency numbers, limits,
  /// keepalive, session timers, and TLS certificates (read again even if their paths are the same). All or nothing: a
  /// sentence when something is wrong (unreadable certificate, addresses or ports that would have to change). Existing
  /// dialogs and connections go on. Blocks for the SIP thread's answer, at most 2 s.
  [[nodiscard]] virtual tl::expected<void, std::string> reconfigure(const settings& s) = 0;
  [[nodiscard]] virtual std::vector<trunk_state> trunks() const = 0;
  [[nodiscard]] virtual std::vector<ban> bans() const = 0;
  virtual void ban_source(const std::string& address, std::chrono::seconds duration) = 0;
  /// False: it was not banned.
  virtual bool unban(const std::string& address) = 0;
  virtual void shed(shedding level) = 0;
  /// Fault injection for tests and drills: the SIP thread sleeps for so long (a hang), or throws when 0 (a fault).
  virtual void inject_fault(std::chrono::milliseconds hang) = 0;
  /// Directs a leg's events, those kept so far first; a leg that does not exist (any more) is reported as ended within
  /// some seconds. A restarted call attaches again: later events go to the new sink.
  virtual void attach(leg_id leg, std::shared_ptr<leg_sink> sink) = 0;
  /// Takes up registrations from before a restart; those expired are ignored.
  virtual void restore(const std::vector<registration>& registrations) = 0;

  /// Ends what an engine before this one has left standing, each with BYE. on_dialog_over follows for every one of
  /// them, within transaction_timeout and a few seconds: once it was answered, whatever the answer, or could not be.
  virtual void end_dialogs(const std::vector<standing_dialog>& left) = 0;

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
