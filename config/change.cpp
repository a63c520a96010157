#include "config/change.hpp"

#include "config/duration.hpp"
#include "config/size.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <type_traits>

namespace lifeline::config {

namespace {

std::string shown(bool x) { return x ? "true" : "false"; }
std::string shown(const std::string& x) { return x.empty() ? "none" : x; }
template <class Number>
requires std::is_integral_v<Number> &&(!std::is_same_v<Number, bool>)std::string shown(Number x) {
  return std::to_string(x);
}
template <class Rep, class Period> std::string shown(std::chrono::duration<Rep, Period> x) {
  return format_duration(std::chrono::duration_cast<domain::span>(x));
}
std::string shown(double x) {
  std::array<char, 40> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), x).ptr};
}
std::string shown(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items)
    text += (text.empty() ? "" : ", ") + item;
  return items.empty() ? "none" : text;
}
std::string shown(domain::role x) { return std::string{to_string(x)}; }
std::string shown(log_level x) {
  switch (x) {
  case log_level::trace: return "trace";
  case log_level::debug: return "debug";
  case log_level::info: return "info";
  case log_level::warn: return "warn";
  case log_level::error: break;
  }
  return "error";
}
std::string shown(log_format x) { return x == log_format::json ? "json" : "text"; }

/// Compares the keys of one section.
class section_changes {
public:
  section_changes(std::string title, config_changes& out) : title_(std::move(title)), out_(&out) {}
  /// A key that takes effect at once.
  template <class T> void live(const char* key, const T& before, const T& after) {
    if (before != after) out_->changes.push_back(line(key, shown(before), shown(after)));
  }
  /// A key that takes effect at the next start.
  template <class T> void fixed(const char* key, const T& before, const T& after) {
    if (before != after) out_->needs_restart.push_back(line(key, shown(before), shown(after)));
  }
  void live_size(const char* key, std::uint64_t before, std::uint64_t after) {
    if (before != after) out_->changes.push_back(line(key, format_size(before), format_size(after)));
  }

private:
  [[nodiscard]] std::string line(const char* key, const std::string& before, const std::string& after) const {
    return title_ + key + ": " + before + " -> " + after;
  }
  std::string title_;
  config_changes* out_;
};

void compare(const lifeline::sip::settings& a, const lifeline::sip::settings& b, config_changes& out) {
  section_changes s("[sip] ", out);
  s.fixed("bind", a.bind_address, b.bind_address);
  s.fixed("port", a.port, b.port);
  s.fixed("advertised", a.advertised, b.advertised);
  s.fixed("realm", a.realm, b.realm); // every phone's credentials hang on it
  s.live("nonce_lifetime", a.nonce_lifetime, b.nonce_lifetime);
  s.live("min_registration", a.min_registration, b.min_registration);
  s.live("max_registration", a.max_registration, b.max_registration);
  s.live("default_registration", a.default_registration, b.default_registration);
  s.live("max_contacts", a.max_contacts, b.max_contacts);
  s.live("session_expires", a.session_expires, b.session_expires);
  s.live("min_se", a.min_se, b.min_se);
  s.live("max_legs", a.max_legs, b.max_legs);
  s.live("keepalive", a.keepalive, b.keepalive);
  s.live("keepalive_failures", a.keepalive_failures, b.keepalive_failures);
  s.live("max_connections", a.max_connections, b.max_connections);
  s.live("idle_connection", a.idle_connection, b.idle_connection);
  s.live_size("max_message", a.max_message, b.max_message);
}

void compare(const lifeline::sip::tls_settings& a, const lifeline::sip::tls_settings& b, config_changes& out) {
  section_changes s("[sip.tls] ", out);
  s.fixed("enabled", a.enabled, b.enabled);
  s.fixed("port", a.port, b.port);
  s.live("certificate", a.certificate, b.certificate);
  s.live("key", a.key, b.key);
  s.live("authorities", a.authorities, b.authorities);
  s.fixed("verify_trunks", a.verify_trunks, b.verify_trunks);
  s.fixed("require_client", a.require_client, b.require_client);
}

