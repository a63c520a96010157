#pragma once
// The edge towards the network: who is let in and how fast, the trunks that we dial out through, the phones that are
// asked for a sign of life, the connections. Lives on the SIP thread; what others may read is published.

#include "sip/connection_watch.hpp"
#include "sip/keepalive.hpp"
#include "sip/message_gate.hpp"
#include "sip/source_guard.hpp"
#include "sip/trunk_links.hpp"

#include <mutex>
#include <set>

namespace lifeline::sip {

/// The last known state of trunks and bans, for any thread.
class edge_board {
public:
  void put(std::vector<trunk_state> trunks) {
    const std::lock_guard lock{mutex_};
    trunks_ = std::move(trunks);
  }
  void put(std::vector<ban> bans) {
    const std::lock_guard lock{mutex_};
    bans_ = std::move(bans);
  }
  [[nodiscard]] std::vector<trunk_state> trunks() const {
    const std::lock_guard lock{mutex_};
    return trunks_;
  }
  [[nodiscard]] std::vector<ban> bans() const {
    const std::lock_guard lock{mutex_};
    return bans_;
  }
  /// For `unban`: whether there was one, which there is not any more.
  bool take_ban(const std::string& address);

private:
  mutable std::mutex mutex_;
  std::vector<trunk_state> trunks_;
  std::vector<ban> bans_;
};

class edge {
public:
  edge(const settings& s, gateway_sink& sink, counters& count, edge_board& board);

  void open(nua_t* nua, std::vector<std::uint16_t> ports, const std::string& own_host,
            trunk_links::contact_maker contact);
  void configure(const settings& s, domain::instant now);
  void close();
  /// What a contact's phone has lost: no answer any more.
  using dead_phones = std::vector<keepalive_watch::key>;
  dead_phones tick(domain::instant now);
  bool on_event(nua_event_t event, int status, nua_handle_t* handle, const sip_t* sip, domain::instant now);
  trunk_links& trunks() { return trunks_; }
  /// What the SIP thread waits on.
  [[nodiscard]] int epoll() const { return epoll_; }

  /// The account's contacts after a change.
  void phones_changed(const std::string& account, const std::vector<contact>& contacts, domain::instant now);
  /// Whether a registered phone leaves our questions unanswered.
  [[nodiscard]] bool silent(const std::string& account, const contact& c) const {
    return keepalive_.silent({account, c.uri});
  }
  /// Whether a phone is registered from there at this moment.
  [[nodiscard]] bool phone_at(const ip_address& source) const { return phone_sources_.count(source_key(source)) != 0; }

  /// A first look at any message: false when its source is banned. Notes who uses a connection.
  bool hears(const first_look& look, domain::instant now);
  admission admit(const ip_address& source, domain::instant now) { return guard_.admit(source, now); }
  [[nodiscard]] bool floods(const ip_address& source, domain::instant now) const {
    return guard_.flooding(source, now);
  }
  /// An address of a trunk, of which INVITEs are limited elsewhere and OPTIONS are always answered.
  [[nodiscard]] bool is_trunk(const ip_address& source) const { return guard_.spared(source); }
  /// Whether a trunk's request that is refused is worth an answer.
  bool may_refuse_trunk(const ip_address& source, domain::instant now) { return guard_.admit_spared(source, now); }
  /// Whether admit_invite would let one more in.
  [[nodiscard]] bool would_admit_invite(const std::string* trunk, bool emergency, domain::instant now) const;
  /// The budgets of all INVITEs together and of this trunk's (nullptr: a phone's).
  bool admit_invite(const std::string* trunk, bool emergency, domain::instant now);
  void offend(const ip_address& source, offence what, domain::instant now);
  void ban_source(const std::string& address, std::chrono::seconds duration, domain::instant now);
  void unban(const std::string& address);

private:
  void look_at_connections(domain::instant now);
  void send_probe(const keepalive_watch::probe& p);
  void tell(const ban& b);
  void publish();

  gateway_sink& sink_;
  counters& count_;
  edge_board& board_;
  source_guard guard_;
  trunk_links trunks_;
  /// How many calls one trunk may bring; emergency calls have their own share here as well.
  struct trunk_budget {
    double rate = 0;
    token_bucket calls;
    token_bucket emergencies;
    [[nodiscard]] double rate_of(bool emergency) const;
  };
  std::map<std::string, trunk_budget> trunk_budgets_;
  keepalive_watch keepalive_;
  std::map<keepalive_watch::key, nua_handle_t*> probes_;
  std::map<nua_handle_t*, keepalive_watch::key> probe_of_;
  std::map<std::string, std::vector<ip_address>> phones_; ///< sources of each account's contacts
  std::unordered_map<ip_address, std::size_t, address_hash> phone_sources_;
  connection_rules connections_;
  connection_rules::limits connection_limits_;
  std::size_t connected_ = 0;
  std::vector<std::uint16_t> ports_;
  int epoll_ = -1;
  nua_t* nua_ = nullptr;
  std::string own_host_;
  unsigned ticks_ = 0;
};

/// Whether a called user part is one of the emergency numbers, also when it carries parameters.
bool is_emergency(const std::string& called, const std::vector<std::string>& numbers);
/// A sentence when what the edge is configured to makes no sense, else empty.
std::string check_edge(const settings& s);

} // namespace lifeline::sip
