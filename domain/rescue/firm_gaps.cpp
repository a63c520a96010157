#include "domain/rescue/firm_gaps.hpp"

#include "domain/base/utf8.hpp"

#include <algorithm>
#include <map>

namespace lifeline::domain {

bool lacks_firm(const elevator& e, const rescue_book& book) {
  return e.maintenance_firm.empty() || book.find_firm(e.maintenance_firm) == nullptr;
}

firm_gaps find_firm_gaps(const std::vector<const elevator*>& lifts, const rescue_book& book) {
  firm_gaps gaps;
  std::map<std::string, unknown_firm> by_name; // one firm, however its name is written
  for (const auto* e : lifts) {
    if (!lacks_firm(*e, book)) continue;
    ++gaps.lifts;
    auto& firm = by_name[fold_name(e->maintenance_firm)];
    firm.firm = e->maintenance_firm;
    ++firm.lifts;
  }
  for (auto& [name, firm] : by_name)
    gaps.firms.push_back(std::move(firm));
  std::stable_sort(gaps.firms.begin(), gaps.firms.end(),
                   [](const auto& a, const auto& b) { return a.lifts > b.lifts; });
  return gaps;
}

} // namespace lifeline::domain
