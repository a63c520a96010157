#include "tests/peers/harness/workspace.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <netinet/in.h>
#include <sstream>
#include <stdexcept>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lifeline::peers {

namespace fs = std::filesystem;

namespace {

constexpr int first_port = 20000;
constexpr int block_size = 500;
constexpr int media_ports = 300;
constexpr int blocks = 24;

/// The lock is held until the process ends; the system releases it even after a crash.
int lock_block() {
  const auto folder = fs::temp_directory_path() / "lifeline-peers-ports";
  fs::create_directories(folder);
  // Start at different places, so that a port left in TIME_WAIT by the previous test is rarely met.
  const int start = static_cast<int>(::getpid()) % blocks;
  for (int i = 0; i < blocks; ++i) {
    const int block = (start + i) % blocks;
    const auto file = folder / std::to_string(block);
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) throw std::runtime_error(file.string() + ": " + std::strerror(errno));
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return first_port + block * block_size;
    ::close(fd);
  }
  throw std::runtime_error("all blocks of test ports are in use");
}

int block_start() {
  static const int start = lock_block();
  return start;
}

bool can_bind(int type, int port) {
  const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (type == SOCK_STREAM) {
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  }
  const bool ok = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(fd);
  return ok;
}

} // namespace

workspace::workspace(const std::string& name) : exceptions_(std::uncaught_exceptions()) {
  auto pattern = (fs::temp_directory_path() / ("lifeline-" + name + "-XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error(pattern + ": " + std::strerror(errno));
  path_ = pattern;
  keep_ = std::getenv("LIFELINE_KEEP") != nullptr;
}

workspace::~workspace() {
  if (keep_ || std::uncaught_exceptions() > exceptions_) {
    std::cerr << "kept: " << path_.string() << '\n';
    return;
  }
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path program(const std::string& name) {
  const char* folder = std::getenv("LIFELINE_BIN");
  const auto file = (folder != nullptr ? fs::path(folder) : fs::read_symlink("/proc/self/exe").parent_path()) / name;
  if (!fs::exists(file)) throw std::runtime_error(file.string() + " does not exist: build it, or set LIFELINE_BIN");
  return file;
}

fs::path source_file(const std::string& relative) {
  const char* folder = std::getenv("LIFELINE_SOURCE");
  return fs::path(folder != nullptr ? folder : LIFELINE_SOURCE_DIR) / relative;
}

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_text(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) throw std::runtime_error(file.string() + ": cannot be written");
}

std::string tail(const fs::path& file, std::size_t lines) {
  std::ifstream in(file);
  std::deque<std::string> last;
  for (std::string line; std::getline(in, line);) {
    last.push_back(line);
    if (last.size() > lines) last.pop_front();
  }
  std::string text;
  for (const auto& line : last)
    text += line + '\n';
  return text;
}

port_range engine_media_ports() {
  const int start = block_start();
  return {static_cast<std::uint16_t>(start), static_cast<std::uint16_t>(start + media_ports - 1)};
}

std::uint16_t take_port(std::uint16_t count) {
  static int next = block_start() + media_ports;
  const int end = block_start() + block_size;
  for (int tries = 0; tries < 2 * (block_size - media_ports); ++tries) {
    if (next + count > end) next = block_start() + media_ports;
    bool free = true;
    for (int port = next; port < next + count; ++port) {
      free = free && can_bind(SOCK_DGRAM, port) && can_bind(SOCK_STREAM, port);
    }
    const int port = next;
    next += free ? count : 1;
    if (free) return static_cast<std::uint16_t>(port);
  }
  throw std::runtime_error("no free port is left in this test's block");
}

bool is_free(std::uint16_t port, bool tcp) { return can_bind(tcp ? SOCK_STREAM : SOCK_DGRAM, port); }

} // namespace lifeline::peers
