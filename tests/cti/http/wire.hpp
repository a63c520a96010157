#pragma once
// A plain socket towards the server, so that tests can send what no HTTP library would.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace lifeline::testing {

class wire {
public:
  explicit wire(std::uint16_t port);
  ~wire();
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;

  /// False when the peer has closed.
  bool send(std::string_view bytes);
  /// One whole answer by its Content-Length; what came when the peer closed, or within 5 s, if it is less.
  std::string answer();
  /// Everything until the peer closes, or nothing more comes for `limit`.
  std::string rest(std::chrono::milliseconds limit);
  [[nodiscard]] bool closed() const { return closed_; }

private:
  bool receive(std::chrono::milliseconds limit);
  int fd_ = -1;
  bool closed_ = false;
  std::string kept_;
};

/// 0 when there is no status line.
int status_of(const std::string& answer);
std::string body_of(const std::string& answer);

} // namespace lifeline::testing
