#pragma once
// The registrar's bindings (RFC 3261, section 10.3), without SIP messages, sockets or a clock.

#include "sip/gateway.hpp"

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace lifeline::sip {

struct registration_limits {
  std::chrono::seconds min{30};
  std::chrono::seconds max{3600};
  std::chrono::seconds fallback{300}; ///< when the phone names no time
  std::size_t max_contacts = 5;
};

/// An authenticated REGISTER.
struct register_request {
  struct binding {
    std::string uri;
    std::optional<std::chrono::seconds> expires; ///< the Contact's own parameter
    std::string route;                           ///< see contact::route
    std::string instance;                        ///< +sip.instance (RFC 5626, 4.1), or empty
    std::string reg_id;                          ///< RFC 5626, 4.2
  };
  std::string account;
  std::string call_id;
  std::uint32_t cseq = 0;
  std::string user_agent;
  std::vector<binding> contacts; ///< empty and not `all`: a query
  bool all = false;              ///< Contact: *
  std::optional<std::chrono::seconds> expires;
};

struct register_result {
  int status = 200;   ///< 200, 400, 403 (too many contacts in one request), 423 (too brief), 500 (older CSeq)
  std::string reason; ///< a sentence for whoever looks at the phone, when it is refused
  std::vector<contact> contacts; ///< all current ones, when 200
  bool changed = false;          ///< something was bound, refreshed or removed
};

class registrar {
public:
  explicit registrar(const registration_limits& limits) : limits_{limits} {}
  void set_limits(const registration_limits& limits) { limits_ = limits; }

  /// All or nothing: a refused request changes nothing.
  ///
  /// A contact takes the place of an older one of the same phone at another address: the same instance and reg-id (RFC
  /// 5626, 6), or, where the phone does not name itself, the same Call-ID (RFC 3261, 10.2: one for all of its
  /// registrations until it reboots). Otherwise its old address would ring in vain until it expires.
  ///
  /// A phone that never unregisters and cannot be known again would fill the account with its past. At the limit one
  /// that does not answer our questions (`silent`) gives way, else the one that was refreshed longest ago: who is there
  /// refreshes.
  using judgement = std::function<bool(const contact&)>;
  register_result apply(const register_request& request, domain::instant now, const judgement& silent = {});
  /// Takes bindings up; returns the accounts of which some had expired already, with what is left.
  std::vector<registration> restore(const std::vector<registration>& registrations, domain::instant now);
  /// Removes what has expired; returns the accounts concerned with what is left.
  std::vector<registration> expire(domain::instant now);

  /// Forgets a contact; nothing when there was none.
  std::optional<registration> remove(const std::string& account, const std::string& uri);
  /// Forgets all contacts of the accounts for which `stays` does not hold.
  std::vector<registration> remove_accounts(const std::function<bool(const std::string&)>& stays);

  [[nodiscard]] std::vector<contact> contacts(const std::string& account) const;
  [[nodiscard]] std::size_t accounts() const { return accounts_.size(); }

private:
  static bool is_former_place(const contact& old, const register_request& request,
                              const register_request::binding& fresh);
  bool make_room(std::vector<contact>& entries, const register_request& request, const judgement& silent) const;
  register_result remove_all(const register_request& request);
  void plan_expiry(domain::instant due);

  registration_limits limits_;
  std::unordered_map<std::string, std::vector<contact>> accounts_;
  domain::instant next_expiry_ = domain::instant::max();
};

} // namespace lifeline::sip
