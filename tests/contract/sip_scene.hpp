#pragma once
// A SIP gateway with somebody beyond it: the real one with peers on the loopback, or one of the tests' own.

#include "sip/gateway.hpp"

#include <functional>
#include <memory>
#include <string>

namespace lifeline::contract {

class sip_scene {
public:
  virtual ~sip_scene() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual sip::gateway& gate() = 0;
  /// What the gateway was started with, to be changed and given again.
  [[nodiscard]] virtual sip::settings settings() const = 0;
  /// True as soon as it holds; what is under way arrives meanwhile.
  [[nodiscard]] virtual bool eventually(const std::function<bool()>& holds) = 0;
  /// Time in which what should not come would have come.
  virtual void pass() = 0;

  /// A caller of the trunk has called; nobody has attached yet.
  [[nodiscard]] virtual domain::leg_id incoming() = 0;
  virtual void caller_cancels(const domain::leg_id& leg) = 0;
  virtual void caller_hangs_up(const domain::leg_id& leg) = 0;
  /// A phone is called; it does nothing by itself.
  [[nodiscard]] virtual domain::leg_id dial(std::shared_ptr<sip::leg_sink> sink) = 0;
  virtual void phone_rings(const domain::leg_id& leg) = 0;
  virtual void phone_answers(const domain::leg_id& leg) = 0;
  virtual void phone_refuses(const domain::leg_id& leg) = 0;
  virtual void phone_hangs_up(const domain::leg_id& leg) = 0;
};

/// Every implementation, each started anew.
std::unique_ptr<sip_scene> real_sip();
std::unique_ptr<sip_scene> fake_sip_of_actors();
std::unique_ptr<sip_scene> simulated_sip();

} // namespace lifeline::contract
