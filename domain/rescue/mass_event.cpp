#include "domain/rescue/mass_event.hpp"

#include <algorithm>
#include <tuple>

namespace lifeline::domain {

namespace {

mass_event_changed entry(std::uint32_t group, const std::string& area, bool on, std::size_t orders) {
  return {group, area, on, static_cast<std::uint32_t>(orders)};
}

bool counts(const order_state& s) {
  return has_ladder(s.type) && s.status >= order_status::open && s.status < order_status::rescued;
}

} // namespace

std::string area_of(const order_state& s) {
  if (s.district.empty()) return s.project;
  return s.project.empty() ? s.district : s.district + " " + s.project;
}

bool goes_first(const order_state& a, const order_state& b) {
  const auto rank = [](const order_state& s) {
    const bool hurt = is_urgent(s);
    return std::tuple{!hurt, !s.children, !s.elderly, s.received, s.id};
  };
  return rank(a) < rank(b);
}

mass_change mass_watch::update(const order_state& s, const rescue_plan& plan) {
  const auto name = area_of(s);
  const auto known = area_of_.find(s.id);
  if (!is_active(s.status)) left_.erase(s.id);
  if (!counts(s) || name.empty()) {
    // Rescued ones stay in the group's view until they are confirmed.
    if (known != area_of_.end() && s.status == order_status::rescued && has_ladder(s.type)) return {};
    return remove(s.id, is_active(s.status));
  }
  mass_change change;
  if (known != area_of_.end()) {
    if (known->second == name) return {};
    change = remove(s.id, true); // it was somewhere else
  }
  if (left_.contains(s.id)) return change;
  area_of_[s.id] = name;
  auto& area = areas_[name];
  area.alarms[s.id] = s.received;
  const bool fresh = area.group != 0 && s.received <= area.last + lingers;
  const auto from = fresh ? s.received : s.received - plan.mass_window;
  const auto recent =
      std::count_if(area.alarms.begin(), area.alarms.end(), [&](const auto& alarm) { return alarm.second >= from; });
  const bool many = plan.mass_count > 0 && static_cast<std::uint32_t>(recent) >= plan.mass_count;
  if (fresh)
    join(area, s.id, change);
  else if (many)
    begin(area, from, change);
  if (fresh || many) change.log.push_back(entry(area.group, name, true, area.members.size()));
  return change;
}

void mass_watch::join(area_state& area, const order_id& order, mass_change& change) {
  const auto at = area.alarms.at(order);
  area.since = area.since == never ? at : std::min(area.since, at);
  area.last = std::max(area.last, at);
  if (area.members.insert(order).second) change.orders.push_back({order, area.group});
}

/// An old event of the area that still has open orders goes on; otherwise it is a new one.
void mass_watch::begin(area_state& area, instant from, mass_change& change) {
  if (area.group == 0) area.group = ++last_group_;
  for (const auto& [order, at] : area.alarms)
    if (at >= from) join(area, order, change);
}

mass_change mass_watch::remove(const order_id& order, bool told) {
  mass_change change;
  const auto known = area_of_.find(order);
  if (known == area_of_.end()) return change;
  const auto name = known->second;
  area_of_.erase(known);
  const auto found = areas_.find(name);
  auto& area = found->second;
  area.alarms.erase(order);
  if (area.members.erase(order) != 0 && told) change.orders.push_back({order, 0});
  if (area.group != 0 && area.members.empty()) {
    change.log.push_back(entry(area.group, name, false, 0));
    area.group = 0;
    area.since = area.last = never;
  }
  if (area.alarms.empty()) areas_.erase(found);
  return change;
}

mass_change mass_watch::leave(const order_id& order) {
  if (!area_of_.contains(order)) return {};
  left_.insert(order);
  return remove(order, true);
}

void mass_watch::restore(const order_state& s) {
  last_group_ = std::max(last_group_, s.mass_group);
  const auto name = area_of(s);
  const bool shown = has_ladder(s.type) && s.status >= order_status::open && is_active(s.status);
  if (!shown || name.empty()) return;
  area_of_[s.id] = name;
  auto& area = areas_[name];
  area.alarms[s.id] = s.received;
  if (s.mass_group == 0) return;
  area.group = std::max(area.group, s.mass_group);
  mass_change known;
  join(area, s.id, known);
}

std::vector<mass_watch::group_view> mass_watch::groups() const {
  std::vector<group_view> all;
  for (const auto& [name, area] : areas_) {
    if (area.group == 0) continue;
    group_view view{area.group, name, area.since, {area.members.begin(), area.members.end()}};
    std::sort(view.orders.begin(), view.orders.end(), [&alarms = area.alarms](const order_id& a, const order_id& b) {
      return std::tuple{alarms.at(a), a} < std::tuple{alarms.at(b), b};
    });
    all.push_back(std::move(view));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.group < b.group; });
  return all;
}

} // namespace lifeline::domain
