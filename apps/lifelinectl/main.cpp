// lifelinectl: the operator's command.

#include "apps/lifelinectl/commands.hpp"
#include "apps/lifelinectl/commands_elevators_local.hpp"
#include "apps/lifelinectl/local_time.hpp"
#include "apps/lifelinectl/mistyped.hpp"
#include "apps/lifelinectl/registration.hpp"
#include "apps/lifelinectl/token.hpp"
#include "apps/lifelined/private_files.hpp"
#include "build_info.hpp"
#include "config/duration.hpp"
#include "domain/plan/operation_rules.hpp"
#include "domain/rescue/rescue_data.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>

using namespace lifeline;

namespace {

struct arguments {
  std::string url = "http://127.0.0.1:8080";
  std::string token_file;
  std::string agent; ///< of --as
  bool json = false;
  bool why = false;
  bool dry_run = false;
  bool ended = false;
  double seconds = 0; ///< of --for
  std::string account, call, reason, file, name, state, address, folder, target, kind;
  std::uint64_t from = 1;
  std::uint64_t count = 33'000; ///< of invented lifts
  std::uint64_t seed = 1;
  ctl::search search;
};
using ctl::action;
using ctl::add;
using ctl::local_action;

int fail(int code, const std::string& message) {
  std::fprintf(stderr, "lifelinectl: %s\n", message.c_str());
  return code;
}

void add_search(CLI::App* to, arguments& a) {
  to->add_option("--from", a.search.from,
                 "arrived at or after: 2026-11-30, \"2026-11-30 08:00\", today, yesterday, or RFC 3339");
  to->add_option("--until", a.search.until, "arrived before; a day is meant with its end");
  to->add_option("--hotline", a.search.hotline, "of this hotline");
  to->add_option("--agent", a.search.agent, "answered by this account");
  to->add_option("--caller", a.search.caller, "from this number, in any form");
  to->add_option("--limit", a.search.limit, "at most so many, newest first")
      ->check(CLI::Range(std::uint64_t{1}, lifeline::domain::most_rows));
}

CLI::Option* add_duration(CLI::App* to, double& seconds, const char* help) {
  const auto read = [&seconds](const std::string& text) {
    if (const auto span = config::parse_duration(text)) seconds = domain::seconds(*span);
  };
  const auto check = [](const std::string& text) {
    const auto span = config::parse_duration(text);
    return span && *span > domain::span{0} ? std::string{} : "expected a duration like 90s, 10m or 1h30m";
  };
  return to->add_option_function<std::string>("--for", read, help)->check(check, "DURATION", "duration");
}

int print_sip_password(const arguments& a) {
  const auto password = ctl::read_sip_password(a.token_file, a.account);
  if (!password) return fail(ctl::exit_failed, password.error());
  std::printf("%s\n", password->c_str());
  return ctl::exit_ok;
}

void add_agents(CLI::App& app, arguments& a, action& chosen, local_action& local) {
  auto& agents = *app.add_subcommand("agents", "The agents and their states")->require_subcommand(1);
  add(agents, "list", "All agents", chosen, ctl::list_agents);
  const auto one = [&](const char* name, const char* help, action does) {
    auto* command = add(agents, name, help, chosen, std::move(does));
    command->add_option("ACCOUNT", a.account, "the agent's account")->required();
    return command;
  };
  one("show", "One agent", [&](const ctl::session& s) { return ctl::show_agent(s, a.account); });
  for (const char* verb : {"ready", "logout", "wrap-up-end"})
    one(verb, "Order the agent so", [&a, verb](const ctl::session& s) { return ctl::order_agent(s, a.account, verb); });
  one("not-ready", "Take the agent out of the queues",
      [&](const ctl::session& s) { return ctl::make_not_ready(s, a.account, a.reason); })
      ->add_option("--reason", a.reason, "break, meal, training, meeting or your own")
      ->required();
  auto* more = one("wrap-up-more", "Prolong the agent's wrap-up",
                   [&](const ctl::session& s) { return ctl::give_wrap_up(s, a.account, a.seconds); });
  add_duration(more, a.seconds, "by how much")->required();
  auto* secret = agents.add_subcommand("secret", "The phone's SIP password, read from the token file (secrets.toml)");
  secret->callback([&] { local = [&a] { return print_sip_password(a); }; });
  secret->add_option("ACCOUNT", a.account, "the agent's account")->required();
}

void add_network(CLI::App& app, arguments& a, action& chosen) {
  auto& hotlines = *app.add_subcommand("hotlines", "The hotlines and where their callers go")->require_subcommand(1);
  add(hotlines, "list", "All hotlines", chosen, ctl::list_hotlines);
  auto* reroute =
      add(hotlines, "reroute", "Send the callers to the backup numbers, or take that back", chosen,
          [&](const ctl::session& s) { return ctl::reroute_hotline(s, a.name, a.state == "on", a.reason); });
  reroute->add_option("NAME", a.name, "the hotline")->required();
  reroute->add_option("STATE", a.state, "on or off")->required()->check(CLI::IsMember({"on", "off"}));
  reroute->add_option("--reason", a.reason, "why; needed for on");
  add(app, "trunks", "The trunks: up, registered, how fast they answer", chosen, ctl::list_trunks);
  auto& bans = *app.add_subcommand("bans", "Addresses whose requests are dropped")->require_subcommand(1);
  add(bans, "list", "All that are banned now", chosen, ctl::list_bans);
  auto* ban = add(bans, "add", "Ban an address", chosen,
                  [&](const ctl::session& s) { return ctl::ban_address(s, a.address, a.seconds); });
  ban->add_option("ADDRESS", a.address, "IPv4 or IPv6")->required();
  add_duration(ban, a.seconds, "how long")->required();
  add(bans, "remove", "Let an address in again", chosen,
      [&](const ctl::session& s) { return ctl::unban_address(s, a.address); })
      ->add_option("ADDRESS", a.address, "IPv4 or IPv6")
      ->required();
}

void add_operation(CLI::App& app, arguments& a, action& chosen, local_action& local) {
  add(app, "reload", "Read the configuration again: all of it or nothing", chosen, [&](const ctl::session& s) {
    return ctl::reload(s, a.dry_run);
  })->add_flag("--dry-run", a.dry_run, "only tell what would change");
  add(app, "drain", "No new calls; the engine stops when the last one has ended", chosen, ctl::drain);
  add(app, "resume-outbound", "A restored copy takes up calls out, messages and registrations with trunks", chosen,
      ctl::resume_outbound);
  add(app, "backup", "A consistent copy of the running engine's data", chosen,
      [&](const ctl::session& s) { return ctl::back_up(s, a.folder); })
      ->add_option("FOLDER", a.folder, "on the engine's host; made if missing")
      ->required();
  auto& log = *app.add_subcommand("log", "The event log")->require_subcommand(1);
  auto* verify = log.add_subcommand("verify", "Prove from the log that nothing was lost or done twice");
  verify->add_option("--journal", a.folder, "a journal's folder, read here without asking an engine")
      ->check(CLI::ExistingDirectory);
  verify->add_flag("--ended", a.ended, "its engine has stopped in order: what is open is a violation")
      ->needs("--journal");
  verify->callback([&, verify] {
    if (verify->count("--journal") > 0)
      local = [&a] { return ctl::verify_journal(a.folder, a.ended, a.json); };
    else
      chosen = ctl::verify_log;
  });
  auto* fault = add(app, "fault", "Inject a fault, for drills (needs [testing] fault_injection = true)", chosen,
                    [&](const ctl::session& s) { return ctl::inject_fault(s, a.target, a.kind, a.seconds); });
  fault->add_option("TARGET", a.target, lifeline::domain::fault_targets_text())->required();
  fault->add_option("KIND", a.kind, lifeline::domain::fault_kinds_text())->required();
  add_duration(fault, a.seconds, "how long it hangs");
}

void add_calls(CLI::App& app, arguments& a, action& chosen) {
  auto& calls = *app.add_subcommand("calls", "The calls")->require_subcommand(1);
  add(calls, "list", "Calls in progress", chosen, ctl::list_calls);
  auto* show = add(calls, "show", "A call's whole journey, live or ended", chosen,
                   [&](const ctl::session& s) { return ctl::show_call(s, a.call, a.why); });
  show->add_option("ID", a.call, "the call's id")->required();
  show->add_flag("--why", a.why, "every agent that was not chosen, with the reason");
  add(calls, "cut", "Callers to be rung back, for the engine died under their calls", chosen, ctl::list_cut_calls);
  auto* back = add(calls, "rung-back", "A caller of that list was seen to", chosen,
                   [&](const ctl::session& s) { return ctl::mark_rung_back(s, a.call, a.name, a.reason); });
  back->add_option("ID", a.call, "the call's id")->required();
  back->add_option("--by", a.name, "who rang");
  back->add_option("--note", a.reason, "what came of it");
  add(calls, "release", "Force release", chosen, [&](const ctl::session& s) { return ctl::release_call(s, a.call); })
      ->add_option("ID", a.call, "the call's id")
      ->required();
}

void add_history(CLI::App& app, arguments& a, action& chosen) {
  auto* records =
      add(app, "records", "Ended calls", chosen, [&](const ctl::session& s) { return ctl::list_records(s, a.search); });
  add_search(records, a);
  auto& recordings = *app.add_subcommand("recordings", "The recordings")->require_subcommand(1);
  add_search(add(recordings, "find", "Calls with a recording", chosen,
                 [&](const ctl::session& s) { return ctl::find_recordings(s, a.search); }),
             a);
  ctl::add_rescuer_recordings(recordings, chosen);
  auto* fetch = add(recordings, "fetch", "Copy a recording here and verify its seal", chosen,
                    [&](const ctl::session& s) { return ctl::fetch_recording(s, a.call, a.file); });
  fetch->add_option("ID", a.call, "the call's id, or that of the attempt to reach a rescuer")->required();
  fetch->add_option("-o,--output", a.file, "file to write; <ID>.wav by default");
  auto* events = app.add_subcommand("events", "The numbered event log");
  events->callback([&, events] {
    if (!events->get_subcommands().empty()) return;
    chosen = [&a](const ctl::session& s) { return ctl::list_events(s, a.from, a.search.limit); };
  });
  ctl::add_follow(*events, chosen);
  events->add_option("--from", a.from, "first number")->check(CLI::PositiveNumber);
  events->add_option("--limit", a.search.limit, "at most so many")
      ->check(CLI::Range(std::uint64_t{1}, lifeline::domain::most_rows));
}

/// What needs no engine; the other commands of `elevators` are beside it.
void add_elevators_local(CLI::App& elevators, arguments& a, local_action& local) {
  const auto make = [&](const char* name, const char* help, local_action does) {
    auto* command = elevators.add_subcommand(name, help);
    command->callback([&local, does = std::move(does)] { local = does; });
    command->add_option("--seed", a.seed, "the same seed gives the same data")->capture_default_str();
    command->add_option("-o,--output", a.file, "file to write; standard output by default");
    return command;
  };
  make("generate", "Realistic invented lifts as CSV, for tests and demonstrations",
       [&a] { return ctl::generate_elevators(a.count, a.seed, a.file); })
      ->add_option("--count", a.count, "how many")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{domain::most_invented_elevators}));
  make("generate-parties", "The firms that these lifts name, rescue stations and public rescue, as JSON",
       [&a] { return ctl::generate_parties(a.seed, a.file); });
}

