#include "actors/rescue/live_orders.hpp"

#include "domain/base/phone_number.hpp"
#include "domain/rescue/alert_share.hpp"

#include <utility>

namespace lifeline::actors {

namespace {

bool holds_a_place(const domain::order_state& o) { return has_ladder(o.type) && is_active(o.status); }

order_ptr look_up(const std::unordered_map<domain::order_id, order_ptr>& orders,
                  const std::unordered_map<std::string, domain::order_id>& by, const std::string& key) {
  const auto found = by.find(key);
  if (found == by.end()) return nullptr;
  const auto order = orders.find(found->second);
  return order == orders.end() ? nullptr : order->second;
}

/// An older order must not take the place of a newer one.
void claim(std::unordered_map<std::string, domain::order_id>& by, const std::string& key, const domain::order_id& id) {
  if (key.empty()) return;
  auto& place = by.try_emplace(key, id).first->second;
  if (place < id) place = id;
}

void release(std::unordered_map<std::string, domain::order_id>& by, const std::string& key,
             const domain::order_id& id) {
  if (const auto found = by.find(key); found != by.end() && found->second == id) by.erase(found);
}

/// Older orders have the number as it was written; what is no number is nobody's.
std::string key_of(const std::string& phone) { return domain::normal_number(phone); }

} // namespace

live_orders::danger live_orders::danger_of(const domain::order_state& o) {
  return {!domain::is_urgent(o), o.received, o.id};
}

void live_orders::index(const order_ptr& order) {
  const auto& o = *order;
  if (o.alert.stage != domain::alert_stage::none && is_active(o.status)) ringing_.emplace(danger_of(o), order);
  claim(by_number_, o.number, o.id);
  if (!holds_a_place(o)) return;
  claim(by_lift_, o.lift, o.id);
  for (const auto& c : o.callers)
    claim(by_reporter_, key_of(c.phone), o.id);
  if (!o.lift.empty()) return;
  for (const auto& c : o.callers)
    claim(by_caller_, key_of(c.phone), o.id);
}

void live_orders::unindex(const domain::order_state& o) {
  ringing_.erase(danger_of(o));
  release(by_number_, o.number, o.id);
  release(by_lift_, o.lift, o.id);
  for (const auto& c : o.callers) {
    release(by_caller_, key_of(c.phone), o.id);
    release(by_reporter_, key_of(c.phone), o.id);
  }
}

void live_orders::put(order_ptr order) {
  const std::unique_lock lock{mutex_};
  auto& place = orders_[order->id];
  if (place) unindex(*place);
  index(order);
  place = std::move(order);
}

void live_orders::erase(const domain::order_id& id) {
  const std::unique_lock lock{mutex_};
  const auto found = orders_.find(id);
  if (found == orders_.end()) return;
  unindex(*found->second);
  orders_.erase(found);
}

order_ptr live_orders::get(const domain::order_id& id) const {
  const std::shared_lock lock{mutex_};
  const auto found = orders_.find(id);
  return found == orders_.end() ? nullptr : found->second;
}

order_ptr live_orders::find_number(const std::string& number) const {
  const std::shared_lock lock{mutex_};
  return look_up(orders_, by_number_, number);
}

order_ptr live_orders::alarm_of_lift(const std::string& rescue_code) const {
  const std::shared_lock lock{mutex_};
  return look_up(orders_, by_lift_, rescue_code);
}

order_ptr live_orders::alarm_of_caller(const std::string& phone) const {
  const std::shared_lock lock{mutex_};
  return look_up(orders_, by_caller_, key_of(phone));
}

order_ptr live_orders::alarm_reported_by(const std::string& phone) const {
  const std::shared_lock lock{mutex_};
  return look_up(orders_, by_reporter_, key_of(phone));
}

std::vector<order_ptr> live_orders::all() const {
  const std::shared_lock lock{mutex_};
  std::vector<order_ptr> all;
  all.reserve(orders_.size());
  for (const auto& [id, order] : orders_)
    all.push_back(order);
  return all;
}

std::vector<order_ptr> live_orders::ringing(domain::alert_stage least, std::size_t most) const {
  const std::shared_lock lock{mutex_};
  std::vector<order_ptr> first;
  for (const auto& [danger, order] : ringing_) {
    if (first.size() >= most) break;
    if (order->alert.stage >= least) first.push_back(order);
  }
  return first;
}

std::size_t live_orders::size() const {
  const std::shared_lock lock{mutex_};
  return orders_.size();
}

void open_attempts::begin(const domain::attempt_id& id, const domain::order_id& order) {
  const std::lock_guard lock{mutex_};
  attempts_[id].order = order;
}

void open_attempts::begin_alert(const domain::attempt_id& id, const domain::order_id& order, alerted_one whom) {
  const std::lock_guard lock{mutex_};
  auto& mine = attempts_[id];
  mine.order = order;
  mine.alerted = std::move(whom);
}

std::optional<open_attempts::alerted_one> open_attempts::alerted(const domain::attempt_id& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = attempts_.find(id);
  return found == attempts_.end() ? std::nullopt : found->second.alerted;
}

std::vector<open_attempts::open_alert> open_attempts::alerts() const {
  const std::lock_guard lock{mutex_};
  std::vector<open_alert> open;
  for (const auto& [id, a] : attempts_)
    if (a.alerted && !a.result) open.push_back({id, a.order, *a.alerted});
  return open;
}

void open_attempts::set_dialled(const domain::attempt_id& id, domain::instant at) {
  const std::lock_guard lock{mutex_};
  const auto found = attempts_.find(id);
  if (found != attempts_.end() && !found->second.dialled) found->second.dialled = at;
}

std::optional<domain::instant> open_attempts::dialled(const domain::attempt_id& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = attempts_.find(id);
  return found == attempts_.end() ? std::nullopt : found->second.dialled;
}

bool open_attempts::goes_on(const domain::attempt_id& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = attempts_.find(id);
  return found != attempts_.end() && !found->second.result;
}

void open_attempts::set_give_up(const domain::attempt_id& id, std::function<void()> give_up) {
  {
    const std::lock_guard lock{mutex_};
    const auto found = attempts_.find(id);
    if (found == attempts_.end() || found->second.result) return; // over already
    if (!found->second.given_up) {
      found->second.give_up = std::move(give_up);
      return;
    }
  }
  give_up();
}

bool open_attempts::finish(const domain::attempt_result& r) {
  const std::lock_guard lock{mutex_};
  const auto found = attempts_.find(r.attempt);
  if (found == attempts_.end() || found->second.result) return false;
  found->second.result = r;
  found->second.give_up = nullptr;
  return true;
}

std::vector<domain::attempt_id> open_attempts::ended(const domain::order_id& order) const {
  const std::lock_guard lock{mutex_};
  std::vector<domain::attempt_id> ids;
  for (const auto& [id, attempt] : attempts_)
    if (attempt.order == order && attempt.result) ids.push_back(id);
  return ids;
}

std::optional<domain::attempt_result> open_attempts::take(const domain::attempt_id& id) {
  const std::lock_guard lock{mutex_};
  const auto found = attempts_.find(id);
  if (found == attempts_.end() || !found->second.result) return std::nullopt;
  auto result = std::move(found->second.result);
  attempts_.erase(found);
  return result;
}

bool open_attempts::knows(const domain::attempt_id& id) const {
  const std::lock_guard lock{mutex_};
  return attempts_.contains(id);
}

void open_attempts::give_up(const domain::attempt_id& id) {
  std::function<void()> end;
  {
    const std::lock_guard lock{mutex_};
    const auto found = attempts_.find(id);
    if (found == attempts_.end()) return;
    found->second.given_up = true;
    end = std::exchange(found->second.give_up, nullptr);
  }
  if (end) end();
}

void open_attempts::give_up_all() {
  std::vector<domain::attempt_id> ids;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [id, attempt] : attempts_)
      ids.push_back(id);
  }
  for (const auto& id : ids)
    give_up(id);
}

