#pragma once
// Certificates made in the test, and the peer's end of a TLS connection.

#include "tests/temp_folder.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace lifeline::sip::testing {

struct certificate_files {
  std::string certificate;
  std::string key;
};

/// A certification authority of the test's own.
class test_authority {
public:
  explicit test_authority(const std::string& name = "Test Authority");
  ~test_authority();
  /// `host` is the common name and, if it is no address, the DNS name.
  certificate_files issue(const std::string& host, int days = 30);
  [[nodiscard]] std::string file() const { return directory_.file("authority.pem"); }
  [[nodiscard]] const lifeline::testing::temp_folder& directory() const { return directory_; }

private:
  struct state;
  lifeline::testing::temp_folder directory_;
  std::unique_ptr<state> state_;
  int issued_ = 0;
};

struct tls_options {
  certificate_files own; ///< shown to the other side, if not empty
  int newest = 0;        ///< newest protocol version, e.g. TLS1_1_VERSION; 0 = the library's
};

class tls_stream {
public:
  /// Handshake over a connected socket, as client or server; nothing when it fails.
  static std::unique_ptr<tls_stream> open(int fd, bool as_server, const tls_options& options);
  ~tls_stream();
  void send(const std::string& text);
  /// Empty text: nothing yet. Nothing: closed.
  std::optional<std::string> receive();
  [[nodiscard]] bool pending() const;
  /// Common name of the other side's certificate.
  [[nodiscard]] std::string peer_name() const;

private:
  struct state;
  explicit tls_stream(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

/// A listening socket on 127.0.0.1; accepts one connection and does its handshake.
class tls_listener {
public:
  tls_listener();
  ~tls_listener();
  [[nodiscard]] std::uint16_t port() const { return port_; }
  struct accepted {
    int fd = -1;
    std::unique_ptr<tls_stream> stream;
  };
  /// Without a stream: nobody came, or the handshake failed.
  accepted accept(const tls_options& options, std::chrono::milliseconds timeout);

private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

} // namespace lifeline::sip::testing
