#include "apps/lifelined/startup.hpp"

#include "actors/core/event_log.hpp"
#include "actors/engine/engine.hpp"
#include "apps/lifelined/backup_files.hpp"
#include "apps/lifelined/doors.hpp"
#include "apps/lifelined/endpoints.hpp"
#include "apps/lifelined/logging.hpp"
#include "apps/lifelined/private_files.hpp"
#include "apps/lifelined/reread.hpp"
#include "apps/lifelined/restored_copy.hpp"
#include "apps/lifelined/salvage.hpp"
#include "apps/lifelined/service_notice.hpp"
#include "apps/lifelined/signals.hpp"
#include "build_info.hpp"
#include "config/change.hpp"
#include "config/secrets.hpp"
#include "domain/base/wall_time.hpp"
#include "metrics/metrics.hpp"
#include "storage/journal.hpp"

#include <atomic>
#include <filesystem>
#include <iostream>
#include <map>

#include <spdlog/spdlog.h>
#include <unistd.h>

namespace lifeline::app {

namespace {

tl::expected<config::secrets, std::string> secrets_of(const config::engine_config& config) {
  auto loaded = config::load_secrets(config.secrets_file, config::secrets_wanted(config));
  if (!loaded) return tl::unexpected(loaded.error());
  if (loaded->created) std::cout << "Secrets were generated: " << config.secrets_file << '\n';
  return std::move(loaded->secrets);
}

std::string shown(const std::string& address, std::uint16_t port) {
  return (address.find(':') != std::string::npos ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

/// What a phone is told: all addresses are none that it could register at.
std::string registrar_of(const std::string& sip) {
  for (const std::string any : {"0.0.0.0:", "[::]:"})
    if (sip.rfind(any, 0) == 0) return "this machine's address, port " + sip.substr(any.size());
  return sip;
}

void greet(const config::engine_config& config, const std::string& held, const std::string& sip,
           const std::string& http, const std::optional<endpoint>& open) {
  std::cout << "Lifeline " << build_version
            << (held.empty() ? " takes calls.\n" : " calls nobody outside: " + held + ".\n") << "  SIP       " << sip
            << " (UDP and TCP)\n"
            << "  HTTP      http://" << http << "  (/healthz, /readyz, /metrics, /api/v1)\n";
  if (open)
    std::cout << "  Public    http://" << shown(open->address, open->port)
              << "  (alarm pages, pushes, rescuers' links)\n";
  std::cout << "  Data      " << config.data << '\n' << "Connect a phone: account ";
  if (!config.plan.agents.empty()) std::cout << config.plan.agents.front().account;
  std::cout << ", registrar " << registrar_of(sip) << ", password in " << config.secrets_file << '\n'
            << "Operate: lifelinectl --url http://" << http << " --token-file " << config.secrets_file << " status\n"
            << std::flush;
}

int fail(const std::string& why) {
  std::cerr << "lifelined: " << why << '\n';
  return 1;
}

/// The metrics see the engine's gateways and the journal only while they live.
struct metric_view {
  std::atomic<actors::engine*> engine{nullptr};
  std::atomic<storage::journal*> journal{nullptr};

  /// What the engine says, or a default while there is none.
  template <class Ask> auto ask(Ask question) {
    auto* e = engine.load();
    return e != nullptr ? question(*e) : decltype(question(*e)){};
  }
  actors::metric_sources sources(const config::engine_config& config) {
    actors::metric_sources s;
    s.sip = [this] { return ask([](auto& e) { return e.sip_statistics(); }); };
    s.media = [this] { return ask([](auto& e) { return e.media_statistics(); }); };
    s.journal = [this] {
      auto* j = journal.load();
      return j != nullptr ? j->health() : storage::journal_health{};
    };
    s.mailboxes = [this] { return ask([](auto& e) { return e.mailboxes(); }); };
    s.trunks = [this] { return ask([](auto& e) { return e.trunks().value_or(std::vector<sip::trunk_state>{}); }); };
    s.shedding = [this] { return ask([](auto& e) { return static_cast<int>(e.shedding()); }); };
    s.actor_lag = [this] { return ask([](auto& e) { return e.actor_lag(); }); };
    s.ready = [this] { return ask([](auto& e) { return e.ready(); }); };
    s.outbound_held = [this] { return ask([](auto& e) { return e.outbound_held(); }); };
    s.lines = [this] { return ask([](auto& e) { return e.lines_in_use(); }); };
    s.cut_calls = [this] { return ask([](auto& e) { return e.cut_calls_open(); }); };
    s.rescue = [this] { return ask([](auto& e) { return e.rescue_figures(); }); };
    s.folders = {{"journal", config.storage.directory}, {"recordings", config.media.recordings}};
    return s;
  }
};

/// Journal, configuration, secrets and prompts, as one.
std::function<tl::expected<actors::backup_report, std::string>(const std::string&)>
backup_of(storage::journal& journal, const config_source& source, const config::engine_config& config) {
  return [&journal, file = source.file,
          &config](const std::string& folder) -> tl::expected<actors::backup_report, std::string> {
    storage::backup_order order;
    order.folder = folder;
    order.extra = files_of_backup(config, file);
    const auto done = journal.back_up(order);
    if (!done) return tl::unexpected(done.error().message);
    return actors::backup_report{done->folder, done->last_sequence, done->bytes};
  };
}

/// Why nobody outside may be called yet; empty: everybody may.
std::string hold_of(const config::engine_config& config, const start_options& how) {
  if (how.look) return "started with --look";
  return restored_copy(config.data);
}

/// A copy must work on its own journal: a configuration that names another place means the original's.
std::string wrong_place(const config::engine_config& config) {
  if (restored_copy(config.data).empty()) return {};
  const auto own = (std::filesystem::path{config.data} / "journal").string();
  if (config.storage.directory == own) return {};
  return "this is a restored copy with its journal in " + own + ", but [storage] directory is " +
         config.storage.directory + ": take that line out of the configuration";
}

/// An engine that is only looked at meets nobody: it may run beside the one on duty.
config::engine_config for_looking(config::engine_config config) {
  config.sip.bind_address = "127.0.0.1";
  config.sip.advertised.clear();
  config.sip.port = 0;
  config.sip.tls.enabled = false;
  config.sip.trunks.clear();
  config.http.bind_address = "127.0.0.1";
  config.http.port = 0;
  config.public_server.enabled = false;
  return config;
}

actors::engine_parts parts_of(const config::engine_config& config, const config::secrets& secrets,
                              storage::journal* journal) {
  actors::engine_parts parts;
  parts.plan = config.plan;
  parts.journal = journal;
  parts.sip = sip_settings(config, secrets);
  parts.media = config.media;
  parts.version = build_version;
  parts.revision = build_revision;
  parts.fault_injection = config.testing.fault_injection;
  parts.hang_limit = config.watchdog.hang_limit;
  return parts;
}

/// Says what a SIGHUP has done; whoever sent it cannot be answered.
void report_reload(spdlog::logger& log, const domain::result<actors::reload_report>& result) {
  if (!result) return log.error("reload refused, nothing has changed: {}", result.error().message);
  for (const auto& line : result->needs_restart)
    log.error("reload refused, nothing has changed; this needs a restart: {}", config::for_the_log(line));
  if (!result->applied) return;
  for (const auto& line : result->changes)
    log.warn("reloaded: {}", config::for_the_log(line));
  if (result->changes.empty()) log.info("reloaded: the file says what is in force");
}

} // namespace

int run_engine(const config::engine_config& wanted_config, const config_source& source, const start_options& how) {
  keep_files_private();
  signal_watch signals;
  const auto config = how.look ? for_looking(wanted_config) : wanted_config;
  if (const auto why = wrong_place(config); !why.empty()) return fail(why);
  std::error_code failure;
  std::filesystem::create_directories(config.data, failure);
  if (failure) return fail("cannot make the folder " + config.data + ": " + failure.message());
  log_output output{config.log};
  for (const auto& w : config.warnings)
    output.logger()->warn("configuration: {}", config::to_string(w));
  for (const auto& said :
       close_to_others({config.data, config.storage.directory, config.media.recordings, config.log.file}))
    output.logger()->warn("{}", said);
  auto secrets = secrets_of(config);
  if (!secrets) return fail(secrets.error());

  metric_view view;
  actors::metrics metrics{config.plan, view.sources(config)};
  actors::event_log lines{output.logger()};
  auto storage = config.storage;
  storage.on_batch = [&](auto took, auto changes, bool synced) { metrics.observe_batch(took, changes, synced); };
  if (how.salvage)
    if (auto mended = salvage(config); !mended) return fail(mended.error());
  if (how.resume_outbound)
    if (auto kept = confirm_copy(config.data); !kept) return fail(kept.error());
  auto journal = storage::open_rocksdb_journal(storage);
  if (!journal) return fail(journal.error().message);
  view.journal = journal->get();
  (*journal)->add_observer(&metrics);
  (*journal)->add_observer(&lines);

  access in_force{config, *secrets};
  rereader reread{source, config, *secrets,
                  [&](const config::engine_config& wanted, const config::secrets& found) {
                    metrics.set_plan(wanted.plan);
                    in_force.replace(wanted, found);
                    if (!output.apply(wanted.log)) output.logger()->error("the log file cannot be opened");
                  },
                  [&](const std::string& fault) { output.logger()->error("reload: {}", fault); }};
  helpers assistance{config, [&](const std::string& what) { output.logger()->error("{}", what); }};
  auto parts = parts_of(config, *secrets, journal->get());
  assistance.lend(parts, *secrets, in_force);
  parts.reread = [&] { return reread.read(); };
  parts.backup = backup_of(**journal, source, config);
  parts.outbound_held = hold_of(config, how);
  parts.look_only = how.look;
  parts.confirm_outbound = [&config] { return confirm_copy(config.data); };
  parts.on_hung = [&](const std::string& part) {
    output.logger()->critical("the thread of the {} hangs: the process ends, to be started again", part);
    output.logger()->flush();
    ::_exit(exit_hung); // nothing can be ended in order any more
  };
  auto engine = actors::start_engine(std::move(parts));
  if (!engine) return fail(engine.error());
  view.engine = engine->get();
  if (const auto hotlines = (*engine)->hotlines())
    for (const auto& h : *hotlines)
      metrics.set_rerouted(h.name, h.rerouted);
  const auto now = [] { return domain::now_from_world(); };
  doors::count_hooks counts;
  counts.render_metrics = [&] { return metrics.render(now()); };
  counts.count_http = [&](int status) { metrics.count_http(status); };
  counts.count_public = [&](int status) { metrics.count_public(status); };
  counts.count_public_refusal = [&](std::string_view why) { metrics.count_public_refusal(why); };
  auto open = doors::open(config, *secrets, in_force, **engine, counts);
  if (!open) return fail(open.error());
  service_notice service;
  signals.start([&] { (*engine)->request_stop(); },
                [&] {
                  service.reloading();
                  output.reopen();
                  report_reload(*output.logger(), (*engine)->reload(false));
                  service.reloaded();
                });
  const auto http = (*open)->inner();
  if (auto written =
          write_endpoints(config.data, {config.sip.bind_address, (*engine)->sip_port()}, http, (*open)->outer());
      !written)
    return fail(written.error());
  greet(config, hold_of(config, how), shown(config.sip.bind_address, (*engine)->sip_port()),
        shown(http.address, http.port), (*open)->outer());
  service.ready([&] { return (*engine)->alive() && (*engine)->beats(); });

  const bool in_order = (*engine)->wait();
  service.stopping();
  signals.end();
  remove_endpoints(config.data);
  (*open)->close();
  (*engine)->shut_down();
  assistance.stop();
  view.engine = nullptr;
  engine->reset();
  view.journal = nullptr;
  (*journal)->remove_observer(&lines);
  (*journal)->remove_observer(&metrics);
  std::cout << (in_order ? "Lifeline stopped." : "Lifeline failed: its root supervisor gave up.") << std::endl;
  return in_order ? 0 : 1;
}

} // namespace lifeline::app
