#pragma once
// RocksDB's write-ahead files, read by ourselves: the database's own reader stops or goes on at damage without saying
// what lay behind it, which is the very question. The format (RocksDB's wiki, "Write Ahead Log File Format"): blocks of
// 32 kB, in each of them fragments of a header (masked CRC-32C of type and data, 4 bytes; length, 2; type, 1) and data;
// no fragment crosses a block; a record is one FULL fragment, or FIRST, MIDDLE..., LAST. We never recycle files.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace lifeline::storage {

inline constexpr std::size_t wal_block = 32768;
inline constexpr std::size_t wal_header = 7;

struct wal_record {
  std::uint64_t offset = 0; ///< of its first fragment in the file
  std::string_view bytes;   ///< valid during the call
};
struct wal_damage {
  std::uint64_t offset = 0; ///< where the first byte that is not sound lies
  std::string what;
};

struct wal_visitor {
  std::function<void(const wal_record&)> record;
  std::function<void(const wal_damage&)> damage; ///< something sound lies behind it in this file
};
/// Reads a file's bytes in order. Returns where its end is torn (a record that was being written, or anything that is
/// not a record, with nothing sound behind), or its size. Zeros up to the end are no tear: space taken in advance.
std::uint64_t read_wal(std::string_view file, const wal_visitor& visit);

/// Builds a file of whole records.
class wal_writer {
public:
  void add(std::string_view record);
  [[nodiscard]] const std::string& bytes() const { return out_; }

private:
  std::string out_;
};

/// CRC-32C as RocksDB stores it.
std::uint32_t masked_crc32c(std::string_view bytes);

} // namespace lifeline::storage
