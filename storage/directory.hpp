#pragma once
// Whose directory is it? Decided by a marker file of our own before any database library touches the directory.
//
// Rules. An empty directory (but for lost+found) or none at all is free. A creation writes LIFELINE_JOURNAL.new first,
// into the empty directory, then the database, and renames the file to LIFELINE_JOURNAL last. So a directory with
// LIFELINE_JOURNAL is a whole journal; one with only LIFELINE_JOURNAL.new is a creation that was cut short, before
// anything was acknowledged, and is made anew; any other is foreign and never written to.

#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace lifeline::storage {

inline constexpr std::string_view marker_file = "LIFELINE_JOURNAL";

enum class directory_state { free, unfinished, ours };

struct directory_identity {
  directory_state state = directory_state::free;
  std::uint32_t schema = 0; ///< of the marker, if it is ours
};

/// Reads only. Errors: foreign_directory, corrupt (our marker is unreadable), io_error.
[[nodiscard]] tl::expected<directory_identity, failure> identify(const std::string& directory);

/// Makes the directory with what is missing above it, and marks it as being created.
[[nodiscard]] tl::expected<void, failure> begin_creation(const std::string& directory, std::uint32_t schema);
[[nodiscard]] tl::expected<void, failure> finish_creation(const std::string& directory);
/// What was made, renamed or removed in it survives a power cut then.
[[nodiscard]] tl::expected<void, failure> sync_directory(const std::string& directory);
/// Puts a file there, whole and on the disk, in the place of an older one.
[[nodiscard]] tl::expected<void, failure> put_file(const std::string& path, const std::string& bytes);
/// Replaces the marker of a migrated journal.
[[nodiscard]] tl::expected<void, failure> rewrite_marker(const std::string& directory, std::uint32_t schema);

} // namespace lifeline::storage
