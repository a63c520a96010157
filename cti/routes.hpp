#pragma once
// What each path answers. Blocks for as long as the engine takes (operation_timeout at the most).

#include "actors/operations.hpp"
#include "cti/message.hpp"

#include <functional>
#include <string>

namespace lifeline::cti {

struct routes_context {
  actors::operations& engine;
  std::string token;                           ///< of /api; never empty
  std::function<std::string()> render_metrics; ///< Prometheus text; empty = no /metrics
};

/// Answers any request, errors included; never throws for what a peer can send.
response handle(const request& r, const routes_context& context);

/// A request that can be answered at once, without asking an actor: /healthz, and /readyz of an engine that is ready.
bool is_immediate(const request& r, actors::operations& engine);

} // namespace lifeline::cti
