#pragma once
// What the gate knows of the stack's own memory: the calls of which it holds a dialog or a transaction, and how many of
// those nobody has acknowledged. A request that belongs to none of them can be answered without the stack, which would
// keep it for 32 s (RFC 3261, 17.2.2) with some nine kilobytes. No sockets and no clock: `now` is an argument. Its
// memory is bounded: see `limits`.

#include "domain/base/time.hpp"
#include "sip/source_guard.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <string_view>
#include <unordered_map>

namespace lifeline::sip {

/// What the stack may be given that nobody waits for yet. Each has its own room, so that a flood of one kind leaves the
/// others theirs.
enum class opening : std::uint8_t { call, emergency_call, registration, count };

class call_book {
public:
  /// A Call-ID, or what makes a transaction, hashed with a secret of this process.
  using key = std::uint64_t;
  struct limits {
    std::array<std::size_t, static_cast<std::size_t>(opening::count)> unacknowledged{1000, 1000, 4000};
    double requests_per_second = 20; ///< of one call, within its dialog
    double burst = 50;
  };

  /// `memory`: how long the stack keeps a transaction that is over (64*T1).
  explicit call_book(domain::span memory) : memory_{memory} {}
  void remember_for(domain::span memory) { memory_ = memory; }

  [[nodiscard]] key hash(std::initializer_list<std::string_view> parts) const;

  /// Whether one more of this kind may go to the stack. INVITEs count from then on until a leg takes them over or their
  /// ACK comes, REGISTERs until the stack forgets them.
  [[nodiscard]] bool has_room(opening what) const;
  void passed(key call, key transaction, opening what, domain::instant now);
  /// Whether a request outside of a dialog is the repetition of one that the stack has.
  [[nodiscard]] bool repeats(key transaction) const { return transactions_.count(transaction) != 0; }

  /// A leg holds the dialog until `end`.
  void begin(key call);
  void end(key call, domain::instant now);
  /// A final response to the peer's INVITE is out, and its ACK is not in.
  void answered(key call, domain::instant now);
  void acknowledged(key call);

  [[nodiscard]] bool knows(key call) const { return calls_.count(call) != 0; }
  /// Whether one more request of a known call may go to the stack.
  bool admits(key call, domain::instant now);

  /// Forgets what the stack has forgotten.
  void expire(domain::instant now);

  [[nodiscard]] std::size_t unacknowledged(opening what) const { return waiting_[static_cast<std::size_t>(what)]; }
  [[nodiscard]] std::size_t size() const { return calls_.size() + transactions_.size(); }

private:
  struct entry {
    unsigned legs = 0;
    opening what = opening::call;
    bool incoming = false; ///< its INVITE or REGISTER came to us
    bool waits = false;    ///< counted in waiting_
    bool acknowledged = false;
    domain::instant until = domain::never;      ///< remembered so long when no leg holds it
    domain::instant wait_until = domain::never; ///< the stack gives up the ACK then
    token_bucket requests;
  };
  void wait(key call, entry& e, domain::instant now);
  void stop_waiting(entry& e);
  void keep(key call, entry& e, domain::instant now);

  limits limits_;
  domain::span memory_;
  std::unordered_map<key, entry> calls_;
  std::unordered_map<key, domain::instant> transactions_;
  std::deque<std::pair<domain::instant, key>> call_ends_; ///< in order of time; an entry may live on
  std::deque<std::pair<domain::instant, key>> wait_ends_;
  std::deque<std::pair<domain::instant, key>> transaction_ends_;
  std::array<std::size_t, static_cast<std::size_t>(opening::count)> waiting_{};
  std::array<unsigned char, 16> secret_ = make_secret();
  static std::array<unsigned char, 16> make_secret();
};

} // namespace lifeline::sip
