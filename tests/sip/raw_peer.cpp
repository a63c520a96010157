#include "tests/sip/raw_peer.hpp"

#include "sip/digest.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>

namespace lifeline::sip::testing {

namespace {

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string tag_in(const std::string& value) {
  const auto at = value.find(";tag=");
  return at == std::string::npos ? std::string{} : value.substr(at + 5, value.find(';', at + 5) - at - 5);
}

std::string param_of(const std::string& challenge, const std::string& name) {
  auto at = challenge.find(name + "=");
  if (at == std::string::npos) return {};
  at += name.size() + 1;
  if (challenge[at] == '"') return challenge.substr(at + 1, challenge.find('"', at + 1) - at - 1);
  return challenge.substr(at, challenge.find_first_of(", ", at) - at);
}

struct local {
  sockaddr_storage storage{};
  socklen_t size = 0;
  local(const std::string& host, std::uint16_t port) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    const bool is_v6 = inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1;
    storage.ss_family = is_v6 ? AF_INET6 : AF_INET;
    if (!is_v6) inet_pton(AF_INET, host.c_str(), &v4.sin_addr);
    (is_v6 ? v6.sin6_port : v4.sin_port) = htons(port);
    size = is_v6 ? sizeof v6 : sizeof v4;
  }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] std::uint16_t port() const {
    return ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                                               : reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  }
};

const char* name_of(transport over) {
  switch (over) {
  case transport::udp: return "UDP";
  case transport::tcp: return "TCP";
  case transport::tls: break;
  }
  return "TLS";
}

} // namespace

std::string message::start_line() const { return text.substr(0, text.find("\r\n")); }

int message::status() const { return text.rfind("SIP/2.0 ", 0) == 0 ? std::stoi(text.substr(8, 3)) : 0; }

std::string message::method() const {
  if (status() == 0) return text.substr(0, text.find(' '));
  const auto cseq = header("CSeq");
  return cseq.substr(cseq.find(' ') + 1);
}

std::string message::request_uri() const {
  const auto line = start_line();
  const auto start = line.find(' ') + 1;
  return line.substr(start, line.find(' ', start) - start);
}

std::vector<std::string> message::headers(const std::string& name) const {
  std::vector<std::string> values;
  const auto end = text.find("\r\n\r\n");
  for (auto at = text.find("\r\n"); at < end; at = text.find("\r\n", at + 2)) {
    const auto line = text.substr(at + 2, text.find("\r\n", at + 2) - at - 2);
    const auto colon = line.find(':');
    if (colon == std::string::npos || lowered(line.substr(0, colon)) != lowered(name)) continue;
    values.push_back(line.substr(line.find_first_not_of(' ', colon + 1)));
  }
  return values;
}

std::string message::header(const std::string& name) const {
  const auto values = headers(name);
  return values.empty() ? std::string{} : values.front();
}

std::string message::body() const {
  const auto end = text.find("\r\n\r\n");
  return end == std::string::npos ? std::string{} : text.substr(end + 4);
}

std::string message::to_tag() const { return tag_in(header("To")); }
std::string message::from_tag() const { return tag_in(header("From")); }

