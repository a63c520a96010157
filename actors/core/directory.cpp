#include "actors/core/directory.hpp"

namespace lifeline::actors {

namespace {

template <class Map> auto values_of(const Map& map) {
  std::vector<typename Map::mapped_type> values;
  values.reserve(map.size());
  for (const auto& [key, value] : map)
    values.push_back(value);
  return values;
}

template <class Map> typename Map::mapped_type value_of(const Map& map, const typename Map::key_type& key) {
  const auto it = map.find(key);
  return it == map.end() ? typename Map::mapped_type{} : it->second;
}

/// Whoever is started enters itself before it does anything, and whoever has started it does so once more, perhaps
/// later: ids tell who is the newer.
template <class Handle> void enter(Handle& place, Handle a) {
  if (!a || !place || place.id() < a.id()) place = std::move(a);
}

} // namespace

void directory::set_dispatcher(dispatcher_actor a, std::uint64_t epoch) {
  const std::unique_lock lock{mutex_};
  dispatcher_ = std::move(a);
  epoch_ = epoch;
}

void directory::set_agent(const domain::agent_id& account, agent_actor a) {
  const std::unique_lock lock{mutex_};
  enter(agents_[account], std::move(a));
}

void directory::set_calls(calls_actor a) {
  const std::unique_lock lock{mutex_};
  enter(calls_, std::move(a));
}

void directory::add_call(const domain::call_id& id, call_actor a) {
  const std::unique_lock lock{mutex_};
  enter(live_[id], std::move(a));
}

std::vector<std::pair<domain::call_id, call_actor>> directory::live_calls() const {
  const std::shared_lock lock{mutex_};
  return {live_.begin(), live_.end()};
}

void directory::remove_call(const domain::call_id& id) {
  const std::unique_lock lock{mutex_};
  live_.erase(id);
}

void directory::add_lift_call(const domain::call_id& id, caf::actor a) {
  const std::unique_lock lock{mutex_};
  enter(lifts_[id], std::move(a));
}

void directory::remove_lift_call(const domain::call_id& id) {
  const std::unique_lock lock{mutex_};
  lifts_.erase(id);
}

bool directory::has_lift_call(const domain::call_id& id) const {
  const std::shared_lock lock{mutex_};
  return lifts_.contains(id);
}

std::vector<std::pair<domain::call_id, caf::actor>> directory::lift_calls() const {
  const std::shared_lock lock{mutex_};
  return {lifts_.begin(), lifts_.end()};
}

void directory::set_rescue_lines(rescue_lines_actor a) {
  const std::unique_lock lock{mutex_};
  enter(rescue_lines_, std::move(a));
}

void directory::set_alarms(alarms_actor a) {
  const std::unique_lock lock{mutex_};
  enter(alarms_, std::move(a));
}

void directory::set_order(const domain::order_id& id, alarm_actor a) {
  const std::unique_lock lock{mutex_};
  enter(orders_[id], std::move(a));
}

void directory::set_alert_desk(caf::actor a) {
  const std::unique_lock lock{mutex_};
  enter(alert_desk_, std::move(a));
}

void directory::remove_order(const domain::order_id& id) {
  const std::unique_lock lock{mutex_};
  orders_.erase(id);
}

void directory::clear() {
  const std::unique_lock lock{mutex_};
  dispatcher_ = nullptr;
  calls_ = nullptr;
  agents_.clear();
  live_.clear();
  lifts_.clear();
  rescue_lines_ = nullptr;
  alarms_ = nullptr;
  alert_desk_ = nullptr;
  orders_.clear();
}

dispatcher_actor directory::dispatcher() const {
  const std::shared_lock lock{mutex_};
  return dispatcher_;
}

std::uint64_t directory::epoch() const {
  const std::shared_lock lock{mutex_};
  return epoch_;
}

agent_actor directory::agent(const domain::agent_id& account) const {
  const std::shared_lock lock{mutex_};
  return value_of(agents_, account);
}

calls_actor directory::calls() const {
  const std::shared_lock lock{mutex_};
  return calls_;
}

call_actor directory::call(const domain::call_id& id) const {
  const std::shared_lock lock{mutex_};
  return value_of(live_, id);
}

rescue_lines_actor directory::rescue_lines() const {
  const std::shared_lock lock{mutex_};
  return rescue_lines_;
}

alarms_actor directory::alarms() const {
  const std::shared_lock lock{mutex_};
  return alarms_;
}

caf::actor directory::alert_desk() const {
  const std::shared_lock lock{mutex_};
  return alert_desk_;
}

alarm_actor directory::order(const domain::order_id& id) const {
  const std::shared_lock lock{mutex_};
  return value_of(orders_, id);
}

std::vector<std::pair<domain::order_id, alarm_actor>> directory::all_orders() const {
  const std::shared_lock lock{mutex_};
  return {orders_.begin(), orders_.end()};
}

std::size_t directory::call_count() const {
  const std::shared_lock lock{mutex_};
  return live_.size() + lifts_.size();
}

std::vector<call_actor> directory::all_calls() const {
  const std::shared_lock lock{mutex_};
  return values_of(live_);
}

std::vector<agent_actor> directory::all_agents() const {
  const std::shared_lock lock{mutex_};
  return values_of(agents_);
}

} // namespace lifeline::actors
