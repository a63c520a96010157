#pragma once
// What agents, supervisors, devices and the authority's software can ask of the rescue side: alarms, orders, lifts,
// parties. One implementation speaks to the actors and the journal (actors/rescue/rescue_engine.hpp), another is a fake
// for the tests of cti/. As in actors/engine/operations.hpp every function may be called from any thread, blocks for at
// most `operation_timeout` (imports: 60 s), and changes nothing when it returns an error.

#include "actors/protocol/failures.hpp"
#include "actors/protocol/status.hpp"
#include "domain/rescue/firm_gaps.hpp"
#include "domain/rescue/order_machine.hpp"

#include <map>
#include <string>
#include <vector>

namespace lifeline::actors {

/// An order as others see it, with what is computed from it.
struct order_view {
  domain::order_state state;
  domain::instant next_deadline = domain::never;
  bool live = false; ///< its actor runs
};
struct order_story {
  order_view order;
  std::vector<domain::event> events;      ///< its timeline, oldest first
  std::vector<domain::call_record> calls; ///< of linked calls that have ended
};
struct order_filter {
  domain::instant from = domain::never; ///< creation
  domain::instant until = domain::never;
  bool active_only = false;
  std::vector<domain::order_status> statuses; ///< empty = all
  std::optional<domain::order_type> type;
  std::string lift;
  std::string district;
  std::string caller; ///< exact number
  std::string agent;
  std::string party;  ///< id of an engaged one
  std::string number; ///< exact
  std::string text;   ///< found in address, project, using unit, description, notes
  std::uint8_t level = 0;
  std::size_t limit = 100; ///< newest first
  domain::order_id before; ///< paging: older than this one; nil = from the newest
};

struct mass_event_view {
  std::uint32_t group = 0;
  std::string area;
  domain::instant since = domain::never;
  std::vector<order_view> orders; ///< by triage: injury, fire, medical, children, elderly, then the longest trapped
};
/// The live picture.
struct alarm_board {
  std::vector<order_view> active; ///< by level downwards, then age
  std::vector<order_view> filtered;
  std::vector<mass_event_view> mass_events;
  std::uint64_t silent_devices = 0;
};
struct device_view {
  std::string lift;
  std::string device_id;
  std::string address;
  domain::instant last_test = domain::never;
  domain::instant last_heard = domain::never;
  std::string last_failure; ///< code of the last type 2 message since the last good test
  bool silent = false;
};

struct import_options {
  bool dry_run = false;
  bool skip_bad_rows = false; ///< false: one bad row and nothing is taken
  std::string source;         ///< file's name, for the log
  std::string by;
};
struct row_problem {
  std::uint64_t row = 0; ///< line in the file, 1 = heading
  std::string field;
  std::string message;
};
struct import_report {
  bool applied = false;
  std::uint64_t rows = 0;
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t bad_rows = 0;
  std::vector<row_problem> problems; ///< the first 100
  std::string encoding;              ///< "UTF-8", "GBK"
  /// Of a list of lifts: those for which nobody would be called first, and the firms that they name (the first 100).
  std::uint64_t without_firm = 0;
  std::vector<domain::unknown_firm> unknown_firms;
};

/// A part of the registry, by rescue code: what comes behind `after`.
struct elevator_list_order {
  std::string after;
  bool without_firm = false; ///< only lifts whose firm is not among the parties
  std::size_t limit = 1000;
};

/// A recorded call to a rescuer. operations::fetch_recording gives it by the attempt's id.
struct rescuer_recording {
  domain::rescuer_called attempt; ///< as it ended
  std::string number;             ///< of the order
  domain::instant ended = domain::never;
  domain::recording_info recording; ///< without a seal while it is being sealed
};
struct recording_search {
  std::string order = {}; ///< id or number
  std::string party = {}; ///< id
  domain::instant from = domain::never;
  domain::instant until = domain::never; ///< of the call's end
  std::size_t limit = 100;               ///< newest first
};

class rescue_operations {
public:
  virtual ~rescue_operations() = default;

  // intake
  /// Durable before it returns; idempotent by (source, message_id). `lift_key` is looked up (rescue code, registration
  /// code, certificate, device id); an unknown one makes an order without a lift that keeps the key in `doubts`.
  virtual domain::result<report_receipt> report(domain::alarm_report r) = 0;
  /// What became of a report, for devices that ask again.
  [[nodiscard]] virtual domain::result<report_receipt> receipt(const std::string& source,
                                                               const std::string& message_id) = 0;

  // orders; `key` is an order's id or its number
  virtual domain::result<order_view> act(const std::string& key, domain::order_action action) = 0;
  /// From a rescuer's signed link or the party's software.
  virtual domain::result<order_view> rescuer_says(const std::string& key, const domain::rescuer_report& r) = 0;
  [[nodiscard]] virtual domain::result<order_story> order(const std::string& key) = 0;
  [[nodiscard]] virtual domain::result<std::vector<order_view>> orders(const order_filter& filter) = 0;
  [[nodiscard]] virtual domain::result<alarm_board> board() = 0;
  [[nodiscard]] virtual domain::result<std::vector<device_view>> silent_devices() = 0;

  [[nodiscard]] virtual domain::result<std::vector<rescuer_recording>> recordings(const recording_search& search) = 0;
  /// Somebody makes a link that speaks for a party: in the log, durably, before it is given out.
  virtual domain::result<void> note_link(const domain::rescuer_link_made& link) = 0;

  // lifts
  [[nodiscard]] virtual domain::result<domain::elevator> elevator(const std::string& key) = 0; ///< any of its codes
  /// Place, project, using unit; Chinese text, part of it, or pinyin initials. Best first.
  [[nodiscard]] virtual domain::result<std::vector<domain::elevator>>
  search_elevators(const std::string& text, const std::string& district, std::size_t limit) = 0;
  /// One record, made or replaced whole.
  virtual domain::result<domain::elevator> put_elevator(const domain::elevator& e, const std::string& by) = 0;
  virtual domain::result<import_report> import_elevators(const std::string& csv, const import_options& options) = 0;
  [[nodiscard]] virtual std::uint64_t elevator_count() = 0;
  [[nodiscard]] virtual domain::result<std::vector<domain::elevator>> list_elevators(const elevator_list_order& o) = 0;

  // parties
  [[nodiscard]] virtual domain::result<std::vector<domain::rescue_party>> parties() = 0;
  virtual domain::result<domain::rescue_party> put_party(const domain::rescue_party& p, const std::string& by) = 0;
  virtual domain::result<void> remove_party(const std::string& id, const std::string& by) = 0;
  /// A list as CSV (domain/rescue/party_csv.hpp): all of it is taken or, with a problem, nothing.
  virtual domain::result<import_report> import_parties(const std::string& csv, const import_options& options) = 0;

  /// Whole order log of one event stream is `operations::events`; this waits until there is something after `after`, or
  /// the time is over: for clients that follow the stream.
  virtual void wait_for_events(std::uint64_t after, std::chrono::milliseconds longest) = 0;
};

} // namespace lifeline::actors
