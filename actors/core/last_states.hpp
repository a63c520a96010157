#pragma once
// The last state of every live call and agent, kept in memory for the actor that replaces a crashed one: it continues
// from there at once, whatever the disk does meanwhile. (The journal serves a restart of the engine.) Also the results
// of recordings whose call has crashed before it could hear of them, who has which place in a queue, and which
// reservations are open. Thread-safe.

#include "domain/base/ids.hpp"
#include "domain/plan/plan.hpp"
#include "media/gateway.hpp"
#include "storage/types.hpp"

#include <deque>
#include <functional>
#include <map>
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
  /// Everything of a call that has ended.
  void forget(const domain::call_id& call);

  /// Kept only while the call lives; goes with it.
  void put_recording(const media::recording_event& e);
  [[nodiscard]] std::optional<media::recording_event> recording(const domain::call_id& call) const;

  /// Offers to the call that have ended, the last ones: they may still be said again, by whoever has crashed meanwhile.
  void put_over(const domain::call_id& call, const domain::reservation_id& reservation);
  [[nodiscard]] bool is_over(const domain::call_id& call, const domain::reservation_id& reservation) const;

  // The dispatcher's open reservations, for the one that replaces it: the journal may be behind, and would have some of
  // them ended twice and others never. By storage key.

  void put_reservation(const std::string& key, std::string bytes);
  void erase_reservation(const std::string& key);
  [[nodiscard]] std::map<std::string, std::string> reservations() const;

  // A call and the dispatcher write of the call's place in a queue, each at its own time: a caller may leave before the
  // dispatcher has taken it in, or while an agent is being reserved for it. These make the log read in order.

  /// The call wants to be in that queue, and in no other.
  void want_place(const domain::call_id& call, const domain::queue_id& queue);
  [[nodiscard]] bool wants_place(const domain::call_id& call, const domain::queue_id& queue) const;
  /// Calls `log` unless the entry is logged already. False: the call has left, nothing was called.
  bool enter(const domain::call_id& call, const domain::queue_id& queue, const std::function<void()>& log);
  /// Calls `log` while the call cannot leave. False: it has left, nothing was called.
  bool while_waiting(const domain::call_id& call, const domain::queue_id& queue, const std::function<void()>& log);
  /// True: its entry is logged, the call has to log that it left.
  bool leave(const domain::call_id& call, const domain::queue_id& queue);

private:
  struct place {
    domain::queue_id queue;
    bool entered = false;
  };
  place* find_place(const domain::call_id& call, const domain::queue_id& queue);

  mutable std::mutex mutex_;
  /// Bytes hold the world's time, as it was taken to be when they were made.
  struct kept_row {
    std::string bytes;
    domain::span correction{0};
  };
  /// As they would be made now.
  [[nodiscard]] static std::string restated(storage::table t, const kept_row& row);

  std::unordered_map<std::string, kept_row> rows_; ///< by the table's number and the key
  std::unordered_map<std::string, media::recording_event> recordings_;
  std::unordered_map<domain::call_id, place> places_;
  std::map<std::string, kept_row> reservations_;
  std::unordered_map<domain::call_id, std::deque<domain::reservation_id>> over_;
};

} // namespace lifeline::actors
