#pragma once
// A sorted set that knows the place of each key: what the router's lanes and queues are made of. Keys lie in small
// sorted blocks (a B+ tree of two levels), so that walking, inserting and erasing touch little memory; a Fenwick tree
// over the blocks' sizes gives rank and n-th.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace lifeline::domain::routing {

/// `Key` is small, trivially copyable and totally ordered. Keys are unique.
template <class Key> class ordered_index {
public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// Not empty.
  [[nodiscard]] const Key& front() const { return lows_.front(); }

  void insert(const Key& key) {
    if (blocks_.empty()) insert_block(0);
    std::size_t b = block_of(key);
    if (blocks_[b]->size == block_limit) b = split(b, key);
    block& target = *blocks_[b];
    const auto end = target.keys.begin() + target.size;
    const auto at = std::lower_bound(target.keys.begin(), end, key);
    if (at != end && !(key < *at)) return;
    std::move_backward(at, end, end + 1);
    *at = key;
    ++target.size;
    ++size_;
    lows_[b] = target.keys.front();
    add(b, 1);
  }

  /// False when the key is not there.
  bool erase(const Key& key) {
    if (size_ == 0) return false;
    const std::size_t b = block_of(key);
    block& target = *blocks_[b];
    const auto end = target.keys.begin() + target.size;
    const auto at = std::lower_bound(target.keys.begin(), end, key);
    if (at == end || key < *at) return false;
    std::move(at + 1, end, at);
    --target.size;
    --size_;
    if (target.size == 0) {
      erase_block(b);
    } else {
      lows_[b] = target.keys.front();
      add(b, -1);
      merge_with_next(b);
    }
    return true;
  }

  /// How many keys are smaller.
  [[nodiscard]] std::size_t rank(const Key& key) const {
    if (size_ == 0) return 0;
    const std::size_t b = block_of(key);
    const block& in = *blocks_[b];
    const auto end = in.keys.begin() + in.size;
    return prefix(b) + static_cast<std::size_t>(std::lower_bound(in.keys.begin(), end, key) - in.keys.begin());
  }

  [[nodiscard]] bool contains(const Key& key) const {
    if (size_ == 0) return false;
    const block& in = *blocks_[block_of(key)];
    return std::binary_search(in.keys.begin(), in.keys.begin() + in.size, key);
  }

  /// The n-th smallest, n < size().
  [[nodiscard]] const Key& nth(std::size_t n) const {
    std::size_t b = 0;
    for (std::size_t step = std::bit_floor(blocks_.size()); step > 0; step /= 2) {
      if (b + step <= blocks_.size() && sums_[b + step] <= n) {
        b += step;
        n -= sums_[b];
      }
    }
    return blocks_[b]->keys[n];
  }

  /// Calls `visit(key)` in order until it returns false.
  template <class Visit> void walk(Visit&& visit) const {
    for (const auto& each : blocks_) {
      for (std::size_t i = 0; i < each->size; ++i) {
        if (!visit(each->keys[i])) return;
      }
    }
  }

private:
  static constexpr std::size_t block_limit = 64;
  struct block {
    std::size_t size = 0;
    std::array<Key, block_limit> keys;
  };

  [[nodiscard]] std::size_t block_of(const Key& key) const {
    const auto above = std::upper_bound(lows_.begin(), lows_.end(), key);
    return above == lows_.begin() ? 0 : static_cast<std::size_t>(above - lows_.begin()) - 1;
  }

  /// Makes room for `key` in the full block `b`; returns the block that it belongs to. Growth at the end, the common
  /// case of a queue, starts a fresh block and so leaves full ones behind.
  std::size_t split(std::size_t b, const Key& key) {
    if (b + 1 == blocks_.size() && blocks_[b]->keys.back() < key) {
      insert_block(b + 1);
      lows_[b + 1] = key;
      return b + 1;
    }
    insert_block(b + 1);
    block& low = *blocks_[b];
    block& high = *blocks_[b + 1];
    constexpr std::size_t half = block_limit / 2;
    std::copy(low.keys.begin() + half, low.keys.end(), high.keys.begin());
    low.size = half;
    high.size = block_limit - half;
    lows_[b + 1] = high.keys.front();
    recount();
    return key < lows_[b + 1] ? b : b + 1;
  }

  void merge_with_next(std::size_t b) {
    if (b + 1 >= blocks_.size() || blocks_[b]->size + blocks_[b + 1]->size > block_limit / 2) return;
    block& low = *blocks_[b];
    const block& high = *blocks_[b + 1];
    std::copy_n(high.keys.begin(), high.size, low.keys.begin() + static_cast<std::ptrdiff_t>(low.size));
    low.size += high.size;
    erase_block(b + 1);
  }

  void insert_block(std::size_t b) {
    const auto at = static_cast<std::ptrdiff_t>(b);
    blocks_.insert(blocks_.begin() + at, std::make_unique<block>());
    lows_.insert(lows_.begin() + at, Key{});
    recount();
  }
  void erase_block(std::size_t b) {
    const auto at = static_cast<std::ptrdiff_t>(b);
    blocks_.erase(blocks_.begin() + at);
    lows_.erase(lows_.begin() + at);
    recount();
  }

  // sums_[i] (from 1) is the Fenwick tree's node i.
  void recount() {
    sums_.assign(blocks_.size() + 1, 0);
    for (std::size_t i = 1; i < sums_.size(); ++i) {
      sums_[i] += blocks_[i - 1]->size;
      const std::size_t parent = i + (i & (~i + 1));
      if (parent < sums_.size()) sums_[parent] += sums_[i];
    }
  }
  void add(std::size_t b, std::ptrdiff_t by) {
    for (std::size_t i = b + 1; i < sums_.size(); i += i & (~i + 1))
      sums_[i] += static_cast<std::size_t>(by);
  }
  /// Keys in the blocks before `b`.
  [[nodiscard]] std::size_t prefix(std::size_t b) const {
    std::size_t sum = 0;
    for (std::size_t i = b; i > 0; i -= i & (~i + 1))
      sum += sums_[i];
    return sum;
  }

  std::vector<std::unique_ptr<block>> blocks_;
  std::vector<Key> lows_; ///< the first key of each block
  std::vector<std::size_t> sums_{0};
  std::size_t size_ = 0;
};

} // namespace lifeline::domain::routing
