// Telephones over TLS with certificates made here, and their renewal.

#include "tests/peers/harness/baresip.hpp"
#include "tests/peers/harness/certificate.hpp"
#include "tests/peers/stage.hpp"

using namespace lifeline::peers;
using Catch::Matchers::Contains;

namespace {

std::string tls_section(std::uint16_t port, const certificate& c) {
  return "[sip.tls]\nenabled = true\nport = " + std::to_string(port) + "\ncertificate = \"" + c.chain.string() +
         "\"\nkey = \"" + c.key.string() + "\"\n";
}

/// REGISTER requests that the engine has received.
double registrations(stage& s) {
  return s.lifeline.metric("lifeline_sip_requests_total{direction=\"received\",method=\"REGISTER\"}");
}

} // namespace

TEST_CASE("a phone registers and is called over TLS, having checked the engine's certificate") {
  workspace keys("tls");
  const authority trusted(keys);
  const auto port = take_port();
  engine_config c;
  c.queue["holding"] = "\"answered\"";
  c.extra = tls_section(port, trusted.sign("first"));
  stage s(c);
  baresip phone(s.place, {.name = "8001",
                          .registrar = "127.0.0.1:" + std::to_string(port) + ";transport=tls",
                          .password = s.lifeline.password("8001"),
                          .answers = true,
                          .authorities = trusted.file().string()});
  s.wait_agent("8001", "ready");
  s.caller({.scenario = "caller_answered", .pause = 1000ms}).finish();
  CHECK(s.record().at("agent") == "8001");
  phone.quit();
  s.close();
}

TEST_CASE("a certificate is renewed by a reload while a phone stays connected - a broken one changes nothing") {
  workspace keys("tls");
  const authority trusted(keys);
  const auto port = take_port();
  const auto first = trusted.sign("first");
  engine_config c;
  c.queue["holding"] = "\"answered\"";
  c.extra = tls_section(port, first);
  stage s(c);
  CHECK_THAT(subject_shown(port), Contains("first"));
  baresip phone(s.place, {.name = "8001",
                          .registrar = "127.0.0.1:" + std::to_string(port) + ";transport=tls",
                          .password = s.lifeline.password("8001"),
                          .answers = true,
                          .authorities = trusted.file().string()});
  s.wait_agent("8001", "ready");
  const auto asked = registrations(s);
  const auto second = trusted.sign("second");
  // The same names, other contents: as certbot does it.
  std::filesystem::copy_file(second.chain, first.chain, std::filesystem::copy_options::overwrite_existing);
  std::filesystem::copy_file(second.key, first.key, std::filesystem::copy_options::overwrite_existing);
  CHECK(s.lifeline.try_control({"reload"}).code == 0);
  CHECK_THAT(subject_shown(port), Contains("second"));
  write_text(first.chain, "no certificate");
  CHECK(s.lifeline.try_control({"reload"}).code == 1);
  CHECK_THAT(subject_shown(port), Contains("second"));
  // The phone's connection of before still carries calls: it did not have to register again. Its own word for that
  // cannot be counted: it may have registered before anybody listened.
  CHECK(asked > 0);
  CHECK(registrations(s) == asked);
  s.caller({.scenario = "caller_answered", .pause = 1000ms}).finish();
  CHECK(s.record().at("agent") == "8001");
  phone.quit();
  s.close();
}
