#pragma once
// The extra files of a backup: copied beside RocksDB's, listed with their checksums in the backup's metadata.

#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::storage {

struct backed_up_file {
  std::string name;
  std::string sha256;
  std::uint64_t bytes = 0;
  std::uint32_t mode = 0600; ///< the original's permissions
};

/// What belongs to a backup besides RocksDB's files.
struct backup_metadata {
  std::uint32_t schema = 0;
  std::uint64_t last_sequence = 0;
  std::string token; ///< names the folder of its extra files
  std::vector<backed_up_file> files;

  [[nodiscard]] std::string encode() const;
  /// Errors: corrupt, newer_schema (a later format).
  [[nodiscard]] static tl::expected<backup_metadata, failure> decode(std::string_view text);
};

/// Relative, without "..", without control characters.
[[nodiscard]] tl::expected<void, failure> check_file_name(const std::string& name);
[[nodiscard]] std::string random_token();

/// Copies the files into `folder`, which is made, readable by the owner alone, synced.
[[nodiscard]] tl::expected<std::vector<backed_up_file>, failure>
copy_files(const std::map<std::string, std::string>& files, const std::string& folder);
/// Compares what lies in `folder` with the list.
[[nodiscard]] tl::expected<void, failure> check_files(const std::vector<backed_up_file>& files,
                                                      const std::string& folder);
/// Puts them into `target` with their original permissions. None of them may exist.
[[nodiscard]] tl::expected<void, failure> put_back_files(const std::vector<backed_up_file>& files,
                                                         const std::string& folder, const std::string& target);

} // namespace lifeline::storage