raw_peer::raw_peer(std::uint16_t server_port, transport over, std::string host, const tls_options& tls)
    : over_{over}, host_{std::move(host)}, server_port_{server_port} {
  local name{host_, 0};
  fd_ = ::socket(name.storage.ss_family, (over == transport::udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
  ::bind(fd_, name.get(), name.size);
  if (over != transport::udp) {
    local server{host_, server_port};
    if (::connect(fd_, server.get(), server.size) != 0)
      throw std::runtime_error{"cannot connect to the gateway by TCP"};
  }
  if (over == transport::tls) {
    tls_ = tls_stream::open(fd_, false, tls);
    if (!tls_) {
      close();
      throw std::runtime_error{"no TLS with the gateway"};
    }
  }
  ::getsockname(fd_, name.get(), &name.size);
  port_ = name.port();
}

raw_peer::raw_peer(std::uint16_t server_port, tls_listener::accepted connection, std::uint16_t port)
    : over_{transport::tls}, tls_{std::move(connection.stream)},
      server_port_{server_port}, port_{port}, fd_{connection.fd} {}

std::string raw_peer::bracketed_host() const {
  return host_.find(':') == std::string::npos ? host_ : "[" + host_ + "]";
}

raw_peer::~raw_peer() { close(); }

void raw_peer::close() {
  tls_.reset();
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string raw_peer::uri(const std::string& user) const {
  const auto* param = over_ == transport::udp ? "" : over_ == transport::tcp ? ";transport=tcp" : ";transport=tls";
  return "sip:" + user + "@" + bracketed_host() + ":" + std::to_string(port_) + param;
}

void raw_peer::send(const std::string& text) const {
  if (tls_) return tls_->send(text);
  local server{host_, server_port_};
  auto* name = over_ == transport::udp ? server.get() : nullptr;
  ::sendto(fd_, text.data(), text.size(), MSG_NOSIGNAL, name, name ? server.size : 0);
}

bool raw_peer::read_more(std::chrono::milliseconds timeout) {
  pollfd waiting{fd_, POLLIN, 0};
  if (!(tls_ && tls_->pending()) &&
      ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, timeout.count()))) <= 0)
    return false;
  std::string buffer;
  if (tls_) {
    auto got = tls_->receive();
    if (!got) return false;
    buffer = std::move(*got);
  } else {
    buffer.resize(65536);
    const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    buffer.resize(static_cast<std::size_t>(got));
  }
  if (over_ == transport::udp) {
    inbox_.push_back({std::move(buffer)});
    return true;
  }
  stream_ += buffer;
  for (auto end = stream_.find("\r\n\r\n"); end != std::string::npos; end = stream_.find("\r\n\r\n")) {
    message head{stream_.substr(0, end + 4)};
    const auto length = head.header("Content-Length");
    const auto whole = end + 4 + (length.empty() ? 0 : std::stoul(length));
    if (stream_.size() < whole) break;
    inbox_.push_back({stream_.substr(0, whole)});
    stream_.erase(0, whole);
  }
  return true;
}

std::optional<message> raw_peer::receive(const std::function<bool(const message&)>& wanted,
                                         std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    while (!inbox_.empty()) {
      auto next = std::move(inbox_.front());
      inbox_.pop_front();
      if (wanted(next)) return next;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !read_more(left)) return std::nullopt;
  }
}

message raw_peer::response(int status, const std::string& method, std::chrono::milliseconds timeout) {
  std::string seen;
  auto found = receive(
      [&](const message& m) {
        seen += m.start_line() + "\n";
        return m.status() == status && m.method() == method;
      },
      timeout);
  INFO("waited for " << status << " to " << method << ", received:\n" << seen);
  REQUIRE(found);
  return *found;
}

message raw_peer::final_response(const std::string& method) {
  auto found = receive([&](const message& m) { return m.status() >= 200 && m.method() == method; });
  INFO("waited for a final response to " << method);
  REQUIRE(found);
  return *found;
}

message raw_peer::request(const std::string& method, std::chrono::milliseconds timeout) {
  std::string seen;
  auto found = receive(
      [&](const message& m) {
        seen += m.start_line() + "\n";
        return m.status() == 0 && m.method() == method;
      },
      timeout);
  INFO("waited for a request " << method << ", received:\n" << seen);
  REQUIRE(found);
  return *found;
}

std::string raw_peer::fresh(const char* prefix) {
  static std::atomic<int> counter{0};
  return std::string{prefix} + std::to_string(port_) + "x" + std::to_string(++counter) + "x" +
         std::to_string(++serial_);
}

dialog raw_peer::new_dialog(const std::string& from_user, const std::string& to_user) {
  dialog d;
  const auto server = bracketed_host() + ":" + std::to_string(server_port_);
  d.call_id = fresh("call");
  d.local = "<sip:" + from_user + "@" + server + ">;tag=" + fresh("t");
  d.remote = "<sip:" + to_user + "@" + server + ">";
  d.target = "sip:" + to_user + "@" + server;
  return d;
}