int run(const arguments& a, const action& chosen, const local_action& local) {
  if (local) return local();
  auto where = ctl::parse_url(a.url);
  if (!where) return fail(ctl::exit_usage, where.error());
  auto token = ctl::read_token(a.token_file);
  if (!token) return fail(ctl::exit_usage, token.error());
  return chosen({ctl::client{std::move(*where), std::move(*token), a.agent}, a.json});
}

} // namespace

int main(int argc, char** argv) {
  app::keep_files_private(); // recordings, lists of people
  arguments a;
  action chosen;
  local_action local;
  const char* configured = std::getenv("LIFELINE_TOKEN_FILE");
  a.token_file = configured != nullptr && *configured != '\0' ? configured : "./data/secrets.toml";

  CLI::App app("Looks after a Lifeline engine.", "lifelinectl");
  app.set_version_flag("--version", std::string{build_version} + " (" + std::string{build_revision} + ")");
  app.add_option("--url", a.url, "the engine's HTTP address")->capture_default_str();
  app.add_option("--token-file", a.token_file, "the API's token, or the engine's secrets.toml")->capture_default_str();
  app.add_option("--as", a.agent, "the agent's account on whose behalf it is done");
  app.add_flag("--json", a.json, "print the API's JSON as it is");
  app.add_flag_callback("--utc", ctl::keep_utc, "show times in UTC; else in the engine's local time");
  app.require_subcommand(1);
  app.fallthrough();
  add(app, "status", "The engine and its parts", chosen, ctl::show_status);
  add(app, "queues", "Who waits", chosen, ctl::list_queues);
  add_agents(app, a, chosen, local);
  add_calls(app, a, chosen);
  add_history(app, a, chosen);
  add_network(app, a, chosen);
  add_operation(app, a, chosen, local);
  auto& elevators = *app.add_subcommand("elevators", "The registry of lifts")->require_subcommand(1);
  add_elevators_local(elevators, a, local);
  ctl::add_rescue(app, elevators, chosen);
  add(app, "stop", "End the engine in order", chosen, ctl::stop_engine);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const auto meant = e.get_exit_code() == 0 ? "" : ctl::explain_mistyped(app, {argv + 1, argv + argc});
    if (!meant.empty()) {
      std::fprintf(stderr, "%s\n", meant.c_str());
      return ctl::exit_usage;
    }
    return app.exit(e) == 0 ? ctl::exit_ok : ctl::exit_usage;
  }
  return run(a, chosen, local);
}
