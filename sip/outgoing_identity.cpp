#include "sip/outgoing_identity.hpp"

#include "sip/identity.hpp"

#include <cctype>

namespace lifeline::sip {

namespace {

bool is_token(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') return false;
  return true;
}

} // namespace

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) line += c;
  return line;
}

outgoing_identity identify_us(const invite_request& request, const std::string& host, const domain::trunk_plan* trunk) {
  outgoing_identity identity;
  const bool known = !request.from_number.empty() && request.from_number != "anonymous";
  const bool trusted = trunk ? trunk->asserts_identity : !request.withheld;
  identity.from =
      request.withheld ? write_from({}, {}, host) : write_from(request.from_display, request.from_number, host);
  // Many phones show what is asserted rather than From: for ours it says the same.
  const auto& display = trunk ? std::string{} : request.from_display;
  if (known && trusted)
    identity.headers.append("P-Asserted-Identity: ")
        .append(write_from(display, request.from_number, host))
        .append("\r\n");
  if (request.withheld) identity.headers.append("Privacy: id\r\n");
  for (const auto& [name, value] : request.headers)
    if (is_token(name)) identity.headers.append(name).append(": ").append(one_line(value)).append("\r\n");
  return identity;
}

} // namespace lifeline::sip
