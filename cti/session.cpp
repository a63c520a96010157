#include "cti/session.hpp"

#include "cti/message.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace lifeline::cti {

namespace beast = boost::beast;
namespace http = beast::http;
namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using failed = beast::error_code;

namespace {

constexpr std::chrono::seconds linger_time{1};
constexpr std::size_t linger_bytes = 256 * 1024;

std::string text_of(beast::string_view v) { return {v.data(), v.size()}; }

template <class Message> void fill_head(Message& m, const response& from, bool keep_alive) {
  m.result(static_cast<unsigned>(from.status));
  m.set(http::field::server, "lifeline");
  m.set(http::field::content_type, from.content_type);
  m.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : from.headers)
    m.set(name, value);
  m.keep_alive(keep_alive);
}

/// What a request that cannot be read is answered with; nothing when the peer is gone or too slow.
std::optional<response> answer_to(const failed& e) {
  if (e == http::error::header_limit)
    return error_response(431, "header_too_large", "the request's header is too long");
  if (e == http::error::body_limit) return error_response(413, "body_too_large", "the request's body is too long");
  if (e == http::error::end_of_stream || e == http::error::partial_message) return std::nullopt;
  if (e.category() == make_error_code(http::error::bad_method).category())
    return error_response(400, "bad_request", "not HTTP: " + e.message());
  return std::nullopt;
}

response unavailable(const char* why) {
  auto r = error_response(503, "unavailable", why);
  r.headers.emplace_back("Retry-After", "1");
  return r;
}

class session : public std::enable_shared_from_this<session> {
public:
  session(session_surroundings& around, tcp::socket socket) : around_(around), stream_(std::move(socket)) {
    ++around_.connections;
  }
  ~session() { --around_.connections; }
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// Between two requests: waits for the first byte.
  void wait() {
    parser_.emplace();
    parser_->header_limit(around_.settings.max_header);
    parser_->body_limit(around_.settings.max_body);
    if (buffer_.size() > 0) return read(); // the next request has come already
    stream_.expires_after(around_.settings.idle_timeout);
    stream_.async_read_some(buffer_.prepare(4096), [self = shared_from_this()](failed e, std::size_t n) {
      if (e) return;
      self->buffer_.commit(n);
      self->read();
    });
  }

  void refuse_full() { send(unavailable("too many connections"), false); }

private:
  void read() {
    stream_.expires_after(around_.settings.request_timeout); // for the whole request: a slow sender is cut
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](failed e, std::size_t) {
      if (!e) return self->answer();
      if (auto r = answer_to(e)) return self->send(std::move(*r), false);
    });
  }

  void answer() {
    const auto& message = parser_->get();
    request r;
    r.method = text_of(message.method_string());
    r.target = text_of(message.target());
    r.authorization = text_of(message[http::field::authorization]);
    const bool keep_alive = message.keep_alive() && message.method() != http::verb::head;
    r.body = std::move(parser_->get().body());
    stream_.expires_never();
    if (is_immediate(r, around_.routes.engine)) return send(handle(r, around_.routes), keep_alive);
    if (around_.stopping) return send(unavailable("the engine is stopping"), false);
    asio::post(around_.workers, [self = shared_from_this(), r = std::move(r), keep_alive]() mutable {
      auto made = handle(r, self->around_.routes);
      auto& network = self->around_.network;
      asio::post(network, [self = std::move(self), made = std::move(made), keep_alive]() mutable {
        auto* s = self.get();
        s->send(std::move(made), keep_alive);
      });
    });
  }

  void send(response r, bool keep_alive) {
    if (!r.file.empty()) {
      file_.emplace();
      failed e;
      file_->message.body().open(r.file.c_str(), beast::file_mode::scan, e);
      if (!e) {
        fill_head(file_->message, r, keep_alive);
        file_->message.prepare_payload();
        count(r.status);
        return write(file_->begin(), keep_alive);
      }
      r = error_response(503, "unavailable", "the file cannot be read: " + e.message());
    }
    count(r.status);
    text_.emplace();
    text_->message.body() = std::move(r.body);
    fill_head(text_->message, r, keep_alive);
    text_->message.prepare_payload();
    write(text_->begin(), keep_alive);
  }

  void count(int status) const {
    if (around_.hooks.count_http) around_.hooks.count_http(status);
  }

  /// In pieces, each with its own deadline: a long file may take its time, a client that takes nothing may not.
  template <class Serializer> void write(Serializer& serializer, bool keep_alive) {
    stream_.expires_after(around_.settings.write_timeout);
    http::async_write_some(stream_, serializer,
                           [self = shared_from_this(), &serializer, keep_alive](failed e, std::size_t) {
                             if (e) return;
                             if (!serializer.is_done()) return self->write(serializer, keep_alive);
                             self->text_.reset();
                             self->file_.reset();
                             if (keep_alive) return self->wait();
                             self->linger();
                           });
  }

  /// Reads what the peer still sends for a moment: closing at once would reset the connection under our answer.
  void linger() {
    failed ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(linger_time);
    drain(0);
  }
  void drain(std::size_t so_far) {
    stream_.async_read_some(asio::buffer(waste_), [self = shared_from_this(), so_far](failed e, std::size_t n) {
      if (!e && so_far + n < linger_bytes) self->drain(so_far + n);
    });
  }

  template <class Body> struct outgoing {
    http::response<Body> message{http::status::ok, 11};
    std::optional<http::response_serializer<Body>> serializer;
    /// When the message is complete: a serializer of a file asserts that it is open.
    http::response_serializer<Body>& begin() { return serializer.emplace(message); }
  };

  session_surroundings& around_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<outgoing<http::string_body>> text_;
  std::optional<outgoing<http::file_body>> file_;
  std::array<char, 4096> waste_{};
};

} // namespace

void start_session(session_surroundings& around, tcp::socket socket, bool full) {
  const auto s = std::make_shared<session>(around, std::move(socket));
  if (full)
    s->refuse_full();
  else
    s->wait();
}

} // namespace lifeline::cti
