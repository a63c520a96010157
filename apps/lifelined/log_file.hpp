#pragma once
// A log file that grows to a size and then becomes <file>.1, and that can be opened anew when somebody else (logrotate)
// has moved it.

#include <spdlog/sinks/base_sink.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

namespace lifeline::app {

class log_file final : public spdlog::sinks::base_sink<std::mutex> {
public:
  /// Throws spdlog::spdlog_ex when the file cannot be opened. `max_size` 0: never a new file by itself.
  log_file(std::string path, std::uint64_t max_size, std::size_t keep);

  /// Closes the file and opens what is now at its path. When that fails the old file stays in use; says whether.
  bool reopen();

private:
  struct closer {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  using handle = std::unique_ptr<std::FILE, closer>;

  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override;
  static handle appending(const std::string& path);
  bool open();
  void rotate();
  [[nodiscard]] std::string older(std::size_t n) const { return path_ + "." + std::to_string(n); }

  std::string path_;
  std::uint64_t max_size_;
  std::size_t keep_;
  handle file_;
  std::uint64_t size_ = 0;
};

} // namespace lifeline::app
