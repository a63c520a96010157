#pragma once
// A real Kamailio with one of the configurations of tests/peers/kamailio.

#include "tests/peers/harness/process.hpp"
#include "tests/peers/harness/workspace.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace lifeline::peers {

class kamailio {
public:
  /// `configuration`: the file's name without ".cfg"; `values` replace @NAME@ in it, PORT is added. Waits until it
  /// answers.
  kamailio(const workspace& place, const std::string& configuration, std::map<std::string, std::string> values,
           std::uint16_t port);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  void stop() { process_->stop(std::chrono::seconds{5}); }
  /// (Again) at its port.
  void start();

private:
  [[nodiscard]] launch command() const;

  std::filesystem::path folder_;
  std::uint16_t port_;
  std::unique_ptr<child> process_;
};

} // namespace lifeline::peers
