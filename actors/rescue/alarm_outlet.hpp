#pragma once
// Carries out what the order machine asks for: calls, webhooks, and the log. Bound to no actor, so that the supervisor
// can open an order before its actor lives.

#include "actors/rescue/rescue_surroundings.hpp"
#include "domain/rescue/order_machine.hpp"
#include "storage/types.hpp"

#include <set>
#include <string>
#include <vector>

namespace lifeline::actors {

/// The order's rows as they are to be: orders, open_orders, order_index. `indexed`: its rows in order_index as they
/// are; becomes what they will be.
void put_order_rows(storage::change& c, const domain::order_state& order, std::set<std::string>& indexed);
/// Keys in table::order_index under which the order is to be found.
std::set<std::string> index_keys(const domain::order_state& order);
/// Takes the log's entries out of `outputs` into the change.
void put_order_events(storage::change& c, const std::vector<domain::order_output>& outputs, domain::instant now);

/// Begins and gives up calls and webhooks. To be called when the change has been handed to the journal.
void carry_out(const rescue_surroundings_ptr& around, const domain::order_state& order,
               const std::vector<domain::order_output>& outputs);

/// What a party's software is told of an order, as JSON.
std::string webhook_body(const rescue_surroundings& around, const domain::order_state& order,
                         const domain::order_command::attempt& a);
/// What came of it: a 2xx with {"answer": "accept" | "refuse"} is the party's word.
domain::attempt_result webhook_outcome(const domain::attempt_id& attempt, const webhook::post_result& r,
                                       domain::span took);

} // namespace lifeline::actors
