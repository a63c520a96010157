#pragma once
// What the customer configured, as plain values: hotlines, queues, skills, agents. Read by config/, obeyed by
// everyone. A plan is never changed in place: a reload makes a new one (domain/plan/plan_change.hpp). Durations are
// microseconds.

#include "domain/base/ids.hpp"
#include "domain/base/phone_number.hpp"
#include "domain/base/time.hpp"
#include "domain/log/agent_state.hpp"
#include "domain/log/outcomes.hpp"
#include "domain/log/strategy.hpp"
#include "domain/plan/rescue_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lifeline::domain {

struct skill_requirement {
  std::string skill;
  int level = 1; ///< the least level that qualifies, 1..100
  bool operator==(const skill_requirement&) const = default;
};

/// How an agent serves a queue (FreeSWITCH's tier level and position).
struct tier_place {
  int tier = 1;     ///< 1..100; a lower tier is asked first, see queue_plan::tier_wait
  int position = 0; ///< order within the tier for top_down, sequential, ring_progressively; equal ones: plan order
  bool operator==(const tier_place&) const = default;
};

/// One rule of what changes for a caller while it waits. Fires once per caller and queue entry.
struct escalation_rule {
  span after = 0s;            ///< fires when the caller has waited so long in the queue; 0 = not by time
  std::uint32_t position = 0; ///< fires when the caller's place is this one or better; 0 = not by place
  // what it does; at least one
  int raise_priority = 0;                  ///< added to the caller's priority
  int tier = 0;                            ///< tiers up to this one may be offered the call from now on; 0 = unchanged
  std::vector<skill_requirement> required; ///< replaces what the queue requires (usually fewer or lower), if `replaces`
  bool replaces = false;
  bool overflow = false; ///< the caller overflows now
  bool operator==(const escalation_rule&) const = default;
};

/// What a queue does with callers while none of its agents is present.
enum class empty_policy {
  wait,     ///< they wait as always
  overflow, ///< they overflow: overflow queue, overflow numbers, the hotline's backup numbers
};

/// What a waiting caller gets.
enum class holding {
  ringing,     ///< 180 only; costs no media
  early_media, ///< 183 and audio, the call is not answered yet
  answered,    ///< 200 and audio
};

/// Who carries the RTP of a hotline's calls.
enum class media_mode {
  anchored, ///< through the engine: conversion, music, recording
  direct,   ///< SDP is handed through: caller and agent talk to each other; no recording, holding must be `ringing`
};

struct queue_plan {
  queue_id name;
  int priority = 0;  ///< a higher one is always served first (an emergency before a complaint)
  double weight = 1; ///< among equal priorities the largest weight × waiting time goes first, so nobody starves
  lifeline::domain::strategy strategy = strategy::longest_idle;
  std::vector<skill_requirement> required;
  span ring_timeout = 20s; ///< how long one agent's phone rings
  /// Unanswered offers in a row after which the agent becomes not ready; 0 = never. For an emergency such an agent is
  /// nevertheless asked again when nobody else is free.
  int max_misses = 1;
  span reject_delay = 2s;      ///< how long an agent whose phone declined is offered nothing
  span busy_delay = 2s;        ///< the same after 486/600
  span no_answer_delay = 2s;   ///< the same after a miss that did not make the agent not ready
  span ring_step = 5s;         ///< ring_progressively: the next phone rings as well after this time
  span tier_wait = 0s;         ///< tier n is asked after the caller has waited (n-1) × this; 0 = all tiers at once
  bool tier_skip_empty = true; ///< does not wait for tiers none of whose agents is present
  span priority_step = 0s;     ///< each full step of waiting raises the caller's priority by 1; 0 = never
  int priority_growth = 10;    ///< but by this much at the most
  std::vector<escalation_rule> escalations;
  /// An agent is present in these states. Default: can be rung now, or when its call is over; a break is no presence.
  std::vector<agent_state> present_states = {agent_state::ready,   agent_state::reserved, agent_state::ringing,
                                             agent_state::talking, agent_state::hold,     agent_state::wrap_up};
  empty_policy join_empty = empty_policy::wait;  ///< a caller arrives and no agent is present
  empty_policy leave_empty = empty_policy::wait; ///< the last agent leaves while callers wait
  span leave_empty_after = 0s;                   ///< ... and none has come back for so long
  span sticky = 0s;       ///< so long after a talk the caller's next call goes to the same agent, if it can; 0 = never
  span sticky_wait = 10s; ///< how long the caller waits for that agent alone while it is present but engaged
  span resume_place = 0s; ///< a caller who left unserved and calls again within this time has its old place; 0 = never
  span max_expected_wait = 0s; ///< a caller who would have to wait longer overflows on entry; 0 = no limit
  span wrap_up = 15s;
  span max_wait = 0s;         ///< then overflow; 0 = no limit
  std::size_t max_length = 0; ///< callers waiting at the most; 0 = no limit
  holding hold_mode = holding::answered;
  std::string music;                         ///< WAV file or empty for silence
  queue_id overflow_queue;                   ///< empty = none
  std::vector<std::string> overflow_numbers; ///< tried in this order, after overflow_queue (if both are given)
  span overflow_ring_timeout = 25s;          ///< per number
  span wrap_up_limit = 30min;                ///< wrap-up prolonged by the agent ends at the latest after this
  span service_level = 15s;                  ///< T of the service level (GB/T 33358: 15 s)
  span short_abandon = 5s;                   ///< S: an abandon up to here does not count against the service level
  bool retired = false;                      ///< gone from the configuration; kept for the callers that are still in it
  /// The delay after an offer that ended so; 0 when the agent may be asked again at once.
  [[nodiscard]] span delay_after(reservation_outcome outcome) const;
  bool operator==(const queue_plan&) const = default;
};

