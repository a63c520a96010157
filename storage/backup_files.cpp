#include "storage/backup_files.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeline::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view metadata_head = "lifeline backup 1";
/// Secrets and configuration; anything larger was not meant.
constexpr std::size_t largest_file = std::size_t{64} << 20;

failure system_failure(const std::string& doing, const std::string& path, int error) {
  auto code = errc::io_error;
  if (error == ENOSPC || error == EDQUOT) code = errc::disk_full;
  if (error == ENOENT) code = errc::not_found;
  return {code, doing + " " + path + ": " + std::strerror(error)};
}

struct descriptor {
  int fd;
  explicit descriptor(int f) : fd(f) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

std::string hex(const unsigned char* bytes, std::size_t size) {
  static constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

std::string sha256_of(const std::string& bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return hex(digest.data(), digest.size());
}

struct content {
  std::string bytes;
  std::uint32_t mode = 0;
};

tl::expected<content, failure> read_whole(const std::string& path) {
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0) return tl::unexpected(system_failure("opening", path, errno));
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return tl::unexpected(system_failure("examining", path, errno));
  if (!S_ISREG(info.st_mode)) return tl::unexpected(failure{errc::not_found, path + " is not a file"});
  content c;
  c.mode = static_cast<std::uint32_t>(info.st_mode & 0777);
  std::array<char, 65536> block{};
  while (true) {
    const auto got = ::read(file.fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(system_failure("reading", path, errno));
    if (got == 0) return c;
    c.bytes.append(block.data(), static_cast<std::size_t>(got));
    if (c.bytes.size() > largest_file)
      return tl::unexpected(failure{errc::io_error, path + " is larger than " + std::to_string(largest_file) +
                                                        " bytes: too large for an extra file of a backup"});
  }
}

tl::expected<void, failure> sync_folder(const fs::path& path) {
  const descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.fd < 0 || ::fsync(folder.fd) != 0) return tl::unexpected(system_failure("syncing", path.string(), errno));
  return {};
}

/// Its folders are made, for the owner alone.
tl::expected<void, failure> write_new(const fs::path& path, const std::string& bytes, std::uint32_t mode) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return tl::unexpected(system_failure("making", path.parent_path().string(), error.value()));
  const descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.fd < 0) return tl::unexpected(system_failure("creating", path.string(), errno));
  for (std::string_view left = bytes; !left.empty();) {
    const auto done = ::write(file.fd, left.data(), left.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return tl::unexpected(system_failure("writing", path.string(), done < 0 ? errno : ENOSPC));
    left.remove_prefix(static_cast<std::size_t>(done));
  }
  if (::fchmod(file.fd, static_cast<mode_t>(mode)) != 0 || ::fsync(file.fd) != 0)
    return tl::unexpected(system_failure("syncing", path.string(), errno));
  return sync_folder(path.parent_path());
}

