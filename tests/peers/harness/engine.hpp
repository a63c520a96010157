#pragma once
// A real engine on ports of its own, and the operator's command for it.

#include "tests/peers/harness/http.hpp"
#include "tests/peers/harness/process.hpp"
#include "tests/peers/harness/workspace.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace lifeline::peers {

using json = nlohmann::json;
/// Keys of one TOML section with their values as written there ("\"5s\"", "3", "[\"a\"]").
using toml_section = std::map<std::string, std::string>;

struct agent_section {
  std::string account = {};
  toml_section keys;
};

/// A configuration for tests: one hotline 12315 with its queue, everything at 127.0.0.1, short times. A test changes
/// what it is about.
struct engine_config {
  toml_section sip;
  toml_section media;
  toml_section log{{"level", "\"debug\""}};
  toml_section limits;
  toml_section hotline{{"name", "\"12315\""}};
  toml_section queue{{"name", "\"12315\""},
                     {"ring_timeout", "\"5s\""},
                     {"retry_delay", "\"1s\""},
                     {"wrap_up", "\"0s\""},
                     {"holding", "\"ringing\""}};
  /// Without health checks: the SIPp behind it answers INVITEs, nothing else.
  toml_section trunk{{"name", "\"carrier\""}, {"cidrs", "[\"127.0.0.1/32\"]"}, {"options_interval", "\"0s\""}};
  std::vector<toml_section> more_hotlines;
  std::vector<toml_section> more_queues;
  std::vector<toml_section> more_trunks;
  std::map<std::string, std::string> environment = {}; ///< of the engine, in addition to ours
  std::vector<agent_section> agents{{"8001", {}}};
  std::string extra; ///< further sections, as they are to stand in the file

  [[nodiscard]] std::string text() const;
};

class engine {
public:
  /// Starts and waits until it takes calls. `place` holds the configuration, the log and, in data/, the engine's files.
  engine(const workspace& place, const engine_config& config);
  /// With a configuration that exists, e.g. the shipped one.
  engine(std::filesystem::path config, std::filesystem::path data, std::filesystem::path log,
         std::map<std::string, std::string> environment = {});
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  [[nodiscard]] std::uint16_t sip_port() const { return sip_port_; }
  [[nodiscard]] std::string sip_address() const { return "127.0.0.1:" + std::to_string(sip_port_); }
  [[nodiscard]] std::uint16_t http_port() const { return http_port_; }
  [[nodiscard]] const std::filesystem::path& data() const { return data_; }
  [[nodiscard]] std::filesystem::path recordings() const { return data_ / "recordings"; }
  /// From the secrets that the engine has made.
  [[nodiscard]] std::string password(const std::string& account) const;
  /// Of every account at once.
  [[nodiscard]] std::map<std::string, std::string> sip_passwords() const;

  /// Starts again with the same data (after `stop` or `kill9`).
  void start();
  /// SIGTERM; the exit code.
  int stop();
  void kill9();
  void send(int signal) { process_->send(signal); }
  /// Waits until it has ended by itself; its exit code.
  int wait_end(std::chrono::milliseconds timeout);
  /// Writes another configuration over the one in use; nothing reads it until a reload.
  void rewrite(const engine_config& config) const;
  bool running() { return process_ && process_->running(); }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }

  /// The API with the operators' token: `target` as "orders?active=true". Throws unless the answer is 2xx.
  json api(const std::string& method, const std::string& target, const json& body = nullptr) const;
  /// The same, without an opinion.
  [[nodiscard]] http_reply try_api(http_ask ask) const;
  [[nodiscard]] std::string api_token() const;
  /// A secret of secrets.toml: section and key ("vendor_secrets", "platform").
  [[nodiscard]] std::string secret(const std::string& section, const std::string& key) const;
  /// Of the server for the public, when the configuration has one.
  [[nodiscard]] std::uint16_t public_port() const { return public_port_; }
  [[nodiscard]] std::string metrics() const;
  /// `sample_of` in the metrics of now.
  [[nodiscard]] double metric(const std::string& name) const;
  [[nodiscard]] std::string log_tail(std::size_t lines = 60) const;

  // ---- through lifelinectl ----------------------------------------------------------------------------------
  finished try_control(const std::vector<std::string>& arguments, bool as_json = true) const;
  /// The answer as JSON; throws with the command's error text when it fails.
  json control(const std::vector<std::string>& arguments) const;
  json agent(const std::string& account) const;
  std::string agent_state(const std::string& account) const;
  /// Ended calls, oldest first.
  std::vector<json> records() const;
  std::vector<json> live_calls() const;
  /// The whole event log.
  std::vector<json> events() const;

private:
  std::filesystem::path config_;
  std::filesystem::path data_;
  std::filesystem::path log_;
  std::map<std::string, std::string> environment_;
  std::unique_ptr<child> process_;
  std::uint16_t sip_port_ = 0;
  std::uint16_t http_port_ = 0;
  std::uint16_t public_port_ = 0;
  mutable int commands_ = 0;
  int exceptions_ = 0;
};

/// A list in an answer, whether it stands alone or under `key`.
const json& list_in(const json& answer, const std::string& key);

} // namespace lifeline::peers
