#include "sip/redirect.hpp"

#include "sip/cidr.hpp"
#include "sip/transport.hpp"

#include <algorithm>

namespace lifeline::sip {

bool belongs_to(const domain::trunk_plan& trunk, const std::string& host) {
  if (const auto own = target_of("sip:" + trunk.outbound); own && own->host == host) return true;
  const auto address = parse_address(host);
  if (!address) return false;
  return std::any_of(trunk.cidrs.begin(), trunk.cidrs.end(), [&](const std::string& text) {
    const auto block = cidr::parse(text);
    return block && block->contains(*address);
  });
}

std::optional<std::string> redirect_trail::follow(const domain::trunk_plan& trunk,
                                                  std::vector<redirect_contact> contacts) {
  if (followed_ == longest) return std::nullopt;
  std::stable_sort(contacts.begin(), contacts.end(), [](const auto& a, const auto& b) { return a.q > b.q; });
  for (const auto& contact : contacts) {
    const auto target = target_of(contact.uri);
    if (!target || !belongs_to(trunk, target->host) || !seen_.insert(contact.uri).second) continue;
    ++followed_;
    return contact.uri;
  }
  return std::nullopt;
}

} // namespace lifeline::sip
