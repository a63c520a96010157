#include "media/program.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

extern char** environ; // NOLINT(readability-redundant-declaration)

namespace lifeline::media {

namespace {

constexpr auto glance = std::chrono::milliseconds{10};

/// Where the program's descriptors come from and which signals it starts with; freed with it.
class spawn_terms {
public:
  spawn_terms() {
    posix_spawn_file_actions_init(&files);
    for (const int fd : {0, 1, 2})
      posix_spawn_file_actions_addopen(&files, fd, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    sigset_t usual;
    sigfillset(&usual);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~spawn_terms() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  spawn_terms(const spawn_terms&) = delete;
  spawn_terms& operator=(const spawn_terms&) = delete;
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

std::string end_of(const program& p, int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status)) return p.name + " ended with " + std::to_string(WEXITSTATUS(status));
  return p.name + " was ended by signal " + std::to_string(WTERMSIG(status));
}

} // namespace

std::string run_program(const program& p, std::chrono::milliseconds patience, const std::atomic<bool>& stop) {
  std::vector<std::string> words{p.name};
  words.insert(words.end(), p.arguments.begin(), p.arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& w : words)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  const spawn_terms terms;
  pid_t child = 0;
  const int error = posix_spawnp(&child, p.name.c_str(), &terms.files, &terms.attributes, argv.data(), environ);
  if (error != 0) return p.name + " cannot be started: " + std::strerror(error);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  int status = 0;
  while (true) {
    const auto found = waitpid(child, &status, WNOHANG);
    if (found == child) return end_of(p, status);
    if (found < 0 && errno != EINTR) return p.name + " is lost: " + std::strerror(errno);
    const bool late = std::chrono::steady_clock::now() >= deadline;
    if (late || stop) {
      (void)::kill(-child, SIGKILL);
      (void)waitpid(child, &status, 0);
      return late ? p.name + " hung and was killed after " + std::to_string(patience.count()) + " ms"
                  : p.name + " was ended: the engine stops";
    }
    std::this_thread::sleep_for(glance);
  }
}

} // namespace lifeline::media
