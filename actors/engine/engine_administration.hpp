#pragma once
// What operators may do to the engine as a whole: reroute, look at trunks and bans, verify the log, inject faults. Base
// of the engine; not for others.

#include "actors/engine/engine_operations.hpp"
#include "domain/plan/operation_rules.hpp"

namespace lifeline::actors {

class engine_administration : public engine_operations {
public:
  domain::result<listing<hotline_status>> hotlines() override;
  domain::result<hotline_status> reroute(const std::string& hotline, bool on, const std::string& reason) override;
  domain::result<std::vector<sip::trunk_state>> trunks() override;
  domain::result<std::vector<sip::ban>> bans() override;
  domain::result<void> ban_source(const std::string& address, std::chrono::seconds duration) override;
  domain::result<void> unban(const std::string& address) override;
  domain::result<log_report> verify_log() override;
  domain::result<void> inject(const fault_order& fault) override;

protected:
  engine_administration(caf::actor_system& system, rescue_surroundings_ptr around, std::string recordings,
                        bool fault_injection)
      : engine_operations(system, std::move(around), std::move(recordings)), fault_injection_(fault_injection) {}

private:
  domain::result<void> inject_into_actor(const domain::fault_target& target, const std::string& kind);
  domain::result<void> inject_into_gateway(const fault_order& fault, domain::fault_aim aim);

  bool fault_injection_;
};

} // namespace lifeline::actors
