#pragma once
// What the command can do about alarms, orders, lifts and those who come. Each function prints its result and returns
// the exit code.

#include "apps/lifelinectl/commands.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lifeline::ctl {

/// What is told of a lift; empty texts and false flags are not sent.
struct told {
  std::string kind;                         ///< of a report: entrapment, fault, ...; of an order its type
  std::map<std::string, std::string> texts; ///< by the API's name
  std::map<std::string, std::uint64_t> numbers;
  std::map<std::string, bool> flags;
};

int show_board(const session& s);
int list_silent(const session& s);
int report_alarm(const session& s, const told& what);

/// `filters`: the query's parameters by name.
int list_orders(const session& s, const std::map<std::string, std::string>& filters);
int show_order(const session& s, const std::string& key);
int create_order(const session& s, const told& what);
/// One step of an order by a person. `fields` as typed; `version` 0: whatever it is.
int step_order(const session& s, const std::string& key, const std::string& verb,
               const std::map<std::string, std::string>& fields, std::uint64_t version);
int print_link(const session& s, const std::string& key, const std::string& party);

/// Recorded calls to rescuers; `filters` as above.
int list_rescuer_recordings(const session& s, const std::map<std::string, std::string>& filters);

int find_elevator(const session& s, const std::string& code);
int search_elevators(const session& s, const std::string& text, const std::string& district, std::uint64_t limit);
/// Rows that are wrong are printed as a table; `exit_failed` when nothing was taken because of them, also in a dry run.
int import_elevators(const session& s, const std::string& file, bool dry_run, bool skip_bad_rows);
/// All of them by rescue code, from behind `after` on; `without_firm`: only those whose firm is not among the parties.
int list_elevators(const session& s, const std::string& after, bool without_firm, std::uint64_t limit);
/// All of them as CSV into `file`, which `import` reads again.
int export_elevators(const session& s, const std::string& file);
int show_elevator_history(const session& s, const std::string& code, std::uint64_t limit);
/// The lift's rescue plate as SVG, into `file`.
int draw_plate(const session& s, const std::string& code, const std::string& file);

int list_parties(const session& s);
int show_party(const session& s, const std::string& id);
/// One object or an array of them; stops at the first that is refused and says which.
int put_parties(const session& s, const std::string& file);
/// As `import_elevators`; one problem refuses the list.
int import_parties(const session& s, const std::string& file, bool dry_run);
int export_parties(const session& s, const std::string& file);
int remove_party(const session& s, const std::string& id);

/// Prints entries of the log as they come. `from` 0: from now on; `count` 0: until it is interrupted. An engine that
/// goes away is waited for once it has answered.
int follow_events(const session& s, std::uint64_t from, std::uint64_t count);

} // namespace lifeline::ctl
