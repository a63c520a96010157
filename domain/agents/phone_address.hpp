#pragma once

#include <string>

namespace lifeline::domain {

/// A way to a phone: the registered contact and the route to it.
struct phone_address {
  std::string uri;
  std::string route;
};

} // namespace lifeline::domain
