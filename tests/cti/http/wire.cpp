#include "tests/cti/http/wire.hpp"

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lifeline::testing {

wire::wire(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) throw std::runtime_error("no connection");
}

wire::~wire() { ::close(fd_); }

bool wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool wire::receive(std::chrono::milliseconds limit) {
  pollfd wait{fd_, POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(limit.count())) <= 0) return false;
  std::array<char, 65536> block{};
  const auto got = ::recv(fd_, block.data(), block.size(), 0);
  if (got <= 0) {
    closed_ = true;
    return false;
  }
  kept_.append(block.data(), static_cast<std::size_t>(got));
  return true;
}

std::string wire::answer() {
  using namespace std::chrono_literals;
  for (;;) {
    const auto head = kept_.find("\r\n\r\n");
    if (head != std::string::npos) {
      const auto field = kept_.find("Content-Length: ");
      const auto length = field < head ? std::strtoull(kept_.c_str() + field + 16, nullptr, 10) : 0;
      if (kept_.size() >= head + 4 + length) {
        auto whole = kept_.substr(0, head + 4 + length);
        kept_.erase(0, whole.size());
        return whole;
      }
    }
    if (!receive(5s)) return std::exchange(kept_, {});
  }
}

std::string wire::rest(std::chrono::milliseconds limit) {
  while (receive(limit)) {
  }
  return std::exchange(kept_, {});
}

int status_of(const std::string& answer) {
  return answer.rfind("HTTP/1.1 ", 0) == 0 ? std::atoi(answer.c_str() + 9) : 0;
}

std::string body_of(const std::string& answer) {
  const auto head = answer.find("\r\n\r\n");
  return head == std::string::npos ? std::string{} : answer.substr(head + 4);
}

} // namespace lifeline::testing
