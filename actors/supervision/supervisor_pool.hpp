#pragma once
// An actor that supervises children of one kind that come and go and does nothing else: one factory serves all, each
// child is known by a key, which is also the factory's argument. Whoever does more besides owns a child_book.

#include "actors/supervision/supervisor.hpp"
#include "actors/supervision/supervisor_effects.hpp"
#include "actors/supervision/supervisor_messages.hpp"
#include "domain/base/restart_policy.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace lifeline::actors {

struct pool_spec {
  std::string name;
  domain::restart_type restart = domain::restart_type::transient;
  domain::restart_intensity intensity; // of all children together, as in OTP
  domain::backoff backoff;
  std::chrono::milliseconds shutdown_grace{5000};
  std::chrono::milliseconds kill_grace = default_kill_grace;
  supervision_hooks hooks;
  /// The keys to start with, asked anew whenever the pool itself is restarted. May be empty. When one of them cannot be
  /// started the pool ends with start_failed.
  std::function<std::vector<std::string>()> initial;
};

using pool_factory = std::function<caf::actor(const std::string& key)>;

/// A pool as a child of a supervisor.
child_spec pooled(pool_spec spec, pool_factory start, domain::restart_type restart = domain::restart_type::permanent);

/// Understands start_child, list_children, child_named and exit messages: an ordered shutdown with that reason, in
/// which all children are asked at once, killed after the grace and abandoned after another. However it ends (it may be
/// killed), no child outlives it.
caf::actor spawn_pool(caf::actor_system& system, pool_spec spec, pool_factory start);

} // namespace lifeline::actors
