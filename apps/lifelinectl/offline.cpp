#include "apps/lifelinectl/offline.hpp"

#if __has_include("storage/verify.hpp")
#include "storage/verify.hpp"
#define LIFELINE_OFFLINE_PROOF 1
#endif

namespace lifeline::ctl {

#ifdef LIFELINE_OFFLINE_PROOF

tl::expected<offline_proof, std::string> prove_journal(const std::string& folder, bool ended) {
  const auto report = storage::verify_journal(folder, ended);
  if (!report) return tl::make_unexpected(report.error().message);
  offline_proof p;
  p.events = report->events;
  p.calls = report->calls;
  p.reservations = report->reservations;
  p.open_calls = report->open_calls;
  p.open_reservations = report->open_reservations;
  p.first_sequence = report->first_sequence;
  p.last_sequence = report->last_sequence;
  p.lost_events = report->lost_events;
  p.violation_count = report->violation_count;
  p.violations = report->violations;
  return p;
}

#else

tl::expected<offline_proof, std::string> prove_journal(const std::string& folder, bool) {
  return tl::make_unexpected(folder + ": this build cannot read a journal without an engine");
}

#endif

} // namespace lifeline::ctl
