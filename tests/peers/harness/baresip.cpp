#include "tests/peers/harness/baresip.hpp"

#include "tests/peers/harness/tone.hpp"
#include "tests/peers/harness/wait.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace lifeline::peers {

namespace {

/// The tone file ends at some time, and baresip is silent then: longer than any test's call.
constexpr double tone_seconds = 60;

std::string settings(const baresip_options& o, const std::filesystem::path& folder, std::uint16_t port,
                     std::uint16_t control, std::uint16_t rtp) {
  const auto tone = (o.speaks.empty() ? folder / "tone.wav" : o.speaks).string();
  return "sip_listen 127.0.0.1:" + std::to_string(port) + "\nnet_interface 127.0.0.1\n" + "audio_source aufile," +
         tone + "\naudio_player aubridge,ear-" + o.name + "\naudio_alert aubridge,bell-" + o.name +
         "\nausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\naudio_level no\n" +
         (o.authorities.empty() ? std::string{} : "sip_cafile " + o.authorities + '\n') +
         "audio_buffer 20-160\nrtp_ports " + std::to_string(rtp) + '-' + std::to_string(rtp + 15) +
         "\nrtp_timeout 0\nrtcp_mux no\njitter_buffer_type fixed\njitter_buffer_delay 2-10\ncall_max_calls 4\n" +
         "snd_path " + (folder / "heard").string() + "\nctrl_tcp_listen 127.0.0.1:" + std::to_string(control) +
         "\nmodule_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\n" +
         "module sndfile.so\nmodule_tmp account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\n";
}

std::string account(const baresip_options& o, const std::string& name, std::uint16_t port) {
  const bool registers = !o.registrar.empty();
  std::string text = "<sip:" + name + '@' + (registers ? o.registrar : "127.0.0.1:" + std::to_string(port)) +
                     ">;regint=" + (registers ? "120" : "0") + ";audio_codecs=" + o.codecs +
                     ";answermode=" + (o.answers ? "auto" : "manual");
  if (!o.password.empty()) text += ";auth_user=" + o.name + ";auth_pass=" + o.password;
  return text + '\n';
}

} // namespace

/// Netstrings of JSON in both directions (baresip's module ctrl_tcp).
struct baresip::line {
  int fd = -1;
  std::string received;

  explicit line(std::uint16_t port) {
    fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      ::close(fd);
      fd = -1;
    }
  }
  line(const line&) = delete;
  line& operator=(const line&) = delete;
  ~line() {
    if (fd >= 0) ::close(fd);
  }

  void send(const std::string& text) const {
    const auto framed = std::to_string(text.size()) + ':' + text + ',';
    if (::send(fd, framed.data(), framed.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(framed.size())) {
      throw std::runtime_error("a phone does not take commands any more");
    }
  }

  /// Whatever has come; never blocks.
  std::vector<nlohmann::json> receive() {
    std::array<char, 8192> block{};
    for (;;) {
      const auto got = ::recv(fd, block.data(), block.size(), MSG_DONTWAIT);
      if (got <= 0) break;
      received.append(block.data(), static_cast<std::size_t>(got));
    }
    std::vector<nlohmann::json> messages;
    for (;;) {
      const auto colon = received.find(':');
      if (colon == std::string::npos) return messages;
      const auto size = std::stoul(received.substr(0, colon));
      if (received.size() < colon + size + 2) return messages;
      auto message = nlohmann::json::parse(received.substr(colon + 1, size), nullptr, false);
      if (!message.is_discarded()) messages.push_back(std::move(message));
      received.erase(0, colon + size + 2);
    }
  }
};

baresip::baresip(const workspace& place, const baresip_options& o)
    : name_(o.name), folder_(place.file("phone-" + o.name)) {
  std::filesystem::create_directories(folder_ / "heard");
  write_tone(folder_ / "tone.wav", o.tone, tone_seconds);
  port_ = take_port(2); // the second one is for TLS: baresip binds it without being asked
  const auto control = take_port();
  write_text(folder_ / "config", settings(o, folder_, port_, control, take_port(16)));
  auto accounts = account(o, o.name, port_);
  for (const auto& name : o.more_names)
    accounts += account(o, name, port_);
  write_text(folder_ / "accounts", accounts);
  write_text(folder_ / "contacts", "");
  process_ = std::make_unique<child>(
      launch{{"baresip", "-f", folder_.string(), "-4"}, folder_, folder_ / "log", {{"HOME", folder_.string()}}});
  wait_until("the phone " + name_ + " is ready", 15s, [&] {
    if (!process_->running()) throw std::runtime_error("the phone " + name_ + " ended:\n" + log_tail());
    line_ = std::make_unique<line>(control);
    return line_->fd >= 0;
  });
}

baresip::baresip(baresip&&) noexcept = default;

baresip::~baresip() {
  if (process_ && process_->running()) process_->stop(2s);
}

void baresip::command(const std::string& name, const std::string& parameters) {
  line_->send(nlohmann::json{{"command", name}, {"params", parameters}, {"token", name_}}.dump());
}

void baresip::dial(const std::string& uri) { command("dial", uri); }
void baresip::use(const std::string& name) { command("uafind", "sip:" + name + "@127.0.0.1:" + std::to_string(port_)); }
void baresip::hang_up() { command("hangup"); }
void baresip::hold() { command("hold"); }
void baresip::resume() { command("resume"); }
void baresip::press(char key) {
  // The key goes to the call of the number that is chosen: the one that was answered last.
  const auto& all = events();
  const auto answered =
      std::find_if(all.rbegin(), all.rend(), [](const auto& e) { return e.value("type", "") == "CALL_ESTABLISHED"; });
  if (answered != all.rend()) command("uafind", answered->value("accountaor", ""));
  command("sndcode", std::string(1, key));
}

const std::vector<nlohmann::json>& baresip::events() {
  for (auto& message : line_->receive()) {
    if (message.value("event", false)) events_.push_back(std::move(message));
  }
  return events_;
}

int baresip::count(const std::string& type) {
  const auto& all = events();
  return static_cast<int>(
      std::count_if(all.begin(), all.end(), [&](const auto& e) { return e.value("type", "") == type; }));
}

void baresip::wait_for(const std::string& type, int times, std::chrono::milliseconds timeout) {
  try {
    wait_until("the phone " + name_ + " says " + type, timeout, [&] { return count(type) >= times; });
  } catch (const std::runtime_error& e) {
    throw std::runtime_error(e.what() + std::string{"; its log:\n"} + log_tail());
  }
}

std::vector<std::filesystem::path> baresip::heard() const {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "heard")) {
    if (entry.path().filename().string().ends_with("-dec.wav")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end()); // their names begin with the time
  return files;
}

void baresip::quit() {
  if (!process_->running()) return;
  command("quit");
  if (!process_->wait(5s)) process_->kill();
}

std::string baresip::log_tail() const { return tail(process_->out(), 25) + tail(process_->err(), 10); }

} // namespace lifeline::peers
