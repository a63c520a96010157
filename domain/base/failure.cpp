#include "domain/base/failure.hpp"

namespace lifeline::domain {

std::string_view to_string(errc x) {
  switch (x) {
  case errc::not_found: return "not_found";
  case errc::conflict: return "conflict";
  case errc::invalid: return "invalid";
  case errc::forbidden: return "forbidden";
  case errc::unavailable: return "unavailable";
  }
  return "unknown";
}

} // namespace lifeline::domain
