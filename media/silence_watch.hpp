#pragma once
// When a peer of whom nothing is heard counts as gone. Any sign of life counts, not sound alone: RTCP, comfort noise,
// a keepalive, a request in the dialog (RFC 3550, 6.3.5). While the call is held, by either side, nobody owes us any
// packets (RFC 3264, 8.4; RFC 6337, 5.3): then another limit applies, or none.

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace lifeline::media {

class silence_watch {
public:
  /// What is expected of the peer now.
  struct duty {
    bool sends = false; ///< it should be heard
    bool held = false;
    std::chrono::nanoseconds limit{0};
    std::chrono::nanoseconds hold_limit{0}; ///< 0 = none
  };

  /// The time begins anew: the peer has described itself, or a conversation begins.
  void expect(std::int64_t now_ns) {
    since_ns_ = now_ns;
    told_ = false;
    waits_ = true;
  }
  /// A sign of life. True for the first one, and for the first after the silence was told.
  bool alive(std::int64_t now_ns) {
    since_ns_ = now_ns;
    told_ = false;
    return std::exchange(news_, false);
  }
  /// How long nothing was heard, once, when that is too long.
  std::optional<std::chrono::nanoseconds> check(const duty& d, std::int64_t now_ns) {
    if (std::exchange(held_, d.held) && !d.held) expect(now_ns); // resumed: it needs a moment
    const auto limit = d.held ? d.hold_limit : d.limit;
    const std::chrono::nanoseconds quiet{now_ns - since_ns_};
    if (!waits_ || told_ || limit.count() == 0 || (!d.held && !d.sends) || quiet <= limit) return std::nullopt;
    told_ = news_ = true;
    return quiet;
  }

private:
  std::int64_t since_ns_ = 0;
  bool waits_ = false; ///< somebody is expected at all
  bool told_ = false;
  bool news_ = true; ///< the next sign of life is to be told
  bool held_ = false;
};

} // namespace lifeline::media
