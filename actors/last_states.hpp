#pragma once
// The last state of every live call and agent, kept in memory for the actor that replaces a crashed one: it continues
// from there at once, whatever the disk does meanwhile. (The journal serves a restart of the engine.) Also the results
// of recordings whose call has crashed before it could hear of them. Thread-safe.

#include "domain/ids.hpp"
#include "media/gateway.hpp"
#include "storage/types.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace lifeline::actors {

class last_states {
public:
  /// `bytes`: as in the journal's row of that key.
  void put(storage::table t, const std::string& key, std::string bytes);
  [[nodiscard]] std::optional<std::string> get(storage::table t, const std::string& key) const;
  void erase(storage::table t, const std::string& key);

  /// Kept only while the call lives; goes with it.
  void put_recording(const media::recording_event& e);
  [[nodiscard]] std::optional<media::recording_event> recording(const domain::call_id& call) const;

private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::string> rows_; ///< by the table's number and the key
  std::unordered_map<std::string, media::recording_event> recordings_;
};

} // namespace lifeline::actors
