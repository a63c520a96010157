#pragma once
// A sender without manners: bytes over UDP or TCP to the engine, right or wrong, and what comes back.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::peers {

class raw_sip {
public:
  enum class over { udp, tcp };

  /// To 127.0.0.1:`port`, from this address of the machine. Throws when it cannot connect.
  raw_sip(std::uint16_t port, over transport, const std::string& from = "127.0.0.1");
  ~raw_sip();
  raw_sip(raw_sip&& other) noexcept;
  raw_sip& operator=(raw_sip&&) = delete;
  raw_sip(const raw_sip&) = delete;
  raw_sip& operator=(const raw_sip&) = delete;

  /// "127.0.0.1:<our port>"
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] over transport() const { return transport_; }
  /// False when the other side has closed the connection or takes nothing within 2 s.
  bool send(std::string_view bytes);
  /// The next datagram, or the next message of the stream; nothing when none is there in time.
  std::optional<std::string> receive(std::chrono::milliseconds timeout);
  /// Waits for the other side to close the connection.
  bool closed_within(std::chrono::milliseconds timeout);
  /// Closes our direction only: a half-open connection.
  void half_close();

private:
  std::optional<std::string> take_message();
  bool read_more(std::chrono::milliseconds timeout);

  over transport_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  bool ended_ = false;
  std::string stream_;
};

/// A message of the corpus (tests/peers/torture). Its first lines begin with "# ": what it shows, then directives,
/// "# answer: served | refused | none | any" and "# over: udp | tcp". In the rest, line ends become CRLF, and:
/// {engine} {peer} host:port of either side · {transport} UDP or TCP · {branch} {tag} {call-id} unique · {length} of
/// the body · {x41} a byte · {repeat N TEXT} TEXT, which may contain bytes, N times.
struct torture_message {
  std::string name;
  std::string shows;
  std::string answer = "any";
  std::string over; ///< empty: both
  std::string text;
};
torture_message read_torture(const std::filesystem::path& file);
std::string fill_in(const torture_message& message, const raw_sip& sender, const std::string& engine, int serial);

/// A sound request without a body; `headers` end with a line end each. The Call-ID contains `serial`.
std::string plain_request(const std::string& method, const raw_sip& sender, const std::string& engine, int serial,
                          const std::string& headers = {}, const std::string& body = {});
/// Of a response's first line, 0 for anything else.
int status_of(const std::string& message);
/// The value of the first such header, or empty.
std::string header_of(const std::string& message, const std::string& name);
/// The ACK of a final response that is not 2xx, so that the engine stops repeating it.
std::string ack_of(const std::string& response, const std::string& engine);

} // namespace lifeline::peers
