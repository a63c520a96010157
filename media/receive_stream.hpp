#pragma once
// Sequence numbers, loss and jitter of one incoming stream (RFC 3550, appendix A.1, A.3, A.8).

#include <cstdint>

namespace lifeline::media {

class receive_stream {
public:
  enum class verdict : std::uint8_t {
    fresh,     ///< new, or out of order but not seen yet
    duplicate, ///< seen within the last 64 packets
    restarted, ///< the sender began a new sequence; what was buffered is of no use
    doubtful,  ///< far away from the sequence: dropped unless the next packet confirms it
  };

  /// The first packet decides where the sequence begins.
  verdict on_packet(std::uint16_t sequence);
  /// Interarrival jitter; for packets whose timestamp tells their time (not for telephone-event).
  void on_audio(std::uint32_t timestamp, std::int64_t arrival_ns);

  [[nodiscard]] std::uint64_t received() const { return received_before_ + received_; }
  /// Never negative; includes what was lost before a restart.
  [[nodiscard]] std::uint64_t lost() const { return lost_before_ + current_lost(); }
  [[nodiscard]] double jitter_seconds() const { return jitter_ / 8000.0; }
  [[nodiscard]] std::uint32_t jitter_units() const { return static_cast<std::uint32_t>(jitter_); }
  [[nodiscard]] std::uint32_t highest_extended() const { return cycles_ + highest_; }
  /// Of 256, since the last call (the receiver report's "fraction lost").
  std::uint8_t fraction_lost();

private:
  void begin(std::uint16_t sequence);
  [[nodiscard]] std::uint64_t expected() const {
    return received_ == 0 ? 0 : std::uint64_t{cycles_} + highest_ - first_ + 1;
  }
  [[nodiscard]] std::uint64_t current_lost() const { return expected() > received_ ? expected() - received_ : 0; }

  std::uint16_t highest_ = 0;
  std::uint16_t first_ = 0;
  std::uint32_t cycles_ = 0;
  std::uint64_t window_ = 0; ///< bit n: highest_ - n has been seen
  std::uint32_t suspect_ = 0x10000;
  std::uint64_t received_ = 0;
  std::uint64_t received_before_ = 0;
  std::uint64_t lost_before_ = 0;
  std::uint64_t reported_expected_ = 0;
  std::uint64_t reported_received_ = 0;
  double jitter_ = 0;
  bool timed_ = false;
  std::uint32_t last_transit_ = 0;
};

} // namespace lifeline::media
