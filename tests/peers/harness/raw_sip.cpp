#include "tests/peers/harness/raw_sip.hpp"

#include "tests/peers/harness/workspace.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lifeline::peers {

namespace {

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

/// {x00}: a byte by its hexadecimal value.
void fill_bytes(std::string& text) {
  for (std::size_t at = 0; (at = text.find("{x", at)) != std::string::npos; ++at) {
    if (at + 4 < text.size() && text[at + 4] == '}') {
      const auto value = std::stoi(text.substr(at + 2, 2), nullptr, 16);
      text.replace(at, 5, std::string(1, static_cast<char>(value)));
    }
  }
}

/// {repeat N TEXT}: after the bytes, so that no other brace is inside.
void fill_repeats(std::string& text) {
  for (std::size_t at = 0; (at = text.find("{repeat ", at)) != std::string::npos;) {
    const auto space = text.find(' ', at + 8);
    const auto end = text.find('}', at);
    if (space == std::string::npos || end == std::string::npos) throw std::runtime_error("a broken {repeat}");
    const auto times = std::stoul(text.substr(at + 8, space - at - 8));
    const auto what = text.substr(space + 1, end - space - 1);
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
      all += what;
    text.replace(at, end + 1 - at, all);
    at += all.size();
  }
}

} // namespace

raw_sip::raw_sip(std::uint16_t port, over transport, const std::string& from) : transport_(transport) {
  const int type = transport == over::udp ? SOCK_DGRAM : SOCK_STREAM;
  fd_ = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  socklen_t size = sizeof own;
  // Connected over UDP, too: then the engine is the only one who can answer.
  if (fd_ < 0 || ::inet_pton(AF_INET, from.c_str(), &own.sin_addr) != 1 ||
      ::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0 ||
      ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 ||
      ::getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &size) != 0) {
    const std::string why = std::strerror(errno);
    if (fd_ >= 0) ::close(fd_);
    throw std::runtime_error("no connection to port " + std::to_string(port) + ": " + why);
  }
  port_ = ntohs(own.sin_port);
}

raw_sip::raw_sip(raw_sip&& other) noexcept
    : transport_(other.transport_), fd_(std::exchange(other.fd_, -1)), port_(other.port_), ended_(other.ended_),
      stream_(std::move(other.stream_)) {}

raw_sip::~raw_sip() {
  if (fd_ >= 0) ::close(fd_);
}

bool raw_sip::send(std::string_view bytes) {
  do {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(transport_ == over::udp ? bytes.size() : static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EINTR) {
      pollfd p{fd_, POLLOUT, 0};
      if (::poll(&p, 1, 2000) <= 0) return false;
    } else {
      return false;
    }
  } while (!bytes.empty());
  return true;
}

bool raw_sip::read_more(std::chrono::milliseconds timeout) {
  pollfd p{fd_, POLLIN, 0};
  if (::poll(&p, 1, static_cast<int>(std::max<std::int64_t>(0, timeout.count()))) <= 0) return false;
  char block[65536];
  const auto got = ::recv(fd_, block, sizeof block, MSG_DONTWAIT);
  if (got > 0) stream_.append(block, static_cast<std::size_t>(got));
  // Over UDP an error only tells of an earlier datagram. An orderly end leaves errno as it was.
  if (transport_ == over::tcp && (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))) ended_ = true;
  return got > 0;
}

std::optional<std::string> raw_sip::take_message() {
  if (transport_ == over::udp) {
    if (stream_.empty()) return std::nullopt;
    return std::exchange(stream_, {});
  }
  const auto head = stream_.find("\r\n\r\n");
  if (head == std::string::npos) return std::nullopt;
  const auto length = header_of(stream_.substr(0, head + 4), "Content-Length");
  const auto size = head + 4 + (length.empty() ? 0 : std::stoul(length));
  if (stream_.size() < size) return std::nullopt;
  auto message = stream_.substr(0, size);
  stream_.erase(0, size);
  return message;
}

std::optional<std::string> raw_sip::receive(std::chrono::milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    if (auto message = take_message()) return message;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (ended_ || (!read_more(left) && std::chrono::steady_clock::now() >= end)) return std::nullopt;
  }
}

