#include "apps/lifelined/startup.hpp"

#include "actors/engine.hpp"
#include "actors/event_log.hpp"
#include "actors/metrics.hpp"
#include "apps/lifelined/endpoints.hpp"
#include "apps/lifelined/logging.hpp"
#include "build_info.hpp"
#include "config/secrets.hpp"
#include "cti/server.hpp"
#include "storage/journal.hpp"

#include <atomic>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <map>
#include <thread>

namespace lifeline::app {

namespace {

/// SIGTERM and SIGINT become an orderly stop: a thread of its own waits for them, no handler runs.
class signal_watch {
public:
  signal_watch() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr); // before any other thread starts, so that all inherit it
    std::signal(SIGPIPE, SIG_IGN);
  }
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;
  ~signal_watch() {
    if (!thread_.joinable()) return;
    cancelled_ = true; // the engine may be gone already
    pthread_kill(thread_.native_handle(), SIGTERM);
    thread_.join();
  }
  void start(actors::engine& engine) {
    thread_ = std::thread([this, &engine] {
      int signal = 0;
      sigwait(&set_, &signal);
      if (!cancelled_) engine.request_stop();
    });
  }

private:
  sigset_t set_{};
  std::atomic<bool> cancelled_{false};
  std::thread thread_;
};

tl::expected<config::secrets, std::string> secrets_of(const config::engine_config& config) {
  std::vector<std::string> accounts;
  for (const auto& a : config.plan.agents)
    accounts.push_back(a.account);
  auto loaded = config::load_secrets(config.secrets_file, accounts);
  if (!loaded) return tl::unexpected(loaded.error());
  if (loaded->created) std::cout << "Secrets were generated: " << config.secrets_file << '\n';
  return std::move(loaded->secrets);
}

void greet(const config::engine_config& config, const std::string& sip, const std::string& http) {
  std::cout << "Lifeline " << build_version << " takes calls.\n"
            << "  SIP       " << sip << " (UDP and TCP)\n"
            << "  HTTP      http://" << http << "  (/healthz, /readyz, /metrics, /api/v1)\n"
            << "  Data      " << config.data << '\n'
            << "Connect a phone: account ";
  if (!config.plan.agents.empty()) std::cout << config.plan.agents.front().account;
  std::cout << ", registrar " << sip << ", password in " << config.secrets_file << '\n'
            << "Operate: lifelinectl --url http://" << http << " --token-file " << config.secrets_file << " status\n"
            << std::flush;
}

int fail(const std::string& why) {
  std::cerr << "lifelined: " << why << '\n';
  return 1;
}

std::string shown(const std::string& address, std::uint16_t port) {
  return (address.find(':') != std::string::npos ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

/// The metrics see the engine's gateways only while it lives.
struct metric_view {
  std::atomic<actors::engine*> engine{nullptr};
  actors::metric_sources sources(storage::journal*& journal) {
    actors::metric_sources s;
    s.sip = [this] {
      auto* e = engine.load();
      return e != nullptr ? e->sip_statistics() : sip::sip_statistics{};
    };
    s.media = [this] {
      auto* e = engine.load();
      return e != nullptr ? e->media_statistics() : media::media_statistics{};
    };
    s.journal = [&journal] { return journal != nullptr ? journal->health() : storage::journal_health{}; };
    s.mailboxes = [this] {
      auto* e = engine.load();
      return e != nullptr ? e->mailboxes() : std::map<std::string, std::uint64_t>{};
    };
    return s;
  }
};

actors::engine_parts parts_of(const config::engine_config& config, const config::secrets& secrets,
                              storage::journal* journal) {
  actors::engine_parts parts;
  parts.plan = config.plan;
  parts.journal = journal;
  parts.sip = config.sip;
  for (const auto& [account, password] : secrets.sip_passwords)
    if (config.plan.find_agent(account) != nullptr)
      parts.sip.credentials.push_back(sip::make_credential(account, config.sip.realm, password));
  parts.media = config.media;
  parts.version = build_version;
  parts.revision = build_revision;
  return parts;
}

} // namespace

int run_engine(const config::engine_config& config) {
  signal_watch signals;
  std::error_code failure;
  std::filesystem::create_directories(config.data, failure);
  if (failure) return fail("cannot make the folder " + config.data + ": " + failure.message());
  const auto logger = make_logger(config.log);
  auto secrets = secrets_of(config);
  if (!secrets) return fail(secrets.error());

  metric_view view;
  storage::journal* journal_in_use = nullptr;
  actors::metrics metrics{config.plan, view.sources(journal_in_use)};
  actors::event_log lines{logger};
  auto storage = config.storage;
  storage.on_batch = [&](auto took, auto changes, bool synced) { metrics.observe_batch(took, changes, synced); };
  auto journal = storage::open_rocksdb_journal(storage);
  if (!journal) return fail(journal.error().message);
  journal_in_use = journal->get();
  (*journal)->add_observer(&metrics);
  (*journal)->add_observer(&lines);

  auto engine = actors::start_engine(parts_of(config, *secrets, journal->get()));
  if (!engine) return fail(engine.error());
  view.engine = engine->get();
  const auto now = [] { return std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now()); };
  cti::server_settings http;
  http.bind_address = config.http.bind_address;
  http.port = config.http.port;
  http.token = secrets->api_token;
  cti::server_hooks hooks;
  hooks.render_metrics = [&] { return metrics.render(now()); };
  hooks.count_http = [&](int status) { metrics.count_http(status); };
  auto server = cti::start_server(http, **engine, hooks);
  if (!server) return fail(server.error());
  signals.start(**engine);
  const auto http_port = (*server)->port();
  if (auto written = write_endpoints(config.data, {config.sip.bind_address, (*engine)->sip_port()},
                                     {config.http.bind_address, http_port});
      !written)
    return fail(written.error());
  greet(config, shown(config.sip.bind_address, (*engine)->sip_port()), shown(config.http.bind_address, http_port));

  const bool in_order = (*engine)->wait();
  remove_endpoints(config.data);
  (*server)->stop(); // its threads ask the engine
  (*engine)->shut_down();
  view.engine = nullptr;
  engine->reset();
  journal_in_use = nullptr;
  (*journal)->remove_observer(&lines);
  (*journal)->remove_observer(&metrics);
  std::cout << (in_order ? "Lifeline stopped." : "Lifeline failed: its root supervisor gave up.") << std::endl;
  return in_order ? 0 : 1;
}

} // namespace lifeline::app