struct agent_plan {
  agent_id account;
  std::string name;
  bool admin = false;
  bool ready_on_register = false; ///< sign in and become ready by registering the phone
  std::vector<queue_id> queues;
  std::map<std::string, int> skills;     ///< skill → level 1..100
  std::string number;                    ///< the work number (工号), kept with the account; by default the account
  std::map<queue_id, tier_place> places; ///< queues without an entry: tier 1, position 0
  bool retired = false;                  ///< gone from the configuration; signs out when its call has ended
  [[nodiscard]] tier_place place_in(const queue_id& queue) const;
  bool operator==(const agent_plan&) const = default;
};

struct hotline_plan {
  std::string name;
  std::vector<std::string> numbers; ///< called numbers that belong to it
  queue_id queue;
  std::size_t lines = 0;                ///< calls at the same time; 0 = no limit
  std::size_t reserved_for_callers = 0; ///< lines that outbound calls must leave free
  std::string greeting;                 ///< WAV file played before queueing, or empty
  media_mode media = media_mode::anchored;
  bool record = true;
  std::string caller_number; ///< shown when the hotline dials out; by default the first of `numbers`
  /// An emergency: is shed last, never because of another hotline's load, and a caller who withholds the number is
  /// nevertheless shown to the agent (RFC 3323 leaves this to emergency services).
  bool emergency = false;
  std::vector<std::string>
      backup_numbers;              ///< where callers go by `reroute`, or when no agent is present (empty_policy)
  std::vector<std::string> trunks; ///< for dialling out, tried in this order; empty = all that can, plan order
  bool retired = false;            ///< gone from the configuration; kept for the calls that are still in it
  std::string short_name; ///< shown on agents' phones before the caller's number; empty = only the caller is shown
  bool operator==(const hotline_plan&) const = default;
};

struct trunk_plan {
  std::string name;
  std::vector<std::string> cidrs; ///< source addresses from which calls are taken ("203.0.113.0/24", "::1/128")
  std::string outbound;   ///< "host:port", perhaps with ";transport=tcp" or ";transport=tls", to dial out, or empty
  std::string username;   ///< for digest, and for REGISTER; the password is among the secrets
  bool registers = false; ///< keeps a registration at `outbound` (RFC 3261, 10)
  span register_expires = 300s; ///< asked for; the registrar's answer counts
  span options_interval = 30s;  ///< health check by OPTIONS; 0 = off, the trunk is taken for healthy
  span options_timeout = 4s;    ///< no answer within it is a failed check
  int options_failures = 2;     ///< failed checks in a row after which the trunk is down; one answer brings it back
  bool asserts_identity = true; ///< sends P-Asserted-Identity and honours it (RFC 3325): the trunk is trusted
  double max_invites_per_second = 0; ///< of calls in; more are answered 503; 0 = the engine's own limits only
  bool operator==(const trunk_plan&) const = default;
};

struct call_limits {
  span max_call = 4h;             ///< the longest call of all; a named way out of every talking state
  span setup_timeout = 10s;       ///< every internal step between two states that should take milliseconds
  span media_timeout = 30s;       ///< no RTP at all from a side that should send
  std::size_t max_calls = 20000;  ///< calls in the engine at once; past it 503 with Retry-After
  double emergency_share = 0.1;   ///< of max_calls: kept free for emergency hotlines
  std::size_t max_mailbox = 5000; ///< messages waiting for the dispatcher or the calls: beyond it calls are shed (503)
  span max_lag = 200ms;           ///< delay of the SIP thread or of the actors beyond which calls are shed
  bool operator==(const call_limits&) const = default;
};

/// What an agent dials to change its own state; empty = there is no such code.
struct feature_codes {
  std::string ready = "*51";
  std::string not_ready = "*52"; ///< may be followed by a digit of `reasons`
  std::string logout = "*50";
  std::string wrap_up_end = "*53";
  std::string wrap_up_more = "*54";
  span wrap_up_extra = 60s; ///< how much more wrap_up_more gives
  std::map<char, std::string> reasons = {{'1', "break"}, {'2', "meal"}, {'3', "training"}, {'4', "meeting"}};
  std::string confirm_prompt = "confirm.wav"; ///< played when it was done
  std::string refuse_prompt = "refuse.wav";   ///< played when it was not
  bool operator==(const feature_codes&) const = default;
};

struct plan {
  std::vector<hotline_plan> hotlines;
  std::vector<queue_plan> queues;
  std::vector<agent_plan> agents;
  std::vector<trunk_plan> trunks;
  call_limits limits;
  feature_codes codes;
  rescue_plan rescue;
  numbering numbers;

  [[nodiscard]] const queue_plan* find_queue(const queue_id& name) const;
  [[nodiscard]] const agent_plan* find_agent(const agent_id& account) const;
  /// The hotline that a called number belongs to.
  [[nodiscard]] const hotline_plan* find_hotline_by_number(const std::string& number) const;
  [[nodiscard]] const hotline_plan* find_hotline(const std::string& name) const;
  /// Callers of an emergency wait in the queue: it is an emergency hotline's, or such callers overflow into it.
  [[nodiscard]] bool serves_emergency(const queue_id& queue) const;
  /// The hotline's trunks that can dial out, in the order in which they are tried.
  [[nodiscard]] std::vector<std::string> outbound_trunks(const hotline_plan& hotline) const;
  bool operator==(const plan&) const = default;
};

std::string_view to_string(empty_policy x);
std::string_view to_string(holding x);

} // namespace lifeline::domain
