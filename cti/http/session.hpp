#pragma once
// One connection to an HTTP server. Only for cti/http/listener.cpp and cti/http/session.cpp.

#include "cti/http/event_watch.hpp"
#include "cti/http/listener.hpp"
#include "cti/http/room.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstddef>
#include <list>
#include <utility>

namespace lifeline::cti {

/// A connection on a kept seat, which may have to get up.
class probe {
public:
  virtual ~probe() = default;
  [[nodiscard]] virtual bool is_answering() const = 0;
  virtual void get_up() = 0;
};

/// What all sessions of a server share; the server owns it. Sessions are owned by their pending operations in `network`
/// and so end before the rest of it.
struct session_surroundings {
  session_surroundings(const listen_settings& s, application a)
      : settings(s), app(std::move(a)),
        seats({s.max_connections, s.max_per_peer, s.unlimited_peers, s.kept_for_probes}),
        watch(app.wait_for_events, s.max_waiting) {}

  listen_settings settings;
  application app;
  room seats;               ///< belongs to the network's thread, as do the next three
  std::list<probe*> probes; ///< on kept seats, the longest there first
  std::size_t streams = 0;
  std::size_t long_bodies = 0;
  std::atomic<bool> stopping{false};
  event_watch watch;
  boost::asio::io_context network{1};
  /// An answer waits for operation_timeout at the most, when actors hang: so many may do so at once before one more
  /// has to wait for them.
  boost::asio::thread_pool workers{8};
  boost::asio::thread_pool slow_worker{1};
  boost::asio::thread_pool probe_worker{1}; ///< no actor is asked there
};

/// Serves the connection until it ends. Without room for it: answers 503 and closes, or only closes.
void start_session(session_surroundings& around, boost::asio::ip::tcp::socket socket);

} // namespace lifeline::cti
