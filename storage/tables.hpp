#pragma once
// How the journal lies on disk: the tables, their names, and the keys. Every key compares bytewise in the order that
// it means, so all numbers in keys are big-endian.

#include "domain/base/ids.hpp"
#include "domain/log/alarm_report.hpp"
#include "domain/plan/plan.hpp"
#include "storage/types.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::storage {

/// Raised by one whenever older engines could no longer read what this one writes; see migrations.hpp.
inline constexpr std::uint32_t schema_version = 1;

inline constexpr std::size_t table_count = 16;
/// The column families' names by the number of their `table`. Append-only: names are on disk.
const std::array<std::string_view, table_count>& table_names();
std::string_view table_name(table t);
inline std::size_t index_of(table t) { return static_cast<std::size_t>(t); }

/// Rows of `table::meta` that belong to the journal itself; the values are 8 bytes big-endian.
inline constexpr std::string_view meta_schema_version = "schema_version";
inline constexpr std::string_view meta_last_sequence = "last_sequence";
/// In every batch: RocksDB's number of the last row that was on the disk before the batch was written.
inline constexpr std::string_view meta_synced = "synced";
/// The last salvage: its time in microseconds, and how many entries it could not save.
inline constexpr std::string_view meta_salvaged_at = "salvaged_at";
inline constexpr std::string_view meta_salvage_lost = "salvage_lost";

void append_u64(std::string& out, std::uint64_t value);
std::string encode_u64(std::uint64_t value);
/// Nothing unless there are exactly 8 bytes.
std::optional<std::uint64_t> decode_u64(std::string_view bytes);

/// 8 bytes: key of `table::log`.
struct sequence_key {
  std::uint64_t seq = 0;
  [[nodiscard]] std::string encode() const;
  static std::optional<sequence_key> decode(std::string_view bytes);
  bool operator==(const sequence_key&) const = default;
};

/// 16 bytes: key of every table by call. Ids are UUIDv7, so the tables are in order of time.
struct call_key {
  domain::call_id call;
  [[nodiscard]] std::string encode() const;
  static std::optional<call_key> decode(std::string_view bytes);
  /// The least key of a call whose id was made at `t` or later: scan [first_at(from), first_at(to)).
  static call_key first_at(domain::instant t);
  bool operator==(const call_key&) const = default;
};

/// 24 bytes: key of `table::call_log`.
struct call_log_key {
  domain::call_id call;
  std::uint64_t seq = 0;
  [[nodiscard]] std::string encode() const;
  static std::optional<call_log_key> decode(std::string_view bytes);
  bool operator==(const call_log_key&) const = default;
};

/// 16 bytes: key of every table by order, ordered by time as call_key is.
struct order_key {
  domain::order_id order;
  [[nodiscard]] std::string encode() const;
  static std::optional<order_key> decode(std::string_view bytes);
  static order_key first_at(domain::instant t);
  bool operator==(const order_key&) const = default;
};

/// 24 bytes: key of `table::order_log`.
struct order_log_key {
  domain::order_id order;
  std::uint64_t seq = 0;
  [[nodiscard]] std::string encode() const;
  static std::optional<order_log_key> decode(std::string_view bytes);
  bool operator==(const order_log_key&) const = default;
};

/// Key of `table::order_index`: one kind, one value, all its orders by time.
enum class order_index_kind : std::uint8_t { lift = 1, caller = 2, number = 3, call = 4 };
struct order_index_key {
  order_index_kind by = order_index_kind::lift;
  std::string value; ///< rescue code, phone number, order number, call id as text; holds no 0
  domain::order_id order;
  [[nodiscard]] std::string prefix() const; ///< without the order: scan [prefix, prefix + 16 x 0xFF]
  [[nodiscard]] std::string encode() const;
  static std::optional<order_index_key> decode(std::string_view bytes);
  bool operator==(const order_index_key&) const = default;
};

/// Key of `table::reports`. Sources hold no 0.
struct report_key {
  std::string source;
  std::string message_id;
  [[nodiscard]] std::string encode() const;
};

/// The account's name as it is: key of the tables by agent.
struct account_key {
  domain::agent_id account;
  [[nodiscard]] std::string encode() const { return account; }
  static std::optional<account_key> decode(std::string_view bytes);
  bool operator==(const account_key&) const = default;
};

/// True when the row is written by the journal alone: the log, its index, and its own rows of meta.
bool is_reserved(const mutation& m);
/// Refuses (std::invalid_argument: it is a bug of the caller's) a change that writes reserved rows or unknown tables.
void check_mutations(const change& c);

} // namespace lifeline::storage
