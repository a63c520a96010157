#pragma once
// Key presses out of RFC 4733 telephone-events: one press, one digit, whatever of its packets arrives, and however its
// sender counts. The RFC gives all packets of a press the timestamp of its start; senders are known that let it grow
// from packet to packet, that use the last key's again, that never say the end or nothing else, whose durations begin
// anew or stand still, whose marker is on every packet or on none, and that send events in a stream of their own. So a
// press is told by the event, the end bit, timestamp and duration, the sequence, and the time of arrival together.

#include <cstdint>
#include <optional>
#include <span>

namespace lifeline::media {

/// One packet of an event stream. Only the first event of a payload counts: some senders pad it with zeros, which would
/// be keys.
struct event_packet {
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::int64_t arrival_ns = 0; ///< monotonic
  std::span<const std::uint8_t> payload;
};

class digit_receiver {
public:
  /// The digit when the packet is the first one seen of a key press, be it its start, middle or end.
  std::optional<char> on_packet(const event_packet& packet);
  /// The sender numbers its packets anew: the next one cannot be older than the last.
  void renumbered() { comparable_ = false; }

private:
  struct fact {
    std::uint8_t event = 0;
    bool end = false;
    std::uint16_t duration = 0;
    std::int32_t step = 0;    ///< of the timestamp, since the last packet
    std::int64_t gap_ns = 0;  ///< of the arrival
    std::int32_t packets = 0; ///< of the sequence
    bool comparable = false;  ///< sequence and timestamp go on from the last ones
  };
  [[nodiscard]] bool is_late(const fact& f) const;
  [[nodiscard]] bool same_press(const fact& f) const;
  [[nodiscard]] bool same_at_one_time(const fact& f) const;
  [[nodiscard]] bool same_later(const fact& f) const;

  bool seen_ = false;
  bool comparable_ = false;
  std::uint32_t ssrc_ = 0;
  std::uint16_t sequence_ = 0;
  std::uint32_t timestamp_ = 0;
  std::int64_t arrival_ns_ = 0;
  std::uint8_t event_ = 0;
  std::uint16_t duration_ = 0;
  bool ended_ = false;
  std::int32_t creep_ = 0; ///< by how much the timestamp has grown within this press
};

} // namespace lifeline::media
