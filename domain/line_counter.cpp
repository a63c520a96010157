#include "domain/line_counter.hpp"

namespace lifeline::domain {

line_counter::line_counter(const plan& p) {
  for (const auto& hotline : p.hotlines) {
    hotlines_.insert_or_assign(hotline.name, lines{hotline.lines, hotline.reserved_for_callers, 0});
  }
}

line_status line_counter::try_inbound(const std::string& hotline) {
  const auto found = hotlines_.find(hotline);
  if (found == hotlines_.end()) return line_status::unknown_hotline;
  lines& x = found->second;
  if (x.total != 0 && x.used >= x.total) return line_status::lines_full;
  ++x.used;
  return line_status::granted;
}

line_status line_counter::try_outbound(const std::string& hotline) {
  const auto found = hotlines_.find(hotline);
  if (found == hotlines_.end()) return line_status::unknown_hotline;
  lines& x = found->second;
  if (x.total != 0) {
    if (x.used >= x.total) return line_status::lines_full;
    if (x.total - x.used <= x.reserved) return line_status::reserved;
  }
  ++x.used;
  return line_status::granted;
}

bool line_counter::release(const std::string& hotline) {
  const auto found = hotlines_.find(hotline);
  if (found == hotlines_.end() || found->second.used == 0) return false;
  --found->second.used;
  return true;
}

std::size_t line_counter::in_use(const std::string& hotline) const {
  const auto found = hotlines_.find(hotline);
  return found == hotlines_.end() ? 0 : found->second.used;
}

} // namespace lifeline::domain
