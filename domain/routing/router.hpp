#pragma once
// The router: who gets which call. Pure: no clock, no I/O, no threads; `now` comes with every call and must not run
// backwards. The dispatcher actor owns one, feeds it what calls and agents report and carries out its commands.
//
// Rules
// - A call waits in a lane: its queue and the skills it requires (the queue's and its own). An agent serves a lane when
//   the queue is among its queues and its skills reach every required level.
// - Order of callers: total priority (queue's + call's) first, then, among the lanes' heads that the agent serves, the
//   largest weight × waiting time, then the earlier entry, then the earlier arrival. Within a lane: priority, entry,
//   arrival.
// - One agent has at most one open reservation or talk. An agent that was reserved is offered nothing else until that
//   has ended *and* it has sent a newer view (see `agent_view::version`), or `settle_limit` has passed.
// - After a mutation no agent is ready while a caller waits whom it could serve, unless the pair is in its retry delay.
// - ring_all: the head caller rings at every ready agent of its lane; agents that become ready meanwhile join (by the
//   order of callers above). The first to connect has it, the others end with `lost_race`.
// - Tiers, growing priority, escalation rules, sticky agents, regained places and empty queues: as queue_plan says.
//   A tier, a rule or a sticky wait only ever delays who is asked: the bounds are in the property test.
// - Past `max_wait` a caller overflows at once; one that is ringing overflows when the last of its offers has failed,
//   and gets no new offer until then.
// - For a queue that serves an emergency an agent that is not ready for missed calls is asked again when nobody else is
//   free. Such an offer delays nothing: the caller counts as waiting, for other agents and for an overflow that is due,
//   which ends the offer (`superseded`).
// - Mutations append their consequences to `out` in the order in which they must be carried out.

#include "domain/base/ids.hpp"
#include "domain/base/time.hpp"
#include "domain/log/agent_state.hpp"
#include "domain/log/events.hpp"
#include "domain/plan/plan.hpp"
#include "domain/routing/reasons.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lifeline::domain {

/// A lease outlives the ring timeout by this much; whoever has not ended it by then has failed (`lease_expired`).
inline constexpr span lease_margin = 5s;
/// How long an agent whose reservation has ended may be silent before its last view ("ready") is believed again.
inline constexpr span settle_limit = 5s;

/// What an agent's actor tells about itself. A new view replaces the old one.
struct agent_view {
  std::uint64_t version = 0; ///< rises with every view of this agent, also over restarts; one not higher is ignored
  agent_state state = agent_state::logged_out;
  std::string reason;               ///< of not ready: "break"
  instant ready_since = never;      ///< when it became ready; used when the state is `ready`
  instant last_offered = never;     ///< of the last offer; the router remembers its own, later ones too
  instant retry_until = never;      ///< is offered nothing before, although ready
  std::uint32_t calls_answered = 0; ///< since signing in
  span talk_time = 0s;              ///< since signing in
};

struct call_request {
  call_id call;
  queue_id queue;
  int priority = 0;                        ///< added to the queue's
  instant entered_at = never;              ///< may lie in the past: a call that registers again keeps its place
  std::vector<skill_requirement> required; ///< besides the queue's
  std::string caller;                      ///< the caller's number, for sticky agents and regained places; may be empty
  bool known = false;                      ///< registers again after a restart: max_length does not apply
  bool patient = false; ///< has overflowed already and waits on meanwhile: neither max_wait nor max_length applies
};

enum class enqueue_status : std::uint8_t {
  accepted,
  duplicate, ///< the call is already here, waiting, ringing or talking: nothing changed
  unknown_queue,
  queue_full, ///< max_length callers are waiting or ringing
  no_agent,   ///< no agent is present and the queue's join_empty is overflow
  long_wait,  ///< would have to wait longer than max_expected_wait
};
struct enqueue_result {
  enqueue_status status = enqueue_status::accepted;
  std::uint32_t position = 0; ///< 1 = first of its queue, at its entry (before it may have been offered); 0 = none
  std::optional<span> expected_wait; ///< nothing: no data yet
  bool resumed = false;              ///< has its old place again; then
  instant entered_at = never;        ///< ... the place's entry, earlier than the request's
};

/// An offer or talk that outlived the dispatcher which made it.
struct adoption {
  call_request request;
  reservation_id reservation;
  agent_id agent;
  instant deadline = never; ///< of the lease; meaningless when connected
  bool connected = false;
};
enum class adopt_status : std::uint8_t {
  adopted,
  duplicate, ///< this very reservation is open already
  unknown_queue,
  unknown_agent,
  agent_engaged, ///< the agent has another call by now: the offer is void and must be withdrawn
  call_engaged,  ///< the call has been offered to another agent by now: the offer is void and must be withdrawn
};

namespace routing {

/// Offer the call to the agent. Valid in this router's epoch until `deadline`.
struct reserve {
  reservation_id reservation;
  std::uint64_t epoch = 0;
  call_id call;
  agent_id agent;
  queue_id queue;
  instant deadline = never;
  reasons why; ///< for `router::explain`
};
/// The offer is over: exactly one for every `reserve` and every adopted offer that was not connected yet. With
/// `connected` the agent has the caller and stays engaged until `router::ended`; for the outcomes that the router
/// itself found (caller_gone, lost_race, lease_expired, superseded) the offer has to be withdrawn from the phone.
struct end {
  reservation_id reservation;
  call_id call;
  agent_id agent;
  queue_id queue;
  reservation_outcome outcome = reservation_outcome::refused;
  span rang = 0s;              ///< since the reservation
  std::int32_t sip_status = 0; ///< of the phone's refusal; filled in by whoever knows it
};
/// The caller has waited too long and is no longer here.
struct overflow {
  call_id call;
  queue_id queue;
  std::string reason; ///< "max wait", "escalated", "no agent is present"
};
/// A rule has fired, for the log; its effect is the router's own affair (an overflow follows as a command of its own).
struct escalated {
  call_id call;
  queue_id queue;
  std::uint32_t rule = 0; ///< from 1
  std::string what;       ///< "priority 15, tier 2"
};
using command = std::variant<reserve, end, overflow, escalated>;
using commands = std::vector<command>;

} // namespace routing

