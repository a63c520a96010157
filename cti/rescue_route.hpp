#pragma once
// What the routes of alarms, orders, lifts and parties have in common.

#include "cti/json_rescue.hpp"
#include "cti/route_table.hpp"

#include <string>

namespace lifeline::cti {

struct rescue_call : route_call {
  actors::rescue_operations& rescue;
};

response no_rescue();

/// A handler that needs the rescue part; without one it answers 503.
template <response (*answer)(const rescue_call&)> response rescue_route(const route_call& c) {
  if (c.context.rescue == nullptr) return no_rescue();
  return answer(rescue_call{c, *c.context.rescue});
}

response failure_response(const actors::rescue_failure& f);

/// On whose behalf a client asks: its own agent or name, or the account in the header X-Lifeline-Agent, which clients
/// of the roles integration and admin may name.
struct person {
  std::string name;
  std::optional<response> refused;
};
person acting_for(const route_call& c);

/// The header Idempotency-Key, 1 to 128 visible characters; empty when there is none.
struct key_result {
  std::string key;
  std::optional<response> refused;
};
key_result idempotency_key(const request& r);
/// A random UUID.
std::string fresh_id();

domain::instant now_of(const routes_context& context);
domain::rescue_plan plan_of(const routes_context& context);

inline constexpr std::size_t longest_word = 200;   ///< bytes: names, codes, numbers
inline constexpr std::size_t longest_prose = 4000; ///< bytes: descriptions, notes

} // namespace lifeline::cti
