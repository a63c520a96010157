#pragma once
// How many connections a server has, and of whom: one address must not take them all, and a look at the engine's health
// must get through whoever else is there. Not thread-safe: for the network's thread.

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace lifeline::cti {

struct room_limits {
  std::size_t most = 256;             ///< connections
  std::size_t most_per_peer = 0;      ///< of one address (an IPv6 network of 64 bits is one); 0 = all of them
  std::vector<std::string> unlimited; ///< addresses that `most_per_peer` is not for
  std::size_t kept_for_probes = 0;    ///< further ones of this machine, for questions about the engine's health
};

enum class seat {
  usual,
  kept,     ///< beyond the limits, for a question about health
  standing, ///< no room: to be told so
  none,     ///< no room for that either: to be closed without a word
};

class room {
public:
  explicit room(room_limits limits) : limits_(std::move(limits)) {}

  /// For a connection of this address. Whatever is taken must be given back. A kept seat is always to be had: whoever
  /// takes one more than there are must make the one who sits there for longest get up.
  seat take(const std::string& peer);
  void leave(const std::string& peer, seat taken);
  /// More sit on kept seats than there are.
  [[nodiscard]] bool is_crowded() const { return kept_ > limits_.kept_for_probes; }

private:
  [[nodiscard]] bool is_limited(const std::string& peer) const;

  room_limits limits_;
  std::size_t usual_ = 0;
  std::size_t kept_ = 0;
  std::size_t standing_ = 0;
  std::map<std::string, std::size_t> peers_; ///< usual ones of each limited source
};

/// An address of this machine: 127.0.0.0/8 or ::1.
bool is_loopback(const std::string& address);

} // namespace lifeline::cti
