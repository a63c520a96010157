#pragma once
// The search for orders, from a query.

#include "cti/message.hpp"
#include "cti/target.hpp"

#include "actors/rescue_operations.hpp"

#include <optional>

namespace lifeline::cti {

struct order_filter_result {
  actors::order_filter filter;
  std::optional<response> refused;
};
order_filter_result read_order_filter(const target& to);

} // namespace lifeline::cti
