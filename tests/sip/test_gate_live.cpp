// What is answered before the stack sees it, and what it leaves behind: nothing.

#include "tests/sip/edge_support.hpp"

#include <catch2/catch.hpp>

#include <malloc.h>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

const auto any = [](const message&) { return true; };

/// When the answer has come, all that was sent before has been served.
void synchronise(raw_peer& peer) {
  auto d = peer.new_dialog("ping", "12315");
  peer.send(peer.compose("OPTIONS", d));
  while (const auto answer = peer.receive(any))
    if (answer->header("Call-ID") == d.call_id) return;
  FAIL("OPTIONS were not answered");
}

/// Each request has a Call-ID of its own. `in_dialog`: with the To tag of a dialog that does not exist.
void flood(raw_peer& peer, const std::string& method, int count, bool in_dialog = false) {
  for (int i = 0; i < count; ++i) {
    auto d = peer.new_dialog("13900000000", "12315");
    if (in_dialog) d.remote += ";tag=nobody";
    peer.send(peer.compose(method, d, method == "PRACK" ? "RAck: 1 1 INVITE\r\n" : "",
                           method == "INVITE" ? offer_sdp() : ""));
    if (i % 20 == 19) synchronise(peer);
  }
  synchronise(peer);
}

std::size_t bytes_in_use() { return mallinfo2().uordblks; }

} // namespace

TEST_CASE("no request outside of a dialog leaves anything behind whatever its method") {
  auto s = trunk_settings();
  s.guard.trunk_refusals_per_second = 1e6;
  live engine{s};
  raw_peer trunk{engine.gate->port()};
  constexpr int many = 300;
  constexpr std::size_t most = 400'000; // a transaction is some 9 kB, six hundred of them 5 MB
  for (const std::string method : {"OPTIONS", "SUBSCRIBE", "MESSAGE", "INFO", "NOTIFY", "REFER", "PUBLISH", "BYE",
                                   "UPDATE", "PRACK", "CANCEL", "ACK", "NONSENSE", "REGISTER"}) {
    INFO(method);
    flood(trunk, method, 40); // what is allocated once
    flood(trunk, method, 40, true);
    const auto before = bytes_in_use();
    flood(trunk, method, many);
    flood(trunk, method, many, true);
    const auto after = bytes_in_use();
    CHECK(after < before + most);
  }
  CHECK(engine.gate->statistics().remembered == 0);
  CHECK(engine.sink->calls.empty());
}

