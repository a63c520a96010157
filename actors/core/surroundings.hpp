#pragma once
// What every actor of the engine is given at its birth: the plan, the gateways, the journal, the directory, the clock.

#include "actors/core/busy_phones.hpp"
#include "actors/core/directory.hpp"
#include "actors/core/last_states.hpp"
#include "domain/calls/call_state.hpp"
#include "domain/calls/overload.hpp"
#include "domain/plan/plan.hpp"
#include "media/gateway.hpp"
#include "media/speech.hpp"
#include "sip/gateway.hpp"
#include "storage/journal.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace lifeline::actors {

/// What a call of a hotline tells and asks those who keep alarms. Thread-safe, never blocks.
class alarms_port {
public:
  virtual ~alarms_port() = default;
  /// The open order of a lift, for a call that comes from it; nil = none.
  [[nodiscard]] virtual domain::order_id open_order_of(const std::string& rescue_code) = 0;
  /// The open alarm that this number has called about, however a carrier writes it; of several the newest; nil = none.
  /// Asked for each caller of the hotline: cheap.
  [[nodiscard]] virtual domain::order_id open_order_of_caller(const std::string& number) = 0;
  /// Links a hotline call to an order (its timeline shows it); no answer, for it must never delay a call.
  virtual void link_call(const domain::order_id& order, const domain::call_id& call) = 0;
  /// A linked call was answered at that time, by an agent or (empty) at a backup number: whoever did has taken the
  /// alarm. No answer either.
  virtual void call_answered(const domain::order_id& order, const domain::call_id& call, domain::instant at,
                             const domain::agent_id& agent) = 0;
};

/// Who takes a call to a number that is no hotline's, or not at once (domain/calls/dialled_number.hpp).
struct other_entries {
  /// A lift's own phone: identifies itself before its call begins. The call's checkpoint lies in the last states.
  std::function<caf::actor(domain::call_state call, const std::string& sip_call_id)> lift_phone;
  /// A rescuer's report.
  std::function<void(const sip::incoming_call& call)> report_line;
};

/// Turns the actors' monotonic (or virtual) time into UTC; anchored once, so that a jump of the wall clock moves
/// nothing. What leaves the engine is corrected when the wall clock is set (domain/base/wall_time.hpp).
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
  media::speech* speech = nullptr; ///< null: nothing is spoken but what was recorded
  storage::journal* journal = nullptr;
  alarms_port* alarms = nullptr; ///< null: no lifts, no alarms
  other_entries entries;         ///< set with the tree
  directory who;
  last_states kept;
  busy_phones busy;
  clock_anchor clock;
  std::shared_ptr<timekeeper> time;    ///< null: actors are woken by delayed messages, on a test's virtual clock
  std::uint64_t seed = 0;              ///< of the strategy `random`, and of ids where they are to repeat themselves
  domain::randomness random = nullptr; ///< of ids; null: by the seed, in tests
  line_board lines;
  std::atomic<bool> draining{false};
  /// A restored copy that nobody has confirmed yet: nobody outside is called or told, and open orders wait.
  std::atomic<bool> outbound_held{false};
  std::atomic<bool> releasing{false}; ///< the live calls are being ended, too: the engine stops
  std::atomic<domain::shed_level> shedding{domain::shed_level::none}; ///< by the engine's overload watch
  std::shared_ptr<std::atomic<std::uint64_t>> pulse;    ///< beaten by the gateways' watches; null in tests
  std::atomic<domain::span> actor_lag{domain::span{0}}; ///< how long an actor waits for a worker, by the overload watch
  std::atomic<std::uint64_t> dispatcher_mailbox{0};     ///< messages waiting, as last seen by the actor itself
  std::atomic<std::uint64_t> calls_mailbox{0};

  /// For one actor. `salt` keeps those by the seed apart, and from its predecessor's.
  [[nodiscard]] domain::id_source new_ids(std::uint64_t salt) const {
    return random != nullptr ? domain::id_source::from(random) : domain::id_source{seed ^ salt};
  }

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
