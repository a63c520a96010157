#pragma once
// What operators, the desk and the authority's software can ask of the engine. One implementation speaks to the actors
// and the journal (actors/engine/engine.hpp), another is a fake for the tests of cti/.
//
// Every function may be called from any thread, blocks for at most `operation_timeout`, and changes nothing when it
// returns an error.

#include "actors/core/cut_calls.hpp"
#include "actors/protocol/failures.hpp"
#include "actors/protocol/status.hpp"
#include "domain/calls/call_state.hpp"
#include "domain/log/events.hpp"
#include "domain/plan/plan.hpp"
#include "sip/gateway.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lifeline::actors {

/// A list for which several were asked at once: what came in time, and who did not answer ("agent 8001").
template <class T> struct listing : std::vector<T> {
  using std::vector<T>::vector;
  std::vector<std::string> silent;
};

struct component_status {
  std::string name; ///< "journal", "sip gateway", "media gateway", "dispatcher", "agents", "calls", ...
  bool alive = false;
  std::uint32_t restarts = 0;
  std::string last_reason;
};
struct engine_status {
  std::string version;
  std::string revision;
  domain::instant started = domain::never;
  domain::instant now = domain::never;
  bool ready = false; ///< takes calls
  std::string not_ready_because;
  bool draining = false;
  std::string outbound_held_because; ///< a restored copy that calls nobody outside yet; empty: it does
  std::uint64_t epoch = 0;           ///< the dispatcher's
  std::uint64_t last_sequence = 0;
  std::uint64_t calls = 0; ///< in progress
  std::string sip_address; ///< "0.0.0.0:5060"
  std::vector<component_status> components;
};

struct hotline_status {
  std::string name;
  std::vector<std::string> numbers;
  domain::queue_id queue;
  bool emergency = false;
  std::uint64_t lines = 0;  ///< 0 = no limit
  std::uint64_t in_use = 0; ///< callers and calls out
  bool rerouted = false;    ///< callers go to `backup_numbers`
  std::string reroute_reason;
  std::vector<std::string> backup_numbers;
  std::uint32_t agents_present = 0; ///< of its queue
  bool calls_known = true;          ///< false: `rerouted` is not, the calls' supervisor did not answer
  bool agents_known = true;         ///< false: `agents_present` is not, the dispatcher did not answer
};

struct queue_status {
  domain::queue_id name;
  domain::strategy strategy = domain::strategy::longest_idle;
  std::int32_t priority = 0;
  std::uint32_t waiting = 0; ///< ringing callers included
  domain::span oldest_wait = domain::span{0};
  std::uint32_t agents = 0; ///< that serve it, in any state
  std::uint32_t ready = 0;
  std::uint32_t present = 0; ///< signed in and reachable, see queue_plan::present_states
  std::uint64_t reservations = 0;
  std::optional<domain::span> expected_wait; ///< of a caller who would come now; nothing: no data
  bool known = true; ///< false: the dispatcher did not answer, only what the plan says is filled in
};

/// What a reload would change or has changed.
struct reload_report {
  bool applied = false;
  std::vector<std::string> changes;       ///< "queue 12315: wrap_up 30s -> 20s"; empty = the file says what is in force
  std::vector<std::string> needs_restart; ///< what cannot change while running; with any of them nothing is applied
};

struct backup_report {
  std::string folder;
  std::uint64_t last_sequence = 0;
  std::uint64_t bytes = 0;
};

/// The exactly-once proof, from the log alone (domain/log/log_verifier.hpp).
struct log_report {
  std::uint64_t events = 0;
  std::uint64_t calls = 0;
  std::uint64_t reservations = 0;
  std::uint64_t open_calls = 0; ///< arrived and not ended: fine while the engine runs
  std::uint64_t open_reservations = 0;
  std::uint64_t orders = 0;
  std::uint64_t open_orders = 0;       ///< whose end is not confirmed: they go on, also in the next run
  std::vector<std::string> violations; ///< each a sentence with the entry's number; at most 100
  std::uint64_t violation_count = 0;
};

/// For drills and tests; refused unless the configuration allows it ([testing] fault_injection = true).
struct fault_order {
  std::string target; ///< "call <id>", "dispatcher", ...: domain::fault_rules has all, and which kinds they take
  std::string kind; ///< "crash" (actors: an exception; sip, media: an exception on their thread), "hang" (sip, media),
                    ///< "mute" (a call: its actor takes no more messages)
  std::chrono::milliseconds duration{0}; ///< of a hang
};

/// One call whole: live or ended.
struct call_journey {
  bool live = false;
  call_status status;                                 ///< meaningful while live
  std::optional<domain::call_record> record;          ///< once it has ended
  std::vector<domain::event> events;                  ///< in order, with decisions and why
  std::optional<domain::explanation> waiting_because; ///< live and waiting: why nobody has it yet
  bool status_known = true;                           ///< false: the call itself does not answer
  std::vector<std::string> silent;                    ///< who did not answer: "call <id>", "the dispatcher"
};

