#pragma once
// The engine's log lines: text for people or one JSON object per line, to standard error or to a file.

#include "config/engine_config.hpp"

#include <memory>
#include <mutex>

namespace spdlog {
class logger;
namespace sinks {
template <typename Mutex> class dist_sink;
} // namespace sinks
} // namespace spdlog

namespace lifeline::app {

class log_file;

/// The one logger of the process, whose settings may change while everybody writes to it.
class log_output {
public:
  /// Throws spdlog::spdlog_ex when the file cannot be opened.
  explicit log_output(const config::log_settings& s);

  [[nodiscard]] std::shared_ptr<spdlog::logger> logger() const { return logger_; }
  /// New settings take effect at once. False: the new file cannot be opened; then nothing has changed.
  bool apply(const config::log_settings& s);
  /// After somebody has moved the file away. False: it cannot be opened; the old one stays in use.
  bool reopen();

private:
  std::mutex mutex_;
  config::log_settings settings_;
  std::shared_ptr<log_file> file_; ///< nothing while standard error is used
  std::shared_ptr<spdlog::sinks::dist_sink<std::mutex>> outlet_;
  std::shared_ptr<spdlog::logger> logger_;
};

} // namespace lifeline::app
