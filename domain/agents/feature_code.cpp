#include "domain/agents/feature_code.hpp"

namespace lifeline::domain {

namespace {

/// Some phones escape '*' and '#' in the user part of a SIP URI (RFC 3261, 19.1.2).
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto rest = text.substr(i, 3);
    if (rest == "%2A" || rest == "%2a" || rest == "%23") {
      out += rest == "%23" ? '#' : '*';
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

agent_order order_of(agent_verb verb) {
  agent_order order;
  order.verb = verb;
  return order;
}

} // namespace

std::optional<agent_order> read_feature_code(const feature_codes& codes, std::string_view dialled) {
  auto number = unescaped(dialled);
  if (number.size() > 1 && number.back() == '#') number.pop_back(); // "end of dialling"
  const auto is = [&](const std::string& code) { return !code.empty() && number == code; };
  if (is(codes.ready)) return order_of(agent_verb::ready);
  if (is(codes.logout)) return order_of(agent_verb::logout);
  if (is(codes.wrap_up_end)) return order_of(agent_verb::wrap_up_end);
  if (is(codes.wrap_up_more)) {
    auto order = order_of(agent_verb::wrap_up_more);
    order.extra = codes.wrap_up_extra;
    return order;
  }
  const auto& pause = codes.not_ready;
  if (pause.empty() || number.compare(0, pause.size(), pause) != 0) return std::nullopt;
  auto digits = number.substr(pause.size());
  if (!digits.empty() && digits.front() == '*') digits.erase(0, 1); // "*52*1" reads better than "*521"
  if (digits.size() > 1) return std::nullopt;
  auto order = order_of(agent_verb::not_ready);
  const auto reason = codes.reasons.find(digits.empty() ? '1' : digits.front());
  if (reason != codes.reasons.end()) order.reason = reason->second;
  return order;
}

} // namespace lifeline::domain
