#include "config/names.hpp"
#include "config/read_sections.hpp"

namespace lifeline::config {

namespace {

using namespace std::chrono_literals;

/// One section of the engine's own settings; its absence is an empty one.
template <class Read> void with_section(section& root, const std::string& name, problem_list& problems, Read read) {
  const auto* table = root.subtable(name);
  const node none;
  section s(table == nullptr ? none : *table, "[" + name + "]", problems);
  read(s);
  s.finish();
}

void read_bind(section& s, std::string& out) {
  if (s.text("bind", out) && !is_address(out)) {
    s.problem_at("bind",
                 "bind: expected an IP address of this machine, \"0.0.0.0\" or \"::\", found the text " + quote(out));
  }
}

void read_advertised(section& s, std::string& out) {
  if (s.text("advertised", out) && !is_host(out)) {
    s.problem_at("advertised", "advertised: expected an address or a host name, found the text " + quote(out));
  }
}

void read_sip(section& s, lifeline::sip::settings& out) {
  read_bind(s, out.bind_address);
  s.integer("port", out.port, 0, 65535);
  read_advertised(s, out.advertised);
  if (s.text("realm", out.realm) && !is_name(out.realm)) {
    s.problem_at("realm", "realm: expected letters, digits, '.', '_' or '-', found the text " + quote(out.realm));
  }
  s.duration("nonce_lifetime", out.nonce_lifetime, 1s, 24h);
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
  // RFC 4028 section 5: a Session-Expires below 90 s is not allowed; 0 switches session timers off.
  s.duration("min_se", out.min_se, 90s, 24h);
  if (s.duration("session_expires", out.session_expires, 0s, 24h) && out.session_expires != 0s &&
      out.session_expires < out.min_se) {
    s.problem_at("session_expires", "session_expires: expected \"0s\" (off) or at least min_se, found less");
  }
  s.integer("max_legs", out.max_legs, 2, 1'000'000);
}

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
  with_section(root, "sip", problems, [&](section& s) { read_sip(s, c.sip); });
  with_section(root, "media", problems, [&](section& s) { read_media(s, folder, c); });
  with_section(root, "storage", problems, [&](section& s) { read_storage(s, folder, c.storage); });
  with_section(root, "http", problems, [&](section& s) {
    read_bind(s, c.http.bind_address);
    s.integer("port", c.http.port, 0, 65535);
  });
  with_section(root, "log", problems, [&](section& s) { read_log(s, folder, c.log); });
  with_section(root, "limits", problems, [&](section& s) {
    auto& limits = c.plan.limits;
    s.duration("max_call", limits.max_call, 1min, 24h);
    s.duration("setup_timeout", limits.setup_timeout, 1s, 1min);
    s.integer("max_calls", limits.max_calls, 1, 1'000'000);
  });
  check_ports(c, root, problems);
}

} // namespace lifeline::config
