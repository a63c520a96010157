#include "webhook/gateway.hpp"

#include "webhook/http_try.hpp"
#include "webhook/retry.hpp"
#include "webhook/turnstile.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

namespace lifeline::webhook {

namespace asio = boost::asio;
using failed = boost::system::error_code;
using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

namespace {

/// Connections at once: to one receiver, and all together.
constexpr std::size_t places_of_one = 16;
constexpr std::size_t places_of_all = 512;
/// Nobody waits longer for a delivery; also keeps arithmetic with times sane.
constexpr milliseconds longest_ever = std::chrono::hours{24};

bool is_header_value(const std::string& text) {
  return !text.empty() && text.size() <= 256 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

/// A request until it is delivered or given up.
struct delivery {
  delivery(asio::io_context& network, post_request r, post_done d)
      : request(std::move(r)), done(std::move(d)), whole(network), pause(network) {}

  post_request request;
  post_done done;
  target to;
  steady::time_point deadline;
  asio::steady_timer whole; ///< the deadline
  asio::steady_timer pause; ///< between two tries
  std::shared_ptr<http_try> trying;
  bool over = false;
  post_result result; ///< so far: of the last try
};
using delivery_ptr = std::shared_ptr<delivery>;

class beast_gateway final : public gateway {
public:
  explicit beast_gateway(const settings& s)
      : settings_(s), tls_(asio::ssl::context::tls_client), gate_(places_of_one, places_of_all) {}
  ~beast_gateway() override { stop(); }

  std::string open() {
    failed e;
    auto* context = tls_.native_handle();
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) return "webhook: TLS 1.2 is not available";
    tls_.set_verify_mode(asio::ssl::verify_peer, e);
    if (!e && settings_.authorities.empty()) tls_.set_default_verify_paths(e);
    if (!e && !settings_.authorities.empty()) tls_.load_verify_file(settings_.authorities, e);
    if (e)
      return "webhook: the authorities" + (settings_.authorities.empty() ? "" : " " + settings_.authorities) +
             " cannot be read: " + e.message();
    try {
      names_.emplace(network_);
      thread_ = std::thread([this] { network_.run(); });
    } catch (const std::system_error& fault) {
      return std::string{"webhook: no thread can be started: "} + fault.what();
    }
    return {};
  }

  void post(post_request r, post_done done) override {
    const std::lock_guard lock{stopping_};
    if (stopped_) return tell_interrupted(done);
    const bool full = waiting_.fetch_add(1) >= settings_.max_waiting;
    asio::post(network_, [this, full, d = std::make_shared<delivery>(network_, std::move(r), std::move(done))] {
      if (full) return finish(d, "too many requests wait already");
      begin(d);
    });
  }

  webhook::statistics statistics() const override { return {delivered_, failed_, retries_, waiting_}; }

  void stop() override {
    {
      const std::lock_guard lock{stopping_};
      if (stopped_) return;
      stopped_ = true;
      asio::post(network_, [this] { interrupt_all(); }); // behind all that was posted before
    }
    if (thread_.joinable()) thread_.join();
  }

private:
  static void tell_interrupted(const post_done& done) {
    post_result r;
    r.error = "interrupted";
    if (done) done(r);
  }

  void begin(const delivery_ptr& d) {
    auto to = parse_url(d->request.url);
    if (!to) return finish(d, to.error());
    if (!is_header_value(d->request.id))
      return finish(d, "the message's id is no text of 1 to 256 printable characters");
    d->to = std::move(*to);
    const auto longest = std::clamp(d->request.longest, milliseconds{0}, longest_ever);
    d->deadline = steady::now() + longest;
    d->whole.expires_at(d->deadline);
    d->whole.async_wait([this, d, longest](failed e) {
      if (e || d->over) return;
      const auto last = d->result.error.empty() ? std::string{} : "; the last try: " + d->result.error;
      finish(d, "not delivered within " + std::to_string(longest.count()) + " ms" + last);
    });
    under_way_.emplace(d.get(), d);
    wait_for_place(d);
  }

  void wait_for_place(const delivery_ptr& d) {
    gate_.enter(d->to.receiver(), [this, d] {
      if (d->over || ending_) return false;
      attempt(d);
      return true;
    });
  }

  void attempt(const delivery_ptr& d) {
    const auto left = std::chrono::ceil<milliseconds>(d->deadline - steady::now());
    try_order order;
    order.to = d->to;
    order.body = d->request.body;
    order.id = d->request.id;
    order.number = ++d->result.tries;
    order.timeout = std::max(milliseconds{1}, std::min(settings_.timeout, left));
    if (order.number > 1) ++retries_;
    if (!d->request.secret.empty()) order.signature = signature(d->request.secret, unix_now(), d->request.body);
    d->trying =
        start_try(network_, tls_, *names_, std::move(order), [this, d](try_result r) { tried(d, std::move(r)); });
  }

  void tried(const delivery_ptr& d, try_result r) {
    release(d);
    d->result.status = r.status != 0 ? r.status : d->result.status;
    d->result.error = std::move(r.error);
    const auto what = judge(r.status);
    if (what == verdict::delivered) {
      d->result.delivered = true;
      d->result.body = std::move(r.body);
      return finish(d);
    }
    if (r.status != 0) d->result.error = "the answer is " + std::to_string(r.status);
    if (r.status >= 300 && r.status < 400) d->result.error += "; redirects are not followed";
    if (what == verdict::refused) return finish(d);
    const auto asked = parse_retry_after(r.retry_after, std::chrono::system_clock::now());
    const auto at = steady::now() + pause_after(settings_, d->result.tries, asked);
    // There is no time for another try: whoever waits should know now.
    if (at >= d->deadline) return finish(d);
    d->pause.expires_at(at);
    d->pause.async_wait([this, d](failed e) {
      if (!e && !d->over) wait_for_place(d);
    });
  }

  /// The try is over; its place is free for another.
  void release(const delivery_ptr& d) {
    if (!d->trying) return;
    d->trying.reset();
    gate_.leave(d->to.receiver());
  }

  void finish(const delivery_ptr& d, std::string error = {}) {
    if (d->over) return;
    d->over = true;
    if (!error.empty()) d->result.error = std::move(error);
    if (d->trying) d->trying->cancel();
    d->whole.cancel();
    d->pause.cancel();
    release(d);
    under_way_.erase(d.get());
    ++(d->result.delivered ? delivered_ : failed_);
    --waiting_;
    const auto done = std::move(d->done);
    if (done) done(d->result);
  }

  void interrupt_all() {
    ending_ = true;
    const auto all = std::move(under_way_);
    under_way_.clear();
    for (const auto& [ignored, d] : all)
      finish(d, "interrupted");
    names_.reset();
    guard_.reset(); // what was cancelled runs empty, then the thread ends
  }

  static std::int64_t unix_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  const settings settings_;
  asio::io_context network_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_{network_.get_executor()};
  asio::ssl::context tls_;
  std::optional<resolver> names_;
  turnstile gate_;
  std::unordered_map<const delivery*, delivery_ptr> under_way_;
  bool ending_ = false; ///< no more tries begin
  std::atomic<std::uint64_t> delivered_{0}, failed_{0}, retries_{0}, waiting_{0};
  std::mutex stopping_;
  bool stopped_ = false;
  std::thread thread_;
};

} // namespace

tl::expected<std::unique_ptr<gateway>, std::string> start_gateway(const settings& s) {
  auto made = std::make_unique<beast_gateway>(s);
  if (auto why = made->open(); !why.empty()) return tl::make_unexpected(std::move(why));
  return made;
}

} // namespace lifeline::webhook
