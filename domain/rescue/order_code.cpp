#include "domain/rescue/order_code.hpp"

namespace lifeline::domain {

std::string short_code(const order_id& id) {
  if (id.is_nil()) return {};
  auto rest = id.lo;
  auto digit = rest % 10;
  rest /= 10;
  std::string code(1, static_cast<char>('0' + digit));
  while (code.size() < short_code_length) {
    digit = (digit + 1 + rest % 9) % 10;
    rest /= 9;
    code += static_cast<char>('0' + digit);
  }
  return code;
}

} // namespace lifeline::domain
