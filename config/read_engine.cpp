#include "config/read_sections.hpp"
#include "config/read_values.hpp"

namespace lifeline::config {

namespace {

using namespace std::chrono_literals;

void read_media(section& s, const std::filesystem::path& folder, engine_config& c) {
  auto& out = c.media;
  read_bind(s, out.bind_address);
  read_advertised(s, out.advertised);
  s.integer("port_min", out.port_min, 1024, 65534);
  s.integer("port_max", out.port_max, 1025, 65535);
  if (out.port_max <= out.port_min) {
    s.problem_at(s.has("port_max") ? "port_max" : "port_min",
                 "port_max: expected a port above port_min, for at least one pair; found the range " +
                     std::to_string(out.port_min) + " to " + std::to_string(out.port_max));
  }
  std::string path;
  if (s.text("prompts", path)) out.prompts = resolve(folder, path);
  if (s.text("recordings", path)) out.recordings = resolve(folder, path);
  if (s.duration("timeout", out.media_timeout, 1s, 1h)) c.plan.limits.media_timeout = out.media_timeout;
  s.duration("hold_timeout", out.hold_timeout, 0s, 24h);
  if (out.hold_timeout != 0s && out.hold_timeout < out.media_timeout)
    s.problem_at("hold_timeout",
                 "hold_timeout: expected \"0s\" (no limit while a call is held) or at least timeout, found less");
  s.duration("jitter_min", out.jitter_min, 0ms, 1s);
  s.duration("jitter_max", out.jitter_max, 20ms, 5s);
  if (out.jitter_max < out.jitter_min) {
    s.problem_at(s.has("jitter_max") ? "jitter_max" : "jitter_min", "jitter_max: expected at least jitter_min");
  }
}

void read_storage(section& s, const std::filesystem::path& folder, lifeline::storage::settings& out) {
  std::string path;
  if (s.text("directory", path)) out.directory = resolve(folder, path);
  // Above 50 ms more than the promised loss would be possible.
  s.duration("lazy_sync", out.lazy_sync, 1ms, 50ms);
  s.duration("linger", out.linger, 0ms, 50ms);
  s.integer("max_queue", out.max_queue, 1000, 100'000'000);
}

void read_log(section& s, const std::filesystem::path& folder, log_settings& out) {
  s.choice<log_level>("level", out.level,
                      {{"trace", log_level::trace},
                       {"debug", log_level::debug},
                       {"info", log_level::info},
                       {"warn", log_level::warn},
                       {"error", log_level::error}});
  s.choice<log_format>("format", out.format, {{"text", log_format::text}, {"json", log_format::json}});
  std::string path;
  if (s.text("file", path) && !path.empty()) out.file = resolve(folder, path);
  s.size("max_size", out.max_size, 0, 1ULL << 40U);
  s.integer("keep", out.keep, 0, 1000);
  if (out.max_size != 0 && out.max_size < 4096) {
    s.problem_at("max_size", "max_size: expected \"0\" (never a new file) or at least \"4KiB\", found less");
  }
}

void read_numbers(section& s, domain::numbering& numbers) {
  std::string area;
  if (!s.text("area_code", area)) return;
  const bool digits = area.find_first_not_of("0123456789") == std::string::npos;
  if (!area.empty() && (!digits || area.front() != '0' || area.size() < 3 || area.size() > 4))
    return s.problem_at("area_code",
                        "area_code: expected an area code with its 0 like \"0517\", or \"\", found " + quote(area));
  numbers.area = area;
}

void read_limits(section& s, domain::call_limits& limits) {
  s.duration("max_call", limits.max_call, 1min, 24h);
  s.duration("setup_timeout", limits.setup_timeout, 1s, 1min);
  s.integer("max_calls", limits.max_calls, 1, 1'000'000);
  s.number("emergency_share", limits.emergency_share, 0, 0.9);
  s.integer("max_mailbox", limits.max_mailbox, 10, 10'000'000);
  s.duration("max_lag", limits.max_lag, 10ms, 10s);
}

void check_ports(const engine_config& c, const section& root, problem_list& problems) {
  const auto place = [&](const char* table, const char* key) {
    const auto* found = root.table().find(table);
    return found == nullptr ? position{1, 1} : place_of(*found, key);
  };
  const auto& m = c.media;
  if (c.sip.port != 0 && c.sip.port == c.http.port) {
    problems.add(place("http", "port"), "port: " + std::to_string(c.http.port) + " is taken by [sip] over TCP");
  }
  const auto tls_place = [&] {
    const auto* sip = root.table().find("sip");
    const auto* tls = sip == nullptr ? nullptr : sip->find("tls");
    return tls == nullptr ? position{1, 1} : place_of(*tls, "port");
  };
  const auto tls = c.sip.tls.enabled ? c.sip.tls.port : std::uint16_t{0};
  if (tls != 0 && (tls == c.sip.port || tls == c.http.port)) {
    problems.add(tls_place(), "port: " + std::to_string(tls) + " is taken by " +
                                  (tls == c.sip.port ? "[sip]" : "[http]") + " over TCP");
  }
  if (c.sip.port >= m.port_min && c.sip.port <= m.port_max) {
    problems.add(place("sip", "port"), "port: " + std::to_string(c.sip.port) + " lies in the range of [media], " +
                                           std::to_string(m.port_min) + " to " + std::to_string(m.port_max));
  }
}

} // namespace

std::string resolve(const std::filesystem::path& folder, const std::string& path) {
  return (folder / path).lexically_normal().string();
}

void read_engine(section& root, const std::filesystem::path& folder, engine_config& c, problem_list& problems) {
  const std::filesystem::path data = c.data;
  c.media.prompts = (data / "prompts").string();
  c.media.recordings = (data / "recordings").string();
  c.storage.directory = (data / "journal").string();
  c.secrets_file = (data / "secrets.toml").string();
  const auto with = [&](const std::string& name, auto read) { with_section(root, name, name, problems, read); };
  with("sip", [&](section& s) { read_sip(s, folder, c.sip, problems); });
  with("media", [&](section& s) { read_media(s, folder, c); });
  with("storage", [&](section& s) { read_storage(s, folder, c.storage); });
  with("http", [&](section& s) {
    read_bind(s, c.http.bind_address);
    s.integer("port", c.http.port, 0, 65535);
    s.integer("max_connections", c.http.max_connections, 8, 10'000);
    s.integer("max_per_address", c.http.max_per_address, 1, 10'000);
  });
  with("log", [&](section& s) { read_log(s, folder, c.log); });
  with("limits", [&](section& s) { read_limits(s, c.plan.limits); });
  with("numbers", [&](section& s) { read_numbers(s, c.plan.numbers); });
  with("feature_codes", [&](section& s) { read_feature_codes(s, problems, c.plan.codes); });
  with("watchdog", [&](section& s) { s.duration("hang_limit", c.watchdog.hang_limit, 1s, 10min); });
  with("testing", [&](section& s) { s.boolean("fault_injection", c.testing.fault_injection); });
  check_ports(c, root, problems);
}

} // namespace lifeline::config
