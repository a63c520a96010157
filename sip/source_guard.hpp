#pragma once
// Against floods, scanners and password guessers: who may send how much, and who is not answered at all for a while.
// No sockets and no clock: `now` is an argument. Its memory is bounded whatever comes in.
//
// A source is an IPv4 address or an IPv6 /64 (which is what one attacker gets for free).

#include "domain/base/time.hpp"
#include "sip/cidr.hpp"
#include "sip/gateway.hpp"

#include <tl/expected.hpp>

#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace lifeline::sip {

/// Lets `burst` through at once and `rate` per second in the long run.
class token_bucket {
public:
  bool take(double rate, double burst, domain::instant now);
  /// Whether `take` would succeed.
  [[nodiscard]] bool has(double rate, double burst, domain::instant now) const;

private:
  [[nodiscard]] double level(double rate, double burst, domain::instant now) const;
  double tokens_ = 0;
  domain::instant last_ = domain::never; ///< never: full
};

enum class admission : std::uint8_t {
  admitted,
  refused, ///< too fast: 503 with Retry-After
  dropped, ///< much too fast: not even an answer
};

enum class offence : std::uint8_t { wrong_password, unknown_account, unknown_source };

struct address_hash {
  std::size_t operator()(const ip_address& a) const noexcept;
};

class source_guard {
public:
  explicit source_guard(const guard_settings& s) { configure(s); }
  /// Takes over new settings; counts and bans so far stay, but of addresses that must not be banned (any more).
  /// Blocks that cannot be read are left out: check_guard() has refused them before. Returns the bans lifted by it.
  std::vector<ban> configure(const guard_settings& s);

  /// A request outside of a dialog from a source that is no trunk.
  admission admit(const ip_address& source, domain::instant now);
  /// The source is so far beyond its limit that its requests are not worth an answer.
  [[nodiscard]] bool flooding(const ip_address& source, domain::instant now) const;
  /// One INVITE of all sources together. Emergency calls have a budget of their own, four times as large, so that a
  /// flood of others never takes theirs.
  bool admit_invite(bool emergency, domain::instant now);
  [[nodiscard]] bool would_admit_invite(bool emergency, domain::instant now) const;
  /// A request from a trunk's address that is refused: whether it is worth an answer.
  bool admit_spared(const ip_address& source, domain::instant now);

  /// Counts an offence; the ban that follows from it, if one does.
  ///
  /// `registered`: a phone is registered from there at this moment. Such a source is never banned, since UDP's source
  /// addresses can be forged: whoever wanted to silence a branch office would only have to send wrong passwords in
  /// its name. Its rate is limited all the same. (For the same reason trunks are never banned: see `spare`.)
  std::optional<ban> offend(const ip_address& source, offence what, bool registered, domain::instant now);
  /// By hand. Nothing when the address must not be banned.
  std::optional<ban> punish(const ip_address& source, std::chrono::seconds duration, domain::instant now);
  /// The ban that was lifted, with `until` never.
  std::optional<ban> pardon(const ip_address& source);
  /// Whether a message from there is to be dropped; counts it.
  bool drops(const ip_address& source, domain::instant now);
  [[nodiscard]] bool is_banned(const ip_address& source, domain::instant now) const;
  /// Bans that have run out since, with `until` never.
  std::vector<ban> expire(domain::instant now);

  /// Blocks of trunks: neither limited nor banned.
  std::vector<ban> spare(std::vector<cidr> blocks);
  [[nodiscard]] bool spared(const ip_address& source) const;
  [[nodiscard]] std::vector<ban> bans() const;
  [[nodiscard]] std::size_t banned() const { return bans_.size(); }
  [[nodiscard]] std::size_t tracked() const { return sources_.size(); }

private:
  struct record {
    token_bucket requests;
    token_bucket refusals;
    domain::instant window = domain::never; ///< when the offences began to be counted
    int offences = 0;
    std::list<ip_address>::iterator place;
  };
  record& track(const ip_address& key);
  std::optional<ban> begin(const ip_address& key, domain::instant until, std::string reason);
  std::vector<ban> lift_spared();

  guard_settings settings_;
  std::vector<cidr> never_banned_;
  std::vector<cidr> spared_;
  token_bucket invites_;
  token_bucket emergency_invites_;
  std::unordered_map<ip_address, record, address_hash> sources_;
  std::list<ip_address> by_use_; ///< the one heard of last in front
  std::unordered_map<ip_address, ban, address_hash> bans_;
};

/// The key of an address: itself for IPv4, its /64 for IPv6.
ip_address source_key(const ip_address& address);
/// "192.0.2.1" or "2001:db8::/64".
std::string source_text(const ip_address& key);
/// Reads what `source_text` writes, and plain addresses.
std::optional<ip_address> parse_source(std::string_view text);
/// A sentence when the settings make no sense, else empty.
std::string check_guard(const guard_settings& s);

} // namespace lifeline::sip
