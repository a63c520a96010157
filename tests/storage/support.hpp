#pragma once
// What the tests of the journal share.

#include "domain/log/events.hpp"
#include "storage/journal.hpp"
#include "tests/temp_folder.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace lifeline::storage::testing {

using lifeline::testing::temp_folder;

void write_file(const std::string& path, const std::string& bytes);
std::string read_file(const std::string& path);
/// Every file below and its bytes; a directory has none.
std::map<std::string, std::string> contents(const std::string& directory);

/// An entry of each type, with every field set, from random values.
std::vector<domain::event> one_of_each(std::mt19937_64& random);
domain::call_id random_call(std::mt19937_64& random);
domain::event simple_event(std::uint64_t mark, domain::call_id call = {});
/// The mark of a simple event.
std::uint64_t mark_of(const domain::event& e);

/// What an observer saw, in order: number, whether stored, and the entry's bytes.
class recorder : public commit_observer {
public:
  struct seen {
    std::uint64_t seq = 0;
    bool stored = false;
    std::string bytes;
    bool operator==(const seen&) const = default;
  };
  void on_commit(const std::vector<domain::event>& events, bool stored) override;
  [[nodiscard]] std::vector<seen> all() const;
  [[nodiscard]] std::size_t count() const;

private:
  mutable std::mutex mutex_;
  std::vector<seen> seen_;
};

std::vector<std::pair<std::string, std::string>> rows_of(const journal& j, table t, std::string_view first = {},
                                                         std::string_view last = {}, bool reverse = false);
/// The numbers of the whole log.
std::vector<std::uint64_t> log_numbers(const journal& j);
/// 1..n, as a gapless log must be.
std::vector<std::uint64_t> gapless(std::uint64_t n);

/// Appends and waits for the answer, 10 s at the most.
commit_result append_and_wait(journal& j, change c, durability d);
/// Looks again every millisecond, 10 s at the most.
bool eventually(const std::function<bool()>& condition);

/// A process of our own; killed at the end if it still runs.
class peer {
public:
  peer(const std::string& mode, const std::string& directory);
  ~peer();
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;
  /// The next line without its end; nothing at the end of the output.
  std::optional<std::string> line();
  void kill_hard();
  void close_input();
  int wait();

private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string buffer_;
};

} // namespace lifeline::storage::testing
