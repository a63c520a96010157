#include "media/recording_file.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeline::media {

namespace {

constexpr std::size_t header_size = 44;
constexpr std::uint32_t unknown_length = 0xffffffff; // as streaming writers do
constexpr std::uint64_t max_data = 0xffffffff - header_size - recording_frame_size;
using header = std::array<std::uint8_t, header_size>;

/// `data`: length of the data chunk.
header make_header(std::uint32_t riff, std::uint32_t data) {
  header h{};
  std::size_t at = 0;
  const auto text = [&](const char* name) {
    std::memcpy(&h[at], name, 4);
    at += 4;
  };
  const auto number = [&](std::uint32_t v, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      h[at++] = static_cast<std::uint8_t>(v >> (8 * i));
  };
  text("RIFF");
  number(riff, 4);
  text("WAVE");
  text("fmt ");
  number(16, 4);
  number(1, 2); // PCM
  number(2, 2); // channels
  number(8000, 4);
  number(8000 * recording_frame_size, 4);
  number(recording_frame_size, 2);
  number(16, 2);
  text("data");
  number(data, 4);
  return h;
}

header make_final_header(std::uint64_t data) {
  return make_header(static_cast<std::uint32_t>(data + header_size - 8), static_cast<std::uint32_t>(data));
}

/// True when what there is of `h` is one of our headers, whatever lengths it claims.
bool is_ours(std::span<const std::uint8_t> h) {
  const auto pattern = make_header(0, 0);
  for (std::size_t i = 0; i < h.size(); ++i)
    if ((i < 4 || i >= 8) && i < 40 && h[i] != pattern[i]) return false;
  return true;
}

disk_error failure(const std::string& path, const char* what, int code = errno) {
  return {path + ": " + what + ": " + std::strerror(code), code};
}

int make_folder_of(const std::string& path) {
  std::error_code ec;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ec);
  return ec.value();
}

struct descriptor {
  int fd;
  ~descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

tl::expected<std::string, disk_error> hash_file(int fd, const std::string& path) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::vector<std::uint8_t> block(std::size_t{256} * 1024);
  off_t at = 0;
  while (true) {
    const auto got = ::pread(fd, block.data(), block.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(failure(path, "cannot be read"));
    if (got == 0) break;
    crypto_hash_sha256_update(&state, block.data(), static_cast<unsigned long long>(got));
    at += got;
  }
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256_final(&state, digest.data());
  static constexpr const char* hex = "0123456789abcdef";
  std::string text;
  for (const auto b : digest) {
    text += hex[b >> 4];
    text += hex[b & 15];
  }
  return text;
}

/// The folder's entry of a new file must outlive a power failure, too.
void sync_folder_of(const std::string& path) {
  const descriptor folder{
      ::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.fd >= 0) (void)::fsync(folder.fd);
}

/// Header and length become right; nothing is written when they are.
tl::expected<seal, disk_error> settle(int fd, const std::string& path, std::uint64_t data, disk_calls& disk) {
  const auto wanted = make_final_header(data);
  const auto size = header_size + data;
  header present{};
  struct stat info {};
  if (::fstat(fd, &info) != 0) return tl::unexpected(failure(path, "cannot be examined"));
  if (info.st_nlink == 0) return tl::unexpected(failure(path, "has been removed", ENOENT));
  const auto got = ::pread(fd, present.data(), present.size(), 0);
  const bool right = got == static_cast<ssize_t>(header_size) && present == wanted;
  if (!right || static_cast<std::uint64_t>(info.st_size) != size) {
    if (disk.write(fd, wanted.data(), wanted.size(), 0) != static_cast<std::int64_t>(wanted.size()))
      return tl::unexpected(failure(path, "cannot write the header"));
    if (disk.truncate(fd, static_cast<std::int64_t>(size)) != 0)
      return tl::unexpected(failure(path, "cannot be given its length"));
  }
  if (disk.sync(fd) != 0) return tl::unexpected(failure(path, "cannot be made durable"));
  sync_folder_of(path);
  auto digest = hash_file(fd, path);
  if (!digest) return tl::unexpected(digest.error());
  const auto frames = static_cast<std::int64_t>(data / recording_frame_size);
  return seal{std::move(*digest), size, domain::span{frames * 125}};
}

} // namespace

int disk_calls::open(const char* path, int flags, unsigned mode) { return ::open(path, flags, mode); }
std::int64_t disk_calls::write(int fd, const void* data, std::size_t size, std::int64_t at) {
  return ::pwrite(fd, data, size, at);
}
int disk_calls::sync(int fd) { return ::fsync(fd); }
int disk_calls::truncate(int fd, std::int64_t size) { return ::ftruncate(fd, size); }
disk_calls& disk_calls::real() {
  static disk_calls calls;
  return calls;
}

bool disk_error::passes() const {
  static constexpr std::array passing{ENOSPC, EDQUOT, EROFS,     EIO,    ENOENT, ENODEV,   ENXIO,
                                      ESTALE, EAGAIN, ETIMEDOUT, EMFILE, ENFILE, ENOTCONN, ENOMEM};
  return std::find(passing.begin(), passing.end(), code) != passing.end();
}

recording_file::recording_file(recording_file&& other) noexcept
    : disk_(other.disk_), fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)),
      data_bytes_(other.data_bytes_) {}

recording_file::~recording_file() {
  if (fd_ >= 0) ::close(fd_);
}

