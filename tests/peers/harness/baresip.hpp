#pragma once
// A real telephone without sound hardware: baresip plays a tone file to the line and writes what it hears to a file.

#include "tests/peers/harness/process.hpp"
#include "tests/peers/harness/workspace.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace lifeline::peers {

struct baresip_options {
  std::string name = {};                    ///< user part of its address; the folder's name
  std::vector<std::string> more_names = {}; ///< further numbers that ring at it, as behind a telephone exchange
  double tone = 440;                        ///< what it says, Hz
  std::filesystem::path speaks = {};        ///< a WAV file to be said instead (8 kHz, mono)
  std::string registrar = {};               ///< "127.0.0.1:5060", or empty: it does not register
  std::string password = {};
  bool answers = false;         ///< answers by itself
  std::string codecs = "PCMA";  ///< "PCMA", "PCMU", "PCMA,PCMU"
  std::string authorities = {}; ///< PEM file: whose certificates it believes, over TLS
};

class baresip {
public:
  baresip(const workspace& place, const baresip_options& options);
  ~baresip();
  baresip(baresip&&) noexcept;
  baresip(const baresip&) = delete;
  baresip& operator=(const baresip&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void dial(const std::string& uri);
  /// The next call is from this one of its numbers.
  void use(const std::string& name);
  void hang_up();
  void hold();
  void resume();
  /// A key of the call that talks, as RFC 4733 telephone event.
  void press(char key);

  /// The events so far: "REGISTER_OK", "CALL_RINGING", "CALL_ESTABLISHED", "CALL_CLOSED", ... in order.
  const std::vector<nlohmann::json>& events();
  int count(const std::string& type);
  /// Waits until `type` has come `times` times in all.
  void wait_for(const std::string& type, int times = 1, std::chrono::milliseconds timeout = std::chrono::seconds{15});
  /// What it has heard, one file per call, oldest first. A file is whole once its call is over.
  [[nodiscard]] std::vector<std::filesystem::path> heard() const;
  /// Ends it in order: calls are hung up, the registration is taken back.
  void quit();
  [[nodiscard]] std::string log_tail() const;

private:
  struct line; ///< the control connection
  void command(const std::string& name, const std::string& parameters = {});

  std::string name_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<child> process_;
  std::unique_ptr<line> line_;
  std::vector<nlohmann::json> events_;
};

} // namespace lifeline::peers
