#include "config/names.hpp"
#include "config/read_sections.hpp"
#include "config/read_values.hpp"

namespace lifeline::config {

namespace {

using namespace std::chrono_literals;

void read_registration(section& s, lifeline::sip::settings& out) {
  s.duration("min_registration", out.min_registration, 1s, 24h);
  s.duration("max_registration", out.max_registration, 1s, 24h);
  s.duration("default_registration", out.default_registration, 1s, 24h);
  if (out.min_registration > out.max_registration) {
    s.problem_at("max_registration", "max_registration: expected at least min_registration, found less");
  } else if (out.default_registration < out.min_registration || out.default_registration > out.max_registration) {
    s.problem_at("default_registration",
                 "default_registration: expected a duration between min_registration and max_registration");
  }
  s.integer("max_contacts", out.max_contacts, 1, 100);
}

void read_tls(section& s, const std::filesystem::path& folder, lifeline::sip::tls_settings& out) {
  s.boolean("enabled", out.enabled);
  s.integer("port", out.port, 0, 65535);
  s.boolean("verify_trunks", out.verify_trunks);
  s.boolean("require_client", out.require_client);
  const std::string by_enabled = "expected the path of a PEM file because enabled is true";
  read_pem(s, "certificate", "CERTIFICATE", "[sip.tls]", folder, out.enabled, by_enabled, out.certificate);
  read_pem(s, "key", "PRIVATE KEY", "[sip.tls]", folder, out.enabled, by_enabled, out.key);
  // With the system's authorities any certificate of the public web would be let in.
  read_pem(s, "authorities", "CERTIFICATE", "[sip.tls]", folder, out.enabled,
           out.require_client ? "expected the path of a PEM file because require_client is true" : "", out.authorities);
}

void read_guard(section& s, problem_list& problems, lifeline::sip::guard_settings& out) {
  s.number("requests_per_second", out.requests_per_second, 0.1, 1e6);
  s.number("burst", out.burst, 1, 1e6);
  s.number("invites_per_second", out.invites_per_second, 0.1, 1e6);
  s.number("invite_burst", out.invite_burst, 1, 1e6);
  s.number("trunk_refusals_per_second", out.trunk_refusals_per_second, 1, 1e6);
  s.integer("max_offences", out.max_offences, 1, 1'000'000);
  s.duration("offence_window", out.offence_window, 1s, 24h);
  s.duration("ban_time", out.ban_time, 1s, 24h * 30);
  read_networks(s, "never_banned", out.never_banned, problems);
  s.integer("max_tracked", out.max_tracked, 100, 10'000'000);
}

/// The dialogs and connections that are kept alive or given up.
void read_connections(section& s, lifeline::sip::settings& out) {
  s.duration("keepalive", out.keepalive, 0s, 1h);
  s.integer("keepalive_failures", out.keepalive_failures, 1, 100);
  s.integer("max_connections", out.max_connections, 1, 1'000'000);
  s.duration("idle_connection", out.idle_connection, 1s, 24h);
  std::uint64_t largest = out.max_message;
  // Below 4 KiB ordinary requests with a few headers would be refused.
  if (s.size("max_message", largest, 4ULL << 10U, 1ULL << 20U)) out.max_message = largest;
}

} // namespace

void read_sip(section& s, const std::filesystem::path& folder, lifeline::sip::settings& out, problem_list& problems) {
  if (s.text("bind", out.bind_address) && out.bind_address != "*" && !is_address(out.bind_address)) {
    s.problem_at("bind", "bind: expected an IP address of this machine, \"0.0.0.0\", \"::\" or \"*\", found the text " +
                             quote(out.bind_address));
  }
  s.integer("port", out.port, 0, 65535);
  read_advertised(s, out.advertised);
  if (s.text("realm", out.realm) && !is_name(out.realm)) {
    s.problem_at("realm", "realm: expected letters, digits, '.', '_' or '-', found the text " + quote(out.realm));
  }
  s.duration("nonce_lifetime", out.nonce_lifetime, 1s, 24h);
  read_registration(s, out);
  // RFC 4028 section 5: a Session-Expires below 90 s is not allowed; 0 switches session timers off.
  s.duration("min_se", out.min_se, 90s, 24h);
  if (s.duration("session_expires", out.session_expires, 0s, 24h) && out.session_expires != 0s &&
      out.session_expires < out.min_se) {
    s.problem_at("session_expires", "session_expires: expected \"0s\" (off) or at least min_se, found less");
  }
  s.integer("max_legs", out.max_legs, 2, 1'000'000);
  read_connections(s, out);
  with_section(s, "tls", "sip.tls", problems, [&](section& tls) { read_tls(tls, folder, out.tls); });
  with_section(s, "guard", "sip.guard", problems, [&](section& guard) { read_guard(guard, problems, out.guard); });
}

} // namespace lifeline::config
