#pragma once
// The log's entries on disk: cereal as a visitor of their description (domain/log/describe.hpp), whose order of fields,
// with the width of their types, is the format.

#include "domain/log/describe.hpp"
#include "storage/codec.hpp"
#include "storage/order_serialize.hpp"

#include <algorithm>

namespace lifeline::domain {

using storage::check_version;
using storage::enumeration;

template <class Archive> void on_disk(Archive& ar, strategy& x) {
  std::uint8_t number = 0;
  for (const auto& s : strategies)
    if (s.value == x) number = s.number;
  ar(number);
  const auto* const known =
      std::find_if(strategies.begin(), strategies.end(), [&](const auto& s) { return s.number == number; });
  if (known == strategies.end()) throw cereal::Exception("the strategy " + std::to_string(number) + " is unknown");
  x = known->value;
}
template <class Archive> void on_disk(Archive& ar, reservation_outcome& x) {
  enumeration(ar, x, reservation_outcome::connected, reservation_outcome::engine_stopped);
}
template <class Archive> void on_disk(Archive& ar, queue_outcome& x) {
  enumeration(ar, x, queue_outcome::answered, queue_outcome::failed);
}
template <class Archive> void on_disk(Archive& ar, call_outcome& x) {
  enumeration(ar, x, call_outcome::answered, call_outcome::failed);
}
template <class Archive> void on_disk(Archive& ar, end_cause& x) {
  enumeration(ar, x, end_cause::caller_hung_up, end_cause::rejected_media);
}
template <class Archive> void on_disk(Archive& ar, agent_state& x) {
  enumeration(ar, x, agent_state::logged_out, static_cast<agent_state>(agent_state_count - 1));
}

/// Writes or reads the fields that an entry of this version has.
template <class Archive> struct disk_fields {
  Archive& ar;
  std::uint32_t version;

  template <class T> void operator()(const field& f, T& x) {
    if (f.since > version) return;
    if constexpr (std::is_enum_v<T>)
      on_disk(ar, x);
    else
      ar(x);
  }
  template <class Flag, class Value> void operator()(const field& f, known_later<Flag, Value> x) {
    (*this)(f, x.known);
    (*this)(f, x.value);
  }
};
/// What an older version did not say of itself.
inline void read_on(auto& /*all others*/, std::uint32_t /*version*/) {}
inline void read_on(call_record& x, std::uint32_t version) {
  if (version >= 3) return;
  x.first_queued = x.queued;
  if (x.queued != never) x.stays = {{x.queue, x.waited}};
}

template <class Archive> void serialize(Archive& ar, queue_stay& x) { ar(x.queue, x.waited); }
template <class Archive, described X> void serialize(Archive& ar, X& x, std::uint32_t version) {
  check_version<X>(version);
  disk_fields<Archive> fields{ar, version};
  describe(fields, x);
  if constexpr (Archive::is_loading::value) read_on(x, version);
}

} // namespace lifeline::domain

namespace cereal::detail {

template <lifeline::domain::described X> struct Version<X, version_binding_tag> {
  static constexpr std::uint32_t version = lifeline::domain::version_of<X>();
};

} // namespace cereal::detail
