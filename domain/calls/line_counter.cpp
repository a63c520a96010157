#include "domain/calls/line_counter.hpp"

namespace lifeline::domain {

line_counter::line_counter(const plan& p) {
  for (const auto& hotline : p.hotlines)
    hotlines_.insert_or_assign(hotline.name, lines{hotline.lines, hotline.reserved_for_callers, hotline.emergency});
}

void line_counter::reconfigure(const plan& p) {
  for (const auto& hotline : p.hotlines) {
    auto& x = hotlines_[hotline.name];
    x.total = hotline.lines;
    x.reserved = hotline.reserved_for_callers;
    x.emergency = hotline.emergency;
  }
}

line_status line_counter::try_inbound(const std::string& hotline) {
  const auto found = hotlines_.find(hotline);
  if (found == hotlines_.end()) return line_status::unknown_hotline;
  if (found->second.full() && !found->second.emergency) return line_status::lines_full;
  ++found->second.inbound;
  return line_status::granted;
}

line_status line_counter::try_outbound(const std::string& hotline) {
  const auto found = hotlines_.find(hotline);
  if (found == hotlines_.end()) return line_status::unknown_hotline;
  auto& x = found->second;
  if (x.full()) return line_status::lines_full;
  if (x.total != 0 && x.outbound + x.reserved >= x.total) return line_status::reserved;
  ++x.outbound;
  return line_status::granted;
}

line_status line_counter::try_diversion(const std::string& hotline) {
  const auto found = hotlines_.find(hotline);
  if (found == hotlines_.end() || !found->second.emergency) return try_outbound(hotline);
  ++found->second.outbound;
  return line_status::granted;
}

bool line_counter::release(const std::string& hotline, std::size_t lines::*kind) {
  const auto found = hotlines_.find(hotline);
  if (found == hotlines_.end() || found->second.*kind == 0) return false;
  --(found->second.*kind);
  return true;
}

bool line_counter::release_inbound(const std::string& hotline) { return release(hotline, &lines::inbound); }
bool line_counter::release_outbound(const std::string& hotline) { return release(hotline, &lines::outbound); }

std::size_t line_counter::in_use(const std::string& hotline) const {
  const auto found = hotlines_.find(hotline);
  return found == hotlines_.end() ? 0 : found->second.inbound + found->second.outbound;
}

} // namespace lifeline::domain
