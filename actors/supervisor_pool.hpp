#pragma once
// Children of one kind that come and go, by the ten thousand: OTP's simple_one_for_one. One factory serves all; each
// child is known by a key, which is also the factory's argument.
//
// child_pool is a part of an actor, not an actor: an actor that supervises and does more besides (e.g. the parent of
// all calls) owns one and hands it its down messages, timers and shutdown. spawn_pool() is the actor that does nothing
// else.
//
// About 180 bytes for a child with its monitor, apart from the child itself; every event is O(1) but shut_down(), which
// is O(n).

#include "actors/supervisor.hpp"
#include "actors/supervisor_effects.hpp"
#include "actors/supervisor_messages.hpp"
#include "domain/restart_policy.hpp"

#include <caf/all.hpp>
#include <tl/expected.hpp>

#include <chrono>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace lifeline::actors {

struct pool_spec {
  std::string name;
  domain::restart_type restart = domain::restart_type::transient;
  domain::restart_intensity intensity;
  domain::backoff backoff;
  std::chrono::milliseconds shutdown_grace{5000};
  std::chrono::milliseconds kill_grace = default_kill_grace;
  supervision_hooks hooks;
  /// spawn_pool only: the keys to start with, asked anew whenever the pool itself is restarted. May be empty. When one
  /// of them cannot be started the pool ends with start_failed.
  std::function<std::vector<std::string>()> initial;
};

/// What an event meant; the owner needs to act on `finished` only: quit with exit_reason().
enum class pool_event : std::uint8_t {
  ignored,   // not about a child of this pool
  forgotten, // a child has ended for good
  restarted, // a child ended and was started again
  delayed,   // a child ended and will be started again
  closing,   // a child ended and the pool is shutting down, perhaps because of it (escalation)
  finished,  // shutting down, and no child is left
};

/// Key: copyable, hashable, and a std::string or something with to_string().
template <class Key, class Hash = std::hash<Key>> class child_pool {
public:
  using factory = std::function<caf::actor(const Key&)>;

  /// `self`: the owner, whose behavior must hand supervisor_timer to timer(), and its down handler to down().
  child_pool(caf::scheduled_actor* self, pool_spec spec, factory start)
      : self_(self), spec_(std::move(spec)), start_(std::move(start)) {}
  child_pool(const child_pool&) = delete;
  child_pool& operator=(const child_pool&) = delete;

  /// However the owner ends (it may be killed): no child outlives it.
  ~child_pool() {
    for (auto& [key, child] : children_) {
      if (child.handle) kill(child.handle);
    }
  }

  /// Errors: shutting_down, child_exists (also while it waits for a restart), start_failed. As in OTP a failure of the
  /// first start is the caller's to handle: nothing is kept and it does not count as a restart.
  tl::expected<caf::actor, supervision_errc> start(const Key& key);

  /// The living actor, or null.
  [[nodiscard]] caf::actor find(const Key& key) const {
    const auto found = children_.find(key);
    if (found == children_.end() || !found->second.handle) return {};
    return caf::actor_cast<caf::actor>(found->second.handle);
  }

  /// Asks a child to end, for good: user_shutdown, then kill after the grace. False for an unknown key.
  bool stop(const Key& key);

  pool_event down(const caf::down_msg& down);
  pool_event timer(std::uint64_t generation);

  /// Asks all children at once; kills after the grace and abandons after another. No more starts and restarts.
  pool_event shut_down(caf::error reason);

  /// Why the pool was shut down; restart_intensity_exceeded after an escalation.
  [[nodiscard]] const caf::error& exit_reason() const { return exit_reason_; }
  [[nodiscard]] bool closing() const { return closing_; }
  /// Children that live or wait for a restart.
  [[nodiscard]] std::size_t size() const { return children_.size(); }
  [[nodiscard]] std::uint64_t restarts() const { return restarts_; }
  [[nodiscard]] std::uint32_t abandoned() const { return abandoned_; }
  [[nodiscard]] std::vector<child_status> list() const;

private:
  enum class phase : std::uint8_t { running, delayed, asked, killed };

  struct child {
    caf::strong_actor_ptr handle; // null while delayed
    domain::restart_row row;
    std::uint64_t generation = 0; // of the one timer that matters to it
    std::uint32_t restarts = 0;
    phase is = phase::running;
  };
  using child_map = std::unordered_map<Key, child, Hash>;
  using node = typename child_map::value_type;

  static std::string text_of(const Key& key) {
    if constexpr (std::is_convertible_v<Key, std::string>) {
      return key;
    } else {
      return to_string(key);
    }
  }

  void adopt(node& which, const caf::actor& handle);
  void arm(node& which, domain::span delay);
  void ask(node& which);
  void forget(const Key& key);
  void abandon(node& which);
  void changed(const Key& key, const caf::actor& handle) const;
  pool_event crashed(node& which, bool normal_exit, const std::string& reason, bool through_timer);
  pool_event restart(node& which, const std::string& reason);
  pool_event end_of_one();

  caf::scheduled_actor* self_;
  pool_spec spec_;
  factory start_;
  child_map children_;
  // Nodes of an unordered_map stay where they are until erased.
  std::unordered_map<caf::actor_id, node*> by_actor_;
  struct waiting {
    Key key;
    std::string reason;
  };
  std::unordered_map<std::uint64_t, waiting> timers_;
  domain::restart_history history_;
  std::uint64_t last_generation_ = 0;
  std::uint64_t restarts_ = 0;
  std::uint32_t abandoned_ = 0;
  bool closing_ = false;
  caf::error exit_reason_;
};

/// A pool as a child of a supervisor.
child_spec pooled(pool_spec spec, child_pool<std::string>::factory start,
                  domain::restart_type restart = domain::restart_type::permanent);

/// An actor that is nothing but a pool: understands start_child, stop_child, list_children, child_named and exit
/// messages (an ordered shutdown with that reason).
caf::actor spawn_pool(caf::actor_system& system, pool_spec spec, child_pool<std::string>::factory start);

} // namespace lifeline::actors

#include "actors/supervisor_pool_impl.hpp"
