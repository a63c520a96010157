#include "bench/http_load.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

namespace lifeline::bench {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

/// One thread with one connection; takes the next number whenever it is free.
class sender {
public:
  sender(const http_load& l, clock::time_point begin, std::atomic<std::size_t>& next)
      : load_(l), begin_(begin), next_(next), stream_(context_) {}

  void run() {
    connect();
    for (;;) {
      const auto n = next_++;
      if (n >= load_.count) return;
      const auto due = begin_ + std::chrono::duration_cast<clock::duration>(
                                    std::chrono::duration<double>(static_cast<double>(n) / load_.rate));
      std::this_thread::sleep_until(due);
      send(load_.make(n), due);
    }
  }

  http_load_result result;

private:
  void connect() {
    beast::error_code ignored;
    stream_.close();
    stream_.connect(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), load_.port), ignored);
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  }

  void send(const http_request& what, clock::time_point due) {
    http::request<http::string_body> request(http::string_to_verb(what.method), what.target, 11);
    request.set(http::field::host, "127.0.0.1");
    request.set(http::field::authorization, "Bearer " + load_.token);
    request.set(http::field::content_type, "application/json");
    request.body() = what.body;
    request.prepare_payload();
    http::response<http::string_body> response;
    beast::error_code failed;
    http::write(stream_, request, failed);
    if (!failed) http::read(stream_, buffer_, response, failed);
    if (failed) {
      ++result.failed;
      buffer_.clear();
      return connect();
    }
    const auto took = std::chrono::duration<double, std::milli>(clock::now() - due).count();
    result.latency_ms.add(took);
    result.over_time.emplace_back(std::chrono::duration<double>(due - begin_).count(), took);
    if (response.result_int() / 100 == 2) {
      ++result.answered;
    } else {
      ++result.refused;
      if (result.first_refusal.empty())
        result.first_refusal = std::to_string(response.result_int()) + " " + response.body();
    }
    if (!response.keep_alive()) connect();
  }

  const http_load& load_;
  clock::time_point begin_;
  std::atomic<std::size_t>& next_;
  asio::io_context context_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
};

} // namespace

http_load_result run_http_load(const http_load& l) {
  const auto begin = clock::now() + std::chrono::milliseconds{50};
  std::atomic<std::size_t> next{0};
  std::vector<std::unique_ptr<sender>> senders;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < l.connections; ++i) {
    senders.push_back(std::make_unique<sender>(l, begin, next));
    threads.emplace_back([s = senders.back().get()] { s->run(); });
  }
  for (auto& t : threads)
    t.join();
  http_load_result all;
  all.seconds = std::chrono::duration<double>(clock::now() - begin).count();
  for (auto& s : senders) {
    auto& r = s->result;
    for (const auto& [at, ms] : r.over_time)
      all.latency_ms.add(ms);
    all.over_time.insert(all.over_time.end(), r.over_time.begin(), r.over_time.end());
    all.answered += r.answered;
    all.refused += r.refused;
    all.failed += r.failed;
    if (all.first_refusal.empty()) all.first_refusal = r.first_refusal;
  }
  std::sort(all.over_time.begin(), all.over_time.end());
  return all;
}

} // namespace lifeline::bench
