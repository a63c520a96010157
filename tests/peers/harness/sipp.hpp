#pragma once
// SIPp as a peer: callers, and agents' phones. One scenario file each (tests/peers/scenarios).

#include "tests/peers/harness/engine.hpp"
#include "tests/peers/harness/process.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lifeline::peers {

struct sipp_options {
  std::string scenario = {};       ///< name of the file without ".xml"
  std::string remote = {};         ///< "host:port"; empty for a phone that only waits
  std::string local = "127.0.0.1"; ///< source address
  std::uint16_t port = 0;          ///< 0: one is chosen
  bool tcp = false;
  int calls = 1;                                ///< ends after so many
  double rate = 10;                             ///< calls a second
  int at_once = 0;                              ///< calls at the same time at the most, 0: no limit
  std::chrono::milliseconds pause{0};           ///< length of the scenario's <pause/>: talk or ring time
  std::chrono::seconds timeout{40};             ///< of the whole run; then it has failed
  std::map<std::string, std::string> keys = {}; ///< [name] in the scenario
  std::vector<std::string> lines = {};          ///< of the injection file: [field0], [field1] separated by ';'
  std::string service = "12315";                ///< the called number
};

/// A running SIPp.
class sipp {
public:
  sipp(const workspace& place, const sipp_options& options);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Waits for the end; throws with SIPp's own account of it unless every call went as the scenario says.
  void finish(std::chrono::milliseconds timeout = std::chrono::seconds{45});
  /// As `finish`, without an opinion: true when every call went as the scenario says.
  bool succeeded(std::chrono::milliseconds timeout = std::chrono::seconds{45});
  void kill() { process_->kill(); }
  /// It keeps its port and hears nothing any more.
  void freeze() { process_->send(SIGSTOP); }
  bool running() { return process_->running(); }
  /// Every message sent and received so far.
  [[nodiscard]] std::string messages() const;

private:
  [[nodiscard]] std::string account_of_failure() const;

  std::string scenario_;
  std::uint16_t port_ = 0;
  std::filesystem::path base_;
  std::unique_ptr<child> process_;
};

/// Registers the accounts with one contact, 127.0.0.1:`port`, and waits for the 200s. `expires` 0 de-registers.
void register_phones(const workspace& place, const engine& e, const std::vector<std::string>& accounts,
                     std::uint16_t port, int expires = 300);

} // namespace lifeline::peers
