#pragma once
// One connection to an HTTP server. Only for cti/listener.cpp and cti/session.cpp.

#include "cti/event_watch.hpp"
#include "cti/listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace lifeline::cti {

/// What all sessions of a server share; the server owns it. Sessions are owned by their pending operations in `network`
/// and so end before the rest of it.
struct session_surroundings {
  session_surroundings(const listen_settings& s, application a)
      : settings(s), app(std::move(a)), watch(app.wait_for_events, s.max_waiting) {}

  listen_settings settings;
  application app;
  std::size_t connections = 0;              ///< belongs to the network's thread, as do the next three
  std::map<std::string, std::size_t> peers; ///< connections of each address, when they are limited
  std::size_t streams = 0;
  std::size_t long_bodies = 0;
  std::atomic<bool> stopping{false};
  event_watch watch;
  boost::asio::io_context network{1};
  boost::asio::thread_pool workers{2};
  boost::asio::thread_pool slow_worker{1};
};

/// Serves the connection until it ends. `full`: answers 503 and closes.
void start_session(session_surroundings& around, boost::asio::ip::tcp::socket socket, bool full);

} // namespace lifeline::cti
