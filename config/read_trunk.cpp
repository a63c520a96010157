#include "config/names.hpp"
#include "config/read_sections.hpp"
#include "config/read_values.hpp"

namespace lifeline::config {

namespace {

using namespace std::chrono_literals;

/// Who we are to the trunk, and whether it is told so.
void read_account(section& s, domain::trunk_plan& t) {
  if (s.text("username", t.username) && !is_username(t.username)) {
    s.problem_at("username",
                 "username: expected 1 to 64 printable characters without quotes, backslashes or blanks, found the "
                 "text " +
                     quote(t.username));
    t.username.clear();
  } else if (!t.username.empty() && !s.has("outbound")) {
    s.problem_at("username", "username: nobody asks for it without outbound");
  }
  s.boolean("register", t.registers);
  s.duration("register_expires", t.register_expires, 30s, 24h);
  if (t.registers && !s.has("outbound")) {
    s.problem_at("register", "register: expected outbound with it, the address of the registrar");
  }
  if (t.registers && !s.has("username")) s.problem_at("register", "register: expected username with it");
  if (!t.registers && s.has("register_expires")) {
    s.problem_at("register_expires", "register_expires: nothing is registered without register = true");
  }
}

void read_health_check(section& s, domain::trunk_plan& t) {
  s.duration("options_interval", t.options_interval, 0s, 1h);
  s.duration("options_timeout", t.options_timeout, 100ms, 32s);
  s.integer("options_failures", t.options_failures, 1, 100);
  if (t.options_interval == 0s || t.options_timeout <= t.options_interval) return;
  s.problem_at(s.has("options_timeout") ? "options_timeout" : "options_interval",
               "options_timeout: expected at most options_interval, found more");
}

/// A trunk's calls cost nobody a password: that the whole network may call is never a slip of the pen.
void refuse_open(section& s, const domain::trunk_plan& t, problem_list& problems) {
  bool open = false;
  s.boolean("open", open);
  if (open) return;
  for (std::size_t i = 0; i < t.cidrs.size(); ++i) {
    if (!is_wide_network(t.cidrs[i])) continue;
    problems.add(place_of(s.table(), "cidrs", i),
                 "cidrs: " + quote(t.cidrs[i]) +
                     " lets everybody call as this trunk, without a password: expected the "
                     "carrier's own networks, or open = true if that is meant");
  }
}

} // namespace

domain::trunk_plan read_trunk(section& s, problem_list& problems) {
  domain::trunk_plan t;
  read_name(s, "name", "[[trunk]]", t.name);
  read_networks(s, "cidrs", t.cidrs, problems);
  refuse_open(s, t, problems);
  if (s.text("outbound", t.outbound) && !is_outbound(t.outbound)) {
    s.problem_at("outbound", "outbound: expected \"host:port\", perhaps with \";transport=tcp\" or \";transport=tls\", "
                             "found the text " +
                                 quote(t.outbound));
  }
  if (!s.has("cidrs") && !s.has("outbound")) {
    s.problem_at("cidrs", "[[trunk]] takes no calls and makes none: expected cidrs, outbound or both");
  }
  read_account(s, t);
  read_health_check(s, t);
  s.boolean("asserts_identity", t.asserts_identity);
  s.number("max_invites_per_second", t.max_invites_per_second, 0, 1e6);
  return t;
}

} // namespace lifeline::config