void compare(const lifeline::sip::guard_settings& a, const lifeline::sip::guard_settings& b, config_changes& out) {
  section_changes s("[sip.guard] ", out);
  s.live("requests_per_second", a.requests_per_second, b.requests_per_second);
  s.live("burst", a.burst, b.burst);
  s.live("invites_per_second", a.invites_per_second, b.invites_per_second);
  s.live("invite_burst", a.invite_burst, b.invite_burst);
  s.live("trunk_refusals_per_second", a.trunk_refusals_per_second, b.trunk_refusals_per_second);
  s.live("max_offences", a.max_offences, b.max_offences);
  s.live("offence_window", a.offence_window, b.offence_window);
  s.live("ban_time", a.ban_time, b.ban_time);
  s.live("never_banned", a.never_banned, b.never_banned);
  s.live("max_tracked", a.max_tracked, b.max_tracked);
}

void compare(const lifeline::media::settings& a, const lifeline::media::settings& b, config_changes& out) {
  section_changes s("[media] ", out);
  s.fixed("bind", a.bind_address, b.bind_address);
  s.fixed("advertised", a.advertised, b.advertised);
  s.fixed("port_min", a.port_min, b.port_min);
  s.fixed("port_max", a.port_max, b.port_max);
  s.fixed("prompts", a.prompts, b.prompts);
  s.fixed("recordings", a.recordings, b.recordings);
  s.fixed("timeout", a.media_timeout, b.media_timeout);
  s.fixed("hold_timeout", a.hold_timeout, b.hold_timeout);
  s.fixed("jitter_min", a.jitter_min, b.jitter_min);
  s.fixed("jitter_max", a.jitter_max, b.jitter_max);
}

void compare(const lifeline::storage::settings& a, const lifeline::storage::settings& b, config_changes& out) {
  section_changes s("[storage] ", out);
  s.fixed("directory", a.directory, b.directory);
  s.fixed("lazy_sync", a.lazy_sync, b.lazy_sync);
  s.fixed("linger", a.linger, b.linger);
  s.fixed("max_queue", a.max_queue, b.max_queue);
}

void compare(const log_settings& a, const log_settings& b, config_changes& out) {
  section_changes s("[log] ", out);
  s.live("level", a.level, b.level);
  s.live("format", a.format, b.format);
  s.live("file", a.file, b.file);
  s.live_size("max_size", a.max_size, b.max_size);
  s.live("keep", a.keep, b.keep);
}

void compare(const public_settings& a, const public_settings& b, config_changes& out) {
  section_changes s("[public] ", out);
  if (a.enabled != b.enabled) {
    out.needs_restart.push_back(std::string{"[public] "} + (b.enabled ? "new" : "gone"));
    return;
  }
  s.fixed("bind", a.bind_address, b.bind_address);
  s.fixed("port", a.port, b.port);
  s.fixed("requests_per_minute", a.requests_per_minute, b.requests_per_minute);
  s.fixed("burst", a.burst, b.burst);
  s.fixed("alarms_per_hour_per_lift", a.alarms_per_hour_per_lift, b.alarms_per_hour_per_lift);
  s.fixed("proxies", a.proxies, b.proxies);
}

void compare(const lifeline::webhook::settings& a, const lifeline::webhook::settings& b, config_changes& out) {
  section_changes s("[webhook] ", out);
  s.fixed("timeout", a.timeout, b.timeout);
  s.fixed("authorities", a.authorities, b.authorities);
}

void compare(const std::vector<api_client>& a, const std::vector<api_client>& b, config_changes& out) {
  std::map<std::string, std::array<const api_client*, 2>> by_name;
  for (const auto& client : a)
    by_name[client.name][0] = &client;
  for (const auto& client : b)
    by_name[client.name][1] = &client;
  for (const auto& [name, pair] : by_name) {
    const auto [before, after] = pair;
    const auto title = "api_client " + name + ": ";
    if (before == nullptr || after == nullptr) {
      out.changes.push_back(title + (before == nullptr ? "new" : "gone"));
      continue;
    }
    section_changes s(title, out);
    s.live("role", before->role, after->role);
    s.live("agent", before->agent, after->agent);
  }
}

