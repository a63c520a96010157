#pragma once
// Lifts for which nobody would be called first: they name no maintenance firm, or one that is not among the parties.

#include "domain/rescue/rescue_party.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::domain {

/// True: the ladder of an alarm in this lift begins at level 2.
bool lacks_firm(const elevator& e, const rescue_book& book);

struct unknown_firm {
  std::string firm; ///< as the list has it; empty: none is named
  std::uint64_t lifts = 0;
  bool operator==(const unknown_firm&) const = default;
};
struct firm_gaps {
  std::uint64_t lifts = 0;
  std::vector<unknown_firm> firms; ///< those with most lifts first
};
firm_gaps find_firm_gaps(const std::vector<const elevator*>& lifts, const rescue_book& book);

} // namespace lifeline::domain
