#include "bench/runs.hpp"

#include "storage/journal.hpp"
#include "storage/tables.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <vector>

#include <unistd.h>

namespace lifeline::bench {

namespace {

namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

/// A folder that is gone in the end.
class folder {
public:
  explicit folder(const std::string& wanted)
      : path_(wanted.empty() ? fs::temp_directory_path() / ("lifeline-bench-" + std::to_string(::getpid()))
                             : fs::path{wanted}) {
    if (fs::exists(path_)) throw std::runtime_error(path_.string() + " exists already: name a new folder");
  }
  ~folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

private:
  fs::path path_;
};

/// Of a call: one entry and one row, as most changes of the engine are.
storage::change a_change(std::uint64_t n) {
  storage::change c;
  const domain::call_id call{n / 8 + 1, 7};
  c.events.push_back({0, domain::from_micros(1'760'000'000'000'000 + static_cast<std::int64_t>(n)), call,
                      domain::call_connected{{n, 1}, "8001", {}, "12315", domain::span{1'200'000}}});
  c.state.push_back({storage::table::live_calls, storage::call_key{call}.encode(), std::string(300, 'x')});
  return c;
}

double microseconds(clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

} // namespace

void run_journal(report& r, const journal_options& o) {
  const folder place(o.folder);
  storage::settings settings;
  settings.directory = place.path();
  settings.max_queue = o.changes + 1000;
  auto opened = storage::open_rocksdb_journal(settings);
  if (!opened) throw std::runtime_error(opened.error().message);
  auto& journal = **opened;

  sample append;
  const auto begun = clock::now();
  for (std::uint64_t n = 0; n < o.changes; ++n) {
    const auto before = clock::now();
    journal.append(a_change(n), storage::durability::lazy);
    append.add(microseconds(clock::now() - before));
  }
  if (!journal.barrier(std::chrono::seconds{60})) throw std::runtime_error("the journal does not keep up");
  const std::chrono::duration<double> took = clock::now() - begun;
  r.add("lazy changes per second", static_cast<double>(o.changes) / took.count(), "1/s", better::higher);
  append.describe(r, "append", "us");

  std::mutex mutex;
  std::condition_variable told;
  sample durable;
  for (std::uint64_t n = 0; n < o.durable; ++n) {
    bool done = false;
    const auto before = clock::now();
    journal.append(a_change(n), storage::durability::durable, [&](const storage::commit_result& result) {
      const std::lock_guard lock(mutex);
      done = result.ok;
      told.notify_one();
    });
    std::unique_lock lock(mutex);
    if (!told.wait_for(lock, std::chrono::seconds{10}, [&] { return done; }))
      throw std::runtime_error("a durable change was not stored");
    durable.add(microseconds(clock::now() - before) / 1000);
  }
  durable.describe(r, "durable change", "ms");
  r.spreads.push_back(durable.histogram("One durable change, waited for", "ms"));

  const auto reading = clock::now();
  std::uint64_t entries = 0;
  const auto read = journal.read_log(1, [&](const domain::event&) { return ++entries > 0; });
  if (!read) throw std::runtime_error(read.error().message);
  const std::chrono::duration<double> read_for = clock::now() - reading;
  r.add("entries read per second", static_cast<double>(entries) / read_for.count(), "1/s", better::higher);
}

} // namespace lifeline::bench
