#include "domain/rescue/alert_share.hpp"

#include <algorithm>

namespace lifeline::domain {

std::vector<std::size_t> share_phones(std::vector<std::size_t> rings, std::size_t phones) {
  std::vector<std::size_t> chosen;
  if (rings.empty()) return chosen;
  for (std::size_t i = 0; i < phones; ++i) {
    const auto fewest = std::min_element(rings.begin(), rings.end()); // the first of equal ones
    ++*fewest;
    chosen.push_back(static_cast<std::size_t>(fewest - rings.begin()));
  }
  return chosen;
}

} // namespace lifeline::domain
