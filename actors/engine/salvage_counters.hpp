#pragma once
// What a salvaged journal must not begin anew: in the entries that are lost, an epoch may have been raised and order
// numbers given to callers. Reservations, calls and orders have ids that never come again anyhow.

#include "domain/plan/rescue_plan.hpp"
#include "storage/salvage.hpp"

namespace lifeline::actors {

/// How far beyond the known ones the counters go on, besides one for each lost entry: rows of state may be lost whose
/// entries are there.
inline constexpr std::uint32_t salvage_margin = 100;

std::vector<storage::mutation> counters_after_salvage(const storage::row_getter& get, std::uint64_t lost,
                                                      const domain::rescue_plan& plan, domain::instant now);

} // namespace lifeline::actors
