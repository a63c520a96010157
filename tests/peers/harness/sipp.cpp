#include "tests/peers/harness/sipp.hpp"

#include "tests/peers/harness/wait.hpp"

#include <stdexcept>

namespace lifeline::peers {

namespace {

int next_number() {
  static int number = 0;
  return ++number;
}

} // namespace

sipp::sipp(const workspace& place, const sipp_options& o) : scenario_(o.scenario) {
  port_ = o.port != 0 ? o.port : take_port();
  base_ = place.file("sipp-" + std::to_string(next_number()) + '-' + o.scenario);
  std::vector<std::string> c{"sipp"};
  const auto add = [&c](const std::string& option, const std::string& value) {
    c.push_back(option);
    c.push_back(value);
  };
  if (!o.remote.empty()) c.push_back(o.remote);
  add("-sf", source_file("tests/peers/scenarios/" + o.scenario + ".xml").string());
  add("-i", o.local);
  add("-p", std::to_string(port_));
  add("-mi", o.local);
  add("-mp", std::to_string(take_port(4)));
  add("-t", o.tcp ? "t1" : "u1");
  add("-s", o.service);
  add("-m", std::to_string(o.calls));
  add("-r", std::to_string(o.rate));
  if (o.at_once > 0) add("-l", std::to_string(o.at_once));
  add("-d", std::to_string(o.pause.count()));
  add("-timeout", std::to_string(o.timeout.count()) + "s");
  c.insert(c.end(), {"-timeout_error", "-bind_local", "-nostdin", "-skip_rlimit", "-trace_err", "-trace_msg"});
  // A call that has ended is no call any more: else SIPp keeps it for 33 s and says nothing to whoever ends it once
  // more, as an engine does that was killed before it had written the end down. A real phone answers.
  add("-deadcall_wait", "0");
  add("-error_file", base_.string() + ".errors");
  add("-message_file", base_.string() + ".messages");
  std::map<std::string, std::string> keys{{"caller", "13800000001"}};
  for (const auto& [name, value] : o.keys)
    keys[name] = value;
  for (const auto& [name, value] : keys) {
    add("-key", name);
    c.push_back(value);
  }
  if (!o.lines.empty()) {
    std::string text = "SEQUENTIAL\n";
    for (const auto& line : o.lines)
      text += line + '\n';
    write_text(base_.string() + ".csv", text);
    add("-inf", base_.string() + ".csv");
  }
  process_ = std::make_unique<child>(launch{c, place.path(), base_, {{"TERM", "dumb"}}});
  // A call that comes before the phone listens would be lost to it.
  if (o.remote.empty()) {
    wait_until("SIPp listens", 10s, [&] { return !process_->running() || !is_free(port_, o.tcp); });
  }
}

bool sipp::succeeded(std::chrono::milliseconds timeout) {
  const auto code = process_->wait(timeout);
  if (!code) process_->kill();
  return code && *code == 0;
}

void sipp::finish(std::chrono::milliseconds timeout) {
  if (!succeeded(timeout)) throw std::runtime_error(account_of_failure());
}

std::string sipp::messages() const { return read_text(base_.string() + ".messages"); }

std::string sipp::account_of_failure() const {
  return "SIPp's scenario " + scenario_ + " failed with " + std::to_string(process_->exit_code().value_or(-1)) + ":\n" +
         tail(base_.string() + ".errors", 15) + tail(process_->err(), 5) + "---- its last messages ----\n" +
         tail(base_.string() + ".messages", 70);
}

void register_phones(const workspace& place, const engine& e, const std::vector<std::string>& accounts,
                     std::uint16_t port, int expires) {
  sipp_options o;
  o.scenario = "register";
  o.remote = e.sip_address();
  o.port = port;
  o.calls = static_cast<int>(accounts.size());
  o.timeout = std::chrono::seconds{15};
  o.keys = {{"expires", std::to_string(expires)}};
  for (const auto& a : accounts) {
    o.lines.push_back(a + ";[authentication username=" + a + " password=" + e.password(a) + "]");
  }
  sipp(place, o).finish();
}

} // namespace lifeline::peers
