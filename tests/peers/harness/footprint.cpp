#include "tests/peers/harness/footprint.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace lifeline::peers {

footprint footprint_of(pid_t process) {
  const std::filesystem::path base = "/proc/" + std::to_string(process);
  std::ifstream status(base / "status");
  if (!status) throw std::runtime_error("there is no process " + std::to_string(process));
  footprint f;
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") status >> f.resident_kib;
    if (word == "Threads:") status >> f.threads;
  }
  const std::filesystem::directory_iterator files(base / "fd");
  f.descriptors = static_cast<std::size_t>(std::distance(begin(files), end(files)));
  return f;
}

} // namespace lifeline::peers
