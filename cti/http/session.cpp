#include "cti/http/session.hpp"

#include "cti/http/message.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <charconv>
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
constexpr std::chrono::seconds probe_patience{2}; // for whoever sits on a kept seat
constexpr std::size_t linger_bytes = 256UL * 1024;
constexpr std::uint64_t longest_body = 64UL * 1024 * 1024; // bytes, of any route
constexpr std::size_t most_long_bodies = 2;                // at once: they are in memory
constexpr auto too_large = "the request's body is too long";

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
  if (e == http::error::body_limit) return error_response(413, "body_too_large", too_large);
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

std::string hex_of(std::size_t n) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), n, 16).ptr;
  return {digits.data(), end};
}

/// Of a stream, whose end nobody knows: in chunks (RFC 9112, section 7.1).
std::string stream_head(const response& r) {
  std::string head = "HTTP/1.1 200 OK\r\nServer: lifeline\r\nContent-Type: " + r.content_type +
                     "\r\nX-Content-Type-Options: nosniff\r\nTransfer-Encoding: chunked\r\n";
  for (const auto& [name, value] : r.headers)
    head.append(name).append(": ").append(value).append("\r\n");
  return head + "\r\n";
}

/// Not the session's own: clang 14 does not see its initialisers before the class is complete.
template <class Body> struct outgoing {
  http::response<Body> message{http::status::ok, 11};
  std::optional<http::response_serializer<Body>> serializer;
  /// When the message is complete: a serializer of a file asserts that it is open.
  http::response_serializer<Body>& begin() { return serializer.emplace(message); }
};

class session final : public probe, public std::enable_shared_from_this<session> {
public:
  session(session_surroundings& around, tcp::socket socket, std::string peer, seat taken)
      : around_(around), stream_(std::move(socket)), peer_(std::move(peer)), seat_(taken) {
    if (seat_ == seat::kept) around_.probes.push_back(this);
  }
  ~session() override {
    around_.seats.leave(peer_, seat_);
    if (seat_ == seat::kept) around_.probes.remove(this);
    if (is_stream_) --around_.streams;
    if (has_long_body_) --around_.long_bodies;
  }
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// Between two requests: waits for the first byte.
  void wait() {
    request_ = {};
    wait_until_.reset();
    parser_.emplace();
    parser_->header_limit(around_.settings.max_header);
    parser_->body_limit(longest_body);          // the route's own limit follows when its head is known
    if (buffer_.size() > 0) return read_head(); // the next request has come already
    stream_.expires_after(patience(around_.settings.idle_timeout));
    stream_.async_read_some(buffer_.prepare(4096), [self = shared_from_this()](failed e, std::size_t n) {
      if (e) return;
      self->buffer_.commit(n);
      self->read_head();
    });
  }

  void refuse_full() { refuse(unavailable("too many connections")); }

  [[nodiscard]] bool is_answering() const override { return is_answering_; }
  void get_up() override { close(); }

private:
  [[nodiscard]] std::chrono::milliseconds patience(std::chrono::milliseconds usual) const {
    return seat_ == seat::kept ? std::min<std::chrono::milliseconds>(usual, probe_patience) : usual;
  }

  void refuse(response error) {
    send(around_.app.dress ? around_.app.dress(request_, std::move(error)) : std::move(error), false);
  }

  void read_head() {
    stream_.expires_after(patience(around_.settings.request_timeout)); // for the whole request: a slow sender is cut
    http::async_read_header(stream_, buffer_, *parser_, [self = shared_from_this()](failed e, std::size_t) {
      if (!e) return self->head_read();
      if (auto r = answer_to(e)) return self->refuse(std::move(*r));
    });
  }

