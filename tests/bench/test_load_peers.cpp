// The load's callers and phones, with a stand-in for the engine between them that hands every message through.

#include "bench/agent_phones.hpp"
#include "bench/callers.hpp"

#include <catch2/catch.hpp>

#include <charconv>

using namespace lifeline::bench;
using namespace std::chrono_literals;

namespace {

class between {
public:
  explicit between(udp_loop& loop) {
    loop.watch(port_, [this](std::string_view datagram, stamp) { hand_through(datagram); });
  }
  [[nodiscard]] std::uint16_t port() const { return port_.port(); }
  int challenges = 0;

private:
  /// Requests go to the other side, responses to where the request came from.
  void hand_through(std::string_view datagram) {
    const auto m = read_sip(datagram);
    if (!m) return;
    const auto from = port_in(m->vias);
    if (m->method == "REGISTER") return let_in(*m, from);
    if (m->status > 0) return void(port_.send(datagram, from));
    if (from != phones_) callers_ = from;
    port_.send(datagram, from == phones_ ? callers_ : phones_);
  }
  void let_in(const sip_message& m, std::uint16_t from) {
    phones_ = from;
    const bool first = m.cseq.starts_with("1 ");
    challenges += first ? 1 : 0;
    std::string text = first ? "SIP/2.0 401 Unauthorized\r\n" : "SIP/2.0 200 OK\r\n";
    text.append(m.vias).append("From: ").append(m.from).append("\r\nTo: ").append(m.to);
    text.append("\r\nCall-ID: ").append(m.call_id).append("\r\nCSeq: ").append(m.cseq).append("\r\n");
    if (first) text += "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"\r\n";
    port_.send(text + without_body(), from);
  }
  static std::uint16_t port_in(std::string_view via) {
    constexpr std::string_view host = "127.0.0.1:";
    std::uint16_t port = 0;
    const auto text = via.substr(via.find(host) + host.size());
    std::from_chars(text.data(), text.data() + text.size(), port);
    return port;
  }

  udp_port port_;
  std::uint16_t phones_ = 0;
  std::uint16_t callers_ = 0;
};

struct stage {
  udp_loop loop;
  between engine{loop};
  agent_phones phones{loop, engine.port()};
  callers people{loop, engine.port(), "10001"};
  stage() {
    phones.on_offer = [this](std::string_view caller, stamp at) { people.offered(caller, at); };
    phones.sign_in({{"10001", "secret"}});
  }
  ~stage() { loop.stop(); }
  template <class Ready> bool within(std::chrono::seconds most, Ready ready) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (!ready() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(1ms);
    return ready();
  }
};

} // namespace

TEST_CASE("a phone answers, hangs up after the talk, and both ends have counted the call") {
  stage s;
  CHECK(s.engine.challenges == 1);
  s.phones.set_talk(1ms);
  s.people.keep_open(1, 1000);
  REQUIRE(s.within(20s, [&] { return s.people.figures().ended >= 3; }));
  s.people.keep_open(0, 0);
  REQUIRE(s.within(20s, [&] { return s.people.open() == 0 && s.phones.talking() == 0; }));
  const auto there = s.people.figures();
  const auto here = s.phones.figures();
  CHECK(there.answered == there.placed);
  CHECK(there.ended == there.placed);
  CHECK(there.refused.empty());
  CHECK(here.offers == there.placed);
  CHECK(here.connected == there.placed);
  CHECK(here.ended == there.placed);
  CHECK(here.doubled == 0);
  CHECK(s.people.take_to_offer().size() == there.placed);
  CHECK(s.people.take_to_answer().size() == there.placed);
  CHECK(s.people.first().answered >= s.people.first().heard);
}

TEST_CASE("a caller who gives up hangs up, and the phone hears of it") {
  stage s;
  s.phones.set_talk(0ms);
  s.people.keep_open(1, 1000);
  REQUIRE(s.within(20s, [&] { return s.phones.figures().connected == 1; }));
  CHECK(s.phones.talking() == 1);
  s.people.keep_open(0, 0);
  s.people.give_up();
  REQUIRE(s.within(20s, [&] { return s.people.open() == 0 && s.phones.talking() == 0; }));
  CHECK(s.people.figures().ended == 1);
  CHECK(s.phones.figures().ended == 1);
}

TEST_CASE("from free to the next offer: one figure for each offer after the first") {
  stage s;
  s.phones.set_talk(1ms);
  s.phones.measure_free_to_offer(true);
  s.people.keep_open(1, 1000);
  REQUIRE(s.within(20s, [&] { return s.people.figures().ended >= 4; }));
  s.people.keep_open(0, 0);
  REQUIRE(s.within(20s, [&] { return s.people.open() == 0; }));
  CHECK(s.phones.take_free_to_offer().size() == s.phones.figures().offers - 1);
}

TEST_CASE("sound goes both ways while a call talks, and stops with it") {
  udp_loop loop;
  rtp_streams sound(loop);
  // Each side hears the other: as if the engine bridged them.
  loop.ask([&] {
    const auto one = sound.start(rtp_side::caller, {0x7F000001, sound.port(rtp_side::agent)});
    const auto other = sound.start(rtp_side::agent, {0x7F000001, sound.port(rtp_side::caller)});
    CHECK(one != other);
    CHECK(sound.running() == 2);
  });
  std::uint64_t received = 0;
  std::uint64_t lost = 0;
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (received < 10 && std::chrono::steady_clock::now() < end) {
    const auto f = loop.ask([&] { return sound.take(); });
    received += f.received;
    lost += f.lost;
    std::this_thread::sleep_for(5ms);
  }
  CHECK(received >= 10);
  CHECK(lost == 0);
  loop.ask([&] {
    sound.stop(1);
    sound.stop(2);
    sound.stop(3); // there is none
    CHECK(sound.running() == 0);
  });
  loop.stop();
}
