#pragma once
// The values that go in and out of the journal.

#include "domain/log/events.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::storage {

enum class errc : std::uint8_t {
  io_error = 1,
  corrupt,           ///< a value or file cannot be decoded
  foreign_directory, ///< not a journal of this engine
  newer_schema,      ///< written by a later version
  in_use,            ///< another process holds it
  disk_full,
  not_found, ///< no such folder, file or backup
};
struct failure {
  errc code = errc::io_error;
  std::string message; ///< what and where, for a person
};
std::string_view to_string(errc code);

/// Column families. Explicit values; see `storage/tables.cpp` for their one ordered list of names.
enum class table : std::uint8_t {
  meta = 0,          ///< schema version, last sequence, epoch
  log = 1,           ///< sequence (8 bytes big-endian) → event
  call_log = 2,      ///< call id + sequence → nothing: the index behind read_call
  live_calls = 3,    ///< call id → checkpoint of a call in progress
  records = 4,       ///< call id → call_record (time-ordered, for the id is)
  agents = 5,        ///< account → agent checkpoint
  registrations = 6, ///< account → bindings
  recordings = 7,    ///< never written: the record has it. The number and the name stay taken
  elevators = 8,     ///< rescue code → elevator
  parties = 9,       ///< id → rescue_party
  reports = 10,      ///< source, 0, message id → what became of a report
  orders = 11,       ///< order id → order_state (time-ordered, for the id is)
  open_orders = 12,  ///< order id → nothing: those that a restart has to take up again
  order_log = 13,    ///< order id + sequence → nothing: the index behind read_order
  order_index = 14,  ///< kind, value, 0, order id → nothing: orders by lift, caller, number
  devices = 15,      ///< rescue code → what is known of the lift's own phone
};

/// One row to put, or to erase when `value` is empty.
struct mutation {
  lifeline::storage::table table = table::meta;
  std::string key;
  std::optional<std::string> value;
};
/// One logical change: becomes one WriteBatch.
struct change {
  std::vector<domain::event> events;
  std::vector<mutation> state;
};

enum class durability : std::uint8_t {
  lazy,    ///< on disk within 50 ms
  durable, ///< `done` is called only after fsync
};

struct commit_result {
  bool ok = false;
  std::uint64_t first_seq = 0; ///< of the change's events; 0 if it has none
  failure error;
};
using completion = std::function<void(const commit_result&)>;
using row_visitor = std::function<bool(std::string_view key, std::string_view value)>;
using event_visitor = std::function<bool(const domain::event&)>;

struct journal_health {
  bool writable = true;
  std::uint64_t queued = 0;                 ///< changes waiting for the writer
  std::uint64_t commits = 0;                ///< batches written
  std::uint64_t failures = 0;               ///< batches that could not be written
  std::uint64_t lost_events = 0;            ///< events that were taken and then given up; the sum of the three below
  std::uint64_t lost_queue_full = 0;        ///< lazy ones, for the disk failed or hung for too long
  std::uint64_t lost_unsynced = 0;          ///< lazy ones that were written, and gone after the disk had failed
  std::uint64_t lost_at_end = 0;            ///< still waiting for the disk when the journal was closed
  std::uint64_t refused = 0;                ///< durable changes whose callers were told that they are not stored
  domain::instant salvaged = domain::never; ///< the last time that a damaged log was salvaged; kept over restarts
  std::uint64_t salvage_lost = 0;           ///< entries that it could not save
  std::string last_error;
};

/// Called after each batch on the journal's thread: how long the write (with its fsync if `synced`) took.
using latency_probe = std::function<void(std::chrono::nanoseconds took, std::size_t changes, bool synced)>;

struct settings {
  std::string directory;
  std::chrono::milliseconds lazy_sync{
      40};                              ///< until the fsync at the latest, `linger` included: the most that may be lost
  std::chrono::milliseconds linger{20}; ///< how long a lazy change may wait for company before it is written
  std::size_t max_queue = 200000;       ///< changes queued at the most; past it lazy ones are dropped and counted
  std::size_t max_queue_bytes = std::size_t{256} << 20; ///< and so much memory for them
  latency_probe on_batch;
};

/// A backup of a running journal. Several lie in one folder and share what has not changed.
struct backup_order {
  std::string folder;                       ///< made if missing; must be empty or a folder of backups
  std::map<std::string, std::string> extra; ///< further files: name in the backup (relative) -> path
  std::uint32_t keep = 0;                   ///< so many of the newest stay, older ones are removed; 0 = all
};
struct backup_done {
  std::string folder;
  std::uint32_t id = 0;            ///< its number in the folder
  std::uint64_t last_sequence = 0; ///< it holds the log up to here at least
  std::uint64_t bytes = 0;         ///< of all its files, shared ones included
};

} // namespace lifeline::storage
