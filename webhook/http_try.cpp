#include "webhook/http_try.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>

namespace lifeline::webhook {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using failed = boost::system::error_code;

namespace {

constexpr std::uint32_t most_header = 16 * 1024;
constexpr std::uint64_t most_body = 64UL * 1024;
constexpr const char* too_large = "the answer is larger than 64 kB and was not read";

class beast_try final : public http_try, public std::enable_shared_from_this<beast_try> {
public:
  beast_try(asio::io_context& network, asio::ssl::context& tls, try_order order, std::function<void(try_result)> done)
      : tls_context_(tls), order_(std::move(order)), done_(std::move(done)), socket_(network), timer_(network) {}

  void start(resolver& names) {
    timer_.expires_after(order_.timeout);
    timer_.async_wait([self = shared_from_this()](failed e) {
      if (!e) self->fail("no answer within " + std::to_string(self->order_.timeout.count()) + " ms");
    });
    failed no_address;
    const auto address = asio::ip::make_address(order_.to.host, no_address);
    if (!no_address) {
      endpoints_ = {{address, static_cast<std::uint16_t>(std::stoul(order_.to.port))}};
      return connect();
    }
    names.look_up(order_.to.host, order_.to.port,
                  [weak = weak_from_this()](const resolver::endpoints& found, const std::string& error) {
                    if (const auto self = weak.lock()) self->found(found, error);
                  });
  }

  void cancel() override {
    done_ = nullptr;
    close();
  }

private:
  void found(const resolver::endpoints& endpoints, const std::string& error) {
    if (!done_) return;
    if (endpoints.empty()) return fail(error);
    endpoints_ = endpoints;
    const auto shift = (order_.number - 1) % endpoints.size();
    std::rotate(endpoints_.begin(), endpoints_.begin() + static_cast<std::ptrdiff_t>(shift), endpoints_.end());
    connect();
  }

  void connect() {
    asio::async_connect(socket_, endpoints_, [self = shared_from_this()](failed e, const tcp::endpoint&) {
      if (!self->done_) return;
      if (e) return self->fail("cannot connect: " + e.message());
      failed ignored;
      self->socket_.set_option(tcp::no_delay{true}, ignored);
      if (self->order_.to.secure) return self->shake_hands();
      self->write(self->socket_);
    });
  }

  /// The certificate must be of a trusted authority, in force, and name the host.
  void shake_hands() {
    tls_.emplace(socket_, tls_context_);
    auto* connection = tls_->native_handle();
    auto* rules = SSL_get0_param(connection);
    const auto& host = order_.to.host;
    failed no_address;
    asio::ip::make_address(host, no_address);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const bool named = no_address ? X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1 &&
                                        SSL_set_tlsext_host_name(connection, host.c_str()) == 1
                                  : X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1;
    if (!named) return fail("TLS cannot be prepared for this host");
    tls_->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](failed e) {
      if (!self->done_) return;
      const auto verified = SSL_get_verify_result(self->tls_->native_handle());
      if (e && verified != X509_V_OK)
        return self->fail(std::string{"the certificate is refused: "} + X509_verify_cert_error_string(verified));
      if (e) return self->fail("TLS failed: " + e.message());
      self->write(*self->tls_);
    });
  }

  template <class Stream> void write(Stream& stream) {
    request_.version(11);
    request_.method(http::verb::post);
    request_.target(order_.to.path);
    request_.set(http::field::host, order_.to.host_header());
    request_.set(http::field::user_agent, "lifeline");
    request_.set(http::field::content_type, "application/json");
    request_.set(http::field::accept, "application/json");
    request_.set("X-Lifeline-Id", order_.id);
    if (!order_.signature.empty()) request_.set("X-Lifeline-Signature", order_.signature);
    request_.keep_alive(false);
    request_.body() = std::move(order_.body);
    request_.prepare_payload();
    answer_.header_limit(most_header);
    answer_.body_limit(most_body);
    http::async_write(stream, request_, [self = shared_from_this(), &stream](failed e, std::size_t) {
      if (!self->done_) return;
      // A receiver may answer before it has read everything (413), and then close: the answer counts.
      self->unsent_ = e ? e.message() : std::string{};
      self->read_head(stream);
    });
  }

  template <class Stream> void read_head(Stream& stream) {
    http::async_read_header(stream, buffer_, answer_, [self = shared_from_this(), &stream](failed e, std::size_t) {
      if (!self->done_) return;
      if (e && !self->unsent_.empty()) return self->fail("cannot send: " + self->unsent_);
      if (e == http::error::header_limit) return self->fail("the answer's header is larger than 16 kB");
      if (e == http::error::end_of_stream) return self->fail("the connection was closed without an answer");
      if (e && e != http::error::body_limit) return self->fail("no answer: " + e.message());
      const auto status = static_cast<int>(self->answer_.get().result_int());
      if (status < 200) return self->fail("the answer has the status " + std::to_string(status));
      if (status >= 300) return self->answered({}, {}); // only a 2xx has something to say beyond its status
      if (e) return self->answered({}, too_large);
      self->read_body(stream);
    });
  }

  template <class Stream> void read_body(Stream& stream) {
    http::async_read(stream, buffer_, answer_, [self = shared_from_this()](failed e, std::size_t) {
      if (!self->done_) return;
      if (!e) return self->answered(std::move(self->answer_.get().body()), {});
      // It was delivered, and would be answered with the same again.
      if (e == http::error::body_limit) return self->answered({}, too_large);
      // TLS peers that close without saying so are many; what has a length is whole or not, and was checked above.
      if (e == asio::ssl::error::stream_truncated && self->answer_.need_eof())
        return self->answered(std::move(self->answer_.get().body()), {});
      self->fail("the answer breaks off: " + e.message());
    });
  }

  void answered(std::string body, std::string error) {
    try_result r;
    r.status = static_cast<int>(answer_.get().result_int());
    r.body = std::move(body);
    r.error = std::move(error);
    const auto after = answer_.get()[http::field::retry_after];
    r.retry_after.assign(after.data(), after.size());
    finish(std::move(r));
  }

  void fail(std::string why) {
    try_result r;
    r.error = std::move(why);
    finish(std::move(r));
  }

  void finish(try_result r) {
    if (!done_) return;
    const auto done = std::exchange(done_, nullptr);
    close();
    done(std::move(r));
  }

  void close() {
    timer_.cancel();
    failed ignored;
    socket_.close(ignored);
  }

  asio::ssl::context& tls_context_;
  try_order order_;
  std::function<void(try_result)> done_; ///< empty: over, what comes later is of no use
  tcp::socket socket_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  asio::steady_timer timer_;
  resolver::endpoints endpoints_;
  boost::beast::flat_buffer buffer_{most_header + most_body + 4096};
  http::request<http::string_body> request_;
  http::response_parser<http::string_body> answer_;
  std::string unsent_;
};

} // namespace

std::shared_ptr<http_try> start_try(asio::io_context& network, asio::ssl::context& tls, resolver& names,
                                    try_order order, std::function<void(try_result)> done) {
  auto made = std::make_shared<beast_try>(network, tls, std::move(order), std::move(done));
  made->start(names);
  return made;
}

} // namespace lifeline::webhook