std::optional<std::uint64_t> number(std::string_view text, int base = 10) {
  std::uint64_t value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (bad != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::string_view cut(std::string_view& text, char at) {
  const auto end = text.find(at);
  const auto part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return part;
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

} // namespace

std::string random_token() {
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return hex(bytes.data(), bytes.size());
}

std::string backup_metadata::encode() const {
  auto text = std::string(metadata_head) + "\nschema " + std::to_string(schema) + "\nsequence " +
              std::to_string(last_sequence) + "\ntoken " + token + "\n";
  for (const auto& f : files) {
    std::array<char, 8> mode{};
    const auto end = std::to_chars(mode.data(), mode.data() + mode.size(), f.mode, 8).ptr;
    text +=
        "file " + f.sha256 + " " + std::to_string(f.bytes) + " " + std::string(mode.data(), end) + " " + f.name + "\n";
  }
  return text + "end\n";
}

tl::expected<backup_metadata, failure> backup_metadata::decode(std::string_view text) {
  const auto bad = [](const char* what) {
    return tl::unexpected(failure{errc::corrupt, std::string("the backup's metadata is damaged: ") + what});
  };
  if (const auto head = cut(text, '\n'); head != metadata_head) {
    if (head.starts_with("lifeline backup "))
      return tl::unexpected(failure{errc::newer_schema, "the backup was made by a newer engine"});
    return bad("it is not of this engine");
  }
  backup_metadata m;
  bool sequence = false;
  bool complete = false;
  while (!text.empty()) {
    if (complete) return bad("something follows its end");
    auto line = cut(text, '\n');
    const auto what = cut(line, ' ');
    if (what == "schema" || what == "sequence") {
      const auto value = number(line);
      if (!value) return bad("a number is expected");
      sequence = sequence || what == "sequence";
      if (what == "schema") m.schema = static_cast<std::uint32_t>(*value);
      if (what == "sequence") m.last_sequence = *value;
    } else if (what == "token") {
      if (line.size() != 32 || !is_hex(line)) return bad("a token is expected");
      m.token = line;
    } else if (what == "file") {
      backed_up_file f;
      f.sha256 = cut(line, ' ');
      const auto bytes = number(cut(line, ' '));
      const auto mode = number(cut(line, ' '), 8);
      f.name = line;
      if (!bytes || !mode || *mode > 0777 || f.sha256.size() != 64 || !check_file_name(f.name))
        return bad("a file is expected");
      f.bytes = *bytes;
      f.mode = static_cast<std::uint32_t>(*mode);
      m.files.push_back(std::move(f));
    } else if (what == "end" && line.empty()) {
      complete = true;
    } else {
      return bad("a line is unknown");
    }
  }
  if (!complete || m.schema == 0 || !sequence || m.token.empty()) return bad("a line is missing");
  return m;
}

tl::expected<void, failure> check_file_name(const std::string& name) {
  const fs::path p(name);
  const bool printable = std::all_of(name.begin(), name.end(), [](unsigned char c) { return c >= 0x20; });
  const bool inside =
      std::none_of(p.begin(), p.end(), [](const auto& part) { return part == ".." || part == "." || part.empty(); });
  if (!p.empty() && p.is_relative() && p.has_filename() && printable && inside) return {};
  return tl::unexpected(failure{errc::foreign_directory, "\"" + name + "\" is no name for a file of a backup"});
}

tl::expected<std::vector<backed_up_file>, failure> copy_files(const std::map<std::string, std::string>& files,
                                                              const std::string& folder) {
  std::vector<backed_up_file> copied;
  for (const auto& [name, path] : files) {
    if (auto right = check_file_name(name); !right) return tl::unexpected(right.error());
    const auto original = read_whole(path);
    if (!original) return tl::unexpected(original.error());
    if (auto r = write_new(fs::path(folder) / name, original->bytes, 0600); !r) return tl::unexpected(r.error());
    copied.push_back({name, sha256_of(original->bytes), original->bytes.size(), original->mode});
  }
  return copied;
}

tl::expected<void, failure> check_files(const std::vector<backed_up_file>& files, const std::string& folder) {
  for (const auto& f : files) {
    const auto path = (fs::path(folder) / f.name).string();
    const auto copy = read_whole(path);
    if (!copy) return tl::unexpected(failure{errc::corrupt, copy.error().message});
    if (sha256_of(copy->bytes) != f.sha256)
      return tl::unexpected(failure{errc::corrupt, path + " is damaged: its checksum differs"});
  }
  return {};
}

tl::expected<void, failure> put_back_files(const std::vector<backed_up_file>& files, const std::string& folder,
                                           const std::string& target) {
  for (const auto& f : files) {
    const auto copy = read_whole((fs::path(folder) / f.name).string());
    if (!copy) return tl::unexpected(copy.error());
    if (auto r = write_new(fs::path(target) / f.name, copy->bytes, f.mode); !r) return r;
  }
  return {};
}

} // namespace lifeline::storage