/// A reservation as it stands.
struct reservation_view {
  reservation_id reservation;
  call_id call;
  agent_id agent;
  queue_id queue;
  instant made = never;
  instant deadline = never; ///< `never` when connected
  bool connected = false;
};

class router {
public:
  /// `seed` feeds the strategy `random` and the reservations' ids.
  router(const plan& p, std::uint64_t epoch, std::uint64_t seed);
  ~router();
  router(router&&) noexcept;
  router& operator=(router&&) noexcept;

  // ---- what happens ------------------------------------------------------------------------------------------

  /// False (and nothing changed): unknown account, or a view that is not newer than the known one.
  bool set_agent(const agent_id& account, const agent_view& view, instant now, routing::commands& out);
  enqueue_result enqueue(const call_request& request, instant now, routing::commands& out);
  /// The caller is gone, from wherever it was: open offers end with `outcome`, a talk is over. False: not here.
  bool leave(const call_id& call, instant now, routing::commands& out,
             reservation_outcome outcome = reservation_outcome::caller_gone);
  /// The offer failed. The caller keeps its place; this agent is not offered this call before `retry_until`.
  /// False: no such open offer (already over, or connected).
  bool agent_refused(const reservation_id& reservation, reservation_outcome outcome, instant retry_until, instant now,
                     routing::commands& out);
  /// The agent has the caller. False: the offer is over (lost race, expired, caller gone): do not connect.
  bool connected(const reservation_id& reservation, instant now, routing::commands& out);
  /// A talk is over: agent and call are free of each other and the call is forgotten (no command). For an offer it is
  /// `agent_refused` with the queue's retry delay; with `caller_gone` it is `leave`. False: no such reservation.
  bool ended(const reservation_id& reservation, reservation_outcome outcome, instant now, routing::commands& out);
  /// After a restart: takes over an offer or a talk of an earlier epoch. A connected one wins against whatever the
  /// router has decided about that agent or call meanwhile (`superseded`); an offer does not.
  adopt_status adopt(const adoption& a, instant now, routing::commands& out);
  /// Obeys a new plan from now on. Waiting callers keep their places, open offers and talks go on untouched (no command
  /// for any of them, unless a caller who rings only where it was asked again has to overflow by it); callers are
  /// paired anew by the new rules. Names that callers or agents in it still need must be in the new plan, if only as
  /// retired ones (domain/plan/plan_change.hpp makes it so).
  void reconfigure(const plan& p, instant now, routing::commands& out);
  /// What a fresh router (after a restart) is to know of the past, from the calls' records, oldest first: sticky
  /// agents, regained places, and the figures that the expected wait is estimated from.
  void remember(const call_record& record, instant now);
  /// Ends what is due: leases, retry delays, max wait. To be called at `next_deadline`; later does no harm.
  void tick(instant now, routing::commands& out);

  // ---- questions ---------------------------------------------------------------------------------------------

  [[nodiscard]] std::uint64_t epoch() const;
  /// The next time at which `tick` has something to do; nothing: never.
  [[nodiscard]] std::optional<instant> next_deadline() const;
  /// Callers of the queue who have no agent yet: waiting and ringing.
  [[nodiscard]] std::size_t waiting(const queue_id& queue) const;
  /// Of the callers in `waiting`; 0 when there is none.
  [[nodiscard]] span oldest_wait(const queue_id& queue, instant now) const;
  /// 1 = first of its queue; nothing when it is not waiting or ringing there.
  [[nodiscard]] std::optional<std::uint32_t> position(const call_id& call) const;
  /// How long a caller who is (or would be) at that place of the queue has still to wait, from recent service times and
  /// patience: QLm (Ibrahim & Whitt 2009), or the wait of the last who entered service when data is thin. Position 1 =
  /// the next to be served. Nothing: no data yet, or nobody serves the queue.
  [[nodiscard]] std::optional<span> expected_wait(const queue_id& queue, std::uint32_t position, instant now) const;
  /// Agents of the queue that are present (queue_plan::present_states).
  [[nodiscard]] std::size_t present(const queue_id& queue) const;
  /// The agent could be given a call now.
  [[nodiscard]] bool is_ready(const agent_id& account) const;
  [[nodiscard]] std::optional<reservation_view> find(const reservation_id& reservation) const;
  [[nodiscard]] std::vector<reservation_view> reservations() const;
  /// Why the caller waits: the queue's agents and what keeps each from the call. Nothing: not waiting or ringing here.
  [[nodiscard]] std::optional<explanation> explain(const call_id& call, instant now) const;
  /// Why this agent, in the words of the moment of the decision. To be asked before anything else happens: afterwards
  /// the notes are of an agent and a queue that the router may know otherwise, or no more.
  [[nodiscard]] explanation explain(const routing::reserve& decision) const;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace lifeline::domain
