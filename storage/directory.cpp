#include "storage/directory.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <unistd.h>

namespace lifeline::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view unfinished_name = "LIFELINE_JOURNAL.new";
constexpr std::string_view replacement_name = "LIFELINE_JOURNAL.next";
constexpr std::string_view marker_head = "lifeline journal\nschema ";

std::string path_of(const std::string& directory, std::string_view name) {
  return (fs::path(directory) / name).string();
}

failure system_failure(const std::string& doing, const std::string& path, int error) {
  return {error == ENOSPC || error == EDQUOT ? errc::disk_full : errc::io_error,
          doing + " " + path + ": " + std::strerror(error)};
}

tl::expected<void, failure> sync_path(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return tl::unexpected(system_failure("opening", path, errno));
  const int result = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  if (result != 0) return tl::unexpected(system_failure("syncing", path, error));
  return {};
}

tl::expected<void, failure> write_synced(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return tl::unexpected(system_failure("creating", path, errno));
  int error = 0;
  for (std::string_view left = text; !left.empty() && error == 0;) {
    const auto written = ::write(fd, left.data(), left.size());
    if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
    if (written == 0) error = ENOSPC;
    if (written < 0 && errno != EINTR) error = errno;
  }
  if (error == 0 && ::fsync(fd) != 0) error = errno;
  ::close(fd);
  if (error != 0) return tl::unexpected(system_failure("writing", path, error));
  return {};
}

tl::expected<void, failure> rename_synced(const std::string& directory, std::string_view from, std::string_view to) {
  std::error_code error;
  fs::rename(path_of(directory, from), path_of(directory, to), error);
  if (error) return tl::unexpected(system_failure("renaming to", path_of(directory, to), error.value()));
  return sync_path(directory, O_RDONLY | O_DIRECTORY);
}

std::string marker_text(std::uint32_t schema) { return std::string(marker_head) + std::to_string(schema) + "\n"; }

tl::expected<std::uint32_t, failure> read_marker(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return tl::unexpected(system_failure("opening", path, errno));
  std::array<char, 128> buffer{};
  const auto size = ::read(fd, buffer.data(), buffer.size());
  const int error = errno;
  ::close(fd);
  if (size < 0) return tl::unexpected(system_failure("reading", path, error));
  const std::string_view text(buffer.data(), static_cast<std::size_t>(size));
  std::uint32_t schema = 0;
  if (text.starts_with(marker_head)) {
    const auto number = text.substr(marker_head.size());
    const auto [end, bad] = std::from_chars(number.data(), number.data() + number.size(), schema);
    if (bad == std::errc{} && text == marker_text(schema) && schema > 0) return schema;
  }
  return tl::unexpected(failure{errc::corrupt, path + " is damaged: it does not name a journal and its schema"});
}

} // namespace

tl::expected<directory_identity, failure> identify(const std::string& directory) {
  std::error_code error;
  const auto status = fs::status(directory, error);
  if (status.type() == fs::file_type::not_found) return directory_identity{};
  if (error) return tl::unexpected(system_failure("looking at", directory, error.value()));
  if (!fs::is_directory(status))
    return tl::unexpected(failure{errc::foreign_directory, directory + " is not a directory"});

  std::string stranger;
  bool marked = false;
  bool unfinished = false;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const auto name = it->path().filename().string();
    marked = marked || name == marker_file;
    unfinished = unfinished || name == unfinished_name;
    if (name != "lost+found" && stranger.empty()) stranger = name;
  }
  if (error) return tl::unexpected(system_failure("listing", directory, error.value()));
  if (marked) {
    const auto schema = read_marker(path_of(directory, marker_file));
    if (!schema) return tl::unexpected(schema.error());
    return directory_identity{directory_state::ours, *schema};
  }
  if (unfinished) return directory_identity{directory_state::unfinished, 0};
  if (stranger.empty()) return directory_identity{};
  return tl::unexpected(failure{errc::foreign_directory, directory + " is not a journal of this engine: it holds \"" +
                                                             stranger + "\" and no " + std::string(marker_file)});
}

tl::expected<void, failure> begin_creation(const std::string& directory, std::uint32_t schema) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return tl::unexpected(system_failure("creating", directory, error.value()));
  if (auto r = write_synced(path_of(directory, unfinished_name), marker_text(schema)); !r) return r;
  if (auto r = sync_path(directory, O_RDONLY | O_DIRECTORY); !r) return r;
  // The directory's own entry must survive a power cut too.
  const auto parent = fs::absolute(directory).lexically_normal().parent_path();
  return sync_path(parent.empty() ? "/" : parent.string(), O_RDONLY | O_DIRECTORY);
}

tl::expected<void, failure> finish_creation(const std::string& directory) {
  return rename_synced(directory, unfinished_name, marker_file);
}

tl::expected<void, failure> sync_directory(const std::string& directory) {
  return sync_path(directory, O_RDONLY | O_DIRECTORY);
}

tl::expected<void, failure> put_file(const std::string& path, const std::string& bytes) {
  const fs::path place{path};
  const auto fresh = place.filename().string() + ".next";
  if (auto r = write_synced(path_of(place.parent_path().string(), fresh), bytes); !r) return r;
  return rename_synced(place.parent_path().string(), fresh, place.filename().string());
}

tl::expected<void, failure> rewrite_marker(const std::string& directory, std::uint32_t schema) {
  if (auto r = write_synced(path_of(directory, replacement_name), marker_text(schema)); !r) return r;
  return rename_synced(directory, replacement_name, marker_file);
}

} // namespace lifeline::storage