bool raw_sip::closed_within(std::chrono::milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (!ended_ && std::chrono::steady_clock::now() < end)
    (void)read_more(std::chrono::milliseconds{50});
  return ended_;
}

void raw_sip::half_close() { ::shutdown(fd_, SHUT_WR); }

torture_message read_torture(const std::filesystem::path& file) {
  torture_message m;
  m.name = file.stem().string();
  m.text = read_text(file);
  while (m.text.rfind("# ", 0) == 0) {
    const auto end = m.text.find('\n');
    const auto line = m.text.substr(2, end - 2);
    m.text.erase(0, end + 1);
    if (line.rfind("answer: ", 0) == 0)
      m.answer = line.substr(8);
    else if (line.rfind("over: ", 0) == 0)
      m.over = line.substr(6);
    else
      m.shows = line;
  }
  return m;
}

std::string fill_in(const torture_message& message, const raw_sip& sender, const std::string& engine, int serial) {
  auto text = message.text;
  replace_all(text, "\n", "\r\n");
  const auto id = message.name + "-" + std::to_string(serial);
  replace_all(text, "{engine}", engine);
  replace_all(text, "{peer}", sender.address());
  replace_all(text, "{transport}", sender.transport() == raw_sip::over::udp ? "UDP" : "TCP");
  replace_all(text, "{branch}", "z9hG4bK" + id);
  replace_all(text, "{tag}", "tag" + id);
  replace_all(text, "{call-id}", id + "@torture");
  fill_bytes(text);
  fill_repeats(text);
  const auto head = text.find("\r\n\r\n");
  const auto body = head == std::string::npos ? 0 : text.size() - head - 4;
  replace_all(text, "{length}", std::to_string(body));
  return text;
}

std::string plain_request(const std::string& method, const raw_sip& sender, const std::string& engine, int serial,
                          const std::string& headers, const std::string& body) {
  const auto id = "plain-" + std::to_string(serial);
  const std::string via = sender.transport() == raw_sip::over::udp ? "UDP" : "TCP";
  return method + " sip:12315@" + engine + " SIP/2.0\r\nVia: SIP/2.0/" + via + " " + sender.address() +
         ";rport;branch=z9hG4bK" + id + "\r\nMax-Forwards: 70\r\nFrom: <sip:13800000009@" + sender.address() +
         ">;tag=" + id + "\r\nTo: <sip:12315@" + engine + ">\r\nCall-ID: " + id + "@" + sender.address() +
         "\r\nCSeq: 1 " + method + "\r\nContact: <sip:13800000009@" + sender.address() + ">\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

int status_of(const std::string& message) {
  if (message.rfind("SIP/2.0 ", 0) != 0 || message.size() < 11) return 0;
  return std::atoi(message.substr(8, 3).c_str());
}

std::string header_of(const std::string& message, const std::string& name) {
  const auto wanted = name + ':';
  for (std::size_t at = message.find("\r\n"); at != std::string::npos; at = message.find("\r\n", at + 2)) {
    if (strncasecmp(message.c_str() + at + 2, wanted.c_str(), wanted.size()) != 0) continue;
    const auto begin = message.find_first_not_of(' ', at + 2 + wanted.size());
    const auto end = message.find("\r\n", at + 2);
    return begin == std::string::npos || begin >= end ? std::string{} : message.substr(begin, end - begin);
  }
  return {};
}

std::string ack_of(const std::string& response, const std::string& engine) {
  const auto cseq = header_of(response, "CSeq");
  return "ACK sip:12315@" + engine + " SIP/2.0\r\nVia: " + header_of(response, "Via") +
         "\r\nMax-Forwards: 70\r\nFrom: " + header_of(response, "From") + "\r\nTo: " + header_of(response, "To") +
         "\r\nCall-ID: " + header_of(response, "Call-ID") + "\r\nCSeq: " + cseq.substr(0, cseq.find(' ')) + " ACK\r\n" +
         "Content-Length: 0\r\n\r\n";
}

} // namespace lifeline::peers
