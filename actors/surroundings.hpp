#pragma once
// What every actor of the engine is given at its birth: the plan, the gateways, the journal, the directory, the clock.

#include "actors/busy_phones.hpp"
#include "actors/cut_calls.hpp"
#include "actors/directory.hpp"
#include "actors/last_states.hpp"
#include "actors/lift_registry.hpp"
#include "actors/live_orders.hpp"
#include "domain/overload.hpp"
#include "domain/plan.hpp"
#include "media/gateway.hpp"
#include "media/speech.hpp"
#include "sip/gateway.hpp"
#include "storage/journal.hpp"
#include "webhook/gateway.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace lifeline::actors {

class rescue_port;
class rescue_call_handle;
struct rescue_call_request;
struct surroundings;
/// start_rescue_call (rescue_call.hpp), or a test's fake.
using rescue_call_starter =
    std::function<rescue_call_handle(caf::actor_system&, const std::shared_ptr<surroundings>&, rescue_call_request,
                                     std::function<void(const domain::attempt_result&)>)>;

/// Turns the actors' monotonic (or virtual) time into UTC; anchored once, so that a jump of the wall clock moves
/// nothing. What leaves the engine is corrected when the wall clock is set (domain/wall_time.hpp).
struct clock_anchor {
  domain::instant utc;
  std::chrono::steady_clock::time_point monotonic;
  [[nodiscard]] domain::instant at(std::chrono::steady_clock::time_point t) const {
    return utc + std::chrono::duration_cast<domain::span>(t - monotonic);
  }
};

/// Lines in use by hotline, for those who only look.
class line_board {
public:
  void set(const std::string& hotline, std::uint64_t n) {
    const std::lock_guard lock{mutex_};
    lines_[hotline] = n;
  }
  [[nodiscard]] std::map<std::string, std::uint64_t> all() const {
    const std::lock_guard lock{mutex_};
    return lines_;
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> lines_;
};

class timekeeper;

struct surroundings : std::enable_shared_from_this<surroundings> {
  /// As last (re)loaded. The reference stays valid: plans of before a reload are kept, for actors in the middle of a
  /// step may still read them, and there are few.
  [[nodiscard]] const domain::plan& plan() const { return *plan_.load(); }
  void set_plan(domain::plan p) {
    const std::lock_guard lock{plans_mutex_};
    plans_.push_back(std::make_unique<const domain::plan>(std::move(p)));
    plan_ = plans_.back().get();
  }

  caf::actor_system* system = nullptr; ///< set with the tree
  sip::gateway* sip = nullptr;         ///< outlives the actors, as do the next two
  media::gateway* media = nullptr;
  storage::journal* journal = nullptr;
  webhook::gateway* webhooks = nullptr; ///< null: nobody is told by HTTP
  media::speech* speech = nullptr;      ///< null: nothing is spoken but what was recorded
  rescue_port* rescue = nullptr;        ///< null: no lifts, no alarms
  /// What messages to a party are signed with; empty = they are not. From any thread.
  std::function<std::string(const std::string& party)> webhook_secret;
  /// A party's link to say how an order stands with it; empty = none are made. From any thread.
  std::function<std::string(const domain::order_id&, const std::string& party)> rescuer_link;
  rescue_call_starter start_call; ///< empty: start_rescue_call
  directory who;
  last_states kept;
  busy_phones busy;
  cut_list cut;
  lift_registry lifts;
  live_orders orders;
  open_attempts attempts;
  recent_reports reports;
  device_board devices;
  clock_anchor clock;
  std::shared_ptr<timekeeper> time; ///< null: actors are woken by delayed messages, on a test's virtual clock
  std::uint64_t seed = 0;           ///< of ids and the strategy `random`
  line_board lines;
  std::atomic<std::uint64_t> rescue_lines_used{0};    ///< of [rescue] lines
  std::atomic<std::uint64_t> rescue_calls_waiting{0}; ///< for one of them
  std::atomic<bool> draining{false};
  /// A restored copy that nobody has confirmed yet: nobody outside is called or told, and open orders wait.
  std::atomic<bool> outbound_held{false};
  std::atomic<bool> releasing{false}; ///< the live calls are being ended, too: the engine stops
  std::atomic<domain::shed_level> shedding{domain::shed_level::none}; ///< by the engine's overload watch
  std::shared_ptr<std::atomic<std::uint64_t>> pulse;                  ///< beaten by the keepers; null in tests
  std::atomic<domain::span> actor_lag{domain::span{0}}; ///< how long an actor waits for a worker, by the overload watch
  std::atomic<std::uint64_t> dispatcher_mailbox{0};     ///< messages waiting, as last seen by the actor itself
  std::atomic<std::uint64_t> calls_mailbox{0};
  std::atomic<std::uint64_t> alarms_mailbox{0};
  bool alarms_apart = false; ///< their supervisor reads the disk, and calls shall not wait for that: its own thread
  std::atomic<bool> alarms_loaded{false};          ///< the open orders of the last run have their actors
  std::atomic<std::uint64_t> unreadable_orders{0}; ///< whose rows could not be read at start: they stay on disk

  template <class Self> [[nodiscard]] domain::instant now(const Self* self) const {
    return clock.at(self->clock().now());
  }
  /// For threads that are no actor's. By the actors' clock once there are any: in tests that is a virtual one.
  [[nodiscard]] domain::instant now_steady() const {
    return clock.at(system != nullptr ? system->clock().now() : std::chrono::steady_clock::now());
  }

private:
  std::mutex plans_mutex_;
  std::vector<std::unique_ptr<const domain::plan>> plans_;
  std::atomic<const domain::plan*> plan_{nullptr};
};
using surroundings_ptr = std::shared_ptr<surroundings>;

/// How many messages wait for an actor; to be asked by itself only.
template <class Self> std::uint64_t mailbox_depth(Self* self) {
  self->mailbox().fetch_more();
  return self->mailbox().size();
}

/// Sends if there is somebody.
template <class Self, class Handle, class Message> void tell(Self* self, const Handle& to, Message message) {
  if (to) self->send(to, std::move(message));
}

/// An actor's error, default and exit behaviour: an error answer or a message of no use is noted, never fatal; an exit
/// message ends it.
template <class Self> void harden(Self* self) {
  self->set_error_handler([](caf::scheduled_actor*, caf::error&) {});
  self->set_down_handler([](caf::scheduled_actor*, caf::down_msg&) {});
  self->set_exit_handler([](caf::scheduled_actor* me, caf::exit_msg& x) { me->quit(std::move(x.reason)); });
}

} // namespace lifeline::actors
