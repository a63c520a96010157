#pragma once
// One connection to the HTTP server. Only for cti/server.cpp and cti/session.cpp.

#include "cti/routes.hpp"
#include "cti/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstddef>
#include <utility>

namespace lifeline::cti {

/// What all sessions of a server share; the server owns it. Sessions are owned by their pending operations in `network`
/// and so end before the rest of it.
struct session_surroundings {
  session_surroundings(const server_settings& s, actors::operations& engine, server_hooks h)
      : settings(s), hooks(std::move(h)), routes{engine, settings.token, hooks.render_metrics} {}

  server_settings settings;
  server_hooks hooks;
  routes_context routes;
  std::size_t connections = 0; ///< belongs to the network's thread
  std::atomic<bool> stopping{false};
  boost::asio::io_context network{1};
  boost::asio::thread_pool workers{2};
};

/// Serves the connection until it ends. `full`: answers 503 and closes.
void start_session(session_surroundings& around, boost::asio::ip::tcp::socket socket, bool full);

} // namespace lifeline::cti
