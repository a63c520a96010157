#include "apps/lifelined/restore.hpp"

#include "apps/lifelined/private_files.hpp"
#include "domain/base/wall_time.hpp"
#include "storage/backup.hpp"

#include <iostream>

namespace lifeline::app {

int restore_backup(const std::string& folder, const std::string& data, std::uint32_t which) {
  keep_files_private();
  if (data.empty()) {
    std::cerr << "lifelined: --restore needs --data DIRECTORY, an empty one\n";
    return 1;
  }
  storage::restore_order order;
  order.folder = folder;
  order.data = data;
  order.which = which;
  order.now = domain::now_from_world();
  const auto done = storage::restore_journal(order);
  if (!done) {
    std::cerr << "lifelined: nothing was restored: " << done.error().message << '\n';
    return 1;
  }
  const auto& log = done->log;
  std::cout << "Backup " << done->id << " of " << folder << " is restored in " << data << ".\n"
            << "  log           entries " << log.first_sequence << " to " << log.last_sequence << ", " << log.calls
            << " calls, " << log.reservations << " reservations\n"
            << "  in progress   " << log.open_calls << " calls, which the engine will close at its start\n";
  for (const auto& name : done->files)
    std::cout << "  file          " << name << '\n';
  if (log.lost_events > 0) std::cout << "  lost          " << log.lost_events << " entries that the disk had refused\n";
  for (const auto& v : log.violations)
    std::cout << "  VIOLATION     " << v << '\n';
  if (log.violation_count == 0) std::cout << "The log is proved: no rule is broken.\n";
  const auto start = "lifelined --config " + data + "/lifeline.toml --data " + data + " --prompts " + data + "/prompts";
  std::cout << "To look into it, calling nobody: " << start << " --look\n"
            << "To go on duty with it: " << start << "\n"
            << "It calls nobody outside until `lifelinectl resume-outbound` says that no other engine is on duty.\n";
  return log.violation_count == 0 ? 0 : 3;
}

} // namespace lifeline::app
