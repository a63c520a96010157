#include "tests/webhook/receiver.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <optional>
#include <stdexcept>

namespace lifeline::webhook::testing {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using failed = boost::system::error_code;

namespace {

std::string text_of(boost::beast::string_view v) { return {v.data(), v.size()}; }

} // namespace

struct receiver::state {
  std::function<reply(std::size_t)> script;
  asio::io_context network;
  tcp::acceptor acceptor{network, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  std::optional<asio::ssl::context> tls;
  std::thread accepting;
  std::vector<std::thread> serving;
  std::atomic<bool> closing{false};
  mutable std::mutex mutex;
  std::condition_variable came;
  std::vector<received> requests;

  void accept() {
    for (;;) {
      tcp::socket socket{network};
      failed e;
      acceptor.accept(socket, e);
      if (e || closing) return;
      serving.emplace_back([this, s = std::move(socket)]() mutable { serve(std::move(s)); });
    }
  }

  void serve(tcp::socket socket) {
    failed e;
    if (!tls) return answer(socket);
    asio::ssl::stream<tcp::socket&> stream{socket, *tls};
    stream.handshake(asio::ssl::stream_base::server, e);
    if (!e) answer(stream);
  }

  template <class Stream> void answer(Stream& stream) {
    boost::beast::flat_buffer buffer;
    http::request<http::string_body> m;
    failed e;
    http::read(stream, buffer, m, e);
    if (e) return;
    const auto r = script(keep(m));
    if (r.how == reply::kind::closes) return;
    if (r.how == reply::kind::silent) {
      std::array<char, 64> waste{}; // until the other side goes
      stream.read_some(asio::buffer(waste), e);
      return;
    }
    if (!r.raw.empty()) {
      asio::write(stream, asio::buffer(r.raw), e);
      return;
    }
    http::response<http::string_body> out{static_cast<http::status>(r.status), 11};
    for (const auto& [name, value] : r.headers)
      out.set(name, value);
    out.body() = r.body;
    out.prepare_payload();
    http::write(stream, out, e);
    // A connection that is closed with unread bytes would be reset under the answer.
    std::array<char, 64> waste{};
    stream.read_some(asio::buffer(waste), e);
  }

  std::size_t keep(const http::request<http::string_body>& m) {
    received r{text_of(m.method_string()),
               text_of(m.target()),
               text_of(m[http::field::host]),
               text_of(m[http::field::content_type]),
               text_of(m["X-Lifeline-Id"]),
               text_of(m["X-Lifeline-Signature"]),
               m.body(),
               std::chrono::steady_clock::now()};
    const std::lock_guard lock{mutex};
    requests.push_back(std::move(r));
    came.notify_all();
    return requests.size() - 1;
  }
};

receiver::receiver(std::function<reply(std::size_t)> script, certificate_paths tls)
    : state_(std::make_unique<state>()) {
  state_->script = std::move(script);
  if (!tls.certificate.empty()) {
    state_->tls.emplace(asio::ssl::context::tls_server);
    state_->tls->use_certificate_chain_file(tls.certificate);
    state_->tls->use_private_key_file(tls.key, asio::ssl::context::pem);
  }
  state_->accepting = std::thread([s = state_.get()] { s->accept(); });
}

receiver::~receiver() {
  state_->closing = true;
  failed ignored;
  asio::io_context own;
  tcp::socket last{own}; // wakes the thread that accepts
  last.connect(state_->acceptor.local_endpoint(), ignored);
  state_->accepting.join();
  for (auto& t : state_->serving)
    t.join();
}

std::uint16_t receiver::port() const { return state_->acceptor.local_endpoint().port(); }

std::string receiver::url(const std::string& path) const {
  return (state_->tls ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(port()) + path;
}

std::vector<received> receiver::wait(std::size_t count) {
  std::unique_lock lock{state_->mutex};
  if (!state_->came.wait_for(lock, std::chrono::seconds{20}, [&] { return state_->requests.size() >= count; }))
    throw std::runtime_error{"only " + std::to_string(state_->requests.size()) + " requests came"};
  return state_->requests;
}

std::size_t receiver::count() const {
  const std::lock_guard lock{state_->mutex};
  return state_->requests.size();
}

std::uint16_t closed_port() {
  asio::io_context own;
  const tcp::acceptor acceptor{own, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  return acceptor.local_endpoint().port();
}

} // namespace lifeline::webhook::testing
