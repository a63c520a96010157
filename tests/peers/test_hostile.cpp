// Peers that mean harm, or behave as if: slow, idle, endless, too many. After each a normal call works, nobody is
// stuck, and the engine holds about as much of the system as before.

#include "tests/peers/harness/footprint.hpp"
#include "tests/peers/harness/http.hpp"
#include "tests/peers/harness/raw_sip.hpp"
#include "tests/peers/stage.hpp"

using namespace lifeline::peers;

namespace {

using over = raw_sip::over;

class besieged {
public:
  explicit besieged(const engine_config& c = {})
      : scene(c), phone(scene.phone("8001", {.scenario = "phone_answers", .calls = 100000})) {
    call(); // what is made at the first use is no leak
    before_ = footprint_of(scene.lifeline.pid());
  }

  void call(bool tcp = false) {
    scene.caller({.scenario = "caller_answered", .tcp = tcp, .pause = 50ms}).finish();
    scene.wait_agent("8001", "ready");
  }
  std::vector<raw_sip> connections(std::size_t n, std::uint16_t port, const std::string& from = "127.0.0.1") {
    std::vector<raw_sip> all;
    for (std::size_t i = 0; i < n; ++i)
      all.emplace_back(port, over::tcp, from);
    return all;
  }
  bool answers_options(raw_sip& peer) {
    if (!peer.send(plain_request("OPTIONS", peer, scene.lifeline.sip_address(), ++serial))) return false;
    const auto answer = peer.receive(5s);
    return answer && status_of(*answer) == 200;
  }
  int readiness() { return http_get("127.0.0.1", scene.lifeline.http_port(), "/readyz").status; }

  /// The curtain: a call works, nothing is left over. `quiet`: how long legs may take to be given up.
  void close(std::chrono::milliseconds quiet = 45s) {
    scene.wait_metric("lifeline_sip_legs", 0, quiet);
    call();
    call(true);
    CHECK(readiness() == 200);
    footprint after;
    wait_until("the descriptors are given back", 40s, [&] {
      after = footprint_of(scene.lifeline.pid());
      return after.descriptors <= before_.descriptors + 8;
    });
    CHECK(after.threads <= before_.threads + 2);
#ifndef __SANITIZE_ADDRESS__ // it keeps freed memory
    INFO("memory in KiB: " << before_.resident_kib << " before, " << after.resident_kib << " after");
    CHECK(after.resident_kib <= before_.resident_kib + 48 * 1024);
#endif
    scene.close();
    phone.kill();
  }

  stage scene;
  sipp phone;
  int serial = 0;

private:
  footprint before_;
};

std::string repeated(const std::string& what, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i)
    all += what;
  return all;
}

} // namespace

TEST_CASE("a message that comes a byte at a time is understood, and holds nobody up") {
  besieged b;
  raw_sip slow(b.scene.lifeline.sip_port(), over::tcp);
  const auto text = plain_request("OPTIONS", slow, b.scene.lifeline.sip_address(), ++b.serial);
  for (std::size_t i = 0; i < text.size(); ++i) {
    REQUIRE(slow.send(std::string_view{text}.substr(i, 1)));
    if (i == text.size() / 2) b.call(true);
    std::this_thread::sleep_for(1ms); // the slowness itself
  }
  const auto answer = slow.receive(5s);
  REQUIRE(answer);
  CHECK(status_of(*answer) == 200);
  b.close();
}

TEST_CASE("half-open connections with half a message are given up") {
  besieged b;
  auto peers = b.connections(60, b.scene.lifeline.sip_port());
  for (auto& p : peers) {
    const auto text = plain_request("INVITE", p, b.scene.lifeline.sip_address(), ++b.serial);
    REQUIRE(p.send(text.substr(0, text.size() / 2)));
    p.half_close();
  }
  b.call(true);
  peers.clear();
  b.close();
}

TEST_CASE("hundreds of idle connections do not keep calls away") {
  besieged b;
  {
    auto peers = b.connections(400, b.scene.lifeline.sip_port());
    b.call();
    b.call(true);
    CHECK(b.answers_options(peers.back()));
  }
  b.close();
}

