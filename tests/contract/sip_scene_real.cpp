#include "tests/contract/sip_scene.hpp"
#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <thread>

namespace lifeline::contract {

namespace {

using namespace std::chrono_literals;

/// What is known of a trunk is whether calls can go out through it.
sip::settings with_way_out(sip::settings s) {
  s.trunks.front().outbound = "127.0.0.1:9";
  return s;
}

class real_scene final : public sip_scene {
public:
  real_scene() : settings_{with_way_out(sip::testing::trunk_settings())}, engine_{settings_} {}
  [[nodiscard]] std::string name() const override { return "the real gateway"; }
  [[nodiscard]] sip::gateway& gate() override { return *engine_.gate; }
  [[nodiscard]] sip::settings settings() const override { return settings_; }
  [[nodiscard]] bool eventually(const std::function<bool()>& holds) override { return engine_.eventually(holds, 10s); }
  void pass() override { std::this_thread::sleep_for(100ms); }

  [[nodiscard]] domain::leg_id incoming() override {
    auto peer = std::make_unique<sip::testing::raw_peer>(engine_.gate->port());
    auto dialog = peer->invite("13900000000", "12315", sip::testing::offer_sdp());
    const auto call = engine_.sink->calls.take();
    REQUIRE(call);
    callers_.emplace(call->leg, side{std::move(peer), std::move(dialog), {}});
    return call->leg;
  }
  void caller_cancels(const domain::leg_id& leg) override {
    auto& c = callers_.at(leg);
    c.peer->cancel(c.dialog);
    c.peer->response(200, "CANCEL");
  }
  void caller_hangs_up(const domain::leg_id& leg) override {
    auto& c = callers_.at(leg);
    c.peer->expect_answer(c.dialog);
    c.peer->send(c.peer->compose("BYE", c.dialog));
    c.peer->response(200, "BYE");
  }
  [[nodiscard]] domain::leg_id dial(std::shared_ptr<sip::leg_sink> sink) override {
    auto peer = std::make_unique<sip::testing::raw_peer>(engine_.gate->port());
    sip::invite_request r;
    r.leg = {9, ++dialled_};
    r.target_uri = peer->uri("8001");
    r.from_number = "13800000000";
    r.offer = sip::testing::media_at(30000);
    engine_.gate->attach(r.leg, std::move(sink));
    engine_.gate->invite(r);
    auto invite = peer->request("INVITE");
    auto dialog = peer->dialog_of(invite);
    phones_.emplace(r.leg, side{std::move(peer), std::move(dialog), std::move(invite)});
    return r.leg;
  }
  void phone_rings(const domain::leg_id& leg) override { respond(leg, 180, "Ringing"); }
  void phone_answers(const domain::leg_id& leg) override {
    auto& p = phones_.at(leg);
    p.peer->respond(p.invite, 200, "OK", sip::testing::offer_sdp());
    p.peer->request("ACK");
  }
  void phone_refuses(const domain::leg_id& leg) override { respond(leg, 486, "Busy Here"); }
  void phone_hangs_up(const domain::leg_id& leg) override {
    auto& p = phones_.at(leg);
    p.peer->send(p.peer->compose("BYE", p.dialog));
    p.peer->response(200, "BYE");
  }

private:
  struct side {
    std::unique_ptr<sip::testing::raw_peer> peer;
    sip::testing::dialog dialog;
    sip::testing::message invite; ///< of a phone
  };
  void respond(const domain::leg_id& leg, int status, const std::string& reason) {
    auto& p = phones_.at(leg);
    p.peer->respond(p.invite, status, reason);
  }

  sip::settings settings_;
  std::map<domain::leg_id, side> callers_;
  std::map<domain::leg_id, side> phones_;
  std::uint64_t dialled_ = 0;
  sip::testing::live engine_;
};

} // namespace

std::unique_ptr<sip_scene> real_sip() { return std::make_unique<real_scene>(); }

} // namespace lifeline::contract
