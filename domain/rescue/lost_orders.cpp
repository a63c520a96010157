#include "domain/rescue/lost_orders.hpp"

#include "domain/rescue/order_number.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

/// More than so many orders between two are another day's work, not a hole.
constexpr std::uint32_t most_missing = 10'000;

} // namespace

void lost_orders::apply(const event& e) {
  const auto* x = std::get_if<order_changed>(&e.body);
  if (x == nullptr) return;
  const auto known = versions_.find(x->order);
  const auto before = known == versions_.end() ? 0 : known->second;
  if (x->version > before + 1) found_.insert(x->number);
  if (known == versions_.end()) check_number(x->number);
  versions_[x->order] = std::max(before, x->version);
}

void lost_orders::check_number(const std::string& number) {
  const auto now = parse_order_number(number);
  const auto last = parse_order_number(highest_);
  if (!now || (last && (now->day < last->day || (now->day == last->day && now->count <= last->count)))) return;
  if (open_) {
    auto missing = *now;
    missing.count = last && last->day == now->day ? last->count : 0;
    while (++missing.count < now->count && now->count - missing.count < most_missing)
      found_.insert(to_string(missing));
  }
  highest_ = number;
  open_ = false;
}

std::string list_some(const std::vector<std::string>& all, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), most); ++i)
    text += (i == 0 ? "" : ", ") + all[i];
  if (all.size() > most) text += " and " + std::to_string(all.size() - most) + " more";
  return text;
}

} // namespace lifeline::domain
