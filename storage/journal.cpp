#include "storage/journal.hpp"

#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

namespace lifeline::storage {

tl::expected<void, failure> journal::read_order(const domain::order_id& order, const event_visitor& visit) const {
  tl::expected<void, failure> result;
  const auto first = order_log_key{order, 0}.encode();
  const auto last = order_log_key{order, UINT64_MAX}.encode();
  const auto scanned = scan(table::order_log, first, last, false, [&](auto key, auto) {
    const auto index = order_log_key::decode(key);
    const auto seq = index ? index->seq : 0;
    const auto row = get(table::log, sequence_key{seq}.encode());
    if (!row || !*row) {
      result = tl::unexpected(row ? failure{errc::corrupt, "the index of order " + to_string(order) + " names event " +
                                                               std::to_string(seq) + ", which is missing"}
                                  : row.error());
      return false;
    }
    auto e = decode_event(seq, **row);
    if (!e) result = tl::unexpected(e.error());
    return e && visit(*e);
  });
  return scanned ? result : scanned;
}

tl::expected<backup_done, failure> journal::back_up(const backup_order&) {
  return tl::unexpected(failure{errc::io_error, "this journal is not on a disk: it cannot be backed up"});
}

} // namespace lifeline::storage
