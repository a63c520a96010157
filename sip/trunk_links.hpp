#pragma once
// Our side of the trunks that we can dial out through: their REGISTERs and OPTIONS, their secrets, their state. Lives
// on the SIP thread.

#include "sip/counters.hpp"
#include "sip/sofia.hpp"
#include "sip/trunk_watch.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace lifeline::sip {

class trunk_links {
public:
  using report = std::function<void(const trunk_state&)>;

  trunk_links(counters& count, report changed) : count_{count}, changed_{std::move(changed)} {}
  trunk_links(const trunk_links&) = delete;
  trunk_links& operator=(const trunk_links&) = delete;
  ~trunk_links() { close(); }

  /// The URI by which a peer comes back to us, see leg_host::contact_towards.
  using contact_maker = std::function<std::string(const std::string& peer)>;

  void open(nua_t* nua, std::string own_host, contact_maker contact);
  /// Takes over the trunks and secrets as they are now: new ones begin, gone ones unregister, changed ones register
  /// again.
  void configure(const std::vector<domain::trunk_plan>& plans, const std::vector<trunk_secret>& secrets,
                 domain::instant now);
  void tick(domain::instant now);
  /// False: the handle is not one of ours.
  bool on_event(nua_event_t event, int status, nua_handle_t* handle, const sip_t* sip, domain::instant now);

  /// See order_of_trunks.
  [[nodiscard]] std::vector<std::string> order(const std::vector<std::string>& wanted) const;
  /// nullptr when there is none of this name that can dial out.
  trunk_watch* find(const std::string& name);
  /// For nua_authenticate: what answers this challenge of the trunk, or empty when we have no password for it.
  [[nodiscard]] std::string credentials(const std::string& trunk, const sip_t* challenge) const;
  [[nodiscard]] std::vector<trunk_state> states() const;
  /// Tells of a change that a call has caused.
  void tell();

  /// Unregisters everywhere; nothing else is sent from now on.
  void shut_down(domain::instant now);
  /// Whether an un-REGISTER has not been answered yet.
  [[nodiscard]] bool leaving() const { return !leaving_.empty(); }
  /// Before the stack goes.
  void close();

private:
  struct link {
    explicit link(trunk_watch w) : watch{std::move(w)} {}
    trunk_watch watch;
    nua_handle_t* options = nullptr;
    nua_handle_t* registration = nullptr;
    bool challenged = false; ///< the REGISTER under way has been repeated with our password already
  };
  void act(link& l, trunk_task task);
  void send_options(link& l);
  void send_register(link& l);
  void on_register(link& l, int status, const sip_t* sip, domain::instant now);
  void leave(link& l, domain::instant now);
  void drop(nua_handle_t*& handle);

  counters& count_;
  report changed_;
  nua_t* nua_ = nullptr;
  std::string own_host_;
  contact_maker contact_;
  bool stopping_ = false;
  std::map<std::string, link> links_;
  std::map<std::string, std::string> users_;     ///< of every trunk, those without `outbound` too
  std::map<std::string, std::string> passwords_; ///< by trunk
  std::map<nua_handle_t*, domain::instant> leaving_;
};

} // namespace lifeline::sip
