#include "domain/plan/operation_rules.hpp"

#include "domain/base/ids.hpp"
#include "domain/log/alarm_report.hpp"

#include <algorithm>
#include <vector>

namespace lifeline::domain {

namespace {

std::string one_of(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "\"" : i + 1 == words.size() ? " or \"" : ", \"") + words[i] + "\"";
  return text;
}

bool is_argument(const fault_rule& rule, const std::string& text) {
  switch (rule.aim) {
  case fault_aim::call: return parse_id<call_id>(text).has_value();
  case fault_aim::order: return parse_id<order_id>(text).has_value();
  default: return text.empty() == rule.argument.empty();
  }
}

} // namespace

std::string seconds_bounds::text() const {
  return "expected a number of seconds from " + std::to_string(least.count()) + " to " + std::to_string(most.count());
}

std::optional<fault_target> parse_fault_target(std::string_view text) {
  const auto space = text.find(' ');
  const auto word = text.substr(0, space);
  const std::string argument{space == std::string_view::npos ? std::string_view{} : text.substr(space + 1)};
  const auto rule = std::find_if(fault_rules.begin(), fault_rules.end(), [&](const auto& r) { return r.word == word; });
  if (rule == fault_rules.end() || !is_argument(*rule, argument)) return std::nullopt;
  if (rule->argument.empty() && space != std::string_view::npos) return std::nullopt;
  return fault_target{*rule, argument};
}

bool takes_kind(const fault_rule& rule, std::string_view kind) {
  return !kind.empty() && std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end();
}

std::string fault_targets_text() {
  std::vector<std::string> words;
  words.reserve(std::size(fault_rules));
  for (const auto& r : fault_rules)
    words.push_back(std::string{r.word} + (r.argument.empty() ? "" : " <" + std::string{r.argument} + ">"));
  return one_of(words);
}

std::string fault_kinds_text(const fault_rule& rule) {
  std::vector<std::string> words;
  for (const auto kind : rule.kinds)
    if (!kind.empty()) words.emplace_back(kind);
  return one_of(words);
}

std::string fault_kinds_text() {
  std::vector<std::string> words;
  for (const auto& r : fault_rules)
    for (const auto kind : r.kinds)
      if (!kind.empty() && std::find(words.begin(), words.end(), kind) == words.end()) words.emplace_back(kind);
  return one_of(words);
}

} // namespace lifeline::domain
