#include "storage/tables.hpp"

#include "domain/base/wall_time.hpp"

#include <stdexcept>

namespace lifeline::storage {

namespace {

constexpr std::array<std::string_view, table_count> names = {
    "meta",      "log",     "call_log", "live_calls", "records",     "agents",    "registrations", "recordings",
    "elevators", "parties", "reports",  "orders",     "open_orders", "order_log", "order_index",   "devices",
};
static_assert(static_cast<std::size_t>(table::devices) + 1 == table_count);

std::uint64_t u64_at(std::string_view bytes, std::size_t offset) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return value;
}

template <class Tag> void append_id(std::string& out, const domain::basic_id<Tag>& id) {
  append_u64(out, id.hi);
  append_u64(out, id.lo);
}

template <class Id> Id id_at(std::string_view bytes) { return {u64_at(bytes, 0), u64_at(bytes, 8)}; }

/// Of anything that was made at that time or later.
template <class Id> Id first_id_at(domain::instant t) {
  // An id holds whole milliseconds: those made within the first one begun before `t` would come out as earlier.
  const auto us = domain::micros(domain::to_world(t));
  const auto ms = us <= 0 ? 0 : static_cast<std::uint64_t>((us + 999) / 1000);
  return {ms << 16, 0};
}

template <class Id> std::string id_key(const Id& id) {
  std::string out;
  out.reserve(16);
  append_id(out, id);
  return out;
}

template <class Id> std::string log_key(const Id& id, std::uint64_t seq) {
  std::string out;
  out.reserve(24);
  append_id(out, id);
  append_u64(out, seq);
  return out;
}

} // namespace

const std::array<std::string_view, table_count>& table_names() { return names; }

std::string_view table_name(table t) { return names.at(index_of(t)); }

void append_u64(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift & 0xff));
}

std::string encode_u64(std::uint64_t value) {
  std::string out;
  append_u64(out, value);
  return out;
}

std::optional<std::uint64_t> decode_u64(std::string_view bytes) {
  if (bytes.size() != 8) return std::nullopt;
  return u64_at(bytes, 0);
}

std::string sequence_key::encode() const { return encode_u64(seq); }

std::optional<sequence_key> sequence_key::decode(std::string_view bytes) {
  if (bytes.size() != 8) return std::nullopt;
  return sequence_key{u64_at(bytes, 0)};
}

std::string call_key::encode() const { return id_key(call); }

std::optional<call_key> call_key::decode(std::string_view bytes) {
  if (bytes.size() != 16) return std::nullopt;
  return call_key{id_at<domain::call_id>(bytes)};
}

call_key call_key::first_at(domain::instant t) { return {first_id_at<domain::call_id>(t)}; }

std::string call_log_key::encode() const { return log_key(call, seq); }

std::optional<call_log_key> call_log_key::decode(std::string_view bytes) {
  if (bytes.size() != 24) return std::nullopt;
  return call_log_key{id_at<domain::call_id>(bytes), u64_at(bytes, 16)};
}

std::string order_key::encode() const { return id_key(order); }

std::optional<order_key> order_key::decode(std::string_view bytes) {
  if (bytes.size() != 16) return std::nullopt;
  return order_key{id_at<domain::order_id>(bytes)};
}

order_key order_key::first_at(domain::instant t) { return {first_id_at<domain::order_id>(t)}; }

std::string order_log_key::encode() const { return log_key(order, seq); }

std::optional<order_log_key> order_log_key::decode(std::string_view bytes) {
  if (bytes.size() != 24) return std::nullopt;
  return order_log_key{id_at<domain::order_id>(bytes), u64_at(bytes, 16)};
}

std::string order_index_key::prefix() const {
  std::string out{static_cast<char>(by)};
  out += value;
  out.push_back('\0');
  return out;
}

std::string order_index_key::encode() const { return prefix() + order_key{order}.encode(); }

std::optional<order_index_key> order_index_key::decode(std::string_view bytes) {
  if (bytes.size() < 18) return std::nullopt;
  const auto kind = static_cast<order_index_kind>(bytes.front());
  const auto order = id_at<domain::order_id>(bytes.substr(bytes.size() - 16));
  if (kind < order_index_kind::lift || kind > order_index_kind::call || bytes[bytes.size() - 17] != '\0')
    return std::nullopt;
  return order_index_key{kind, std::string(bytes.substr(1, bytes.size() - 18)), order};
}

std::string report_key::encode() const { return source + '\0' + message_id; }

std::optional<account_key> account_key::decode(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  return account_key{std::string(bytes)};
}

bool is_reserved(const mutation& m) {
  if (m.table == table::log || m.table == table::call_log || m.table == table::order_log) return true;
  return m.table == table::meta && (m.key == meta_schema_version || m.key == meta_last_sequence ||
                                    m.key == meta_synced || m.key == meta_salvaged_at || m.key == meta_salvage_lost);
}

void check_mutations(const change& c) {
  for (const auto& m : c.state) {
    if (index_of(m.table) >= table_count) throw std::invalid_argument("storage: a change for an unknown table");
    if (is_reserved(m))
      throw std::invalid_argument("storage: table " + std::string(table_name(m.table)) + " key \"" + m.key +
                                  "\" is written by the journal alone");
  }
}

} // namespace lifeline::storage
