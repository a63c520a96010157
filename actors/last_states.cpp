#include "actors/last_states.hpp"

#include "storage/tables.hpp"

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
  rows_.insert_or_assign(name_of(t, key), std::move(bytes));
}

std::optional<std::string> last_states::get(storage::table t, const std::string& key) const {
  const std::lock_guard lock{mutex_};
  const auto found = rows_.find(name_of(t, key));
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

void last_states::erase(storage::table t, const std::string& key) {
  const std::lock_guard lock{mutex_};
  const auto name = name_of(t, key);
  rows_.erase(name);
  recordings_.erase(name);
}

void last_states::put_recording(const media::recording_event& e) {
  const std::lock_guard lock{mutex_};
  const auto name = name_of(e.call);
  if (rows_.contains(name)) recordings_.insert_or_assign(name, e);
}

std::optional<media::recording_event> last_states::recording(const domain::call_id& call) const {
  const std::lock_guard lock{mutex_};
  const auto found = recordings_.find(name_of(call));
  if (found == recordings_.end()) return std::nullopt;
  return found->second;
}

} // namespace lifeline::actors
