#include "apps/lifelined/log_file.hpp"

#include <cerrno>
#include <filesystem>

#include <sys/stat.h>

namespace lifeline::app {

log_file::log_file(std::string path, std::uint64_t max_size, std::size_t keep)
    : path_(std::move(path)), max_size_(max_size), keep_(keep) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path{path_}.parent_path(), ignored);
  if (!open()) spdlog::throw_spdlog_ex("cannot open the log file " + path_, errno);
}

bool log_file::reopen() {
  const std::lock_guard lock{mutex_};
  if (file_) std::fflush(file_.get());
  return open();
}

log_file::handle log_file::appending(const std::string& path) {
  handle file{std::fopen(path.c_str(), "ae")};
  // A line is in the file when it was logged: a killed process still tells its last words.
  if (file) std::setvbuf(file.get(), nullptr, _IOLBF, 1U << 14U);
  return file;
}

bool log_file::open() {
  auto fresh = appending(path_);
  if (!fresh) return false;
  struct stat status {};
  size_ = ::fstat(::fileno(fresh.get()), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  file_ = std::move(fresh);
  return true;
}

void log_file::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  if (max_size_ != 0 && size_ != 0 && size_ + line.size() > max_size_) rotate();
  // A full disk loses lines, not calls: the journal has its own alarm for it.
  size_ += std::fwrite(line.data(), 1, line.size(), file_.get());
}

void log_file::flush_() { std::fflush(file_.get()); }

/// The oldest is overwritten. The new file is made beside the old one first: when there cannot be one (too many open
/// files, a full disk, a folder that is gone) everything stays where it is, until as much again has been written.
void log_file::rotate() {
  size_ = 0;
  const auto next = path_ + ".new";
  auto fresh = appending(next);
  if (!fresh) return;
  std::fflush(file_.get());
  std::error_code failed;
  for (auto n = keep_; n > 1; --n)
    std::filesystem::rename(older(n - 1), older(n), failed);
  failed.clear();
  if (keep_ != 0) std::filesystem::rename(path_, older(1), failed);
  // Somebody else may have moved it already.
  if (!failed || failed == std::errc::no_such_file_or_directory) std::filesystem::rename(next, path_, failed);
  if (failed) {
    std::filesystem::remove(next, failed);
    return;
  }
  file_ = std::move(fresh);
}

} // namespace lifeline::app
