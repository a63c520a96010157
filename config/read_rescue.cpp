#include "config/names.hpp"
#include "config/read_sections.hpp"
#include "config/read_values.hpp"
#include "domain/base/local_time.hpp"

#include <algorithm>

namespace lifeline::config {

namespace {

using namespace std::chrono_literals;

const node* table_in(const section& s, const char* key) {
  const auto* found = s.table().find(key);
  return found != nullptr && found->kind == node_kind::table ? found : nullptr;
}

void read_limits(section& s, domain::rescue_limits& out) {
  s.duration("l1_answer", out.level1.answer, 1s, 24h);
  s.duration("l1_arrival", out.level1.arrival, 1s, 24h);
  s.duration("l2_answer", out.level2.answer, 1s, 24h);
  s.duration("l2_arrival", out.level2.arrival, 1s, 24h);
}

/// Order numbers: JY20261124-0001.
bool is_prefix(std::string_view text) {
  return !text.empty() && text.size() <= 8 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

void read_numbering(section& s, domain::rescue_plan& r) {
  if (s.text("number_prefix", r.number_prefix) && !is_prefix(r.number_prefix)) {
    s.problem_at("number_prefix",
                 "number_prefix: expected 1 to 8 letters and digits, found the text " + quote(r.number_prefix));
  }
  std::string offset;
  if (!s.text("utc_offset", offset)) return;
  if (const auto parsed = domain::parse_utc_offset(offset)) {
    r.utc_offset = *parsed;
  } else {
    s.problem_at("utc_offset", "utc_offset: expected an offset like \"+08:00\", found the text " + quote(offset));
  }
}

void read_timers(section& s, domain::rescue_plan& r) {
  s.integer("lines", r.lines, 1, 10'000);
  s.duration("line_patience", r.line_patience, 1s, 10min);
  s.duration("ring_timeout", r.ring_timeout, 1s, 5min);
  s.duration("answer_patience", r.answer_patience, 1s, 10min);
  s.integer("dial_rounds", r.dial_rounds, 1, 100);
  s.duration("dial_pause", r.dial_pause, 0s, 1h);
  s.duration("urge_every", r.urge_every, 0s, 24h);
  s.duration("alert_agents", r.alert_agents, 1s, 1h);
  s.duration("alert_supervisor", r.alert_supervisor, 1s, 1h);
  if (r.alert_supervisor < r.alert_agents) {
    s.problem_at(s.has("alert_supervisor") ? "alert_supervisor" : "alert_agents",
                 "alert_supervisor: expected at least alert_agents, found less");
  }
  const bool later = s.duration("alert_backup", r.alert_backup, 1s, 1h);
  if (!later) r.alert_backup = std::max(r.alert_backup, r.alert_supervisor);
  if (r.alert_backup < r.alert_supervisor)
    s.problem_at("alert_backup", "alert_backup: expected at least alert_supervisor, found less");
  s.duration("confirm_within", r.confirm_within, 1s, 24h);
  s.duration("review_every", r.review_every, 1s, 24h);
  s.duration("silent_after", r.silent_after, 1min, 720h);
  s.integer("mass_count", r.mass_count, 2, 1000);
  s.duration("mass_window", r.mass_window, 1s, 24h);
  s.duration("lift_phone_patience", r.lift_phone_patience, 1s, 1min);
}

/// Limits of its own where they are given, else those of [rescue], which were read before.
void read_district(section& s, domain::rescue_plan& r, std::map<std::string, position>& seen, problem_list& problems) {
  std::string code;
  if (!s.has("code")) s.problem_at("code", "code: missing in [[rescue.district]], expected a text like \"320812\"");
  if (s.text("code", code) && !is_district(code)) {
    s.problem_at("code", "code: expected the 6 digits of a district, found the text " + quote(code));
    code.clear();
  }
  auto limits = r.limits;
  read_limits(s, limits);
  const auto keys = {"l1_answer", "l1_arrival", "l2_answer", "l2_arrival"};
  if (std::none_of(keys.begin(), keys.end(), [&](const char* key) { return s.has(key); })) {
    s.problem_at("code",
                 "[[rescue.district]] changes nothing: expected l1_answer, l1_arrival, l2_answer or l2_arrival");
  }
  s.finish();
  if (code.empty()) return;
  const auto at = place_of(s.table(), "code");
  const auto [before, fresh] = seen.emplace(code, at);
  if (!fresh) {
    problems.add(at,
                 "district " + quote(code) + " is given twice, first in line " + std::to_string(before->second.line));
  }
  r.districts[code] = limits;
}

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (auto k = domain::report_kind::entrapment; k <= domain::report_kind::device_failure;
       k = static_cast<domain::report_kind>(static_cast<int>(k) + 1))
    names.emplace_back(to_string(k));
  return names;
}

/// `{ "101" = "entrapment" }`: the vendor's code → what it means.
void read_kinds(section& s, std::map<std::string, domain::report_kind>& out, problem_list& problems) {
  const auto* table = s.subtable("kinds", "rescue.vendor.kinds");
  if (table == nullptr) return;
  for (const auto& e : table->entries) {
    const bool code = !e.key.empty() && e.key.size() <= 64 && std::all_of(e.key.begin(), e.key.end(), [](char c) {
      return static_cast<unsigned char>(c) > 0x20;
    });
    if (!code) problems.add(e.at, "kinds: expected a code of 1 to 64 bytes without blanks, found " + quote(e.key));
    const auto kind = e.value.kind == node_kind::text ? domain::parse_report_kind(e.value.text)
                                                      : std::optional<domain::report_kind>{};
    if (!kind) {
      const auto hint = e.value.kind == node_kind::text ? suggestion(e.value.text, kind_names()) : std::string{};
      problems.add(e.value.at, "kinds." + quote(e.key) + ": expected " + one_of(kind_names()) + ", found " +
                                   describe(e.value) + hint);
    }
    if (code && kind) out[e.key] = *kind;
  }
}

domain::vendor_plan read_vendor(section& s, problem_list& problems) {
  domain::vendor_plan v;
  read_name(s, "name", "[[rescue.vendor]]", v.name);
  s.choice<std::string>(
      "key_field", v.key_field,
      {{"rescue_code", "rescue_code"}, {"registration_code", "registration_code"}, {"device_id", "device_id"}});
  s.duration("max_skew", v.max_skew, 1s, 1h);
  s.integer("unclear_per_minute", v.unclear_per_minute, 1, 10000);
  read_kinds(s, v.kinds, problems);
  s.finish();
  return v;
}

void read_rescue_section(section& s, domain::rescue_plan& r, plan_source& source, problem_list& problems) {
  s.boolean("enabled", r.enabled);
  s.text("hotline", r.hotline);
  read_numbering(s, r);
  read_limits(s, r.limits);
  read_timers(s, r);
  read_numbers(s, "supervisor_numbers", r.supervisor_numbers, problems);
  read_numbers(s, "report_numbers", r.report_numbers, problems);
  read_numbers(s, "lift_phone_numbers", r.lift_phone_numbers, problems);
  std::map<std::string, position> seen;
  for (const auto* table : s.tables("district", "rescue.district")) {
    section district(*table, "[[rescue.district]]", problems);
    read_district(district, r, seen, problems);
  }
  source.vendors = s.tables("vendor", "rescue.vendor");
  for (const auto* table : source.vendors) {
    section vendor(*table, "[[rescue.vendor]]", problems);
    r.vendors.push_back(read_vendor(vendor, problems));
  }
}

void read_proxies(section& s, std::vector<std::string>& out, problem_list& problems) {
  const bool right = s.texts("proxies", out);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].empty()) continue;
    if (const auto address = canonical_address(out[i]))
      out[i] = *address; // they are compared as texts
    else if (right)
      problems.add(place_of(s.table(), "proxies", i),
                   "proxies: expected an IP address, found the text " + quote(out[i]));
  }
}

