#pragma once
// Whose packets belong to the peer, and where to send. The address in the peer's description is always believed. A peer
// behind NAT sends from another one: it is found by its packets (symmetric RTP, RFC 4961), once for each offer and
// answer, and nobody takes its place by sending louder, longer or in a pause (RFC 7362, 5).
//
// Who may be the peer, the better claim first: the described address; the one that was the peer's before the last offer
// and answer; another port of the described host, or the host that the signalling came from; anybody else. A source
// gives way to a better claim only, or to its own stream that goes on from another place (the same SSRC and the next
// sequence numbers): a NAT has forgotten it and made a new hole. Only a peer that NAT must have moved is believed at
// its first packet: from any other host's further ports comes what is left of another call that had our port before.

#include "media/address.hpp"

#include <cstdint>
#include <optional>

namespace lifeline::media {

class source_latch {
public:
  /// Stragglers from the place that the peer has left are not taken for the peer.
  static constexpr std::int64_t straggling_ns = 2'000'000'000;
  /// So long a source must have been quiet before its stream can go on from another place.
  static constexpr std::int64_t gap_ns = 500'000'000;
  /// So many packets in a row somebody has to send who is not where the peer should be.
  static constexpr unsigned proof = 5;

  /// After an offer and answer: the address in the peer's description (nothing: a name, or 0.0.0.0) and the host that
  /// the signalling came from. `opens`: it may begin to send from elsewhere; not for a hold, nor for what was said
  /// before.
  void describe(const std::optional<address>& where, const std::optional<address>& signalling, bool opens,
                std::int64_t now_ns);
  /// True when a valid packet from `from` belongs to the peer. Before it has described itself the first to speak is
  /// heard, and not sent to.
  bool accept(const address& from, std::uint32_t ssrc, std::uint16_t sequence, std::int64_t now_ns);
  /// Where to send; unset when nothing is known.
  [[nodiscard]] const address& target() const { return target_; }
  /// True for the address that is the peer's now, or is in its description.
  [[nodiscard]] bool is_peer(const address& from) const {
    return (latched_.is_set() && from == latched_) || (described_.is_set() && from == described_);
  }
  /// Grows when the peer is found at another address.
  [[nodiscard]] std::uint32_t moves() const { return moves_; }

private:
  enum class claim : std::uint8_t { none, anybody, host, before, described };

  [[nodiscard]] claim claim_of(const address& from, std::int64_t now_ns) const;
  [[nodiscard]] bool goes_on(std::uint32_t ssrc, std::uint16_t sequence, std::int64_t now_ns) const;
  bool proves_itself(const address& from, std::uint32_t ssrc, std::uint16_t sequence, std::int64_t now_ns);
  /// The described address cannot be reached from here: the peer is found by its packets, or not at all.
  [[nodiscard]] bool hidden() const;
  void take(const address& from, claim c);
  void note(std::uint32_t ssrc, std::uint16_t sequence, std::int64_t now_ns);

  bool open_ = false; ///< the peer has described itself: before, nothing is known
  address described_;
  address signalling_;
  address latched_;           ///< the source; kept through an offer and answer until somebody is heard
  claim claim_ = claim::none; ///< by which it is; none: not heard since the last offer and answer
  address before_;
  address retired_;
  address target_;
  std::int64_t retired_until_ = 0;
  std::uint32_t moves_ = 0;

  std::uint32_t ssrc_ = 0;
  std::uint16_t sequence_ = 0;
  std::int64_t last_ns_ = 0;

  address candidate_;
  std::uint32_t candidate_ssrc_ = 0;
  std::uint16_t candidate_sequence_ = 0;
  std::int64_t candidate_ns_ = 0;
  unsigned candidate_packets_ = 0;
};

} // namespace lifeline::media