TEST_CASE("messages beyond any reason are not swallowed whole") {
  besieged b;
  const auto to = b.scene.lifeline.sip_address();
  for (int round = 0; round < 3; ++round) {
    raw_sip header(b.scene.lifeline.sip_port(), over::tcp);
    (void)header.send(plain_request("OPTIONS", header, to, ++b.serial, "X-Long: " + repeated("x", 100000) + "\r\n"));
    raw_sip body(b.scene.lifeline.sip_port(), over::tcp);
    (void)body.send(
        plain_request("OPTIONS", body, to, ++b.serial, "Content-Type: text/plain\r\n", repeated("b", 1 << 20)));
    raw_sip claimed(b.scene.lifeline.sip_port(), over::tcp);
    auto liar = plain_request("OPTIONS", claimed, to, ++b.serial);
    liar.replace(liar.rfind(": 0"), 3, ": 2000000000");
    (void)claimed.send(liar + repeated("z", 1 << 20));
    raw_sip endless(b.scene.lifeline.sip_port(), over::tcp);
    (void)endless.send("OPTIONS sip:" + repeated("a", 1 << 20));
    raw_sip datagram(b.scene.lifeline.sip_port(), over::udp);
    (void)datagram.send(plain_request("OPTIONS", datagram, to, ++b.serial, "X-Long: " + repeated("y", 60000) + "\r\n"));
    b.call(true);
  }
  b.close();
}

TEST_CASE("garbage in a row on one connection does no harm to others") {
  besieged b;
  std::vector<raw_sip> peers = b.connections(10, b.scene.lifeline.sip_port());
  for (auto& p : peers) {
    (void)p.send(repeated("garbage without any sense: yes\r\n", 2000) + "\r\n\r\n");
    (void)p.send(repeated("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", 2000));
    (void)p.send(repeated(std::string(64, '\0'), 1000));
    (void)p.send(repeated("INVITE sip:x SIP/2.0\r\n\r\n", 2000));
  }
  b.call(true);
  peers.clear();
  b.close();
}

TEST_CASE("pipelined requests on one connection are answered one by one") {
  besieged b;
  raw_sip peer(b.scene.lifeline.sip_port(), over::tcp);
  std::string all;
  for (int i = 0; i < 200; ++i)
    all += plain_request("OPTIONS", peer, b.scene.lifeline.sip_address(), ++b.serial);
  REQUIRE(peer.send(all));
  int answered = 0;
  while (answered < 200) {
    const auto answer = peer.receive(5s);
    if (!answer) break;
    answered += status_of(*answer) == 200 ? 1 : 0;
  }
  CHECK(answered == 200);
  b.close();
}

TEST_CASE("callers who never acknowledge their answer are given up, and their lines are free again") {
  engine_config c;
  c.queue["holding"] = "\"answered\"";
  c.media["timeout"] = "\"300s\""; // the missing ACK is what ends them
  besieged b(c);
  b.scene.lifeline.control({"agents", "not-ready", "8001", "--reason", "flood"});
  auto flood = b.scene.caller({.scenario = "caller_never_acknowledges", .calls = 50, .rate = 50, .timeout = 80s});
  wait_until("the flood is in", 10s, [&] { return b.scene.lifeline.metric("lifeline_sip_legs") >= 40; });
  b.scene.lifeline.control({"agents", "ready", "8001"});
  flood.finish(80s); // the engine's BYE, after 64·T1
  for (const auto& call : b.scene.lifeline.live_calls())
    (void)b.scene.lifeline.try_control({"calls", "release", call.at("call").get<std::string>()});
  b.scene.wait_agent("8001", "ready");
  b.close(60s);
}

TEST_CASE("callers who hang up at once, hundreds of them, leave nothing behind") {
  besieged b;
  b.scene.caller({.scenario = "caller_cancels_at_once", .calls = 300, .rate = 60, .at_once = 50, .timeout = 60s})
      .finish(60s);
  wait_until("all of them have ended", 20s, [&] { return b.scene.lifeline.metric("lifeline_calls_in_progress") == 0; });
  b.scene.wait_agent("8001", "ready");
  b.close();
}

