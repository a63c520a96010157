#include "cti/http/listener.hpp"

#include "cti/http/session.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sodium.h>

#include <mutex>
#include <thread>

namespace lifeline::cti {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using failed = boost::system::error_code;

namespace {

/// When the system has no more file descriptors, accepting again at once would burn a core.
constexpr std::chrono::milliseconds accept_pause{100};

class beast_server final : public server {
public:
  beast_server(const listen_settings& settings, application app)
      : around_(settings, std::move(app)), acceptor_(around_.network), pause_(around_.network) {}
  ~beast_server() override { stop(); }

  std::string open() {
    failed e;
    const auto& settings = around_.settings;
    const auto where = settings.bind_address + ":" + std::to_string(settings.port);
    const auto address = asio::ip::make_address(settings.bind_address, e);
    if (e) return "http: " + settings.bind_address + " is not an IP address";
    const tcp::endpoint endpoint(address, settings.port);
    acceptor_.open(endpoint.protocol(), e);
    if (!e) acceptor_.set_option(tcp::acceptor::reuse_address(true), e);
    if (!e) acceptor_.bind(endpoint, e);
    if (!e) acceptor_.listen(tcp::acceptor::max_listen_connections, e);
    if (e) return "http: cannot listen on " + where + ": " + e.message();
    port_ = acceptor_.local_endpoint(e).port();
    accept();
    network_ = std::thread([this] { around_.network.run(); });
    return {};
  }

  std::uint16_t port() const override { return port_; }

  void stop() override {
    std::call_once(stopped_, [this] {
      around_.stopping = true;
      asio::post(around_.network, [this] {
        failed ignored;
        acceptor_.close(ignored);
      });
      around_.watch.stop();
      around_.slow_worker.join();
      around_.probe_worker.join();
      around_.workers.join(); // answers being made are finished; each takes operation_timeout at the most
      asio::post(around_.network, [this] { around_.network.stop(); }); // behind those answers
      if (network_.joinable()) network_.join();
    });
  }

private:
  void accept() {
    acceptor_.async_accept([this](failed e, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (e) return again();
      start_session(around_, std::move(socket));
      accept();
    });
  }

  void again() {
    pause_.expires_after(accept_pause);
    pause_.async_wait([this](failed e) {
      if (!e) accept();
    });
  }

  session_surroundings around_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::thread network_;
  std::once_flag stopped_;
  std::uint16_t port_ = 0;
};

} // namespace

tl::expected<std::unique_ptr<server>, std::string> start_listener(const listen_settings& settings, application app) {
  if (sodium_init() < 0) return tl::make_unexpected("http: libsodium cannot be initialised");
  auto made = std::make_unique<beast_server>(settings, std::move(app));
  if (auto why = made->open(); !why.empty()) return tl::make_unexpected(std::move(why));
  return made;
}

} // namespace lifeline::cti
