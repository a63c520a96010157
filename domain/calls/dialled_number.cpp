#include "domain/calls/dialled_number.hpp"

#include "domain/base/phone_number.hpp"

#include <algorithm>
#include <utility>

namespace lifeline::domain {

namespace {

bool contains(const std::vector<std::string>& numbers, const std::string& number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

entry exact(const plan& p, const std::string& number) {
  entry e;
  e.number = number;
  if (p.rescue.enabled && contains(p.rescue.report_numbers, number)) {
    e.kind = entry_kind::report_line;
    return e;
  }
  e.hotline = p.find_hotline_by_number(number);
  if (e.hotline == nullptr) return e;
  // What a lift's phone says in tones cannot be heard where the media do not pass through us.
  const bool lifts = p.rescue.enabled && contains(p.rescue.lift_phone_numbers, number);
  e.kind = lifts && e.hotline->media == media_mode::anchored ? entry_kind::lift_phone : entry_kind::hotline;
  return e;
}

} // namespace

entry find_entry(const plan& p, const std::string& dialled, bool account) {
  if (account) {
    if (auto order = read_feature_code(p.codes, dialled)) {
      entry e;
      e.kind = entry_kind::feature_code;
      e.order = std::move(*order);
      e.number = dialled;
      return e;
    }
  }
  auto found = exact(p, dialled);
  if (found.kind != entry_kind::nobody || account) return found;
  for (const auto& form : spellings(dialled, p.numbers))
    if (auto e = exact(p, form); e.kind != entry_kind::nobody) return e;
  return found;
}

} // namespace lifeline::domain