void compare_passwords(const std::string& what, const std::string& kind,
                       const std::map<std::string, std::string>& running,
                       const std::map<std::string, std::string>& wanted, config_changes& out) {
  for (const auto& [name, password] : wanted) {
    const auto it = running.find(name);
    if (it != running.end() && it->second != password)
      out.changes.push_back(std::string{kind}.append(name).append(what));
  }
}

/// Nobody else names the parties: what only one of them has is told here.
void compare_parties(const std::map<std::string, std::string>& running,
                     const std::map<std::string, std::string>& wanted, config_changes& out) {
  auto all = running;
  all.insert(wanted.begin(), wanted.end());
  for (const auto& [party, ignored] : all) {
    const auto before = running.find(party);
    const auto after = wanted.find(party);
    const auto title = "secret of rescue party " + party + ": ";
    if (before == running.end() || after == wanted.end()) {
      out.changes.push_back(title + (before == running.end() ? "new" : "gone"));
    } else if (before->second != after->second) {
      out.changes.push_back(title + "changed");
    }
  }
}

} // namespace

config_changes changes_of(const engine_config& running, const engine_config& wanted) {
  config_changes out;
  section_changes top("", out);
  top.fixed("data", running.data, wanted.data);
  compare(running.sip, wanted.sip, out);
  compare(running.sip.tls, wanted.sip.tls, out);
  compare(running.sip.guard, wanted.sip.guard, out);
  compare(running.media, wanted.media, out);
  compare(running.storage, wanted.storage, out);
  section_changes http("[http] ", out);
  http.fixed("bind", running.http.bind_address, wanted.http.bind_address);
  http.fixed("port", running.http.port, wanted.http.port);
  http.fixed("max_connections", running.http.max_connections, wanted.http.max_connections);
  http.fixed("max_per_address", running.http.max_per_address, wanted.http.max_per_address);
  // The link key and the routes of rescues are there from the start or not at all.
  section_changes("[rescue] ", out).fixed("enabled", running.plan.rescue.enabled, wanted.plan.rescue.enabled);
  compare(running.public_server, wanted.public_server, out);
  compare(running.webhook, wanted.webhook, out);
  compare(running.clients, wanted.clients, out);
  compare(running.log, wanted.log, out);
  section_changes("[watchdog] ", out).fixed("hang_limit", running.watchdog.hang_limit, wanted.watchdog.hang_limit);
  section_changes("[testing] ", out)
      .fixed("fault_injection", running.testing.fault_injection, wanted.testing.fault_injection);
  return out;
}

config_changes changes_of(const secrets& running, const secrets& wanted) {
  config_changes out;
  const std::string password = ": password changed";
  compare_passwords(password, "agent ", running.sip_passwords, wanted.sip_passwords, out);
  compare_passwords(password, "trunk ", running.trunk_passwords, wanted.trunk_passwords, out);
  const std::string token = ": token of the API changed";
  compare_passwords(token, "agent ", running.agent_tokens, wanted.agent_tokens, out);
  compare_passwords(token, "api_client ", running.client_tokens, wanted.client_tokens, out);
  compare_passwords(": secret changed", "vendor ", running.vendor_secrets, wanted.vendor_secrets, out);
  compare_parties(running.webhook_secrets, wanted.webhook_secrets, out);
  if (running.api_token != wanted.api_token) out.needs_restart.emplace_back("api_token of the secrets changed");
  // Empty: rescues were or will be switched off; the plan says so.
  if (!running.link_key.empty() && !wanted.link_key.empty() && running.link_key != wanted.link_key)
    out.needs_restart.emplace_back("link_key of the secrets changed");
  return out;
}

std::string for_the_log(const std::string& change) {
  constexpr std::array<std::string_view, 7> personal{"overflow_numbers",  "backup_numbers", "caller_number",
                                                     "username",          "name",           "report_numbers",
                                                     "lift_phone_numbers"};
  const auto colon = change.find(": ");
  if (colon == std::string::npos) return change;
  const auto end = change.find(' ', colon + 2);
  if (end == std::string::npos) return change;
  const auto key = std::string_view{change}.substr(colon + 2, end - colon - 2);
  if (std::find(personal.begin(), personal.end(), key) == personal.end()) return change;
  return change.substr(0, end) + " changed";
}

} // namespace lifeline::config
