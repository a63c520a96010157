#include "storage/verify.hpp"

#include "domain/log/log_verifier.hpp"
#include "storage/column_store.hpp"
#include "storage/directory.hpp"
#include "storage/event_codec.hpp"
#include "storage/examination.hpp"
#include "storage/witness.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>

namespace lifeline::storage {

namespace {

namespace fs = std::filesystem;

struct folding {
  domain::log_verifier verifier;
  std::uint64_t first = 0;

  void apply(const domain::event& e) {
    if (verifier.events() == 0) first = e.seq;
    verifier.apply(e);
  }
  log_verification result(bool ended) {
    if (ended) verifier.finish();
    log_verification r;
    r.first_sequence = first;
    r.last_sequence = verifier.last_sequence();
    r.events = verifier.events();
    r.calls = verifier.calls();
    r.reservations = verifier.reservations();
    r.open_calls = verifier.open_calls();
    r.open_reservations = verifier.open_reservations();
    r.orders = verifier.orders();
    r.open_orders = verifier.open_orders();
    r.lost_events = verifier.lost_events();
    r.violation_count = verifier.violation_count();
    r.violations = verifier.violations();
    return r;
  }
};

tl::expected<void, failure> check_ours(const std::string& directory) {
  std::error_code ignored;
  if (!fs::exists(directory, ignored)) return tl::unexpected(failure{errc::not_found, directory + " does not exist"});
  const auto found = identify(directory);
  if (!found) return tl::unexpected(found.error());
  if (found->state == directory_state::free)
    return tl::unexpected(failure{errc::foreign_directory, directory + " is not a journal: it is empty"});
  if (found->state == directory_state::unfinished)
    return tl::unexpected(
        failure{errc::foreign_directory, directory + " is not a journal yet: its creation was cut short"});
  if (found->schema > schema_version)
    return tl::unexpected(failure{errc::newer_schema, directory + " was written by a newer engine: its schema is " +
                                                          std::to_string(found->schema) + ", this one knows up to " +
                                                          std::to_string(schema_version)});
  return {};
}

std::set<std::string> write_ahead_files(const std::string& directory) {
  std::set<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".log") names.insert(it->path().filename().string());
  return names;
}

/// A running engine turns its write-ahead files into tables, merges tables, and removes what it has replaced. A file
/// that goes while the database is being opened would be missed, or leave a hole: then the opening is tried again.
tl::expected<std::unique_ptr<column_store>, failure> open_for_reading(const std::string& directory) {
  constexpr int tries = 100;
  for (int i = 1;; ++i) {
    const auto before = write_ahead_files(directory);
    auto store = column_store::open(directory, rocksdb::Env::Default(), column_store::mode::read_only);
    const auto after = write_ahead_files(directory);
    const bool steady = std::includes(after.begin(), after.end(), before.begin(), before.end());
    const bool file_missing = !store && store.error().message.find("No such file") != std::string::npos;
    if ((steady && !file_missing) || i == tries) return store;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

} // namespace

tl::expected<log_verification, failure> verify_log(const journal& j, bool ended) {
  folding f;
  const auto read = j.read_log(0, [&](const domain::event& e) {
    f.apply(e);
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  return f.result(ended);
}

namespace {

tl::expected<std::uint64_t, failure> read_log_of(const column_store& store, const std::string& directory,
                                                 const event_visitor& visit) {
  tl::expected<void, failure> problem;
  const auto scanned = store.scan(table::log, {}, {}, false, [&](auto key, auto value) {
    const auto seq = sequence_key::decode(key);
    if (!seq) {
      problem = tl::unexpected(
          failure{errc::corrupt, directory + ": the log has a key of " + std::to_string(key.size()) + " bytes"});
      return false;
    }
    const auto e = decode_event(seq->seq, value);
    if (!e) {
      problem = tl::unexpected(failure{errc::corrupt, directory + ": " + e.error().message});
      return false;
    }
    return visit(*e);
  });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!problem) return tl::unexpected(problem.error());
  return store.meta_number(meta_last_sequence);
}

/// What an opening would find: that something which was acknowledged is not there. Empty: nothing of that kind.
std::string broken_promise(const std::string& directory) {
  const auto found = examine(directory, rocksdb::Env::Default(), current_schema());
  return found || !found.error().salvageable ? std::string{} : found.error().what.message;
}

void violate(log_verification& r, std::string sentence) {
  ++r.violation_count;
  r.violations.push_back(std::move(sentence));
}

} // namespace

tl::expected<std::uint64_t, failure> read_journal_log(const std::string& directory, const event_visitor& visit) {
  if (auto ours = check_ours(directory); !ours) return tl::unexpected(ours.error());
  auto store = open_for_reading(directory);
  if (!store) return tl::unexpected(store.error());
  return read_log_of(**store, directory, visit);
}

tl::expected<log_verification, failure> verify_journal(const std::string& directory, bool ended) {
  if (auto ours = check_ours(directory); !ours) return tl::unexpected(ours.error());
  // Under a running engine its files come and go.
  const bool at_rest = check_free(directory, rocksdb::Env::Default()).has_value();
  const auto broken = at_rest ? broken_promise(directory) : std::string{};
  const auto said = read_witness(directory); // before the log: a running engine may add to it, but takes nothing away
  auto store = open_for_reading(directory);
  if (!store) return tl::unexpected(broken.empty() ? store.error() : failure{errc::corrupt, broken});
  folding f;
  const auto last = read_log_of(**store, directory, [&](const domain::event& e) {
    f.apply(e);
    return true;
  });
  if (!last) return tl::unexpected(last.error());
  if (at_rest)
    if (auto sound = (*store)->verify_checksums(); !sound) return tl::unexpected(sound.error());
  auto result = f.result(ended);
  if (*last != result.last_sequence) {
    violate(result, "the log ends with entry " + std::to_string(result.last_sequence) +
                        ", but its last one should be " + std::to_string(*last));
  } else if (broken.empty() && said && said->last_sequence > *last) {
    violate(result, "the log ends with entry " + std::to_string(*last) + ", but entry " +
                        std::to_string(said->last_sequence) + " had been acknowledged");
  }
  if (!broken.empty() && result.violation_count == 0) violate(result, broken);
  return result;
}

} // namespace lifeline::storage
