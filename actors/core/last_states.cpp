#include "actors/core/last_states.hpp"

#include "actors/core/checkpoints.hpp"
#include "domain/base/wall_time.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <utility>

namespace lifeline::actors {

namespace {

std::string name_of(storage::table t, const std::string& key) {
  std::string name(1, static_cast<char>(storage::index_of(t)));
  return name += key;
}

std::string name_of(const domain::call_id& call) {
  return name_of(storage::table::live_calls, storage::call_key{call}.encode());
}

} // namespace

void last_states::put(storage::table t, const std::string& key, std::string bytes) {
  const std::lock_guard lock{mutex_};
  rows_.insert_or_assign(name_of(t, key), kept_row{std::move(bytes), domain::clock_correction()});
}

std::optional<std::string> last_states::get(storage::table t, const std::string& key) const {
  const std::lock_guard lock{mutex_};
  const auto found = rows_.find(name_of(t, key));
  if (found == rows_.end()) return std::nullopt;
  return restated(t, found->second);
}

std::string last_states::restated(storage::table t, const kept_row& row) {
  const auto earlier = row.correction - domain::clock_correction();
  if (earlier == domain::span{0}) return row.bytes;
  // Read as of now it would come out too late by this much.
  if (t == storage::table::live_calls)
    if (const auto call = decode_call(row.bytes, earlier)) return encode_call(*call);
  if (t == storage::table::agents)
    if (const auto agent = decode_agent(row.bytes, earlier)) return encode_agent(*agent);
  if (t == storage::table::registrations)
    if (const auto phones = decode_registration(row.bytes, earlier)) return encode_registration(*phones);
  if (t == storage::table::meta)
    if (const auto reservation = decode_reservation(row.bytes, earlier)) return encode_reservation(*reservation);
  return row.bytes;
}

void last_states::erase(storage::table t, const std::string& key) {
  const std::lock_guard lock{mutex_};
  rows_.erase(name_of(t, key));
}

void last_states::forget(const domain::call_id& call) {
  const std::lock_guard lock{mutex_};
  const auto name = name_of(call);
  rows_.erase(name);
  recordings_.erase(name);
  places_.erase(call);
  over_.erase(call);
}

void last_states::put_recording(const media::recording_event& e) {
  const std::lock_guard lock{mutex_};
  const auto name = name_of(domain::logged_under(e.recording));
  if (rows_.contains(name)) recordings_.insert_or_assign(name, e);
}

std::optional<media::recording_event> last_states::recording(const domain::call_id& call) const {
  const std::lock_guard lock{mutex_};
  const auto found = recordings_.find(name_of(call));
  if (found == recordings_.end()) return std::nullopt;
  return found->second;
}

void last_states::put_over(const domain::call_id& call, const domain::reservation_id& reservation) {
  constexpr std::size_t most = 32;
  const std::lock_guard lock{mutex_};
  auto& over = over_[call];
  over.push_back(reservation);
  if (over.size() > most) over.pop_front();
}

bool last_states::is_over(const domain::call_id& call, const domain::reservation_id& reservation) const {
  const std::lock_guard lock{mutex_};
  const auto found = over_.find(call);
  return found != over_.end() &&
         std::find(found->second.begin(), found->second.end(), reservation) != found->second.end();
}

void last_states::put_reservation(const std::string& key, std::string bytes) {
  const std::lock_guard lock{mutex_};
  reservations_.insert_or_assign(key, kept_row{std::move(bytes), domain::clock_correction()});
}

void last_states::erase_reservation(const std::string& key) {
  const std::lock_guard lock{mutex_};
  reservations_.erase(key);
}

std::map<std::string, std::string> last_states::reservations() const {
  const std::lock_guard lock{mutex_};
  std::map<std::string, std::string> all;
  for (const auto& [key, row] : reservations_)
    all.emplace(key, restated(storage::table::meta, row));
  return all;
}

last_states::place* last_states::find_place(const domain::call_id& call, const domain::queue_id& queue) {
  const auto found = places_.find(call);
  return found == places_.end() || found->second.queue != queue ? nullptr : &found->second;
}

void last_states::want_place(const domain::call_id& call, const domain::queue_id& queue) {
  const std::lock_guard lock{mutex_};
  if (find_place(call, queue) == nullptr) places_[call] = {queue, false};
}

bool last_states::wants_place(const domain::call_id& call, const domain::queue_id& queue) const {
  const std::lock_guard lock{mutex_};
  const auto found = places_.find(call);
  return found != places_.end() && found->second.queue == queue;
}

bool last_states::enter(const domain::call_id& call, const domain::queue_id& queue, const std::function<void()>& log) {
  const std::lock_guard lock{mutex_};
  auto* place = find_place(call, queue);
  if (place == nullptr) return false;
  if (!std::exchange(place->entered, true)) log();
  return true;
}

bool last_states::while_waiting(const domain::call_id& call, const domain::queue_id& queue,
                                const std::function<void()>& log) {
  const std::lock_guard lock{mutex_};
  if (find_place(call, queue) == nullptr) return false;
  log();
  return true;
}

bool last_states::leave(const domain::call_id& call, const domain::queue_id& queue) {
  const std::lock_guard lock{mutex_};
  const auto* place = find_place(call, queue);
  if (place == nullptr) return false;
  const bool entered = place->entered;
  places_.erase(call);
  return entered;
}

} // namespace lifeline::actors
