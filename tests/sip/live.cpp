#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>
#include <thread>

namespace lifeline::sip::testing {

leg_event recording_leg::next(leg_event_kind kind, std::chrono::milliseconds timeout) {
  const auto event = events.take(timeout);
  INFO("waited for a leg event of kind " << static_cast<int>(kind));
  REQUIRE(event);
  INFO("got kind " << static_cast<int>(event->kind) << ", status " << event->status << ", cause "
                   << static_cast<int>(event->cause) << ", \"" << event->text << '"');
  REQUIRE(event->kind == kind);
  return *event;
}

settings test_settings() {
  settings s;
  s.bind_address = "127.0.0.1";
  s.port = 0;
  s.realm = "lifeline.test";
  s.credentials = {make_credential("8001", s.realm, "secret"), make_credential("8002", s.realm, "secret")};
  s.session_expires = 0s;
  s.min_registration = 1s;
  s.transaction_timeout = 4s;
  return s;
}

domain::trunk_plan trunk_named(const std::string& name, const std::vector<std::string>& cidrs) {
  domain::trunk_plan trunk;
  trunk.name = name;
  trunk.cidrs = cidrs;
  trunk.options_interval = domain::span{0};
  return trunk;
}

settings trunk_settings() {
  auto s = test_settings();
  s.trunks = {trunk_named("carrier", {"127.0.0.0/8", "::1/128"})};
  return s;
}

live::live(const settings& s) {
  auto started = start_gateway(s, sink);
  if (!started) FAIL(started.error());
  gate = std::move(*started);
}

live::~live() { gate->stop(); }

live::call live::next_call() {
  auto facts = sink->calls.take();
  INFO("waited for an incoming call");
  REQUIRE(facts);
  auto leg = std::make_shared<recording_leg>();
  gate->attach(facts->leg, leg);
  return {*facts, leg};
}

registration live::next_registration() {
  auto r = sink->registrations.take();
  INFO("waited for a registration");
  REQUIRE(r);
  return *r;
}

std::pair<leg_id, std::shared_ptr<recording_leg>> live::dial(const std::string& uri, const std::string& route,
                                                             std::chrono::milliseconds ring, bool offer) {
  invite_request request;
  request.leg = {1, ++next_leg_};
  request.target_uri = uri;
  request.route = route;
  request.from_number = "13800000000";
  request.from_display = "Caller \"X\"";
  if (offer) request.offer = media_at(30000);
  request.ring_timeout = ring;
  request.headers = {{"X-Lifeline-Call", "42"}};
  auto leg = std::make_shared<recording_leg>();
  gate->attach(request.leg, leg);
  gate->invite(request);
  return {request.leg, leg};
}

live::call live::answered(raw_peer& peer, dialog& d, const std::string& offer, const std::string& headers) {
  d = peer.invite("13900000000", "12315", offer, headers);
  auto c = next_call();
  gate->answer(c.facts.leg, media_at(30000));
  peer.expect_answer(d);
  c.leg->next(leg_event_kind::acked);
  return c;
}

message live::register_phone(raw_peer& peer, const std::string& user, const std::string& contact_headers,
                             const std::string& algorithm, const std::string& password) {
  auto d = peer.new_dialog(user, user);
  const auto agent = std::string{"User-Agent: tester\r\n"};
  peer.send(peer.compose("REGISTER", d, contact_headers + agent));
  const auto challenged = peer.response(401, "REGISTER");
  for (const auto& challenge : challenged.headers("WWW-Authenticate")) {
    if (challenge.find("algorithm=" + algorithm) == std::string::npos) continue;
    const auto answer = authorize(challenge, user, password, "REGISTER", d.target);
    peer.send(peer.compose("REGISTER", d, contact_headers + agent + answer));
    return peer.final_response("REGISTER");
  }
  FAIL("no challenge with " << algorithm);
  return {};
}

bool live::eventually(const std::function<bool()>& holds, std::chrono::milliseconds timeout) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

session_description media_at(std::uint16_t port) { return domain::make_offer({"127.0.0.1", port}); }

} // namespace lifeline::sip::testing