TEST_CASE("INVITEs of strangers and REGISTERs without a password leave nothing behind") {
  auto s = test_settings();
  s.guard.requests_per_second = 1e6;
  s.guard.burst = 1e6;
  s.guard.never_banned = {"127.0.0.1"};
  live engine{s};
  raw_peer stranger{engine.gate->port()};
  for (const std::string method : {"INVITE", "REGISTER"}) {
    INFO(method);
    flood(stranger, method, 40);
    const auto before = bytes_in_use();
    flood(stranger, method, 1000);
    CHECK(bytes_in_use() < before + 400'000);
  }
  CHECK(engine.gate->statistics().refused.at("unknown_source") == 1040);
  CHECK(engine.gate->statistics().remembered == 0);
}

TEST_CASE("a request outside of a dialog that is repeated gets the same answer") {
  live engine{trunk_settings()};
  raw_peer trunk{engine.gate->port()};
  for (const std::string method : {"OPTIONS", "MESSAGE", "BYE"}) {
    INFO(method);
    auto d = trunk.new_dialog("13900000000", "12315");
    const auto text = trunk.compose(method, d);
    trunk.send(text);
    const auto first = trunk.final_response(method);
    trunk.send(text);
    CHECK(trunk.final_response(method).text == first.text);
    CHECK_FALSE(first.to_tag().empty());
    auto other = trunk.new_dialog("13900000000", "12315");
    trunk.send(trunk.compose(method, other));
    CHECK(trunk.final_response(method).to_tag() != first.to_tag());
  }
}

TEST_CASE("an answer without a transaction has all Vias and goes where the first one says") {
  live engine{trunk_settings()};
  raw_peer trunk{engine.gate->port()};
  raw_peer sent_by{engine.gate->port()};
  auto d = trunk.new_dialog("13900000000", "12315");
  auto text = trunk.compose("OPTIONS", d);
  const auto begin = text.find("Via:");
  const auto end = text.find("\r\n", begin);
  SECTION("rport") {
    text.replace(
        begin, end - begin,
        "Via: SIP/2.0/UDP pbx.example:5999;branch=z9hG4bKa;rport\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKb");
    trunk.send(text);
    const auto vias = trunk.response(200, "OPTIONS").headers("Via");
    REQUIRE(vias.size() == 2);
    CHECK(vias[0].find("received=127.0.0.1") != std::string::npos);
    CHECK(vias[0].find("rport=" + std::to_string(trunk.port())) != std::string::npos);
    CHECK(vias[0].find("branch=z9hG4bKa") != std::string::npos);
    CHECK(vias[1].find("192.0.2.9") != std::string::npos);
  }
  SECTION("the port of the Via") {
    text.replace(begin, end - begin,
                 "Via: SIP/2.0/UDP 127.0.0.1:" + std::to_string(sent_by.port()) + ";branch=z9hG4bKa");
    trunk.send(text);
    CHECK(sent_by.response(200, "OPTIONS").header("Via").find("received") == std::string::npos);
  }
  SECTION("what is required and not known") {
    text.insert(end + 2, "Require: 100rel, frobnication\r\n");
    trunk.send(text);
    CHECK(trunk.response(420, "OPTIONS").header("Unsupported") == "frobnication");
  }
}

TEST_CASE("a trunk's requests that are refused have a limit and its OPTIONS have none") {
  auto s = trunk_settings();
  s.guard.trunk_refusals_per_second = 1;
  live engine{s};
  raw_peer trunk{engine.gate->port()};
  int answered = 0;
  for (int i = 0; i < 20; ++i) {
    auto d = trunk.new_dialog("13900000000", "12315");
    trunk.send(trunk.compose("MESSAGE", d));
    if (trunk.receive(any, 20ms)) ++answered;
  }
  CHECK(answered >= 2);
  CHECK(answered <= 6);
  for (int i = 0; i < 100; ++i) {
    auto d = trunk.new_dialog("13900000000", "12315");
    trunk.send(trunk.compose("OPTIONS", d));
    CHECK(trunk.final_response("OPTIONS").status() == 200);
  }
  trunk.invite("13900000000", "12315", offer_sdp());
  CHECK(engine.next_call().facts.called == "12315"); // calls have their own
}

TEST_CASE("calls that are refused and never acknowledged are bounded and leave emergency calls their room") {
  auto s = trunk_settings();
  s.emergency_numbers = {"96333"};
  s.guard.invites_per_second = 1e6;
  s.guard.invite_burst = 1e6;
  s.guard.trunk_refusals_per_second = 1e6;
  live engine{s};
  raw_peer trunk{engine.gate->port()};
  std::vector<std::pair<dialog, message>> refused;
  for (int i = 0; i < 1000; ++i) {
    auto d = trunk.invite("13900000000", "12399", offer_sdp());
    engine.gate->refuse(engine.next_call().facts.leg, 404, "Not Found");
    // Its own: those of the calls before come again and again.
    auto own = trunk.receive([&](const message& m) { return m.status() == 404 && m.header("Call-ID") == d.call_id; });
    REQUIRE(own);
    refused.emplace_back(d, std::move(*own));
  }
  const auto bounded = [&](const std::string& number) {
    const auto d = trunk.invite("13900000000", number, offer_sdp());
    while (const auto answer = trunk.receive(any))
      if (answer->header("Call-ID") == d.call_id && answer->status() >= 200)
        return answer->status() == 503 && answer->header("Retry-After") == "5";
    return false;
  };
  CHECK(bounded("12399"));
  CHECK(engine.sink->calls.empty());
  trunk.invite("13900000000", "96333", offer_sdp());
  CHECK(engine.next_call().facts.called == "96333");
  CHECK(bounded("12315"));
  trunk.ack(refused.front().first, refused.front().second);
  synchronise(trunk);
  trunk.invite("13900000000", "12315", offer_sdp());
  CHECK(engine.next_call().facts.called == "12315");
}

TEST_CASE("a call in progress is served whatever is sent outside of it") {
  live engine{trunk_settings()};
  raw_peer trunk{engine.gate->port()};
  dialog d;
  auto call = engine.answered(trunk, d);
  flood(trunk, "MESSAGE", 100);
  trunk.send(trunk.compose("INFO", d, "", "5", "application/dtmf"));
  CHECK(call.leg->next(leg_event_kind::digit).text == "5");
  const auto bye = trunk.compose("BYE", d);
  trunk.send(bye);
  CHECK(trunk.final_response("BYE").status() == 200);
  call.leg->next(leg_event_kind::ended);
  CHECK(engine.eventually([&] { return engine.gate->statistics().legs == 0; }));
  trunk.send(bye); // the 200 was lost
  CHECK(trunk.final_response("BYE").status() == 200);
}

TEST_CASE("the phone that was called may hang up and hold though only we have said the Call-ID first") {
  live engine{trunk_settings()};
  raw_peer phone{engine.gate->port()};
  auto [leg, sink] = engine.dial(phone.uri("8001"));
  const auto invite = phone.request("INVITE");
  auto d = phone.dialog_of(invite);
  phone.respond(invite, 200, "OK", offer_sdp());
  sink->next(leg_event_kind::answered);
  phone.request("ACK");
  phone.send(phone.compose("INVITE", d, "", offer_sdp(40000, "sendonly", 2)));
  sink->next(leg_event_kind::reoffer);
  engine.gate->answer_reoffer(leg, media_at(30000));
  phone.ack(d, phone.response(200, "INVITE"));
  phone.send(phone.compose("BYE", d));
  CHECK(phone.final_response("BYE").status() == 200);
  sink->next(leg_event_kind::ended);
}

TEST_CASE("a phone that says Trying leaves no more behind than one that does not") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto dial = [&](bool trying, int calls) {
    const auto before = bytes_in_use();
    for (int i = 0; i < calls; ++i) {
      auto [leg, sink] = engine.dial(phone.uri("8001"));
      const auto invite = phone.request("INVITE");
      if (trying) phone.respond(invite, 100, "Trying");
      phone.respond(invite, 486, "Busy Here");
      phone.request("ACK");
      CHECK(sink->next(leg_event_kind::failed).status == 486);
    }
    return static_cast<double>(bytes_in_use()) - static_cast<double>(before);
  };
  dial(true, 20); // what is allocated once
  const auto without = dial(false, 100);
  const auto with = dial(true, 100);
  CHECK(with - without < 100 * 1500); // it was 3,100 for each
  CHECK(engine.gate->statistics().responses_received.at(100) == 120);
}