tl::expected<recording_file, disk_error> recording_file::create(const std::string& path, disk_calls& disk) {
  if (const int code = make_folder_of(path); code != 0)
    return tl::unexpected(failure(path, "cannot make its folder", code));
  const int fd = disk.open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (fd < 0) return tl::unexpected(failure(path, "cannot be created"));
  recording_file file(fd, path, disk);
  if (auto written = file.write_header(); !written) {
    (void)::unlink(path.c_str()); // so that it can be tried again
    return tl::unexpected(written.error());
  }
  return file;
}

tl::expected<void, disk_error> recording_file::write_header() {
  const auto h = make_header(unknown_length, unknown_length);
  const auto done = disk_->write(fd_, h.data(), h.size(), 0);
  if (done < 0) return tl::unexpected(failure(path_, "cannot be written"));
  if (done != static_cast<std::int64_t>(h.size())) return tl::unexpected(failure(path_, "cannot be written", ENOSPC));
  return {};
}

tl::expected<void, disk_error> recording_file::write(std::span<const std::int16_t> samples) {
  if (data_bytes_ + samples.size_bytes() > max_data)
    return tl::unexpected(disk_error{path_ + ": a WAV file cannot grow beyond 4 GB", 0});
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "WAV samples are little-endian");
  struct stat info {};
  if (::fstat(fd_, &info) != 0) return tl::unexpected(failure(path_, "cannot be examined"));
  if (info.st_nlink == 0) return tl::unexpected(failure(path_, "has been removed", ENOENT));
  const auto* data = reinterpret_cast<const std::uint8_t*>(samples.data());
  const auto size = samples.size_bytes();
  std::size_t written = 0;
  int code = 0;
  while (written < size && code == 0) {
    const auto done = disk_->write(fd_, data + written, size - written,
                                   static_cast<std::int64_t>(header_size + data_bytes_ + written));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) code = errno;
    if (done == 0) code = ENOSPC;
    if (done > 0) written += static_cast<std::size_t>(done);
  }
  data_bytes_ += written - written % recording_frame_size;
  if (code != 0) return tl::unexpected(failure(path_, "cannot be written", code));
  return {};
}

// A hole: what is written after it, or the length at the end, makes it so many zeros.
tl::expected<void, disk_error> recording_file::write_silence(std::uint64_t frames) {
  if (frames > (max_data - data_bytes_) / recording_frame_size)
    return tl::unexpected(disk_error{path_ + ": a WAV file cannot grow beyond 4 GB", 0});
  data_bytes_ += frames * recording_frame_size;
  return {};
}

tl::expected<bool, disk_error> recording_file::reopen() {
  bool made = false;
  int fd = disk_->open(path_.c_str(), O_RDWR | O_CLOEXEC, 0);
  if (fd < 0 && errno == ENOENT) {
    if (const int code = make_folder_of(path_); code != 0)
      return tl::unexpected(failure(path_, "cannot make its folder", code));
    fd = disk_->open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    made = true;
  }
  if (fd < 0) return tl::unexpected(failure(path_, "cannot be opened again"));
  header present{};
  const auto got = ::pread(fd, present.data(), present.size(), 0);
  if (got < 0 || !is_ours(std::span(present).first(static_cast<std::size_t>(got)))) {
    auto error = got < 0 ? failure(path_, "cannot be read") : disk_error{path_ + ": somebody else has written it", 0};
    ::close(fd);
    return tl::unexpected(std::move(error));
  }
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
  if (got == static_cast<ssize_t>(header_size)) return true;
  if (auto written = write_header(); !written) {
    if (made) (void)::unlink(path_.c_str());
    return tl::unexpected(written.error());
  }
  return false;
}

tl::expected<seal, disk_error> recording_file::finish() {
  const descriptor file{std::exchange(fd_, -1)};
  return settle(file.fd, path_, data_bytes_ - data_bytes_ % recording_frame_size, *disk_);
}

tl::expected<seal, std::string> mend_recording(const std::string& path) {
  const descriptor file{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
  if (file.fd < 0) return tl::unexpected(failure(path, "cannot be opened").text);
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return tl::unexpected(failure(path, "cannot be examined").text);
  if (!S_ISREG(info.st_mode)) return tl::unexpected(path + ": not a file");
  header present{};
  const auto got = ::pread(file.fd, present.data(), present.size(), 0);
  if (got < 0) return tl::unexpected(failure(path, "cannot be read").text);
  if (!is_ours(std::span(present).first(static_cast<std::size_t>(got))))
    return tl::unexpected(path + ": not one of our recordings (WAV, PCM, 16 bits, 8000 Hz, stereo)");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  const auto data = size > header_size ? size - header_size : 0;
  auto mended = settle(file.fd, path, data - data % recording_frame_size, disk_calls::real());
  if (!mended) return tl::unexpected(mended.error().text);
  return std::move(*mended);
}

tl::expected<void, std::string> check_recording_path(const std::string& path) {
  const std::filesystem::path p(path);
  if (path.empty() || !p.has_filename()) return tl::unexpected("\"" + path + "\" does not name a file");
  if (p.is_absolute()) return tl::unexpected(path + ": must be relative to the recordings' folder");
  if (std::any_of(p.begin(), p.end(), [](const auto& part) { return part == ".."; }))
    return tl::unexpected(path + ": must not leave the recordings' folder");
  return {};
}

} // namespace lifeline::media
