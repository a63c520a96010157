#include "storage/salvage.hpp"

#include "domain/rescue/lost_orders.hpp"
#include "storage/directory.hpp"
#include "storage/event_codec.hpp"
#include "storage/examination.hpp"
#include "storage/wal_file.hpp"
#include "storage/witness.hpp"

#include <algorithm>
#include <filesystem>

namespace lifeline::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t rows_at_once = 10'000;
constexpr std::size_t orders_in_entry = 100;

failure system_failure(const std::string& doing, const std::string& path, const std::error_code& e) {
  return {e == std::errc::no_space_on_device ? errc::disk_full : errc::io_error,
          doing + " " + path + ": " + e.message()};
}

std::string marker_of(const salvage_order& order) { return order.directory + "/" + std::string(salvage_marker); }

/// "journal.damaged-20261130T231502Z", beside the journal; the one of a salvage that was cut short goes on being used.
tl::expected<std::string, failure> begin(const salvage_order& order) {
  if (auto begun = read_whole_file(marker_of(order))) return *begun;
  auto stamp = domain::to_rfc3339(order.now).substr(0, 19) + "Z";
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  auto place = fs::absolute(order.directory).lexically_normal();
  if (place.filename().empty()) place = place.parent_path();
  const auto kept = place.string() + ".damaged-" + stamp;
  std::error_code error;
  fs::create_directory(kept, error);
  if (!error) fs::permissions(kept, fs::perms::owner_all, error);
  if (error) return tl::unexpected(system_failure("making", kept, error));
  for (fs::directory_iterator it(order.directory, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_regular_file() || it->path().extension() == ".sst" || it->path().filename() == "LOCK") continue;
    const auto bytes = read_whole_file(it->path().string());
    if (!bytes) return tl::unexpected(bytes.error());
    if (auto r = put_file(kept + "/" + it->path().filename().string(), *bytes); !r) return tl::unexpected(r.error());
  }
  if (error) return tl::unexpected(system_failure("listing", order.directory, error));
  if (auto r = sync_directory(place.parent_path().string()); !r) return tl::unexpected(r.error());
  if (auto r = put_file(marker_of(order), kept); !r) return tl::unexpected(r.error());
  return kept;
}

/// Each write-ahead file is written anew from its sound batches; one without damage comes out as it was.
tl::expected<void, failure> mend_wals(const std::string& directory, const wal_tables& tables) {
  const auto files = list_wals(directory, 0);
  if (!files) return tl::unexpected(files.error());
  for (const auto& f : *files) {
    const auto bytes = read_whole_file(f.path);
    if (!bytes) return tl::unexpected(bytes.error());
    wal_writer sound;
    const wal_visitor visit{[&](const wal_record& r) {
                              if (read_batch(r.bytes, tables)) sound.add(r.bytes);
                            },
                            [](const wal_damage&) {}};
    (void)read_wal(*bytes, visit);
    if (sound.bytes() == *bytes) continue;
    if (auto r = put_file(f.path, sound.bytes()); !r) return r;
  }
  return {};
}

struct hole {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  domain::instant until = domain::never; ///< the time of the entry behind it
};
struct log_look {
  std::vector<hole> holes;
  std::uint64_t last = 0;
  domain::lost_orders orders;
};

tl::expected<log_look, failure> look_at_log(const column_store& store, std::uint64_t promised, domain::instant now) {
  log_look look;
  tl::expected<void, failure> problem;
  const auto scanned = store.scan(table::log, {}, {}, false, [&](auto key, auto value) {
    const auto seq = sequence_key::decode(key);
    auto e = seq ? decode_event(seq->seq, value)
                 : tl::unexpected(failure{errc::corrupt, "the log has a key that is no number"});
    if (!e) {
      problem = tl::unexpected(e.error());
      return false;
    }
    if (e->seq != look.last + 1) {
      look.holes.push_back({look.last + 1, e->seq - 1, e->at});
      look.orders.hole();
    }
    look.orders.apply(*e);
    look.last = e->seq;
    return true;
  });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!problem) return tl::unexpected(problem.error());
  if (promised > look.last) {
    look.holes.push_back({look.last + 1, promised, now});
    look.last = promised;
  }
  return look;
}