void read_public(section& s, engine_config& c, problem_list& problems) {
  auto& p = c.public_server;
  read_bind(s, p.bind_address);
  p.enabled = s.integer("port", p.port, 0, 65535);
  auto& url = c.plan.rescue.public_url;
  if (s.text("url", url) && !is_base_url(url)) {
    s.problem_at("url", "url: expected what links begin with, like \"https://lift.example.cn\", without a '/' at its "
                        "end, found the text " +
                            quote(url));
    url.clear();
  }
  s.number("requests_per_minute", p.requests_per_minute, 0.1, 1e6);
  s.number("burst", p.burst, 1, 1e6);
  s.number("alarms_per_hour_per_lift", p.alarms_per_hour_per_lift, 0.1, 1e6);
  read_proxies(s, p.proxies, problems);
}

api_client read_client(section& s) {
  api_client a;
  read_name(s, "name", "[[api_client]]", a.name);
  if (!s.has("role")) s.problem_at("role", "role: missing in [[api_client]], expected a text like \"integration\"");
  using domain::role;
  s.choice<role>("role", a.role,
                 {{"agent", role::agent},
                  {"supervisor", role::supervisor},
                  {"quality", role::quality},
                  {"admin", role::admin},
                  {"integration", role::integration}});
  s.text("agent", a.agent);
  s.finish();
  return a;
}

} // namespace

void read_rescue(section& root, const std::filesystem::path& folder, engine_config& c, plan_source& source,
                 problem_list& problems) {
  source.rescue = table_in(root, "rescue");
  source.public_part = table_in(root, "public");
  with_section(root, "rescue", "rescue", problems,
               [&](section& s) { read_rescue_section(s, c.plan.rescue, source, problems); });
  with_section(root, "public", "public", problems, [&](section& s) {
    read_public(s, c, problems);
    if (source.public_part != nullptr && !s.has("port"))
      s.problem_at("port", "port: missing in [public], expected a whole number from 0 to 65535");
  });
  with_section(root, "webhook", "webhook", problems, [&](section& s) {
    s.duration("timeout", c.webhook.timeout, 100ms, 1min);
    read_pem(s, "authorities", "CERTIFICATE", "[webhook]", folder, true, "", c.webhook.authorities);
  });
  source.clients = root.tables("api_client");
  for (const auto* table : source.clients) {
    section s(*table, "[[api_client]]", problems);
    c.clients.push_back(read_client(s));
  }
}

} // namespace lifeline::config
