#pragma once
// Host names to addresses. The system's look-up blocks and cannot be interrupted, so it has threads of its own: a name
// whose servers are silent holds up no other name, and nobody waits for it at the end.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::webhook {

class resolver {
public:
  using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
  /// Empty endpoints: `error` says why.
  using done = std::function<void(const endpoints& found, const std::string& error)>;

  /// Answers come on the threads of `network`.
  explicit resolver(boost::asio::io_context& network);
  /// Look-ups under way are forgotten, their threads end by themselves.
  ~resolver();
  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;

  /// From a thread of `network`. `tell` is perhaps never called, and destroyed on any thread: it should own nothing.
  void look_up(const std::string& host, const std::string& port, done tell);

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace lifeline::webhook