  void head_read() {
    take_head();
    if (seat_ == seat::kept && !is_probe()) return refuse_full();
    const auto usual = around_.settings.max_body;
    const auto limit = around_.app.body_limit ? around_.app.body_limit(request_, usual) : usual;
    const auto length = parser_->content_length();
    if (length && *length > limit) return refuse(error_response(413, "body_too_large", too_large));
    parser_->body_limit(limit); // for a body whose length is not told
    if (limit > usual) {
      if (around_.long_bodies >= most_long_bodies) return refuse(unavailable("too many lists at once"));
      ++around_.long_bodies;
      has_long_body_ = true;
      stream_.expires_after(around_.settings.long_timeout);
    }
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) return invite_body();
    read_body();
  }

  /// Clients with a long body ask before they send it.
  void invite_body() {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(go_on), [self = shared_from_this()](failed e, std::size_t) {
      if (!e) self->read_body();
    });
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](failed e, std::size_t) {
      if (!e) return self->answer();
      if (auto r = answer_to(e)) return self->refuse(std::move(*r));
    });
  }

  void take_head() {
    const auto& message = parser_->get();
    request_.method = text_of(message.method_string());
    request_.target = text_of(message.target());
    request_.authorization = text_of(message[http::field::authorization]);
    request_.peer = peer_;
    for (const auto& field : message) {
      auto name = text_of(field.name_string());
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      request_.headers[std::move(name)] = text_of(field.value());
    }
  }

  [[nodiscard]] bool is_probe() const { return around_.app.is_probe && around_.app.is_probe(request_); }

  void answer() {
    const auto& message = parser_->get();
    is_answering_ = true;
    keep_alive_ = message.keep_alive() && message.method() != http::verb::head && seat_ == seat::usual;
    request_.body = std::move(parser_->get().body());
    stream_.expires_never();
    if (around_.app.is_immediate && around_.app.is_immediate(request_))
      return send(around_.app.answer(request_), keep_alive_);
    ask();
  }

  /// The answer is made elsewhere and comes back to the network's thread.
  void ask() {
    if (around_.stopping) return send_stopping();
    const bool slow = around_.app.is_slow && around_.app.is_slow(request_);
    auto& usual = is_probe() ? around_.probe_worker : around_.workers;
    asio::post(slow ? around_.slow_worker : usual, [self = shared_from_this()]() mutable {
      auto made = self->around_.app.answer(self->request_);
      auto& network = self->around_.network;
      asio::post(network, [self = std::move(self), made = std::move(made)]() mutable {
        auto* s = self.get();
        s->answered(std::move(made));
      });
    });
  }

  void answered(response r) {
    if (r.wait.longest_ms > 0) return park(r.wait);
    if (r.stream_next != 0 && r.status == 200) return send_piece(std::move(r));
    if (is_stream_) return close(); // a stream has no place for an error
    send(std::move(r), keep_alive_);
  }

  /// Until the log grows or the time is over; a stream's time begins anew with each piece.
  void park(const waiting& w) {
    const auto now = event_watch::clock::now();
    if (!wait_until_) wait_until_ = now + std::chrono::milliseconds{w.longest_ms};
    const bool added = around_.watch.add(w.after, *wait_until_, [self = shared_from_this()](bool over) mutable {
      auto& network = self->around_.network;
      asio::post(network, [self = std::move(self), over]() mutable {
        self->request_.is_last_try = over;
        auto* s = self.get();
        s->ask();
      });
    });
    if (added) return;
    if (is_stream_) return close();
    send(unavailable("too many requests wait for events"), keep_alive_);
  }

  void send_piece(response r) {
    request_.resume_from = r.stream_next;
    request_.is_last_try = false;
    wait_until_.reset();
    std::string bytes;
    if (!is_stream_) {
      if (around_.streams >= around_.settings.max_streams)
        return send(unavailable("too many streams of events"), keep_alive_);
      ++around_.streams;
      is_stream_ = true;
      bytes = stream_head(r);
      count(r.status);
    }
    piece_ = std::move(bytes) + hex_of(r.body.size()) + "\r\n" + r.body + "\r\n";
    stream_.expires_after(around_.settings.write_timeout);
    asio::async_write(stream_, asio::buffer(piece_), [self = shared_from_this()](failed e, std::size_t) {
      if (e) return;
      self->stream_.expires_never();
      self->ask();
    });
  }

  void send_stopping() {
    if (is_stream_) return close();
    refuse(unavailable("the engine is stopping"));
  }

  void close() {
    failed ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

  void send(response r, bool keep_alive) {
    if (has_long_body_) {
      --around_.long_bodies;
      has_long_body_ = false;
      request_.body.clear();
      request_.body.shrink_to_fit();
    }
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
    if (around_.app.count_http) around_.app.count_http(status);
  }

  /// In pieces, each with its own deadline: a long file may take its time, a client that takes nothing may not.
  template <class Serializer> void write(Serializer& serializer, bool keep_alive) {
    stream_.expires_after(patience(around_.settings.write_timeout));
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

  session_surroundings& around_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<outgoing<http::string_body>> text_;
  std::optional<outgoing<http::file_body>> file_;
  std::array<char, 4096> waste_{};
  request request_; ///< stands while its answer is made
  std::string peer_;
  std::string piece_; ///< of a stream, while it is written
  std::optional<event_watch::clock::time_point> wait_until_;
  seat seat_;
  bool is_answering_ = false; ///< a request has come whole
  bool keep_alive_ = false;
  bool is_stream_ = false;
  bool has_long_body_ = false;
};

/// Over IPv4 on a socket of both families it is known by its IPv4 address, as it is written in configurations.
std::string peer_of(const tcp::socket& socket) {
  failed ignored;
  const auto address = socket.remote_endpoint(ignored).address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

} // namespace

void start_session(session_surroundings& around, tcp::socket socket) {
  auto peer = peer_of(socket);
  const auto taken = around.seats.take(peer);
  if (taken == seat::none) return;
  const auto s = std::make_shared<session>(around, std::move(socket), std::move(peer), taken);
  if (taken == seat::standing) return s->refuse_full();
  if (taken == seat::kept && around.seats.is_crowded()) {
    // Who has not asked yet makes room for the one who may; if all have, whoever is there for longest.
    const auto new_one = std::prev(around.probes.end());
    auto out = std::find_if(around.probes.begin(), new_one, [](const probe* p) { return !p->is_answering(); });
    if (out == new_one) out = around.probes.begin();
    auto* const old = *out;
    around.probes.erase(out);
    old->get_up();
  }
  s->wait();
}

} // namespace lifeline::cti
