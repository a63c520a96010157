#pragma once
// A course of the simulation as a list of inputs: what the outer world does, what fails, when time passes, and how many
// messages are handled in between. Everything is named (caller 3, agent 8001, report 2), nothing refers to chance or to
// a place in the list: any part of a script is a script, which is what shrinking needs. An input whose subject does not
// exist does nothing.
//
// As text: one input a line, `#` begins a comment. `seed N` gives the order in which actors run; `reached NAME` says
// that the course must come across this situation.

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::simulation {

enum class verb : std::uint8_t {
  set,          ///< of the plan: in force from the start, or with the next `reload`
  reload,       ///< the plan as it has been set by now
  run,          ///< so many messages are handled
  settle,       ///< all messages are handled
  pass,         ///< ms; up to 50 with messages waiting, else each timer in its turn
  tick,         ///< to the next timer
  call,         ///< caller who dials the number
  call_delayed, ///< the same with an INVITE that has no offer
  report_line,  ///< caller who is a party's phone, or says so, and dials the report line
  code,         ///< caller who is an account's phone, and dials a feature code
  dials,        ///< a caller presses these keys, one after the other; "code" = its order's short code
  leave,        ///< CANCEL or BYE of a caller
  vanish,       ///< a caller is gone and nobody hears of it until the session expires
  hold,         ///< by a caller
  resume,       ///<
  phone_rings,  ///< 180 of an agent's phone or an outer number
  phone_answers,
  phone_refuses, ///< with a status
  phone_leaves,  ///< BYE
  phone_vanishes,
  phone_holds,
  phone_resumes,
  phone_late, ///< 200 of a phone after our CANCEL
  again,      ///< the last event of a leg once more
  lose,       ///< so many events of the SIP gateway are lost on the way
  registers,  ///< an account with so many phones
  moves,      ///< an account with one phone, at another address
  unregisters,
  agent, ///< an agent's own order: ready, not-ready REASON, log-out, end-wrap-up, more-wrap-up
  reroute,
  release,     ///< an operator ends a call
  mute,        ///< a call takes nothing in any more
  crash,       ///< an actor, after what waits in its mailbox
  crash_now,   ///< before it
  kill_engine, ///< and it is down for ms
  disk_fails,  ///< the next tries to write
  disk_stalls,
  disk_well,
  media_slow, ///< endpoints do not open
  media_dead, ///< they fail
  port_fails, ///< the n-th of the next ones does
  media_well,
  silent,        ///< nothing is heard any more of a caller
  prompts_stuck, ///< prompts never end
  recorder_dead, ///< never seals
  recorder_full, ///< seals with an error
  recorder_well,
  report,        ///< a new message about a lift
  report_again,  ///< the same message
  rescuer,       ///< how the oldest call to a party ends
  word,          ///< a party's word about the order of a report
  desk,          ///< a person's order about the order of a report
  reader_leaves, ///< a client of the event stream
  reader_returns,
};

struct input {
  verb what = verb::run;
  std::string who;
  std::string text;
  std::int64_t number = 0;
  bool operator==(const input&) const = default;
};

struct script {
  std::uint64_t seed = 0;
  std::vector<std::string> comments; ///< in front
  std::vector<input> inputs;
  std::vector<std::string> reached; ///< situations that the course must come across
};

std::string to_string(const input& i);
std::string to_string(const script& s);
/// The error names the line.
tl::expected<script, std::string> parse_script(std::string_view text);
tl::expected<script, std::string> read_script(const std::string& file);

} // namespace lifeline::simulation
