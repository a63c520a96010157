#pragma once
// Everything that the configuration file says, with defaults for what it does not say. Plain values;
// docs/configuration.md describes every key. Holds no secret: those live in their own file (config/secrets.hpp).

#include "config/problem.hpp"
#include "config/secrets.hpp"
#include "domain/plan/plan.hpp"
#include "domain/rescue/order_state.hpp"
#include "media/gateway.hpp"
#include "sip/gateway.hpp"
#include "storage/types.hpp"
#include "webhook/gateway.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::config {

struct http_settings {
  std::string bind_address = "127.0.0.1"; ///< the API carries personal data: only this machine, unless told otherwise
  std::uint16_t port = 8080;              ///< 0 = chosen by the system
  std::size_t max_connections = 256;
  std::size_t max_per_address = 64; ///< of them; a reverse proxy is one address
};

/// What the public reaches: passengers' pages behind QR codes, IoT platforms, rescuers' signed links. A server of its
/// own, so that the API can stay inside.
struct public_settings {
  bool enabled = false; ///< the file says `port`
  std::string bind_address = "127.0.0.1";
  std::uint16_t port = 0;               ///< 0 = chosen by the system
  double requests_per_minute = 30;      ///< of one source address
  double burst = 10;                    ///< so many at once
  double alarms_per_hour_per_lift = 12; ///< by mobile pages
  /// Whose word about the source address is taken.
  std::vector<std::string> proxies = {"127.0.0.1", "::1"};
};

/// A program that may ask the API besides the agents; its token is among the secrets, by name.
struct api_client {
  std::string name;
  domain::role role = domain::role::integration;
  std::string agent; ///< the account that it works for, or empty
  bool operator==(const api_client&) const = default;
};

enum class log_level : std::uint8_t { trace, debug, info, warn, error };
enum class log_format : std::uint8_t { text, json };

struct log_settings {
  log_level level = log_level::info;
  log_format format = log_format::text;
  std::string file;                     ///< absolute; empty = standard error
  std::uint64_t max_size = 50ULL << 20; ///< bytes, then the file becomes <file>.1; 0 = never (logrotate does it)
  std::size_t keep = 5;                 ///< older files: <file>.1 (the newest) to <file>.<keep>
  bool operator==(const log_settings&) const = default;
};

/// Watches the gateways' threads.
struct watchdog_settings {
  std::chrono::milliseconds hang_limit{10000}; ///< a thread that has not beaten for so long is hung
};

/// For drills; off in production.
struct testing_settings {
  bool fault_injection = false; ///< the API may crash and hang parts of the engine
};

/// How agents sign in, unless their own section says otherwise; already applied to agent_plan::ready_on_register.
enum class sign_in : std::uint8_t {
  on_register, ///< registering the phone signs the agent in and makes it ready
  by_command,  ///< the desk or an operator does it through the API
};

struct engine_config {
  domain::plan plan;
  lifeline::sip::settings sip; ///< without credentials; trunks are those of `plan`
  lifeline::media::settings media;
  lifeline::storage::settings storage;
  http_settings http;
  lifeline::config::public_settings public_server;
  lifeline::webhook::settings webhook;
  std::vector<api_client> clients;
  log_settings log;
  watchdog_settings watchdog;
  testing_settings testing;
  lifeline::config::sign_in sign_in = sign_in::on_register;
  std::string data;              ///< absolute folder of everything that the engine writes
  std::string secrets_file;      ///< <data>/secrets.toml
  std::vector<problem> warnings; ///< what works and is most likely not meant
};

/// What an agent's own token may do: an administrator's is a supervisor's.
domain::role role_of(const domain::agent_plan& agent);
/// Everybody whom the configuration names.
wanted_secrets secrets_wanted(const engine_config& c);
/// The trunks that ask for a password: those with a user name.
std::vector<std::string> trunks_with_password(const domain::plan& plan);
/// The called numbers of the emergency hotlines, and those that rescuers report to.
std::vector<std::string> emergency_numbers(const domain::plan& plan);

} // namespace lifeline::config
