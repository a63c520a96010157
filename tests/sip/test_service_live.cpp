// What a peer is told about us, and what survives a fault of ours.

#include "sip/glare.hpp"
#include "sip/transport.hpp"
#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

/// Fails whenever it is told anything.
class throwing_leg final : public leg_sink {
public:
  void on_leg_event(const leg_event&) override { throw std::runtime_error{"sink"}; }
};

class throwing_sink final : public gateway_sink {
public:
  void on_incoming(const incoming_call&) override { throw std::runtime_error{"sink"}; }
  void on_registration(const registration&) override { throw std::runtime_error{"sink"}; }
  void on_trunk(const trunk_state&) override { throw std::runtime_error{"sink"}; }
  void on_ban(const ban&) override { throw std::runtime_error{"sink"}; }
  void on_dialog(const standing_dialog&) override { throw std::runtime_error{"sink"}; }
  void on_dialog_over(leg_id) override { throw std::runtime_error{"sink"}; }
};

} // namespace

TEST_CASE("OPTIONS is answered with what we can do, and 503 when we are draining") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog talking;
  auto c = engine.answered(caller, talking);
  auto d = caller.new_dialog("13900000000", "12315");
  caller.send(caller.compose("OPTIONS", d));
  const auto answer = caller.response(200, "OPTIONS");
  for (const std::string method : {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "PRACK", "UPDATE", "INFO", "REGISTER"})
    CHECK(answer.header("Allow").find(method) != std::string::npos);
  CHECK(answer.header("Accept").find("application/sdp") != std::string::npos);
  CHECK(answer.header("Supported").find("100rel") != std::string::npos);
  engine.gate->drain();
  caller.send(caller.compose("OPTIONS", d));
  CHECK_FALSE(caller.response(503, "OPTIONS").header("Retry-After").empty());
  caller.send(caller.compose("OPTIONS", talking)); // somebody who asks whether the call is alive
  caller.response(200, "OPTIONS");
  CHECK(c.leg->events.empty());
}

TEST_CASE("what we do not understand is refused as the RFC says") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.new_dialog("13900000000", "12315");
  for (const auto& [method, status] : {std::pair{"NONSENSE", 501}, std::pair{"MESSAGE", 405}}) {
    caller.send(caller.compose(method, d));
    const auto refused = caller.final_response(method);
    CHECK(refused.status() == status);
    CHECK(refused.header("Allow").find("INVITE") != std::string::npos);
  }
  d = caller.invite("13900000000", "12315", offer_sdp(), "Require: frobnication, 100rel\r\n");
  const auto extension = caller.response(420, "INVITE");
  CHECK(extension.header("Unsupported").find("frobnication") != std::string::npos);
  CHECK(extension.header("Unsupported").find("100rel") == std::string::npos);
  caller.ack(d, extension);
  d = caller.new_dialog("13900000000", "12315");
  auto text = caller.compose("INVITE", d, {}, offer_sdp());
  text.replace(text.find("Max-Forwards: 70"), 16, "Max-Forwards: 0");
  caller.send(text);
  caller.ack(d, caller.response(483, "INVITE"));
  d = caller.new_dialog("13900000000", "12315");
  d.target = "http://127.0.0.1/12315";
  caller.send(caller.compose("INVITE", d, {}, offer_sdp()));
  caller.ack(d, caller.response(416, "INVITE"));
  for (const std::string method : {"BYE", "INFO", "UPDATE", "PRACK", "OPTIONS", "INVITE"}) {
    INFO(method);
    d = caller.new_dialog("13900000000", "12315");
    d.remote += ";tag=nobody";
    caller.send(caller.compose(method, d, method == "PRACK" ? "RAck: 1 1 INVITE\r\n" : ""));
    CHECK(caller.final_response(method).status() == 481);
  }
  CHECK(engine.sink->calls.empty());
}

TEST_CASE("a tel URI is a number as good as any") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.new_dialog("13900000000", "12315");
  d.target = "tel:12315";
  caller.send(caller.compose("INVITE", d, {}, offer_sdp()));
  CHECK(engine.next_call().facts.called == "12315");
}

