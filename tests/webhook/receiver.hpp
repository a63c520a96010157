#pragma once
// An HTTP server of the test's own, on the loopback: it keeps what it gets and answers as it was told.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lifeline::webhook::testing {

struct received {
  std::string method, target, host, content_type, id, signature, body;
  std::chrono::steady_clock::time_point at;
};

struct reply {
  enum class kind { whole, silent, closes } how = kind::whole;
  int status = 200;
  std::string body;
  std::map<std::string, std::string> headers;
  std::string raw; ///< sent as it is instead, then the connection is closed
};

struct certificate_paths {
  std::string certificate, key;
};

class receiver {
public:
  /// The n-th request (from 0) is answered with `script(n)`. With a certificate it speaks TLS.
  explicit receiver(std::function<reply(std::size_t)> script, certificate_paths tls = {});
  ~receiver(); ///< after whoever is connected has gone
  receiver(const receiver&) = delete;
  receiver& operator=(const receiver&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url(const std::string& path = "/hook") const;
  /// Waits until so many have come.
  std::vector<received> wait(std::size_t count);
  [[nodiscard]] std::size_t count() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// A port at which nobody listens.
std::uint16_t closed_port();

} // namespace lifeline::webhook::testing
