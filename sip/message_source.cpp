#include "sip/message_source.hpp"

#include <array>

#include <arpa/inet.h>

namespace lifeline::sip {

std::string source_host(const nua_t* nua) {
  const auto* address = msg_addr(nua_current_request(nua));
  if (!address) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->su_family == AF_INET)
    inet_ntop(AF_INET, &address->su_sin.sin_addr, text.data(), text.size());
  else if (address->su_family == AF_INET6)
    inet_ntop(AF_INET6, &address->su_sin6.sin6_addr, text.data(), text.size());
  std::string host{text.data()};
  return host.rfind("::ffff:", 0) == 0 ? host.substr(7) : host;
}

} // namespace lifeline::sip
