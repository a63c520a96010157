#include "storage/journal.hpp"

#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

namespace lifeline::storage {

namespace {

/// The entries that an index names. `name`: of what, in errors.
template <class Key, class Id>
tl::expected<void, failure> read_indexed(const journal& j, table index, const Id& id, const char* name,
                                         const event_visitor& visit) {
  tl::expected<void, failure> result;
  const auto first = Key{id, 0}.encode();
  const auto last = Key{id, UINT64_MAX}.encode();
  const auto scanned = j.scan(index, first, last, false, [&](auto bytes, auto) {
    const auto key = Key::decode(bytes);
    const auto seq = key ? key->seq : 0;
    const auto row = j.get(table::log, sequence_key{seq}.encode());
    if (!row || !*row) {
      result =
          tl::unexpected(row ? failure{errc::corrupt, std::string{"the index of "} + name + " " + to_string(id) +
                                                          " names event " + std::to_string(seq) + ", which is missing"}
                             : row.error());
      return false;
    }
    auto e = decode_event(seq, **row);
    if (!e) result = tl::unexpected(e.error());
    return e && visit(*e);
  });
  return scanned ? result : scanned;
}

} // namespace

tl::expected<void, failure> journal::read_call(const domain::call_id& call, const event_visitor& visit) const {
  return read_indexed<call_log_key>(*this, table::call_log, call, "call", visit);
}

tl::expected<void, failure> journal::read_order(const domain::order_id& order, const event_visitor& visit) const {
  return read_indexed<order_log_key>(*this, table::order_log, order, "order", visit);
}

tl::expected<backup_done, failure> journal::back_up(const backup_order&) {
  return tl::unexpected(failure{errc::io_error, "this journal is not on a disk: it cannot be backed up"});
}

} // namespace lifeline::storage
