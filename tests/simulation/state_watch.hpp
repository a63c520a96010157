#pragma once
// The states of the living actors: each call and each order has one owner, none is without a deadline or past it,
// wrap-up lasts as long as it was given; and what the outer world sees: an agent is in one conversation, a caller too.

#include "actors/rescue/rescue_surroundings.hpp"
#include "tests/simulation/log_watch.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/sound.hpp"

#include <map>
#include <string>

namespace lifeline::simulation {

class state_watch {
public:
  explicit state_watch(findings& found) : found_(found) {}

  /// After each step, of the actor that has run.
  void check_actor(const actors::rescue_surroundings& around, const caf::abstract_actor& actor, domain::instant now);
  /// After each step that has changed a bridge.
  void check_bridges(const network& sip, const sound& media);
  /// While no message is under way and the parts of the engine are up.
  void check_rest(const actors::rescue_surroundings& around, const network& sip, const log_watch& log, bool disk_well,
                  domain::instant now);
  /// While no message is under way: nothing of a rescue is waited for that is not under way, no line is idle while a
  /// call waits for one, and a party has one deployment.
  void check_rescue(const actors::rescue_surroundings& around);
  /// The agent has been told something: its wrap-up may end early.
  void ordered(const std::string& account, domain::instant now) { orders_[account] = now; }
  /// The engine has died and may have lost what was not on disk.
  void forget_wrap_ups() { wrap_ups_.clear(); }

  // `rest`: nothing is under way, so what is due has been done.
  void check_call(const domain::call_state& c, domain::instant armed, domain::instant now, bool rest = true);
  void check_agent(const domain::agent_model& a, domain::instant armed, bool retired, domain::instant now,
                   bool rest = true);
  void check_order(const domain::order_state& o, domain::instant armed, domain::instant now, bool rest = true);
  /// Of a leg that the engine speaks with itself; `who`: its actor's name.
  void check_voice(const std::string& who, domain::instant due, domain::instant armed, domain::instant now);

private:
  struct wrap_up {
    domain::instant since = domain::never;
    domain::instant until = domain::never;
  };
  void check_wrap_up(const domain::agent_model& a, bool retired, domain::instant now);
  void check_legs(const network& sip);

  findings& found_;
  std::map<std::string, wrap_up> wrap_ups_;
  std::map<std::string, domain::instant> orders_;
};

} // namespace lifeline::simulation
