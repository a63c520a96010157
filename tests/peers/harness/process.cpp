#include "tests/peers/harness/process.hpp"

#include "tests/peers/harness/wait.hpp"
#include "tests/peers/harness/workspace.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lifeline::peers {

namespace {

/// Between fork and exec only calls that are safe there.
[[noreturn]] void become(char* const* arguments, char* const* environment, const char* folder, int out, int err) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int null = ::open("/dev/null", O_RDONLY);
  if (::chdir(folder) != 0 || ::dup2(null, STDIN_FILENO) < 0 || ::dup2(out, STDOUT_FILENO) < 0 ||
      ::dup2(err, STDERR_FILENO) < 0) {
    ::_exit(126);
  }
  ::execvpe(arguments[0], arguments, environment);
  ::_exit(127);
}

int open_output(const std::string& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) throw std::runtime_error(file + ": " + std::strerror(errno));
  return fd;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (added.count(text.substr(0, text.find('='))) == 0) all.push_back(text);
  }
  for (const auto& [name, value] : added)
    all.push_back(name + '=' + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

} // namespace

child::child(const launch& what) : output_(what.output) {
  name_ = std::filesystem::path(what.command.at(0)).filename().string();
  const int out_fd = open_output(out().string());
  const int err_fd = open_output(err().string());
  auto command = what.command;
  auto environment = environment_with(what.environment);
  const auto arguments = pointers(command);
  const auto variables = pointers(environment);
  pid_ = ::fork();
  if (pid_ == 0) become(arguments.data(), variables.data(), what.folder.c_str(), out_fd, err_fd);
  ::close(out_fd);
  ::close(err_fd);
  if (pid_ < 0) throw std::runtime_error(name_ + " cannot be started: " + std::strerror(errno));
}

child::child(child&& other) noexcept
    : pid_(other.pid_), exit_(other.exit_), output_(std::move(other.output_)), name_(std::move(other.name_)) {
  other.pid_ = -1;
}

child::~child() {
  if (pid_ > 0) kill();
}

std::optional<int> child::exit_code() {
  if (exit_ || pid_ <= 0) return exit_;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) {
    exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return exit_;
}

std::optional<int> child::wait(std::chrono::milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (!exit_code() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(5ms);
  return exit_;
}

void child::send(int signal) {
  if (pid_ > 0 && running()) ::kill(pid_, signal);
}

void child::kill() {
  if (exit_code()) return; // its id may belong to another process by now
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL); // the group may not exist yet, directly after the fork
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int child::stop(std::chrono::milliseconds grace) {
  send(SIGTERM);
  if (!wait(grace)) kill();
  return *exit_;
}

finished run(const launch& what, std::chrono::milliseconds timeout) {
  for (const char* end : {".out", ".err"})
    std::filesystem::remove(what.output.string() + end);
  child c(what);
  const auto code = c.wait(timeout);
  if (!code) throw std::runtime_error(c.name() + " did not end within " + std::to_string(timeout.count()) + " ms");
  return {*code, read_text(c.out()), read_text(c.err())};
}

} // namespace lifeline::peers
