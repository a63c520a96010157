#pragma once
// The search for orders, from a query.

#include "cti/api/route_table.hpp"

#include "actors/rescue/rescue_operations.hpp"

#include <optional>

namespace lifeline::cti {

struct order_filter_result {
  actors::order_filter filter;
  std::optional<response> refused;
};
order_filter_result read_order_filter(const route_call& c);

} // namespace lifeline::cti
