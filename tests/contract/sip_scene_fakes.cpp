#include "tests/actors/fake_gateways.hpp"
#include "tests/contract/sip_scene.hpp"
#include "tests/simulation/network.hpp"

#include <string>

namespace lifeline::contract {

namespace {

using namespace std::chrono_literals;
using sip::leg_end;
using sip::leg_event_kind;

sip::settings settings_with_trunk() {
  sip::settings s;
  domain::trunk_plan t;
  t.name = "carrier";
  s.trunks = {t};
  return s;
}

sip::invite_request request(std::uint64_t n) {
  sip::invite_request r;
  r.leg = {9, n};
  r.target_uri = "sip:800" + std::to_string(n) + "@127.0.0.1";
  return r;
}

class fake_scene final : public sip_scene {
public:
  fake_scene() { (void)fake_.reconfigure(settings()); }
  [[nodiscard]] std::string name() const override { return "the fake of the actors' tests"; }
  [[nodiscard]] sip::gateway& gate() override { return fake_; }
  [[nodiscard]] sip::settings settings() const override { return settings_with_trunk(); }
  [[nodiscard]] bool eventually(const std::function<bool()>& holds) override { return holds(); }
  void pass() override {}
  [[nodiscard]] domain::leg_id incoming() override {
    const domain::leg_id leg{1, ++made_};
    fake_.alive.insert(leg);
    return leg;
  }
  void caller_cancels(const domain::leg_id& leg) override {
    fake_.emit(leg, leg_event_kind::ended, 0, leg_end::remote_cancel);
  }
  void caller_hangs_up(const domain::leg_id& leg) override {
    fake_.emit(leg, leg_event_kind::ended, 0, leg_end::remote_bye);
  }
  [[nodiscard]] domain::leg_id dial(std::shared_ptr<sip::leg_sink> sink) override {
    const auto r = request(++made_);
    fake_.attach(r.leg, std::move(sink));
    fake_.invite(r);
    return r.leg;
  }
  void phone_rings(const domain::leg_id& leg) override { fake_.emit(leg, leg_event_kind::progress, 180); }
  void phone_answers(const domain::leg_id& leg) override { fake_.emit(leg, leg_event_kind::answered, 200); }
  void phone_refuses(const domain::leg_id& leg) override { fake_.emit(leg, leg_event_kind::failed, 486); }
  void phone_hangs_up(const domain::leg_id& leg) override { caller_hangs_up(leg); }

private:
  testing::fake_sip fake_;
  std::uint64_t made_ = 0;
};

class simulated_scene final : public sip_scene {
public:
  simulated_scene() { (void)network_.reconfigure(settings()); }
  [[nodiscard]] std::string name() const override { return "the simulated network"; }
  [[nodiscard]] sip::gateway& gate() override { return network_; }
  [[nodiscard]] sip::settings settings() const override { return settings_with_trunk(); }
  [[nodiscard]] bool eventually(const std::function<bool()>& holds) override { return holds(); }
  void pass() override {}
  [[nodiscard]] domain::leg_id incoming() override { return network_.add_caller("caller", false).id; }
  void caller_cancels(const domain::leg_id& leg) override { (void)network_.hang_up_by(of(leg)); }
  void caller_hangs_up(const domain::leg_id& leg) override { (void)network_.hang_up_by(of(leg)); }
  [[nodiscard]] domain::leg_id dial(std::shared_ptr<sip::leg_sink> sink) override {
    const auto r = request(++dialled_);
    network_.attach(r.leg, std::move(sink));
    network_.invite(r);
    return r.leg;
  }
  void phone_rings(const domain::leg_id& leg) override { network_.ring_by(of(leg)); }
  void phone_answers(const domain::leg_id& leg) override { network_.answer_by(of(leg)); }
  void phone_refuses(const domain::leg_id& leg) override { network_.refuse_by(of(leg), 486); }
  void phone_hangs_up(const domain::leg_id& leg) override { (void)network_.hang_up_by(of(leg)); }

private:
  simulation::network_leg& of(const domain::leg_id& id) {
    for (const auto* who : {"caller", "8001", "8002", "8003"})
      if (auto* found = network_.find(who, [&](const auto& leg) { return leg.id == id; })) return *found;
    throw std::out_of_range{"no such leg"};
  }

  simulation::clockwork time_{1};
  simulation::outside world_{time_};
  simulation::network network_{world_};
  std::uint64_t dialled_ = 0;
};

} // namespace

std::unique_ptr<sip_scene> fake_sip_of_actors() { return std::make_unique<fake_scene>(); }
std::unique_ptr<sip_scene> simulated_sip() { return std::make_unique<simulated_scene>(); }

} // namespace lifeline::contract
