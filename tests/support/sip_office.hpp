#pragma once
// What a fake SIP gateway owes about trunks, bans, faults and changes while running: the part that no call touches.
// tests/contract compares it with the real gateway.

#include "sip/gateway.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace lifeline::testing {

class sip_office : public sip::gateway {
public:
  [[nodiscard]] std::uint16_t tls_port() const override { return 0; }
  [[nodiscard]] tl::expected<void, std::string> reconfigure(const sip::settings& s) override {
    if (s.realm.empty()) return tl::unexpected{std::string{"sip: realm \"\" is empty"}};
    trunks_.clear();
    for (const auto& t : s.trunks)
      trunks_.push_back({t.name, true, t.registers, false, {}, {}, {}, 0, 0});
    return {};
  }
  [[nodiscard]] std::vector<sip::trunk_state> trunks() const override { return trunks_; }
  [[nodiscard]] std::vector<sip::ban> bans() const override { return bans_; }
  void ban_source(const std::string& address, std::chrono::seconds duration) override {
    (void)unban(address);
    const auto now = std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now());
    bans_.push_back({address, now + duration, "by hand", 0});
  }
  bool unban(const std::string& address) override {
    return std::erase_if(bans_, [&](const sip::ban& b) { return b.address == address; }) > 0;
  }
  void shed(sip::shedding level) override { shedding = level; }
  void inject_fault(std::chrono::milliseconds hang) override {
    if (hang.count() <= 0) ++faults_;
  }
  [[nodiscard]] sip::sip_statistics statistics() const override {
    sip::sip_statistics s;
    s.bans = bans_.size();
    s.faults = faults_;
    return s;
  }

  sip::shedding shedding = sip::shedding::none; ///< as last told

private:
  std::vector<sip::trunk_state> trunks_;
  std::vector<sip::ban> bans_;
  std::uint64_t faults_ = 0;
};

} // namespace lifeline::testing
