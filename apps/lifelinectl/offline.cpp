#include "apps/lifelinectl/offline.hpp"

#include "storage/verify.hpp"

namespace lifeline::ctl {

tl::expected<offline_proof, std::string> prove_journal(const std::string& folder, bool ended) {
  const auto report = storage::verify_journal(folder, ended);
  if (!report) return tl::make_unexpected(report.error().message);
  offline_proof p;
  p.events = report->events;
  p.calls = report->calls;
  p.reservations = report->reservations;
  p.open_calls = report->open_calls;
  p.open_reservations = report->open_reservations;
  p.orders = report->orders;
  p.open_orders = report->open_orders;
  p.first_sequence = report->first_sequence;
  p.last_sequence = report->last_sequence;
  p.lost_events = report->lost_events;
  p.violation_count = report->violation_count;
  p.violations = report->violations;
  return p;
}

} // namespace lifeline::ctl
