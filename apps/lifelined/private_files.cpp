#include "apps/lifelined/private_files.hpp"

#include <cerrno>
#include <cstring>

#include <sys/stat.h>

namespace lifeline::app {

std::vector<std::string> close_to_others(const std::vector<std::string>& paths) {
  std::vector<std::string> said;
  for (const auto& path : paths) {
    struct stat info {};
    if (path.empty() || ::stat(path.c_str(), &info) != 0 || (!S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode)))
      continue;
    const auto mode = info.st_mode & 07777;
    if ((mode & 0007) == 0) continue;
    if ((mode & S_ISVTX) != 0)
      said.push_back(path + " is shared with everybody on this machine: choose a folder of the engine's own");
    else if (::chmod(path.c_str(), mode & ~mode_t{0007}) == 0)
      said.push_back(path + " could be read by everybody on this machine: it is closed now");
    else
      said.push_back(path + " can be read by everybody on this machine, and cannot be closed: " +
                     std::string{std::strerror(errno)});
  }
  return said;
}

} // namespace lifeline::app
