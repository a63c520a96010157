#include "metrics/window.hpp"

namespace lifeline::actors {

namespace {

std::int64_t number_of(domain::instant t) { return domain::micros(t) / service_level_window::slot.count(); }

} // namespace

std::uint64_t service_level_callers(const service_level_counts& c) {
  return c.answered + c.abandoned - c.short_abandoned;
}

std::optional<double> service_level(const service_level_counts& c) {
  const auto callers = service_level_callers(c);
  if (callers == 0) return std::nullopt;
  return static_cast<double>(c.answered_within) / static_cast<double>(callers);
}

service_level_counts& service_level_window::at(domain::instant t) {
  const auto number = number_of(t);
  if (number < 0) return too_late_;
  auto& cell = cells_[static_cast<std::size_t>(number) % slots];
  if (cell.number > number) return too_late_;
  if (cell.number < number) cell = {number, {}};
  return cell.counts;
}

service_level_counts service_level_window::total(domain::instant now) const {
  const auto oldest = number_of(now) - static_cast<std::int64_t>(slots) + 1;
  service_level_counts sum;
  for (const auto& cell : cells_) {
    if (cell.number < oldest) continue;
    sum.answered += cell.counts.answered;
    sum.answered_within += cell.counts.answered_within;
    sum.abandoned += cell.counts.abandoned;
    sum.short_abandoned += cell.counts.short_abandoned;
  }
  return sum;
}

} // namespace lifeline::actors
