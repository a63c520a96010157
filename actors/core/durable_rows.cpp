#include "actors/core/durable_rows.hpp"

#include <memory>
#include <utility>

namespace lifeline::actors {

void put_rows(storage::change& c, const kept_tables& tables, kept_rows wanted, std::set<std::string>& indexed) {
  c.state.push_back({tables.rows, wanted.key, std::move(wanted.bytes)});
  std::optional<std::string> open;
  if (wanted.open) open.emplace();
  c.state.push_back({tables.open, std::move(wanted.key), std::move(open)});
  for (const auto& k : wanted.index)
    if (!indexed.contains(k)) c.state.push_back({tables.index, k, std::string{}});
  for (const auto& k : indexed)
    if (!wanted.index.contains(k)) c.state.push_back({tables.index, k, std::nullopt});
  indexed = std::move(wanted.index);
}

tl::expected<std::vector<std::string>, storage::failure> open_keys(const storage::journal& journal,
                                                                   const kept_tables& tables) {
  std::vector<std::string> keys;
  const auto scanned = journal.scan(tables.open, {}, {}, false, [&](auto key, auto) {
    keys.emplace_back(key);
    return true;
  });
  if (!scanned) return tl::unexpected(scanned.error());
  return keys;
}

void append_durably(const surroundings_ptr& around, storage::change c, std::function<bool()> is_newest,
                    storage::completion done) {
  auto again = c;
  std::erase_if(again.state, [](const storage::mutation& m) { return m.table == storage::table::meta; });
  auto finished = [weak = std::weak_ptr{around}, again = std::move(again), is_newest = std::move(is_newest),
                   done = std::move(done)](const storage::commit_result& r) mutable {
    const auto still = weak.lock();
    if (!r.ok && still) {
      if (!is_newest()) again.state.clear();
      if (!again.events.empty()) still->journal->append(std::move(again), storage::durability::lazy);
    }
    if (done) done(r);
  };
  around->journal->append(std::move(c), storage::durability::durable, std::move(finished));
}

storage::completion pending_writes::begin(caf::strong_actor_ptr me, write w) {
  const auto number = ++last_;
  writes_[number] = std::move(w);
  return [me = caf::actor_cast<caf::actor>(std::move(me)), number](const storage::commit_result& r) {
    caf::anon_send(me, rows_stored{number, r.ok, r.error.message});
  };
}

std::optional<pending_writes::write> pending_writes::take(const rows_stored& r) {
  auto known = writes_.extract(r.number);
  if (known.empty()) return std::nullopt;
  return std::move(known.mapped());
}

void pending_writes::came(const rows_stored& r) {
  if (const auto write = take(r); write && write->done) write->done(r.ok, r.error);
}

} // namespace lifeline::actors
