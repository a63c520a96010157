#include "metrics/process.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace lifeline::actors {

namespace {

std::uint64_t boot_time() {
  std::ifstream file("/proc/stat");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind("btime ", 0) == 0) return std::stoull(line.substr(6));
  }
  return 0;
}

void read_stat(process_figures& f) {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto name_end = text.rfind(')'); // the command's name may hold anything
  if (name_end == std::string::npos) return;
  std::istringstream fields(text.substr(name_end + 1));
  std::string state;
  fields >> state;
  std::uint64_t user = 0;
  std::uint64_t kernel = 0;
  std::uint64_t started = 0;
  std::uint64_t pages = 0;
  for (int number = 4; number <= 24; ++number) {
    std::string word;
    if (!(fields >> word)) return;
    if (number != 14 && number != 15 && number != 20 && number != 22 && number != 23 && number != 24) continue;
    const auto value = std::stoull(word);
    if (number == 14) user = value;
    if (number == 15) kernel = value;
    if (number == 20) f.threads = value;
    if (number == 22) started = value;
    if (number == 23) f.virtual_bytes = value;
    if (number == 24) pages = value;
  }
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  f.cpu_seconds = static_cast<double>(user + kernel) / ticks;
  f.resident_bytes = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  static const std::uint64_t booted = boot_time();
  f.start_time_seconds = static_cast<double>(booted) + static_cast<double>(started) / ticks;
}

} // namespace

process_figures read_process() {
  process_figures f;
  read_stat(f);
  std::error_code failed;
  for (std::filesystem::directory_iterator it("/proc/self/fd", failed), end; !failed && it != end; it.increment(failed))
    ++f.open_files;
  if (f.open_files > 0) --f.open_files; // the one that counted
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) f.max_files = limit.rlim_cur;
  return f;
}

} // namespace lifeline::actors