TEST_CASE("a flood of registrations without a password signs nobody in or out") {
  besieged b;
  raw_sip attacker(b.scene.lifeline.sip_port(), over::udp);
  for (int i = 0; i < 3000; ++i) {
    const auto account = std::to_string(8000 + i % 50);
    auto text =
        plain_request("REGISTER", attacker, b.scene.lifeline.sip_address(), ++b.serial,
                      "Expires: 0\r\nAuthorization: Digest username=\"" + account + "\", realm=\"x\", nonce=\"" +
                          std::to_string(i) + "\", uri=\"sip:x\", response=\"0123456789abcdef0123456789abcdef\"\r\n");
    (void)attacker.send(text);
    if (i % 20 == 0) (void)attacker.receive(1ms);
  }
  b.scene.wait_agent("8001", "ready");
  CHECK(b.scene.lifeline.agent("8001").at("contacts").size() == 1);
  b.close();
}

TEST_CASE("slow HTTP clients take the interface from nobody for long, and calls not at all") {
  besieged b;
  // Of one address, more than it may have, and of five addresses, more than there are places.
  const std::vector<std::string> from =
      GENERATE(std::vector<std::string>{"127.0.0.2"},
               std::vector<std::string>{"127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6"});
  CAPTURE(from.size());
  std::vector<raw_sip> slow;
  for (const auto& address : from)
    for (auto& each : b.connections(200, b.scene.lifeline.http_port(), address))
      slow.push_back(std::move(each));
  for (auto& s : slow)
    (void)s.send("GET /readyz HTTP/1.1\r\nHost: x\r\nX-Slow: "); // false: turned away already
  CHECK(b.readiness() == 200);
  if (from.size() == 1) CHECK(b.scene.lifeline.try_control({"agents", "list"}).code == 0); // of others, all is served
  b.scene.caller({.scenario = "caller_answered", .pause = 50ms}).finish();
  for (int i = 0; i < 5; ++i) {
    for (auto& s : slow)
      (void)s.send("a");
    CHECK(b.readiness() == 200);
    std::this_thread::sleep_for(100ms); // a byte now and then
  }
  for (auto& s : slow)
    CHECK(s.closed_within(15s));
  b.close();
}

TEST_CASE("more HTTP connections than are allowed are turned away, and it recovers") {
  besieged b;
  {
    auto many = b.connections(400, b.scene.lifeline.http_port());
    b.scene.caller({.scenario = "caller_answered", .pause = 50ms}).finish();
  }
  wait_until("the interface answers again", 15s, [&] { return b.readiness() == 200; });
  b.scene.wait_agent("8001", "ready");
  b.close();
}

TEST_CASE("HTTP requests beyond any reason are refused with what is wrong") {
  besieged b;
  const auto port = b.scene.lifeline.http_port();
  raw_sip header(port, over::tcp);
  (void)header.send("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + repeated("x", 100000) + "\r\n\r\n");
  auto answer = header.receive(5s);
  REQUIRE(answer);
  CHECK(answer->rfind("HTTP/1.1 431", 0) == 0);
  raw_sip body(port, over::tcp);
  (void)body.send("POST /api/v1/agents/8001/ready HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" +
                  repeated("{", 1 << 20));
  answer = body.receive(5s);
  REQUIRE(answer);
  CHECK(answer->rfind("HTTP/1.1 413", 0) == 0);
  raw_sip chunks(port, over::tcp);
  (void)chunks.send("POST /api/v1/agents/8001/ready HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                    repeated("fff\r\n" + std::string(4095, 'a') + "\r\n", 300));
  CHECK(chunks.closed_within(15s));
  raw_sip garbage(port, over::tcp);
  (void)garbage.send(std::string(3000, '\0') + "\r\n\r\n");
  CHECK(garbage.closed_within(15s));
  b.close();
}
