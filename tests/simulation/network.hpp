#pragma once
// The SIP gateway and everybody beyond it: callers, agents' phones, outer numbers. They do nothing by themselves but
// what a SIP stack does (ACK, ring timeouts, session expiry); the rest is the script's.
//
// Events can be lost between gateway and engine, which stands for lost messages on the wire: the gateway finds out
// later by its own timers, as sofia's does.

#include "tests/simulation/outside.hpp"
#include "tests/support/sip_office.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::simulation {

enum class leg_role : std::uint8_t { caller, phone, number };
enum class leg_phase : std::uint8_t { setup, answered, over };

struct network_leg {
  domain::leg_id id;
  leg_role role = leg_role::caller;
  std::string who;      ///< the caller's name, the account, the number
  domain::call_id call; ///< of a phone or number: the call that it rings for
  leg_phase phase = leg_phase::setup;
  bool rang = false;
  bool cancelled = false; ///< we took the INVITE back
  bool vanished = false;  ///< the peer is gone and nobody knows yet
  bool delayed_offer = false;
  bool held = false;
  bool known = false;     ///< its answer has reached the engine
  std::uint64_t made = 0; ///< order of appearance
  clockwork::time_point over_at{};
  std::shared_ptr<sip::leg_sink> sink;
  std::shared_ptr<sip::leg_event> last; ///< told last
};

class network final : public testing::sip_office {
public:
  explicit network(outside& world) : world_(world) {}

  // what the world does
  network_leg& add_caller(const std::string& name, bool delayed_offer);
  /// CANCEL or BYE; of a number or phone BYE. False: there is nothing to hang up.
  bool hang_up_by(network_leg& leg);
  void vanish(network_leg& leg);
  void ring_by(network_leg& leg);
  void answer_by(network_leg& leg);
  void refuse_by(network_leg& leg, int status);
  void reoffer_by(network_leg& leg, bool hold);
  /// A 200 that crosses our CANCEL. False: too late, or nothing was cancelled.
  bool answer_late(network_leg& leg);
  void repeat_last(network_leg& leg);
  void lose(std::int64_t events) { losing_ = events; }
  /// The engine is gone: so are its dialogs.
  void engine_died();

  /// The oldest leg of that name for which `fits`; null: none.
  template <class Fits> network_leg* find(const std::string& who, Fits fits) {
    network_leg* found = nullptr;
    for (auto& [id, leg] : legs_)
      if (leg.who == who && fits(leg) && (found == nullptr || leg.made < found->made)) found = &leg;
    return found;
  }
  [[nodiscard]] const std::map<domain::leg_id, network_leg>& legs() const { return legs_; }
  [[nodiscard]] const network_leg* leg(const domain::leg_id& id) const {
    const auto found = legs_.find(id);
    return found != legs_.end() ? &found->second : nullptr;
  }

  // sip::gateway
  [[nodiscard]] std::uint16_t port() const override { return 5060; }
  void attach(domain::leg_id leg, std::shared_ptr<sip::leg_sink> sink) override;
  void restore(const std::vector<sip::registration>&) override {}
  void end_dialogs(const std::vector<sip::standing_dialog>&) override {}
  void ring(domain::leg_id) override {}
  void progress(domain::leg_id, const domain::session_description&) override {}
  void answer(domain::leg_id leg, const domain::session_description& d) override;
  void refuse(domain::leg_id leg, int status, const std::string& reason, std::chrono::seconds retry) override;
  void invite(const sip::invite_request& r) override;
  void ack(domain::leg_id, const domain::session_description&) override {}
  void reoffer(domain::leg_id leg, const domain::session_description& d) override;
  void answer_reoffer(domain::leg_id, const domain::session_description&) override {}
  void refuse_reoffer(domain::leg_id, int, const std::string&) override {}
  void hang_up(domain::leg_id leg, const std::string& reason) override;
  void drain() override {}
  void stop() override {}

private:
  void end(network_leg& leg);
  void tell(network_leg& leg, sip::leg_event e);
  void deliver(network_leg& leg, const sip::leg_event& e);
  void found_later(const domain::leg_id& id, sip::leg_event e);
  void expire(const domain::leg_id& id, sip::leg_event_kind kind, sip::leg_end cause, clockwork::duration d);

  outside& world_;
  std::map<domain::leg_id, network_leg> legs_;
  std::map<domain::leg_id, std::shared_ptr<sip::leg_sink>> early_; ///< attached before the INVITE
  std::uint64_t made_ = 0;
  std::int64_t losing_ = 0;
};

/// A phone's side of the audio.
domain::session_description phone_media(domain::direction d = domain::direction::sendrecv);

} // namespace lifeline::simulation
