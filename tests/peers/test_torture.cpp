// Messages as nobody should send them (and some that look so), after the ideas of RFC 4475: tests/peers/torture.

#include "tests/peers/harness/raw_sip.hpp"
#include "tests/peers/stage.hpp"

#include <algorithm>

using namespace lifeline::peers;

namespace {

std::vector<torture_message> corpus(const std::string& group, raw_sip::over transport) {
  std::vector<torture_message> all;
  for (const auto& entry : std::filesystem::directory_iterator(source_file("tests/peers/torture"))) {
    auto m = read_torture(entry.path());
    const bool fits = m.over.empty() || m.over == (transport == raw_sip::over::udp ? "udp" : "tcp");
    if (fits && m.name.rfind(group + '_', 0) == 0) all.push_back(std::move(m));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

/// One engine, its torturers, and an honest peer who asks after each message whether it is still there.
class torture {
public:
  explicit torture(raw_sip::over transport)
      : transport_(transport), phone_(stage_.phone("8001", {.scenario = "phone_answers", .calls = 1000})) {
    take_agent_away();
  }

  void run_group(const std::string& group) {
    const auto messages = corpus(group, transport_);
    REQUIRE_FALSE(messages.empty());
    for (const auto& m : messages)
      run(m);
    release_all();
    stage_.lifeline.control({"agents", "ready", "8001"});
    stage_.wait_agent("8001", "ready");
    stage_.caller({.scenario = "caller_answered", .tcp = transport_ == raw_sip::over::tcp, .pause = 100ms}).finish();
    stage_.wait_agent("8001", "ready");
    take_agent_away();
  }

  void close() {
    senders_.clear();
    // A call whose caller never acknowledged its end is given up after 32 s (RFC 3261, timer H).
    stage_.wait_metric("lifeline_sip_legs", 0, 45s);
    stage_.close();
    phone_.kill();
  }

private:
  /// Else the odd calls would ring at the phone, and what it answered would not be theirs.
  void take_agent_away() {
    stage_.lifeline.control({"agents", "not-ready", "8001", "--reason", "torture"});
    stage_.wait_agent("8001", "not_ready");
  }

  void run(const torture_message& m) {
    INFO(m.name << ": " << m.shows);
    if (transport_ == raw_sip::over::tcp || senders_.empty())
      senders_.emplace_back(stage_.lifeline.sip_port(), transport_);
    auto& sender = senders_.back();
    (void)sender.send(fill_in(m, sender, stage_.lifeline.sip_address(), ++serial_));
    probe();
    const int answer = answer_to(sender);
    INFO("answered with " << answer);
    if (m.answer == "served") CHECK((answer >= 100 && answer < 300));
    if (m.answer == "refused") CHECK((answer == 0 || answer >= 300));
    if (m.answer == "none") CHECK(answer == 0);
  }

  /// An honest question on a socket of its own.
  void probe() {
    raw_sip honest(stage_.lifeline.sip_port(), transport_);
    REQUIRE(honest.send(plain_request("OPTIONS", honest, stage_.lifeline.sip_address(), ++serial_)));
    const auto answer = honest.receive(3s);
    REQUIRE(answer);
    REQUIRE(status_of(*answer) == 200);
  }

  /// The last status that came; finals are acknowledged. The engine reads its sockets in turn, so that the honest
  /// answer is the sign that ours is on its way.
  int answer_to(raw_sip& sender) {
    int last = 0;
    while (const auto got = sender.receive(last == 100 ? 300ms : 20ms)) {
      if (const int status = status_of(*got); status != 0) last = status;
      acknowledge(sender, *got);
    }
    return last;
  }

  void acknowledge(raw_sip& sender, const std::string& message) {
    const auto cseq = header_of(message, "CSeq");
    if (status_of(message) >= 300 && cseq.find("INVITE") != std::string::npos)
      (void)sender.send(ack_of(message, stage_.lifeline.sip_address()));
  }

  void release_all() {
    for (const auto& call : stage_.lifeline.live_calls())
      (void)stage_.lifeline.try_control({"calls", "release", call.at("call").get<std::string>()});
    wait_until("the odd calls are over", 15s, [&] {
      for (auto& sender : senders_)
        (void)answer_to(sender);
      return stage_.lifeline.live_calls().empty();
    });
  }

  raw_sip::over transport_;
  stage stage_;
  sipp phone_;
  std::vector<raw_sip> senders_;
  int serial_ = 0;
};

} // namespace

TEST_CASE("tortured messages over UDP do no harm, and a call works after each group of them") {
  torture t(raw_sip::over::udp);
  for (const auto* group : {"valid", "bad", "stray", "garbage"})
    t.run_group(group);
  t.close();
}

TEST_CASE("tortured messages over TCP do no harm, and a call works after each group of them") {
  torture t(raw_sip::over::tcp);
  for (const auto* group : {"valid", "bad", "stray", "garbage"})
    t.run_group(group);
  t.close();
}
