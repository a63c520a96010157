#pragma once
// What the customer configured, as plain values: hotlines, queues, skills, agents. Read by config/, obeyed by
// everyone, changed by nobody while the engine runs. Durations are microseconds.

#include "domain/time.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace lifeline::domain {

/// An agent's account name, which is also the user part of its SIP address of record ("8001").
using agent_id = std::string;
/// A queue's name ("12315").
using queue_id = std::string;

/// How the agent of a call is chosen among the ready ones.
enum class strategy {
  longest_idle, ///< the one who has been ready for the longest time
  round_robin,  ///< the one who was offered a call the longest time ago
  fewest_calls, ///< the one with the fewest answered calls since signing in
  least_talk,   ///< the one with the least talk time since signing in
  random,
  ring_all, ///< every ready one at once; the first to answer has the call
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

struct skill_requirement {
  std::string skill;
  int level = 1; ///< the least level that qualifies, 1..100
  bool operator==(const skill_requirement&) const = default;
};

struct queue_plan {
  queue_id name;
  int priority = 0;  ///< a higher one is always served first (an emergency before a complaint)
  double weight = 1; ///< among equal priorities the largest weight × waiting time goes first, so nobody starves
  lifeline::domain::strategy strategy = strategy::longest_idle;
  std::vector<skill_requirement> required;
  span ring_timeout = 20s; ///< how long one agent's phone rings
  int max_misses = 1;      ///< unanswered offers in a row after which the agent becomes not ready; 0 = never
  span retry_delay = 2s;   ///< after a reject, a busy phone or a miss that did not make the agent not ready
  span wrap_up = 15s;
  span max_wait = 0s;         ///< then overflow; 0 = no limit
  std::size_t max_length = 0; ///< callers waiting at the most; 0 = no limit
  holding hold_mode = holding::answered;
  std::string music;                         ///< WAV file or empty for silence
  queue_id overflow_queue;                   ///< empty = none
  std::vector<std::string> overflow_numbers; ///< tried in this order, after overflow_queue (if both are given)
  span overflow_ring_timeout = 25s;          ///< per number
  span service_level = 15s;                  ///< T of the service level (GB/T 33358: 15 s)
  span short_abandon = 5s;                   ///< S: an abandon up to here does not count against the service level
};

struct agent_plan {
  agent_id account;
  std::string name;
  bool admin = false;
  bool ready_on_register = false; ///< sign in and become ready by registering the phone
  std::vector<queue_id> queues;
  std::map<std::string, int> skills; ///< skill → level 1..100
  std::string number;                ///< the work number spoken to callers (工号); by default the account
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
};

struct trunk_plan {
  std::string name;
  std::vector<std::string> cidrs; ///< source addresses from which calls are taken ("203.0.113.0/24", "::1/128")
  std::string outbound;           ///< "host:port" or "host:port;transport=tcp" to dial out through, or empty
};

struct call_limits {
  span max_call = 4h;            ///< the longest call of all; a named way out of every talking state
  span setup_timeout = 10s;      ///< every internal step between two states that should take milliseconds
  span media_timeout = 30s;      ///< no RTP at all from a side that should send
  std::size_t max_calls = 20000; ///< calls in the engine at once; past it 503 with Retry-After
};

struct plan {
  std::vector<hotline_plan> hotlines;
  std::vector<queue_plan> queues;
  std::vector<agent_plan> agents;
  std::vector<trunk_plan> trunks;
  call_limits limits;

  [[nodiscard]] const queue_plan* find_queue(const queue_id& name) const;
  [[nodiscard]] const agent_plan* find_agent(const agent_id& account) const;
  /// The hotline that a called number belongs to.
  [[nodiscard]] const hotline_plan* find_hotline_by_number(const std::string& number) const;
  [[nodiscard]] const hotline_plan* find_hotline(const std::string& name) const;
  /// The first trunk that can dial out.
  [[nodiscard]] const trunk_plan* outbound_trunk() const;
};

} // namespace lifeline::domain
