#pragma once
// Handles by who they are, for whoever looks them up at the moment of sending. Whoever is started enters itself before
// it does anything, and whoever has started it does so once more, perhaps later: ids tell who is the newer. A look-up
// that finds nobody gives an empty handle. Thread-safe.

#include <cstddef>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lifeline::actors {

/// The newer of two stays.
template <class Handle> void enter_newer(Handle& place, Handle a) {
  if (!a || !place || place.id() < a.id()) place = std::move(a);
}

/// A place for one.
template <class Handle> class post {
public:
  void enter(Handle a) {
    const std::unique_lock lock{mutex_};
    enter_newer(holder_, std::move(a));
  }
  [[nodiscard]] Handle get() const {
    const std::shared_lock lock{mutex_};
    return holder_;
  }
  void clear() {
    const std::unique_lock lock{mutex_};
    holder_ = Handle{};
  }

private:
  mutable std::shared_mutex mutex_;
  Handle holder_;
};

/// Many of a kind.
template <class Key, class Handle> class roll {
public:
  void enter(const Key& key, Handle a) {
    const std::unique_lock lock{mutex_};
    enter_newer(all_[key], std::move(a));
  }
  void remove(const Key& key) {
    const std::unique_lock lock{mutex_};
    all_.erase(key);
  }
  void clear() {
    const std::unique_lock lock{mutex_};
    all_.clear();
  }

  [[nodiscard]] Handle find(const Key& key) const {
    const std::shared_lock lock{mutex_};
    const auto it = all_.find(key);
    return it == all_.end() ? Handle{} : it->second;
  }
  [[nodiscard]] bool has(const Key& key) const {
    const std::shared_lock lock{mutex_};
    return all_.contains(key);
  }
  [[nodiscard]] std::size_t size() const {
    const std::shared_lock lock{mutex_};
    return all_.size();
  }
  /// In no order.
  [[nodiscard]] std::vector<Handle> all() const {
    const std::shared_lock lock{mutex_};
    std::vector<Handle> handles;
    handles.reserve(all_.size());
    for (const auto& [key, a] : all_)
      handles.push_back(a);
    return handles;
  }
  /// With their keys, in no order.
  [[nodiscard]] std::vector<std::pair<Key, Handle>> entries() const {
    const std::shared_lock lock{mutex_};
    return {all_.begin(), all_.end()};
  }

private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<Key, Handle> all_;
};

} // namespace lifeline::actors
