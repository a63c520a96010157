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

int list_agents(const session& s);
int show_agent(const session& s, const std::string& account);
/// `verb`: "ready", "logout" or "wrap-up-end".
int order_agent(const session& s, const std::string& account, const std::string& verb);
int make_not_ready(const session& s, const std::string& account, const std::string& reason);

int list_calls(const session& s);
/// `why`: every agent that was looked at for each decision.
int show_call(const session& s, const std::string& id, bool why);
int release_call(const session& s, const std::string& id);

int list_records(const session& s, const search& by);
int find_recordings(const session& s, const search& by);
/// Into `file`, or <id>.wav here when it is empty; kept only if it is what the engine sealed.
int fetch_recording(const session& s, const std::string& id, std::string file);

} // namespace lifeline::ctl
