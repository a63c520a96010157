#pragma once
// Where a thing of a given name lies in the router's tables. The names stay in the tables: here lie only pieces of
// their hashes and the slots, side by side (open addressing), so that finding one costs one look at memory and not a
// walk from node to node. Finding the agent took a third of a decision before.

#include "domain/routing/reasons.hpp"

#include <bit>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace lifeline::domain::routing {

template <class Name> class slot_index {
public:
  /// `is(slot)`: the thing there has this name. None: nothing has.
  template <class Is> [[nodiscard]] slot find(const Name& name, Is&& is) const {
    if (size_ == 0) return none;
    const std::uint32_t tag = tag_of(name);
    for (std::size_t i = tag & mask(); cells_[i].at != none; i = (i + 1) & mask()) {
      if (cells_[i].tag == tag && is(cells_[i].at)) return cells_[i].at;
    }
    return none;
  }

  /// Of a name that is not here.
  void insert(const Name& name, slot at) {
    if (2 * (size_ + 1) > cells_.size()) grow();
    put({tag_of(name), at});
    ++size_;
  }

  /// Closes the gap with those behind it that would have lain there, so that no probe ends too early.
  void erase(const Name& name, slot at) {
    if (size_ == 0) return;
    std::size_t i = tag_of(name) & mask();
    while (cells_[i].at != at) {
      if (cells_[i].at == none) return;
      i = (i + 1) & mask();
    }
    for (std::size_t next = (i + 1) & mask(); cells_[next].at != none; next = (next + 1) & mask()) {
      const std::size_t home = cells_[next].tag & mask();
      if (((next - home) & mask()) < ((next - i) & mask())) continue;
      cells_[i] = cells_[next];
      i = next;
    }
    cells_[i] = {};
    --size_;
  }

  void clear() {
    cells_.clear();
    size_ = 0;
  }
  [[nodiscard]] std::size_t size() const { return size_; }

private:
  struct cell {
    std::uint32_t tag = 0;
    slot at = none;
  };

  /// The upper half of a product has all bits of the hash in it; the standard's hash of a number is the number.
  [[nodiscard]] static std::uint32_t tag_of(const Name& name) {
    return static_cast<std::uint32_t>((std::hash<Name>{}(name)*0x9E3779B97F4A7C15ull) >> 32);
  }
  [[nodiscard]] std::size_t mask() const { return cells_.size() - 1; }

  void put(const cell& c) {
    std::size_t i = c.tag & mask();
    while (cells_[i].at != none)
      i = (i + 1) & mask();
    cells_[i] = c;
  }
  void grow() {
    auto old = std::exchange(cells_, std::vector<cell>(std::bit_ceil(4 * (size_ + 1))));
    for (const cell& each : old) {
      if (each.at != none) put(each);
    }
  }

  std::vector<cell> cells_; ///< a power of two, at the most half full
  std::size_t size_ = 0;
};

} // namespace lifeline::domain::routing
