#pragma once
// Which registered phones are asked for a sign of life and when: those behind a NAT, whose mapping the question keeps
// open, and those on a connection. No sockets and no clock: `now` is an argument.

#include "domain/base/time.hpp"
#include "sip/gateway.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::sip {

/// Whether a contact needs it: it is not where its packets come from, or is reached over a connection.
bool needs_keepalive(const contact& c);

class keepalive_watch {
public:
  /// Account and Contact URI.
  using key = std::pair<std::string, std::string>;
  struct probe {
    key phone;
    std::string route;
  };
  struct round {
    std::vector<probe> probes; ///< OPTIONS is to be sent to these; one under way to the same phone is given up
    std::vector<key> dead;     ///< not answered too often: forgotten here
  };

  keepalive_watch(std::chrono::seconds interval, int failures) { configure(interval, failures); }
  void configure(std::chrono::seconds interval, int failures);
  /// The account's contacts after a change. A refreshed contact keeps its place in the round, one with a new route
  /// begins anew.
  void track(const std::string& account, const std::vector<contact>& contacts, domain::instant now);
  round due(domain::instant now);
  /// A response of any status but 408, 503 and the stack's own is a sign of life.
  void answered(const key& phone, int status);
  /// It has left a question unanswered for a whole interval.
  [[nodiscard]] bool silent(const key& phone) const;
  [[nodiscard]] std::size_t size() const { return phones_.size(); }

private:
  struct state {
    std::string route;
    domain::instant due = domain::never;
    int failures = 0;
    bool asked = false; ///< not answered yet
  };
  domain::span interval_{};
  int limit_ = 3;
  std::map<key, state> phones_;
  domain::instant next_ = domain::instant::max();
};

} // namespace lifeline::sip