std::size_t open_attempts::under_way() const {
  const std::lock_guard lock{mutex_};
  std::size_t n = 0;
  for (const auto& [id, attempt] : attempts_)
    if (!attempt.result && !attempt.alerted) ++n;
  return n;
}

void recent_reports::put(const std::string& key, entry e) {
  const std::lock_guard lock{mutex_};
  const auto [place, fresh] = entries_.insert_or_assign(key, std::move(e));
  if (fresh) order_.push_back(key);
  while (order_.size() > limit) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
}

std::optional<recent_reports::entry> recent_reports::get(const std::string& key) const {
  const std::lock_guard lock{mutex_};
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

void recent_reports::erase(const std::string& key) {
  const std::lock_guard lock{mutex_};
  entries_.erase(key);
}

void device_board::restore(const domain::device_record& r) {
  const std::lock_guard lock{mutex_};
  watch_.restore(r);
}

std::optional<domain::device_record> device_board::watch(const std::string& lift, const std::string& device_id,
                                                         domain::instant now) {
  const std::lock_guard lock{mutex_};
  const auto* known = watch_.find(lift);
  if (known != nullptr && known->device_id == device_id) return std::nullopt;
  return watch_.watch(lift, device_id, now);
}

std::optional<domain::device_silence> device_board::heard(const std::string& lift, domain::report_kind kind,
                                                          const std::string& code, domain::instant now) {
  const std::lock_guard lock{mutex_};
  return watch_.heard(lift, kind, code, now);
}

std::vector<domain::device_silence> device_board::check(domain::instant now, domain::span silent_after) {
  const std::lock_guard lock{mutex_};
  return watch_.check(now, silent_after);
}

std::optional<domain::device_record> device_board::find(const std::string& lift) const {
  const std::lock_guard lock{mutex_};
  const auto* known = watch_.find(lift);
  if (known == nullptr) return std::nullopt;
  return *known;
}

std::vector<domain::device_record> device_board::silent() const {
  const std::lock_guard lock{mutex_};
  return watch_.silent();
}

std::size_t device_board::silent_count() const {
  const std::lock_guard lock{mutex_};
  return watch_.silent_count();
}

} // namespace lifeline::actors
