#pragma once
// A disk that can be told to fail, beneath RocksDB.

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

namespace lifeline::storage::testing {

enum class fault {
  none,
  no_space,   ///< nothing can be written
  io_error,   ///< nothing can be written, and RocksDB takes it as fatal
  sync_fails, ///< data is taken, but cannot be synced
  read_only,  ///< nothing can be written: the file system was mounted read-only
  gone,       ///< nothing can be written, and the directory is not there
};

struct disk_state {
  std::atomic<fault> now{fault::none};
  std::atomic<int> failures_left{1 << 30}; ///< after so many failures the disk is well again
  std::atomic<bool> hangs{false};          ///< writes do not return while it is set

  /// The error for an operation that the fault concerns, once.
  bool fails(bool sync) {
    while (hangs)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const auto f = now.load();
    if (f == fault::none || (f == fault::sync_fails && !sync)) return false;
    if (failures_left.fetch_sub(1) > 0) return true;
    now = fault::none;
    return false;
  }
  [[nodiscard]] rocksdb::IOStatus error() const {
    if (now.load() == fault::read_only) return rocksdb::IOStatus::IOError("injected", "Read-only file system");
    if (now.load() != fault::no_space) return rocksdb::IOStatus::IOError("injected disk failure");
    auto s = rocksdb::IOStatus::NoSpace("injected full disk");
    s.SetRetryable(true);
    return s;
  }
};

class faulty_file final : public rocksdb::FSWritableFileOwnerWrapper {
public:
  faulty_file(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::shared_ptr<disk_state> disk)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(std::move(disk)) {}
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& o,
                           rocksdb::IODebugContext* d) override {
    return disk_->fails(false) ? disk_->error() : FSWritableFileOwnerWrapper::Append(data, o, d);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& o,
                           const rocksdb::DataVerificationInfo& v, rocksdb::IODebugContext* d) override {
    return disk_->fails(false) ? disk_->error() : FSWritableFileOwnerWrapper::Append(data, o, v, d);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& o, rocksdb::IODebugContext* d) override {
    return disk_->fails(true) ? disk_->error() : FSWritableFileOwnerWrapper::Sync(o, d);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& o, rocksdb::IODebugContext* d) override {
    return disk_->fails(true) ? disk_->error() : FSWritableFileOwnerWrapper::Fsync(o, d);
  }

private:
  std::shared_ptr<disk_state> disk_;
};

class faulty_file_system final : public rocksdb::FileSystemWrapper {
public:
  explicit faulty_file_system(std::shared_ptr<disk_state> disk)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(std::move(disk)) {}
  const char* Name() const override { return "faulty"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* d) override {
    if (disk_->now.load() != fault::sync_fails && disk_->fails(false)) return disk_->error();
    auto s = FileSystemWrapper::NewWritableFile(name, options, file, d);
    if (s.ok()) *file = std::make_unique<faulty_file>(std::move(*file), disk_);
    return s;
  }
  rocksdb::IOStatus FileExists(const std::string& name, const rocksdb::IOOptions& o,
                               rocksdb::IODebugContext* d) override {
    if (disk_->now.load() == fault::gone) return rocksdb::IOStatus::NotFound("injected: the directory is gone");
    return FileSystemWrapper::FileExists(name, o, d);
  }

private:
  std::shared_ptr<disk_state> disk_;
};

/// An environment on that disk; must outlive the databases that use it.
struct faulty_disk {
  std::shared_ptr<disk_state> state = std::make_shared<disk_state>();
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(std::make_shared<faulty_file_system>(state));

  void fail(fault f, int times = 1 << 30) {
    state->failures_left = times;
    state->now = f;
  }
  void heal() {
    state->now = fault::none;
    state->hangs = false;
  }
  void hang() { state->hangs = true; }
};

} // namespace lifeline::storage::testing
