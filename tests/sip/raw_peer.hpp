#pragma once
// A SIP user agent of the tests' own: it says exactly what a test tells it to, right or wrong, over one UDP socket or
// one TCP or TLS connection on 127.0.0.1 or ::1. It has no timers and no opinions.

#include "tests/sip/tls_peer.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lifeline::sip::testing {

using namespace std::chrono_literals;

/// A received message.
struct message {
  std::string text;
  [[nodiscard]] std::string start_line() const;
  [[nodiscard]] int status() const;         ///< 0 for a request
  [[nodiscard]] std::string method() const; ///< of the request, or of the CSeq
  [[nodiscard]] std::string request_uri() const;
  [[nodiscard]] std::string header(const std::string& name) const; ///< the first one, or empty
  [[nodiscard]] std::vector<std::string> headers(const std::string& name) const;
  [[nodiscard]] std::string body() const;
  [[nodiscard]] std::string to_tag() const;
  [[nodiscard]] std::string from_tag() const;
};

enum class transport { udp, tcp, tls };

/// One dialog, seen from the peer.
struct dialog {
  std::string call_id;
  std::string local; ///< From value of our requests, with tag
  std::string remote;
  std::string target; ///< request URI of our in-dialog requests
  int cseq = 1;
  std::string branch; ///< of the last INVITE, for its ACK and CANCEL
};

class raw_peer {
public:
  explicit raw_peer(std::uint16_t server_port, transport over = transport::udp, std::string host = "127.0.0.1",
                    const tls_options& tls = {});
  /// Of a connection that the gateway has opened.
  raw_peer(std::uint16_t server_port, tls_listener::accepted connection, std::uint16_t port);
  ~raw_peer();
  raw_peer(const raw_peer&) = delete;
  raw_peer& operator=(const raw_peer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// For a UDP peer that had to exist before the gateway.
  void talk_to(std::uint16_t server_port) { server_port_ = server_port; }
  [[nodiscard]] std::string uri(const std::string& user) const;
  void send(const std::string& text) const;
  /// The next message for which `wanted` holds, skipping others; nothing when it does not come in time.
  std::optional<message> receive(const std::function<bool(const message&)>& wanted,
                                 std::chrono::milliseconds timeout = 3000ms);
  /// A final or provisional response of this status to this method.
  message response(int status, const std::string& method, std::chrono::milliseconds timeout = 3000ms);
  message final_response(const std::string& method);
  message request(const std::string& method, std::chrono::milliseconds timeout = 3000ms);

  /// Text of a request outside or inside a dialog; Contact and Content-Length are added.
  std::string compose(const std::string& method, dialog& d, const std::string& headers = {},
                      const std::string& body = {}, const std::string& type = "application/sdp");
  dialog new_dialog(const std::string& from_user, const std::string& to_user);
  /// Sends an INVITE and returns its dialog, not yet with the remote tag.
  dialog invite(const std::string& from_user, const std::string& to_user, const std::string& body,
                const std::string& headers = {});
  void ack(dialog& d, const message& response, const std::string& body = {});
  void cancel(const dialog& d, const std::string& headers = {});
  /// Waits for 200, acknowledges it.
  message expect_answer(dialog& d, const std::string& ack_body = {});
  void respond(const message& request, int status, const std::string& reason, const std::string& body = {},
               const std::string& headers = {});
  /// The dialog of an INVITE that was received and is answered with our tag.
  dialog dialog_of(const message& invite) const;
  /// The name in the gateway's certificate.
  [[nodiscard]] std::string server_name() const { return tls_ ? tls_->peer_name() : ""; }
  /// Gives up the TCP connection or the socket.
  void close();

private:
  bool read_more(std::chrono::milliseconds timeout);
  std::string fresh(const char* prefix);

  [[nodiscard]] std::string bracketed_host() const;

  transport over_;
  std::string host_ = "127.0.0.1";
  std::unique_ptr<tls_stream> tls_;
  std::uint16_t server_port_;
  std::uint16_t port_ = 0;
  int fd_ = -1;
  int serial_ = 0;
  std::string stream_;
  std::deque<message> inbox_;
};

/// A sound offer of PCMA, PCMU and telephone-event.
std::string offer_sdp(std::uint16_t port = 40000, const std::string& direction = "sendrecv", int version = 1);
/// The Authorization header that answers `challenge` (a WWW-Authenticate value).
std::string authorize(const std::string& challenge, const std::string& user, const std::string& password,
                      const std::string& method, const std::string& uri, int nc = 1);

} // namespace lifeline::sip::testing
