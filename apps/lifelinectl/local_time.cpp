#include "apps/lifelinectl/local_time.hpp"

#include "domain/base/local_time.hpp"

namespace lifeline::ctl {

namespace {

/// One command, one engine, one place.
struct place {
  domain::span offset{0};
  bool known = false;
  bool utc = false;
};
place& here() {
  static place p;
  return p;
}
bool shows_utc() { return here().utc || !here().known; }

} // namespace

void use_offset(std::string_view offset) {
  const auto parsed = domain::parse_utc_offset(offset);
  if (!parsed) return;
  here().offset = *parsed;
  here().known = true;
}

void keep_utc() { here().utc = true; }

std::string clock_time(const std::string& rfc3339) {
  const auto t = domain::parse_rfc3339(rfc3339);
  return t ? domain::to_local_text(*t, shows_utc() ? domain::span{0} : here().offset) : rfc3339;
}

std::string clock_words(const std::string& rfc3339) { return clock_time(rfc3339) + (shows_utc() ? " UTC" : ""); }

std::string time_column(const std::string& title) { return title + (shows_utc() ? " (UTC)" : ""); }

} // namespace lifeline::ctl
