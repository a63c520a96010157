#pragma once
// What each path answers. Blocks for as long as the engine takes (operation_timeout at the most).

#include "actors/engine/operations.hpp"
#include "actors/rescue/rescue_operations.hpp"
#include "cti/api/clients.hpp"
#include "cti/http/message.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::cti {

struct routes_context {
  actors::operations& engine;
  std::string token;                           ///< the administrator's; empty: nobody is let in
  std::function<std::string()> render_metrics; ///< Prometheus text; empty = no /metrics

  actors::rescue_operations* rescue = nullptr; ///< null: no lifts, no alarms, no orders
  std::vector<api_client> clients = {};        ///< besides the administrator
  /// In force, when they can change; empty: `clients`.
  std::function<std::shared_ptr<const std::vector<api_client>>()> clients_now = {};
  /// What messages to a party's webhook are signed with; empty: unknown here.
  std::function<std::string(const std::string& party)> webhook_secret = {};
  std::string link_key = {};                             ///< of QR codes and rescuers' links; empty: there are none
  std::function<domain::rescue_plan()> rescue_plan = {}; ///< in force; empty: the defaults
  std::function<domain::instant()> now = {};             ///< the wall clock; empty: the system's
};

/// Answers any request, errors included; never throws for what a peer can send.
response handle(const request& r, const routes_context& context);

/// How long a request's body may be, from its head: a list of lifts is long, all else is short.
std::uint64_t body_limit(const request& head, const routes_context& context, std::uint64_t usual);

/// A request whose answer takes long (a list of lifts): it must not hold up others.
bool is_slow(const request& r);

/// A request about the engine's health, for which no actor is asked: /healthz, /readyz, /metrics.
bool is_probe(const request& r);

/// One of them that can be answered at once: /healthz and /readyz.
bool is_immediate(const request& r);

} // namespace lifeline::cti
