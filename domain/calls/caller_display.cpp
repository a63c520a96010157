#include "domain/calls/caller_display.hpp"

#include "domain/base/utf8.hpp"

namespace lifeline::domain {

namespace {

std::string cut(std::string_view text) {
  std::string out;
  for (std::size_t n = 0; n < longest_display && !text.empty(); ++n)
    if (const auto c = take_code_point(text)) append_utf8(out, *c);
  return out;
}

} // namespace

std::string caller_display(const std::string& short_name, const std::string& caller, const std::string& name) {
  if (short_name.empty()) return name;
  const bool withheld = caller.empty() || caller == "anonymous";
  auto shown = short_name + " " + (withheld ? "Anonymous" : caller);
  if (!name.empty() && name != caller && is_utf8(name)) shown += " " + name;
  return cut(shown);
}

} // namespace lifeline::domain
