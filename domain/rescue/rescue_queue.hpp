#pragma once
// The lines of calls to rescuers, and who waits for one. Pure. They are lines of their own ([rescue] lines): calls out
// to rescuers take none from callers, and callers none from rescuers.
//
// Who comes first when a line is free, the first difference decides:
//   1. a party that is asked to come, before one that is on its way and is urged;
//   2. an order with injured people, fire or medical need;
//   3. an order that has no line yet: the second phone of one order waits for the first of another;
//   4. the higher level;
//   5. the older order;
//   6. who has asked first.

#include "domain/base/time.hpp"
#include "domain/log/alarm_report.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace lifeline::domain {

/// What a call is for.
struct rescue_claim {
  order_id order;
  bool urging = false; ///< its party is on the way already
  bool urgent = false; ///< injury, fire or medical need
  std::uint8_t level = 1;
  instant received = never; ///< of the order
};

class rescue_queue {
public:
  using holder = std::uint64_t;
  explicit rescue_queue(std::size_t lines) : lines_(lines) {}

  /// Lines in use stay in use, even above it.
  void set_lines(std::size_t lines) { lines_ = lines; }
  /// It has a line afterwards, or waits. One that has asked before keeps what it has.
  void ask(holder who, const rescue_claim& claim);
  /// It has a line already, whatever is free: it goes on over a restart of whoever counts.
  void keep(holder who, const rescue_claim& claim);
  /// So many are held by others that have not said so yet (keep): they are given to nobody. Whoever says so is one
  /// fewer.
  void await_holders(std::size_t held) { awaited_ = held; }
  /// The order is more urgent than it was, or has climbed.
  void update(const order_id& order, bool urgent, std::uint8_t level);
  /// False: it neither had one nor waited.
  bool leave(holder who);
  /// Gives what is free to those who wait, and says to whom, the first first.
  std::vector<holder> grant();

  [[nodiscard]] bool has_line(holder who) const;
  [[nodiscard]] std::size_t lines() const { return lines_; }
  [[nodiscard]] std::size_t in_use() const { return in_use_; }
  [[nodiscard]] std::size_t awaited() const { return awaited_; }
  [[nodiscard]] std::size_t waiting() const { return all_.size() - in_use_; }
  /// Orders for which somebody waits.
  [[nodiscard]] std::vector<order_id> waiting_orders() const;

private:
  struct place {
    rescue_claim claim;
    std::uint64_t asked = 0;
    bool has_line = false;
  };
  [[nodiscard]] bool before(const place& a, const place& b) const;
  [[nodiscard]] std::size_t held_by(const order_id& order) const;

  std::size_t lines_;
  std::size_t in_use_ = 0;
  std::size_t awaited_ = 0;
  std::uint64_t asked_ = 0;
  std::unordered_map<holder, place> all_;
  std::unordered_map<order_id, std::size_t> held_; ///< lines by order
};

} // namespace lifeline::domain