TEST_CASE("visual separators in a number, called or calling, are no part of it") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  for (const std::string target : {"tel:1-23.15", "sip:123-15@127.0.0.1", "sip:(123)15;phone-context=x@127.0.0.1"}) {
    INFO(target);
    auto d = caller.new_dialog("+86-139-1234-0000", "12315");
    d.target = target;
    caller.send(caller.compose("INVITE", d, {}, offer_sdp()));
    const auto facts = engine.next_call().facts;
    CHECK(facts.called == "12315");
    CHECK(facts.caller.number == "+8613912340000");
    CHECK(facts.caller.received == "+86-139-1234-0000");
  }
}

TEST_CASE("an exception in a leg's sink costs that leg and nothing else") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog healthy;
  auto good = engine.answered(caller, healthy);
  auto d = caller.invite("13911111111", "12315", offer_sdp());
  auto call = engine.sink->calls.take();
  REQUIRE(call);
  engine.gate->attach(call->leg, std::make_shared<throwing_leg>());
  engine.gate->answer(call->leg, media_at(30000));
  caller.expect_answer(d); // the ACK is told to the sink
  const auto bye = caller.request("BYE");
  CHECK(bye.header("Reason").find("500") != std::string::npos);
  caller.respond(bye, 200, "OK");
  CHECK(engine.eventually([&] { return engine.gate->statistics().faults >= 1; }));
  CHECK(engine.eventually([&] { return engine.gate->statistics().legs == 1; }));
  caller.send(caller.compose("INFO", healthy, "", "7", "application/dtmf"));
  CHECK(good.leg->next(leg_event_kind::digit).text == "7");
}

TEST_CASE("an exception while a call is let in, or in a command, is answered 500 and counted") {
  const auto sink = std::make_shared<throwing_sink>();
  auto gate = std::move(*start_gateway(trunk_settings(), sink));
  raw_peer caller{gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp());
  caller.ack(d, caller.response(500, "INVITE"));
  CHECK(gate->statistics().faults >= 1);
  CHECK(gate->statistics().legs == 0);
  const auto before = gate->statistics().faults;
  gate->inject_fault(0ms);
  auto again = caller.new_dialog("13900000000", "12315");
  caller.send(caller.compose("OPTIONS", again));
  caller.response(200, "OPTIONS");
  CHECK(gate->statistics().faults == before + 1);
  gate->stop();
}

TEST_CASE("a hang of the SIP thread shows in its heartbeat and lag, and passes") {
  live engine{trunk_settings()};
  REQUIRE(engine.eventually([&] { return engine.gate->statistics().heartbeat >= 1; }));
  engine.gate->inject_fault(700ms);
  CHECK(engine.eventually([&] { return engine.gate->statistics().lag >= 400ms; }));
  CHECK(engine.eventually([&] { return engine.gate->statistics().lag < 300ms; }, 5s)); // it is of the last second
  raw_peer caller{engine.gate->port()};
  dialog d;
  engine.answered(caller, d);
}

TEST_CASE("who waits how long after a glare") {
  glare_clock ours{leg_id{1, 2}};
  glare_clock same{leg_id{1, 2}};
  for (int i = 0; i < 200; ++i) {
    const auto owner = ours.wait(true);
    CHECK(owner == same.wait(true));
    CHECK(owner >= 2100ms);
    CHECK(owner <= 4000ms);
    const auto other = ours.wait(false);
    CHECK(other == same.wait(false));
    CHECK(other >= 0ms);
    CHECK(other <= 2000ms);
    CHECK(owner.count() % 10 + other.count() % 10 == 0);
  }
}

TEST_CASE("host, port and transport of a URI") {
  const auto check = [](const std::string& uri, const std::string& host, int port, const std::string& transport) {
    INFO(uri);
    const auto target = target_of(uri);
    REQUIRE(target);
    CHECK(target->host == host);
    CHECK(target->port == port);
    CHECK(target->transport == transport);
  };
  check("sip:8001@192.0.2.1:5070;transport=TLS;lr", "192.0.2.1", 5070, "tls");
  check("sips:Example.COM", "example.com", 0, "tls");
  check("<sip:a:b@[2001:db8::1]:5060;x=y;transport=tcp>;expires=4", "2001:db8::1", 5060, "tcp");
  check("sip:[::1]", "::1", 0, "");
  check("sip:a@h?header=x;transport=tls", "h", 0, "");
  for (const std::string wrong : {"", "sip:", "tel:123", "nonsense", "sip:a@h:port"})
    CHECK_FALSE(target_of(wrong));
}
