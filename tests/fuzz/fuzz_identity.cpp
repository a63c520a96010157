// Who calls: three lines of input are P-Asserted-Identity, From and Privacy.

#include "sip/identity.hpp"
#include "tests/fuzz/target.hpp"

using namespace lifeline;

namespace {

void check_header(const std::string& text) {
  for (const char c : text)
    fuzz::demand(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F, "a control character goes out in a header");
  const auto again = sip::parse_name_addr(text);
  fuzz::demand(again.has_value(), "our own From cannot be read");
}

void run(std::string_view input) {
  const auto asserted = fuzz::take(input, '\n');
  const auto from_text = fuzz::take(input, '\n');
  const auto privacy = fuzz::take(input, '\n');
  auto from = sip::parse_name_addr(from_text);
  if (from) fuzz::demand(!from->user.empty() || !from->host.empty(), "an address of nobody");
  const auto caller = sip::identify_caller(asserted, from.value_or(sip::name_addr{}), privacy);
  if (caller.withheld) fuzz::demand(caller.number == "anonymous" && caller.display.empty(), "a withheld number shows");
  check_header(sip::write_from(caller.display, caller.number, "192.0.2.1:5060"));
  const auto escaped = sip::escape_user(from_text);
  fuzz::demand(sip::unescape(escaped) == from_text, "a user part does not survive escaping");
  (void)sip::unescape(input);
}

} // namespace

LIFELINE_FUZZ_TARGET(identity, run, fuzz::no_seeds)
