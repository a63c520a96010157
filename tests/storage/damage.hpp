#pragma once
// A journal as a killed process leaves it, and ways to damage a copy of it.

#include "storage/rocksdb_journal.hpp"
#include "support.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lifeline::storage::testing {

/// Copies a journal that is in use, as a kill -9 at this moment would leave it.
void take_image(const std::string& journal, const std::string& image);
/// The write-ahead files, the newest last.
std::vector<std::string> wals_of(const std::string& journal);
void flip_bit(const std::string& path, std::uint64_t bit);

/// So many changes, each a batch of its own: change n has the mark n and the row "agent n" with `value_of(n)`; a few
/// are longer than a block of the write-ahead file.
struct numbered_journal {
  std::string directory;
  std::unique_ptr<journal> open;

  explicit numbered_journal(const std::string& directory, std::chrono::milliseconds lazy_sync = std::chrono::hours{1});
  void add(std::uint64_t count, durability d);
  std::uint64_t added = 0;
};
std::string value_of(std::uint64_t n);

/// What is wrong with the journal's content, where `last` changes should be and the entries of `lost` may be missing;
/// empty: nothing.
std::string wrong_content(const journal& j, std::uint64_t last,
                          const std::vector<std::pair<std::uint64_t, std::uint64_t>>& lost = {});

} // namespace lifeline::storage::testing
