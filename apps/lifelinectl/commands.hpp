#pragma once
// What the command can do. Each function prints its result and returns the exit code.

#include "apps/lifelinectl/client.hpp"

#include <cstdint>
#include <string>

namespace lifeline::ctl {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1; ///< refused by the engine, or the answer was not as promised
inline constexpr int exit_usage = 2;
inline constexpr int exit_no_connection = 3;

struct session {
  lifeline::ctl::client client;
  bool json = false; ///< print the API's JSON as it is
};

struct search {
  std::string from, until, hotline, agent, caller;
  std::uint64_t limit = 100;
};

int show_status(const session& s);
int list_queues(const session& s);
int list_events(const session& s, std::uint64_t from, std::uint64_t limit);
int stop_engine(const session& s);

int list_hotlines(const session& s);
int reroute_hotline(const session& s, const std::string& name, bool on, const std::string& reason);
int list_trunks(const session& s);
int list_bans(const session& s);
int ban_address(const session& s, const std::string& address, double seconds);
int unban_address(const session& s, const std::string& address);

/// Prints what changes. `exit_failed` when something of it needs a restart, also of a dry run.
int reload(const session& s, bool dry_run);
int drain(const session& s);
int resume_outbound(const session& s);
/// A relative folder is one of this command's own.
int back_up(const session& s, const std::string& folder);
/// "call <id>", "agent <account>", "dispatcher", ...; `seconds` 0: not given.
int inject_fault(const session& s, const std::string& target, const std::string& kind, double seconds);
/// `exit_failed` when the log breaks a rule.
int verify_log(const session& s);
/// The same of a journal's folder, without asking an engine. `ended`: what is open is a violation, too.
int verify_journal(const std::string& folder, bool ended, bool as_json);

int list_agents(const session& s);
int show_agent(const session& s, const std::string& account);
/// `verb`: "ready", "logout" or "wrap-up-end".
int order_agent(const session& s, const std::string& account, const std::string& verb);
int give_wrap_up(const session& s, const std::string& account, double seconds);
int make_not_ready(const session& s, const std::string& account, const std::string& reason);

int list_calls(const session& s);
/// `why`: every agent that was looked at for each decision.
int show_call(const session& s, const std::string& id, bool why);
int release_call(const session& s, const std::string& id);
/// Callers whose call the engine died under.
int list_cut_calls(const session& s);
int mark_rung_back(const session& s, const std::string& id, const std::string& by, const std::string& note);

int list_records(const session& s, const search& by);
int find_recordings(const session& s, const search& by);
/// Into `file`, or <id>.wav here when it is empty; kept only if it is what the engine sealed.
int fetch_recording(const session& s, const std::string& id, std::string file);

} // namespace lifeline::ctl
