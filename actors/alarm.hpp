#pragma once
// The actor of one work order that is active, or that somebody works on. All rules are in domain/order_machine; here
// events become values, commands become calls and webhooks, and every step is written to the journal before anybody is
// told. Only the answer to a person waits for the disk: the rescue never does.

#include "actors/timer.hpp"
#include "domain/order_machine.hpp"

#include <caf/all.hpp>

#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace lifeline::actors {

/// How the actor came to life.
enum class alarm_birth : std::uint8_t {
  opened,  ///< by its first report: `todo` is to be carried out
  crashed, ///< in the place of one that crashed: attempts go on
  loaded,  ///< from the journal: attempts of before are lost
};

/// A change on its way to the disk.
struct order_write {
  bool again = false; ///< the second try
  std::function<void(bool stored, const std::string& error)> done;
};

struct alarm_actor_state {
  static constexpr const char* name = "alarm";
  surroundings_ptr around;
  domain::order_state order;
  domain::id_source ids{0};
  std::set<std::string> indexed; ///< its rows in table::order_index
  std::unordered_map<std::uint64_t, order_write> writes;
  std::uint64_t last_write = 0;
  bool unwritten = false; ///< the journal had to give the rows up
  timer clock;
  domain::instant last_work = domain::never; ///< an order that is over rests some time after it
};

/// An order that is over and that nobody works on keeps its actor for so long.
inline constexpr domain::span rest_after = std::chrono::seconds{30};

alarm_actor::behavior_type alarm(alarm_actor::stateful_pointer<alarm_actor_state> self, surroundings_ptr around,
                                 order_ptr order, alarm_birth birth, std::vector<domain::order_output> todo);

} // namespace lifeline::actors
