#pragma once
// Child processes that cannot outlive the test.

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace lifeline::peers {

struct launch {
  std::vector<std::string> command = {}; ///< program (looked for in PATH when it has no '/') and arguments
  std::filesystem::path folder = {};     ///< working directory
  std::filesystem::path output = {};     ///< standard output goes to <output>.out, standard error to <output>.err
  std::map<std::string, std::string> environment = {}; ///< in addition to ours
};

/// One running program in its own process group. The destructor ends the group; if we die, the system does.
class child {
public:
  explicit child(const launch& what);
  ~child();
  child(child&& other) noexcept;
  child& operator=(child&&) = delete;
  child(const child&) = delete;
  child& operator=(const child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// The exit code (128 + signal after a signal), or nothing while it runs.
  std::optional<int> exit_code();
  [[nodiscard]] bool running() { return !exit_code(); }
  /// As `exit_code`, but waits up to `timeout`.
  std::optional<int> wait(std::chrono::milliseconds timeout);
  void send(int signal);
  /// SIGKILL to the whole group, and collected.
  void kill();
  /// SIGTERM, and SIGKILL if it takes too long. The exit code.
  int stop(std::chrono::milliseconds grace);

  [[nodiscard]] std::filesystem::path out() const { return output_.string() + ".out"; }
  [[nodiscard]] std::filesystem::path err() const { return output_.string() + ".err"; }
  [[nodiscard]] const std::string& name() const { return name_; }

private:
  pid_t pid_ = -1;
  std::optional<int> exit_;
  std::filesystem::path output_;
  std::string name_;
};

struct finished {
  int code = -1;
  std::string out;
  std::string err;
};
/// Runs to the end; throws when it does not end in time.
finished run(const launch& what, std::chrono::milliseconds timeout);

} // namespace lifeline::peers
