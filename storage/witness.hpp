#pragma once
// LIFELINE_WITNESS in the journal's directory: how far the log had been synced, written after each sync beside the
// database. Without it the loss of the log's very end, or of a whole file, could not be told from a log that had never
// been longer. It is not synced itself (it lies in the kernel's cache at once, and on the disk within the minute), so
// after a power cut it may claim less than was acknowledged, never more; after a crash of the process it is exact.

#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::storage {

inline constexpr std::string_view witness_file = "LIFELINE_WITNESS";

struct testimony {
  std::uint64_t position = 0;      ///< RocksDB's number of the last row that is on the disk
  std::uint64_t last_sequence = 0; ///< the log's last entry that is
  std::vector<std::uint64_t> wals; ///< numbers of write-ahead files that there were, the newest last
  bool operator==(const testimony&) const = default;

  [[nodiscard]] std::string encode() const; ///< always `witness_size` bytes
  [[nodiscard]] static std::optional<testimony> decode(std::string_view bytes);
};
inline constexpr std::size_t witness_size = 512; ///< one sector: written whole or not at all

/// Nothing when there is none, or it is damaged (it is no proof then).
[[nodiscard]] std::optional<testimony> read_witness(const std::string& directory);

/// Of one thread.
class witness {
public:
  ~witness();
  witness() = default;
  witness(const witness&) = delete;
  witness& operator=(const witness&) = delete;
  /// Makes the file if need be and writes what is known now, synced.
  [[nodiscard]] tl::expected<void, failure> open(const std::string& directory, testimony first);
  /// Best effort: a witness that cannot be written claims too little, which is no loss.
  void note(std::uint64_t position, std::uint64_t last_sequence, std::uint64_t wal);
  /// Files below are gone rightly.
  void forget_wals_below(std::uint64_t least);
  [[nodiscard]] const testimony& known() const { return known_; }

private:
  bool write() const;
  int fd_ = -1;
  testimony known_;
};

} // namespace lifeline::storage
