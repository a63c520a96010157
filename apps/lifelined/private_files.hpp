#pragma once
// What callers said and who they are is for the engine's own account alone, whoever starts it and from where.

#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

namespace lifeline::app {

/// The mask under which the engine writes, given the one that it was started with: 0077. A mask that already keeps all
/// others out (0027 in the service file, say) is an administrator's word that a group may read, and stays.
[[nodiscard]] constexpr mode_t private_mask(mode_t inherited) {
  return (inherited & 0007) == 0007 ? inherited : mode_t{0077};
}
/// Sets it for the process.
inline mode_t keep_files_private() {
  const auto mask = private_mask(::umask(0077));
  ::umask(mask);
  return mask;
}

/// Takes what others than owner and group may do away from folders and files that an older engine, or a careless hand,
/// left open. Missing ones, and folders with the sticky bit (shared by design, /tmp), are left alone. A sentence about
/// each that was closed, or that is open and cannot be.
std::vector<std::string> close_to_others(const std::vector<std::string>& paths);

} // namespace lifeline::app
