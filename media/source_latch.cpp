#include "media/source_latch.hpp"

#include <utility>

namespace lifeline::media {

namespace {

constexpr int longest_loss = 3000;                          // packets: a minute
constexpr int candidate_loss = 3;                           // while it proves itself
constexpr std::int64_t candidate_patience_ns = 200'000'000; // then another one may try

int step_between(std::uint16_t before, std::uint16_t after) {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(after - before));
}

} // namespace

void source_latch::describe(const std::optional<address>& where, const std::optional<address>& signalling, bool opens,
                            std::int64_t now_ns) {
  if (!std::exchange(open_, true)) latched_ = address(); // whoever was heard before may be anybody
  if (signalling) signalling_ = *signalling;
  if (!where) return;
  if (described_.is_set() && *where == described_) {
    // Who has sent from the described address needs no other one; any other may be a hole that the NAT has closed.
    if (!opens || claim_ == claim::described || !latched_.is_set()) return;
    before_ = latched_;
    claim_ = claim::none;
    return;
  }
  described_ = target_ = *where;
  retired_ = latched_;
  retired_until_ = now_ns + straggling_ns;
  latched_ = before_ = candidate_ = address();
  claim_ = claim::none;
  ++moves_;
}

source_latch::claim source_latch::claim_of(const address& from, std::int64_t now_ns) const {
  if (described_.is_set() && from == described_) return claim::described;
  if (before_.is_set() && from == before_) return claim::before;
  if (retired_.is_set() && now_ns < retired_until_ && from == retired_) return claim::none;
  const bool known_host =
      (described_.is_set() && from.same_host(described_)) || (signalling_.is_set() && from.same_host(signalling_));
  return known_host ? claim::host : claim::anybody;
}

bool source_latch::goes_on(std::uint32_t ssrc, std::uint16_t sequence, std::int64_t now_ns) const {
  if (!latched_.is_set() || claim_ == claim::none || ssrc != ssrc_ || now_ns - last_ns_ < gap_ns) return false;
  const auto step = step_between(sequence_, sequence);
  return step > 0 && step < longest_loss;
}

bool source_latch::proves_itself(const address& from, std::uint32_t ssrc, std::uint16_t sequence, std::int64_t now_ns) {
  const bool same = candidate_.is_set() && from == candidate_ && ssrc == candidate_ssrc_;
  if (!same && candidate_.is_set() && now_ns - candidate_ns_ < candidate_patience_ns) return false;
  const auto step = step_between(candidate_sequence_, sequence);
  const bool in_order = same && step > 0 && step <= candidate_loss;
  candidate_packets_ = in_order ? candidate_packets_ + 1 : 1;
  candidate_ = from;
  candidate_ssrc_ = ssrc;
  candidate_sequence_ = sequence;
  candidate_ns_ = now_ns;
  return candidate_packets_ >= proof;
}

/// Whoever describes a public address, or the one that its signalling comes from, is behind no NAT.
bool source_latch::hidden() const {
  return !described_.is_set() || (described_.is_private() && !described_.same_host(signalling_));
}

void source_latch::take(const address& from, claim c) {
  // Somebody else who sends may be another machine of a carrier's; what we say goes where we were asked to send it all
  // the same.
  const auto& to = c == claim::anybody && !hidden() ? described_ : from;
  if (!target_.is_set() || !(to == target_)) ++moves_;
  target_ = to;
  latched_ = from;
  claim_ = c;
  candidate_ = address();
}

void source_latch::note(std::uint32_t ssrc, std::uint16_t sequence, std::int64_t now_ns) {
  ssrc_ = ssrc;
  sequence_ = sequence;
  last_ns_ = now_ns;
}

bool source_latch::accept(const address& from, std::uint32_t ssrc, std::uint16_t sequence, std::int64_t now_ns) {
  if (claim_ != claim::none && from == latched_) {
    note(ssrc, sequence, now_ns);
    return true;
  }
  if (!open_) { // sound may be faster than signalling; nothing is sent to it
    if (!latched_.is_set()) latched_ = from;
    return from == latched_;
  }
  const auto c = claim_of(from, now_ns);
  if (c == claim::none) return false;
  if (c > claim_) {
    const bool doubtful = c == claim::anybody || (c == claim::host && !hidden());
    if (doubtful && !proves_itself(from, ssrc, sequence, now_ns)) return false;
    take(from, c);
  } else if (goes_on(ssrc, sequence, now_ns)) {
    take(from, claim::before);
  } else {
    return false;
  }
  note(ssrc, sequence, now_ns);
  return true;
}

} // namespace lifeline::media
