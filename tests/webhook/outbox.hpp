#pragma once
// A gateway under test, and what it says of each request.

#include "webhook/gateway.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <memory>
#include <string>

namespace lifeline::webhook::testing {

inline settings quick() {
  settings s;
  s.timeout = std::chrono::seconds{10};
  s.first_retry = std::chrono::milliseconds{5};
  return s;
}

struct outbox {
  explicit outbox(const settings& s = quick()) {
    auto started = start_gateway(s);
    if (!started) FAIL(started.error());
    gate = std::move(*started);
  }
  std::future<post_result> post(post_request r) {
    auto promise = std::make_shared<std::promise<post_result>>();
    auto future = promise->get_future();
    gate->post(std::move(r), [promise](const post_result& result) { promise->set_value(result); }); // twice throws
    return future;
  }
  post_result result(post_request r) { return take(post(std::move(r))); }
  static post_result take(std::future<post_result> f) {
    if (f.wait_for(std::chrono::seconds{20}) != std::future_status::ready) FAIL("nothing was told");
    return f.get();
  }
  std::unique_ptr<gateway> gate;
};

inline post_request message(const std::string& url, std::chrono::milliseconds longest = std::chrono::seconds{20}) {
  post_request r;
  r.url = url;
  r.body = R"({"order":"JY20261124-0001"})";
  r.secret = "0123456789abcdef";
  r.id = "m-1";
  r.longest = longest;
  return r;
}

} // namespace lifeline::webhook::testing
