#include "config/engine_config.hpp"

namespace lifeline::config {

std::vector<std::string> trunks_with_password(const domain::plan& plan) {
  std::vector<std::string> names;
  for (const auto& t : plan.trunks)
    if (!t.username.empty()) names.push_back(t.name);
  return names;
}

std::vector<std::string> emergency_numbers(const domain::plan& plan) {
  std::vector<std::string> numbers;
  for (const auto& h : plan.hotlines)
    if (h.emergency) numbers.insert(numbers.end(), h.numbers.begin(), h.numbers.end());
  return numbers;
}

} // namespace lifeline::config
