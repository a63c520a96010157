#pragma once
// Whose a dialled number is: the one table of the numbers that the engine answers to.

#include "domain/agents/feature_code.hpp"
#include "domain/plan/plan.hpp"

#include <cstdint>
#include <string>

namespace lifeline::domain {

enum class entry_kind : std::uint8_t {
  nobody,       ///< no number of ours
  hotline,      ///< a call of `hotline`
  lift_phone,   ///< the same, but a lift's own phone may identify itself first
  report_line,  ///< a rescuer reports
  feature_code, ///< an agent orders something: `order`
};

struct entry {
  entry_kind kind = entry_kind::nobody;
  const hotline_plan* hotline = nullptr; ///< of `hotline` and `lift_phone`
  agent_order order;                     ///< of `feature_code`
  std::string number;                    ///< as the configuration has it, however a carrier writes it
};

/// `account`: an account of ours dials, so feature codes count, and what is dialled is no carrier's spelling.
entry find_entry(const plan& p, const std::string& dialled, bool account);

} // namespace lifeline::domain