std::string raw_peer::compose(const std::string& method, dialog& d, const std::string& headers, const std::string& body,
                              const std::string& type) {
  if (method != "ACK" && method != "CANCEL") ++d.cseq;
  const auto branch = method == "CANCEL" ? d.branch : fresh("z9hG4bK");
  if (method == "INVITE") d.branch = branch;
  std::string text = method + " " + d.target + " SIP/2.0\r\n";
  text += "Via: SIP/2.0/" + std::string{name_of(over_)} + " " + bracketed_host() + ":" + std::to_string(port_) +
          ";branch=" + branch + ";rport\r\n";
  text += "Max-Forwards: 70\r\nFrom: " + d.local + "\r\nTo: " + d.remote + "\r\nCall-ID: " + d.call_id + "\r\n";
  text += "CSeq: " + std::to_string(d.cseq) + " " + method + "\r\n";
  if (method != "REGISTER" && method != "CANCEL") text += "Contact: <" + uri("peer") + ">\r\n";
  text += headers;
  if (!body.empty()) text += "Content-Type: " + type + "\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

dialog raw_peer::invite(const std::string& from_user, const std::string& to_user, const std::string& body,
                        const std::string& headers) {
  auto d = new_dialog(from_user, to_user);
  send(compose("INVITE", d, headers, body));
  return d;
}

void raw_peer::ack(dialog& d, const message& response, const std::string& body) {
  d.remote = response.header("To");
  if (response.status() < 300) {
    const auto contact = response.header("Contact");
    d.target = contact.substr(contact.find('<') + 1, contact.find('>') - contact.find('<') - 1);
    send(compose("ACK", d, {}, body));
    return;
  }
  const auto branch = d.branch; // the ACK of a refusal belongs to the INVITE's transaction
  auto text = compose("ACK", d);
  const auto at = text.find(";branch=") + 8;
  send(text.replace(at, text.find(';', at) - at, branch));
}

void raw_peer::cancel(const dialog& d, const std::string& headers) {
  auto copy = d;
  send(compose("CANCEL", copy, headers));
}

message raw_peer::expect_answer(dialog& d, const std::string& ack_body) {
  auto answer = response(200, "INVITE");
  ack(d, answer, ack_body);
  return answer;
}

void raw_peer::respond(const message& request, int status, const std::string& reason, const std::string& body,
                       const std::string& headers) {
  std::string text = "SIP/2.0 " + std::to_string(status) + " " + reason + "\r\n";
  for (const auto& via : request.headers("Via"))
    text += "Via: " + via + "\r\n";
  auto to = request.header("To");
  if (request.to_tag().empty() && status > 100) to += ";tag=peer" + std::to_string(port_);
  text += "From: " + request.header("From") + "\r\nTo: " + to + "\r\nCall-ID: " + request.header("Call-ID") +
          "\r\nCSeq: " + request.header("CSeq") + "\r\n" + headers;
  if (headers.find("Contact:") == std::string::npos) text += "Contact: <" + uri("peer") + ">\r\n";
  if (!body.empty()) text += "Content-Type: application/sdp\r\n";
  send(text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

dialog raw_peer::dialog_of(const message& invite) const {
  dialog d;
  d.call_id = invite.header("Call-ID");
  d.local = invite.header("To") + (invite.to_tag().empty() ? ";tag=peer" + std::to_string(port_) : "");
  d.remote = invite.header("From");
  const auto contact = invite.header("Contact");
  d.target = contact.substr(contact.find('<') + 1, contact.find('>') - contact.find('<') - 1);
  d.cseq = 100;
  return d;
}

std::string offer_sdp(std::uint16_t port, const std::string& direction, int version) {
  return "v=0\r\no=peer 4711 " + std::to_string(version) +
         " IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " + std::to_string(port) +
         " RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
         "a=fmtp:101 0-16\r\na=ptime:20\r\na=" +
         direction + "\r\n";
}

std::string authorize(const std::string& challenge, const std::string& user, const std::string& password,
                      const std::string& method, const std::string& uri, int nc) {
  digest_answer answer;
  const bool sha256 = param_of(challenge, "algorithm") == "SHA-256";
  answer.algorithm = sha256 ? digest_algorithm::sha256 : digest_algorithm::md5;
  answer.username = user;
  answer.realm = param_of(challenge, "realm");
  answer.nonce = param_of(challenge, "nonce");
  answer.uri = uri;
  answer.qop = "auth";
  answer.cnonce = "c0ffee";
  char count[9];
  std::snprintf(count, sizeof count, "%08x", static_cast<unsigned>(nc));
  answer.nc = count;
  const auto secret = make_credential(user, answer.realm, password);
  const auto response = digest_response(answer, sha256 ? secret.ha1_sha256 : secret.ha1_md5, method);
  return "Authorization: Digest username=\"" + user + "\", realm=\"" + answer.realm + "\", nonce=\"" + answer.nonce +
         "\", uri=\"" + uri + "\", response=\"" + response + "\", algorithm=" + (sha256 ? "SHA-256" : "MD5") +
         ", cnonce=\"" + answer.cnonce + "\", qop=auth, nc=" + answer.nc + "\r\n";
}

} // namespace lifeline::sip::testing
