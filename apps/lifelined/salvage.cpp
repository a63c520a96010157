#include "apps/lifelined/salvage.hpp"

#include "actors/engine/salvage_counters.hpp"
#include "domain/base/wall_time.hpp"
#include "domain/rescue/lost_orders.hpp"
#include "storage/salvage.hpp"

#include <iostream>

namespace lifeline::app {

namespace {

constexpr std::size_t most_shown = 20;

std::string ranges_of(const storage::salvage_report& report) {
  std::vector<std::string> all;
  for (const auto& [first, last] : report.ranges)
    all.push_back(std::to_string(first) + (last == first ? "" : " to " + std::to_string(last)));
  return domain::list_some(all, most_shown);
}

void tell(const storage::salvage_report& report) {
  std::cout << "The journal was damaged, and is salvaged.\n"
            << "  found         " << report.why << '\n'
            << "  lost          " << report.lost << " entries of the log";
  if (report.lost > 0) std::cout << ", numbers " << ranges_of(report);
  std::cout << "; rows of state that were changed with them are as they were before\n";
  if (!report.orders.empty())
    std::cout << "  orders        " << domain::list_some(report.orders, most_shown)
              << " lack something: call their people back\n";
  std::cout << "  kept          " << report.kept << " has the damaged files\n"
            << "Numbers that were given out are not given again." << std::endl;
}

} // namespace

tl::expected<void, std::string> salvage(const config::engine_config& config) {
  storage::salvage_order order;
  order.directory = config.storage.directory;
  order.now = domain::now_from_world();
  order.counters = [&](const storage::row_getter& get, std::uint64_t lost) {
    return actors::counters_after_salvage(get, lost, config.plan.rescue, order.now);
  };
  const auto report = storage::salvage_journal(order);
  if (!report) return tl::unexpected(report.error().message);
  if (report->needed)
    tell(*report);
  else
    std::cout << "The journal is whole: there is nothing to salvage." << std::endl;
  return {};
}

} // namespace lifeline::app
