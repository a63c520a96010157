// What every implementation of the rescue port promises: the real one and the fakes of other tests are judged alike.

#include "actors/rescue/rescue_engine.hpp"

#include "tests/actors/rescue/alarm_bench.hpp"
#include "tests/actors/rescue/fake_rescue_port.hpp"

using namespace lifeline;
using namespace lifeline::testing;

namespace {

/// One implementation, with a lift that it knows by two codes.
class port_stage {
public:
  virtual ~port_stage() = default;
  virtual actors::rescue_port& port() = 0;
  virtual void settle() {} ///< lets what is under way come to its end
  /// The order has this call, answered by this agent.
  virtual bool knows_answer(const domain::order_id& order, const domain::call_id& call, const std::string& agent) = 0;
  virtual bool knows_link(const domain::order_id& order, const domain::call_id& call) = 0;
};

class fake_stage final : public port_stage {
public:
  fake_stage() { fake_.lifts = {{"320145", "320145"}, {"00320145", "320145"}}; }
  actors::rescue_port& port() override { return fake_; }
  bool knows_answer(const domain::order_id& order, const domain::call_id& call, const std::string& agent) override {
    return std::any_of(fake_.answered.begin(), fake_.answered.end(),
                       [&](const auto& a) { return a.order == order && a.call == call && a.answer.agent == agent; });
  }
  bool knows_link(const domain::order_id& order, const domain::call_id& call) override {
    return fake_.links == std::vector{std::pair{order, call}};
  }

private:
  fake_rescue_port fake_;
};

class real_stage final : public port_stage {
public:
  real_stage() : engine_(std::make_unique<actors::rescue_engine>(bench_.sys, bench_.around)) { bench_.run(); }
  actors::rescue_port& port() override { return *engine_; }
  void settle() override { bench_.run(); }
  bool knows_answer(const domain::order_id& order, const domain::call_id&, const std::string& agent) override {
    return bench_.state(order).acknowledged_by == agent && bench_.state(order).answered != domain::never;
  }
  bool knows_link(const domain::order_id& order, const domain::call_id& call) override {
    return bench_.state(order).calls == std::vector{call};
  }

private:
  alarm_bench bench_;
  std::unique_ptr<actors::rescue_engine> engine_; // ends before the journal that it observes
};

domain::alarm_report of_lift(const std::string& key, const std::string& phone, const std::string& id = "m1") {
  domain::alarm_report r;
  r.channel = domain::report_channel::lift_phone;
  r.source = "lift-phone";
  r.message_id = id;
  r.lift_key = key;
  r.caller_phone = phone;
  return r;
}

domain::order_id opened(port_stage& s, const domain::alarm_report& r) {
  std::optional<tl::expected<actors::report_receipt, std::string>> answer;
  s.port().report(r, [&](auto a) { answer = std::move(a); });
  s.settle();
  REQUIRE(answer);
  REQUIRE(*answer);
  return (*answer)->order;
}

std::unique_ptr<port_stage> stage_of(bool real) {
  if (real) return std::make_unique<real_stage>();
  return std::make_unique<fake_stage>();
}

} // namespace

TEST_CASE("rescue port: a report is answered with its order, which is found by its lift") {
  const auto s = stage_of(GENERATE(false, true));
  CHECK(s->port().open_order_of("320145").is_nil());
  const auto order = opened(*s, of_lift("00320145", "051788880000"));
  CHECK_FALSE(order.is_nil());
  CHECK(s->port().open_order_of("320145") == order);
  CHECK(s->port().open_order_of("320199").is_nil());
  CHECK(opened(*s, of_lift("320145", "13900000000", "m2")) == order); // the same alarm
}

TEST_CASE("rescue port: a caller's open order is found however the carrier writes the number") {
  const auto s = stage_of(GENERATE(false, true));
  CHECK(s->port().open_order_of_caller("13912340000").is_nil());
  const auto order = opened(*s, of_lift("320145", "13912340000"));
  for (const char* form : {"13912340000", "+8613912340000", "013912340000", "8613912340000"})
    CHECK(s->port().open_order_of_caller(form) == order);
  for (const char* other : {"13912340001", "anonymous", "", "1391234000"})
    CHECK(s->port().open_order_of_caller(other).is_nil());
}

TEST_CASE("rescue port: a lift is found by any of its codes") {
  const auto s = stage_of(GENERATE(false, true));
  CHECK(s->port().lift("00320145")->rescue_code == "320145");
  CHECK(s->port().lift("320145")->rescue_code == "320145");
  CHECK_FALSE(s->port().lift("999999"));
}

TEST_CASE("rescue port: a call is linked and its answer told without anybody waiting") {
  const auto s = stage_of(GENERATE(false, true));
  const auto order = opened(*s, of_lift("320145", "13912340000"));
  s->port().link_call(order, {5, 6});
  s->settle();
  CHECK(s->knows_link(order, {5, 6}));
  s->port().call_answered(order, {5, 6}, domain::from_micros(1'900'000'000'000'000), "8001");
  s->settle();
  CHECK(s->knows_answer(order, {5, 6}, "8001"));
}

TEST_CASE("rescue port: whoever has no order in hand finds none") {
  const auto s = stage_of(GENERATE(false, true));
  CHECK(s->port().orders_of_phone("13800000077").empty());
  CHECK(s->port().orders_of_phone("").empty());
}
