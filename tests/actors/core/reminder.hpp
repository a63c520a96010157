#pragma once
// The smallest long-lived thing: a reminder rings at its time until somebody dismisses it. Shows what a kind of things
// gives to kept and keeper, and what it gets.

#include "actors/core/errands.hpp"
#include "actors/core/keeper.hpp"
#include "actors/core/kept.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace lifeline::testing {

using reminder_id = domain::order_id; // a key that the journal has already; so are the tables

struct reminder {
  reminder_id id;
  std::uint64_t version = 1;
  std::string text;
  domain::instant due = domain::never; ///< never: it is over
  std::uint32_t rung = 0;
  domain::instant until = domain::never; ///< when it was dismissed
};
using reminder_ptr = std::shared_ptr<const reminder>;

/// Pure: the rules of a reminder.
namespace reminding {
struct time_passes {};
struct dismiss {};
using event = std::variant<time_passes, dismiss>;
struct ring {};
struct note {
  std::string text; ///< into the log
};
using output = std::variant<ring, note>;
constexpr domain::span again_after = std::chrono::minutes{1};
domain::result<std::vector<output>> step(reminder& r, const event& e, domain::instant now);
} // namespace reminding

struct set_reminder {
  std::string text;
  domain::instant due = domain::never;
};
struct dismiss_reminder {
  reminder_id which;
};
struct reminder_answer {
  bool ok = false;
  std::string error;
  reminder_id which;
};

using reminder_actor =
    caf::typed_actor<caf::replies_to<dismiss_reminder>::with<reminder_answer>, caf::reacts_to<actors::rows_stored>,
                     caf::reacts_to<actors::crash_order>, caf::reacts_to<actors::wake>>;
using reminders_actor =
    caf::typed_actor<caf::replies_to<set_reminder>::with<reminder_answer>,
                     caf::replies_to<dismiss_reminder>::with<reminder_answer>, caf::reacts_to<actors::rows_stored>,
                     caf::reacts_to<actors::plan_changed>, caf::reacts_to<actors::crash_order>,
                     caf::reacts_to<actors::supervisor_timer>, caf::reacts_to<actors::wake>>;

/// What outlives its actors: the last states, who lives, and what a test wants to see.
struct reminder_surroundings : actors::surroundings {
  mutable std::mutex mutex;
  std::map<reminder_id, reminder_ptr> last;
  std::map<reminder_id, reminder_actor> living;
  reminders_actor supervisor;
  bool loaded = false;
  domain::id_source ids{1};

  std::vector<std::string> rings; ///< "text at seconds"
  std::vector<std::string> complaints;
  int crashes_at_step = 0; ///< so many steps throw
  std::size_t taken_up = 0;

  [[nodiscard]] reminder_ptr find(const reminder_id& id) const {
    const std::lock_guard lock{mutex};
    const auto found = last.find(id);
    return found == last.end() ? nullptr : found->second;
  }
};
using reminder_surroundings_ptr = std::shared_ptr<reminder_surroundings>;

/// Spawns the supervisor, which takes up what is open.
reminders_actor spawn_reminders(caf::actor_system& system, const reminder_surroundings_ptr& around);

} // namespace lifeline::testing

CAF_BEGIN_TYPE_ID_BLOCK(lifeline_test_reminders, lifeline::actors::first_message_of(90))
LIFELINE_MESSAGE(lifeline_test_reminders, lifeline::testing::set_reminder)
LIFELINE_MESSAGE(lifeline_test_reminders, lifeline::testing::dismiss_reminder)
LIFELINE_MESSAGE(lifeline_test_reminders, lifeline::testing::reminder_answer)
CAF_END_TYPE_ID_BLOCK(lifeline_test_reminders)