/// In the place of each lost entry stands that it is lost: its number is never given again.
tl::expected<void, failure> fill(column_store& store, const std::vector<hole>& holes) {
  column_store::batch rows;
  std::size_t count = 0;
  for (const auto& h : holes)
    for (auto seq = h.first; seq <= h.last; ++seq) {
      rows.put(table::log, sequence_key{seq}.encode(),
               encode_event({seq, h.until, {}, domain::events_lost{1, "damaged on the disk, and not salvaged"}}));
      if (++count % rows_at_once != 0) continue;
      if (auto r = store.write(rows, false); !r) return r;
      rows.clear();
    }
  return store.write(rows, false);
}

/// `schema`: of the directory's marker, for the row may be among what is lost.
tl::expected<void, failure> last_word(column_store& store, const salvage_order& order, const log_look& look,
                                      const salvage_report& report, std::uint32_t schema) {
  const auto seq = look.last + 1;
  domain::log_salvaged entry{report.lost, 0, 0, domain::list_some(report.orders, orders_in_entry), report.kept};
  if (!report.ranges.empty()) {
    entry.first = report.ranges.front().first;
    entry.last = report.ranges.back().second;
  }
  column_store::batch rows;
  rows.put(table::log, sequence_key{seq}.encode(), encode_event({seq, order.now, {}, std::move(entry)}));
  rows.put(table::meta, meta_last_sequence, encode_u64(seq));
  if (!store.meta_number(meta_schema_version)) rows.put(table::meta, meta_schema_version, encode_u64(schema));
  rows.put(table::meta, meta_salvaged_at, encode_u64(static_cast<std::uint64_t>(domain::micros(order.now))));
  rows.put(table::meta, meta_salvage_lost, encode_u64(report.lost));
  const auto get = [&](table t, std::string_view key) { return store.get(t, key).value_or(std::nullopt); };
  if (order.counters)
    for (const auto& m : order.counters(get, report.lost)) {
      if (m.value)
        rows.put(m.table, m.key, *m.value);
      else
        rows.erase(m.table, m.key);
    }
  return store.write(rows, true);
}

tl::expected<void, failure> end(const salvage_order& order) {
  std::error_code error;
  fs::remove(order.directory + "/" + std::string(witness_file), error);
  if (!error) fs::remove(marker_of(order), error);
  if (error) return tl::unexpected(system_failure("clearing up", order.directory, error));
  return sync_directory(order.directory);
}

tl::expected<salvage_report, failure> salvage(const salvage_order& order, std::uint32_t schema, std::string why) {
  const auto said = read_witness(order.directory);
  auto kept = begin(order);
  if (!kept) return tl::unexpected(kept.error());
  if (auto r = mend_wals(order.directory, {}); !r) return tl::unexpected(r.error());
  auto store = column_store::open(order.directory, rocksdb::Env::Default(), column_store::mode::read_write);
  if (!store) return tl::unexpected(store.error());
  const auto promised = std::max(said ? said->last_sequence : 0, (*store)->meta_number(meta_last_sequence).value_or(0));
  const auto look = look_at_log(**store, promised, order.now);
  if (!look) return tl::unexpected(look.error());
  salvage_report report;
  report.needed = true;
  report.why = std::move(why);
  report.kept = std::move(*kept);
  report.orders = look->orders.numbers();
  for (const auto& h : look->holes) {
    report.ranges.emplace_back(h.first, h.last);
    report.lost += h.last - h.first + 1;
  }
  if (auto r = fill(**store, look->holes); !r) return tl::unexpected(r.error());
  if (auto r = last_word(**store, order, *look, report, schema); !r) return tl::unexpected(r.error());
  store->reset();
  if (auto r = end(order); !r) return tl::unexpected(r.error());
  return report;
}

} // namespace

tl::expected<salvage_report, failure> salvage_journal(const salvage_order& order) {
  const auto found = identify(order.directory);
  if (!found) return tl::unexpected(found.error());
  if (found->state != directory_state::ours) return salvage_report{};
  if (found->schema > schema_version)
    return tl::unexpected(newer_schema_failure(order.directory, found->schema, schema_version));
  if (auto r = check_free(order.directory, rocksdb::Env::Default()); !r) return tl::unexpected(r.error());
  auto inside = examine(order.directory, rocksdb::Env::Default(), current_schema());
  if (inside) return salvage_report{};
  if (!inside.error().salvageable)
    return tl::unexpected(failure{inside.error().what.code,
                                  inside.error().what.message + ": this cannot be salvaged, restore the last backup"});
  return salvage(order, found->schema, inside.error().what.message);
}

} // namespace lifeline::storage