/// A call of that list. `came_again`: when an agent next had the caller, who called by himself; never = not yet.
struct cut_call_status {
  cut_call cut;
  domain::instant came_again = domain::never;
};

struct record_filter {
  domain::instant from = domain::never; ///< arrival; never = no bound
  domain::instant until = domain::never;
  std::string hotline;
  domain::agent_id agent;
  std::string caller; ///< exact number
  bool with_recording = false;
  std::size_t limit = 100; ///< newest first
};

struct stored_recording {
  std::string file;   ///< absolute path; the file exists
  std::string sha256; ///< its seal
};

class operations {
public:
  virtual ~operations() = default;

  [[nodiscard]] virtual domain::result<engine_status> status() = 0;
  [[nodiscard]] virtual domain::result<listing<queue_status>> queues() = 0;
  [[nodiscard]] virtual domain::result<listing<agent_status>> agents() = 0;
  [[nodiscard]] virtual domain::result<agent_status> agent(const domain::agent_id& account) = 0;
  /// Signs in if need be. The answer is the state afterwards.
  virtual domain::result<agent_status> agent_ready(const domain::agent_id& account) = 0;
  virtual domain::result<agent_status> agent_not_ready(const domain::agent_id& account, const std::string& reason) = 0;
  virtual domain::result<agent_status> agent_logout(const domain::agent_id& account) = 0;
  virtual domain::result<agent_status> agent_end_wrap_up(const domain::agent_id& account) = 0;
  virtual domain::result<agent_status> agent_more_wrap_up(const domain::agent_id& account, domain::span extra) = 0;
  [[nodiscard]] virtual domain::result<listing<call_status>> live_calls() = 0;
  [[nodiscard]] virtual domain::result<call_journey> call(const domain::call_id& id) = 0;
  /// Force release (强拆).
  virtual domain::result<void> release_call(const domain::call_id& id) = 0;
  [[nodiscard]] virtual domain::result<std::vector<domain::call_record>> records(const record_filter& filter) = 0;
  /// Calls that the engine died under and whose callers nobody has rung back yet, the oldest first.
  [[nodiscard]] virtual domain::result<std::vector<cut_call_status>> cut_calls() = 0;
  /// Durable: takes the call off that list.
  virtual domain::result<void> rung_back(const domain::call_id& id, const std::string& by, const std::string& note) = 0;
  /// The sealed recording of a call, or of a call to a rescuer (by its attempt's id). Who was given it is in the log,
  /// durably, before this returns.
  virtual domain::result<stored_recording> fetch_recording(const domain::recording_id& id,
                                                           const recording_reader& reader) = 0;
  /// The numbered event log from `from_seq` on, at most `limit` entries.
  [[nodiscard]] virtual domain::result<std::vector<domain::event>> events(std::uint64_t from_seq,
                                                                          std::size_t limit) = 0;
  [[nodiscard]] virtual domain::result<listing<hotline_status>> hotlines() = 0;
  /// Durable: holds over restarts. New callers and those who wait go to the backup numbers, first to answer wins.
  virtual domain::result<hotline_status> reroute(const std::string& hotline, bool on, const std::string& reason) = 0;
  [[nodiscard]] virtual domain::result<std::vector<sip::trunk_state>> trunks() = 0;
  [[nodiscard]] virtual domain::result<std::vector<sip::ban>> bans() = 0;
  virtual domain::result<void> ban_source(const std::string& address, std::chrono::seconds duration) = 0;
  virtual domain::result<void> unban(const std::string& address) = 0;
  /// Reads the configuration again. All or nothing; calls in progress are untouched. `dry_run`: only tells.
  virtual domain::result<reload_report> reload(bool dry_run) = 0;
  /// No new calls; the engine stops by itself when the last one has ended.
  virtual domain::result<void> drain() = 0;
  /// A restored copy takes up calls out, messages and registrations with trunks. conflict: nothing is held, or the copy
  /// is only looked at.
  virtual domain::result<void> resume_outbound(const std::string& by) = 0;
  /// Consistent, while running, into a folder of the engine's host (made if missing; several backups share it).
  virtual domain::result<backup_report> backup(const std::string& folder) = 0;
  [[nodiscard]] virtual domain::result<log_report> verify_log() = 0;
  virtual domain::result<void> inject(const fault_order& fault) = 0;
  /// Ends the engine in order after this returned.
  virtual domain::result<void> stop() = 0;

  /// For /healthz and /readyz, cheap: no actor is asked.
  [[nodiscard]] virtual bool alive() = 0;
  [[nodiscard]] virtual bool ready() = 0;
  [[nodiscard]] virtual std::string not_ready_because() = 0; ///< a sentence; empty: it is ready
};

} // namespace lifeline::actors
