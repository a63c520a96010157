// Why this agent, and why not the others: noted in figures when it is decided, with bounded work and counts of all, and
// put into words for whoever wants to read it.
//
// In between the router may go on deciding, but nothing else happens: agents and plan are what they were, so that a
// note may name them by slot. What deciding changes (offers, lanes, tiers) stands in the note itself.
#include "domain/routing/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

namespace {

/// Agents that are looked at for one list.
constexpr std::size_t look_limit = 2 * decision_list_limit;

std::string state_in_words(const agent_view& view) {
  switch (view.state) {
  case agent_state::logged_out: return "logged out";
  case agent_state::wrap_up: return "wrap-up";
  case agent_state::not_ready: return view.reason.empty() ? "not ready" : "not ready: " + view.reason;
  default: return std::string(to_string(view.state));
  }
}

template <class Notes> std::string note_in_words(const Notes& notes) {
  std::string words;
  switch (notes.note) {
  case special::sticky: return "sticky agent";
  case special::again: return "asked again after a missed call: nobody else is free";
  case special::tier_in_time:
    words = "tier " + std::to_string(notes.tier) + " after " + std::to_string(notes.waited_seconds) + " s";
    break;
  case special::tier_by_need:
    words = "tier " + std::to_string(notes.tier) + ": nobody of the lower ones is present";
    break;
  case special::nothing: break;
  }
  if (notes.escalated) words += words.empty() ? "escalated" : ", escalated";
  return words;
}

} // namespace

// ---- noting ------------------------------------------------------------------------------------------------------

noted_exclusion router::impl::obstacle_to(slot call, slot agent, instant now) const {
  const call_entry& of = calls_[call];
  const agent_entry& who = agents_[agent];
  const lane_entry& lane = lanes_[of.lane];
  const auto by = [&](obstacle why, slot detail = none, int level = 0) {
    return noted_exclusion{agent, detail, level, why};
  };
  if (lane.key.only != none && lane.key.only != agent) return by(obstacle::awaits_another, lane.key.only);
  if (!serves(of.lane, agent)) {
    for (std::size_t i = 0; i < lane.skills.size(); ++i) {
      const auto& [skill, level] = lane.key.required[i];
      const auto has = who.skills.find(skill);
      if (has == who.skills.end()) return by(obstacle::lacks_skill, lane.skills[i]);
      if (has->second < level) return by(obstacle::low_skill, lane.skills[i], level);
    }
    return by(obstacle::closed_tier);
  }
  if (who.reservation != none) {
    const reservation_entry& has = reservations_[who.reservation];
    if (has.connected) return by(obstacle::talking);
    return by(has.call == call ? obstacle::rings_here : obstacle::rings);
  }
  if (who.view.state != agent_state::ready) return by(obstacle::state);
  if (excludes(of, agent) || who.view.retry_until > now) return by(obstacle::retry_delay);
  return by(!who.settled && who.settle_until > now ? obstacle::unsettled : obstacle::next);
}

double router::impl::rank_of(slot agent, slot queue, instant now) const {
  const agent_entry& of = agents_[agent];
  switch (queues_[queue].plan.strategy) {
  case strategy::longest_idle:
  case strategy::ring_all: return std::max(0.0, seconds(now - of.view.ready_since));
  case strategy::round_robin: return of.last_offered == never ? -1.0 : std::max(0.0, seconds(now - of.last_offered));
  case strategy::fewest_calls: return of.view.calls_answered;
  case strategy::least_talk: return seconds(of.view.talk_time);
  case strategy::random: break;
  case strategy::top_down:
  case strategy::sequential:
  case strategy::ring_progressively: return place_of(agent, queue).position;
  }
  return 0;
}

template <class Notes> void router::impl::note_considered(Notes& to, slot call, instant now) const {
  const call_entry& of = calls_[call];
  const lane_entry& lane = lanes_[of.lane];
  const auto add = [&](slot agent) { to.considered[to.considered_size++] = {rank_of(agent, of.queue, now), agent}; };
  std::size_t count = lane.ready.size();
  if (to.chosen != none) {
    if (!agents_[to.chosen].listed) ++count;
    add(to.chosen);
  }
  std::size_t looked = 0;
  lane.ready.walk([&](const agent_key& key) {
    if (to.considered_size >= Notes::limit || ++looked > look_limit) return false;
    if (key.agent != to.chosen && !excludes(of, key.agent)) add(key.agent);
    return true;
  });
  for (const auto& each : of.excluded) {
    if (each.agent != to.chosen && agents_[each.agent].listed && serves(of.lane, each.agent)) --count;
  }
  to.considered_count = static_cast<std::uint32_t>(count);
}

/// First those in a retry delay with this call, then the queue's agents in the plan's order.
template <class Notes> void router::impl::note_excluded(Notes& to, slot call, instant now) const {
  const call_entry& of = calls_[call];
  const auto& roster = queues_[of.queue].roster;
  const std::size_t limit = std::min<std::size_t>(to.excluded_count, Notes::limit);
  const auto add = [&](slot agent) { to.excluded[to.excluded_size++] = obstacle_to(call, agent, now); };
  for (const auto& each : of.excluded) {
    if (to.excluded_size >= limit) return;
    if (each.agent != to.chosen) add(each.agent);
  }
  const std::size_t looked = std::min(roster.size(), look_limit);
  for (std::size_t i = 0; i < looked && to.excluded_size < limit; ++i) {
    const slot agent = roster[i];
    const bool could = agents_[agent].listed && serves(of.lane, agent);
    if (agent != to.chosen && !could && !excludes(of, agent)) add(agent);
  }
}

/// What else than the strategy has decided.
template <class Notes> void router::impl::note_special(Notes& to, slot call, instant now) const {
  const call_entry& of = calls_[call];
  const lane_entry& lane = lanes_[of.lane];
  if (lane.key.only != none) {
    to.note = special::sticky;
    return;
  }
  if (agents_[to.chosen].view.state == agent_state::not_ready) {
    to.note = special::again;
    return;
  }
  to.escalated = of.raised != 0 || of.tier != 0 || of.instead;
  if (queues_[of.queue].plan.tier_wait <= 0s) return;
  to.tier = place_of(to.chosen, of.queue).tier;
  if (to.tier <= 1) return;
  to.note = to.tier <= lane.key.tier ? special::tier_in_time : special::tier_by_need;
  to.waited_seconds = std::chrono::duration_cast<std::chrono::seconds>(now - from_micros(of.key.entered)).count();
}

template <class Notes> void router::impl::note(Notes& to, slot call, slot chosen, instant now) const {
  const call_entry& of = calls_[call];
  const queue_entry& queue = queues_[of.queue];
  to.queue = of.queue;
  to.chosen = chosen;
  note_considered(to, call, now);
  to.excluded_count = static_cast<std::uint32_t>(queue.roster.size()) - to.considered_count;
  if (to.excluded_count > 0) note_excluded(to, call, now);
  if (chosen != none) note_special(to, call, now);
  to.waiting_ahead = static_cast<std::uint32_t>(queue.order.rank(of.key) - queue.ringing.rank(of.key));
}

reasons router::impl::reasons_for(slot call, slot chosen, instant now) const {
  reasons why;
  note(why, call, chosen, now);
  return why;
}

// ---- words -------------------------------------------------------------------------------------------------------

std::string router::impl::words_for(const noted_exclusion& each, slot queue) const {
  const agent_entry& who = agents_[each.agent];
  switch (each.why) {
  case obstacle::awaits_another: return "waits for agent " + agents_[each.detail].account;
  case obstacle::lacks_skill: return "skill " + skill_names_[each.detail] + " missing";
  case obstacle::low_skill: {
    const auto& skill = skill_names_[each.detail];
    return "skill " + skill + " " + std::to_string(who.skills.at(skill)) + " < " + std::to_string(each.level);
  }
  case obstacle::closed_tier: return "tier " + std::to_string(place_of(each.agent, queue).tier) + " not yet";
  case obstacle::talking: return "talking";
  case obstacle::rings_here: return "offered this call";
  case obstacle::rings: return "offered a call";
  case obstacle::state: return state_in_words(who.view);
  case obstacle::retry_delay: return "retry delay";
  case obstacle::unsettled: return "after an offer";
  case obstacle::next: break;
  }
  return "becoming ready";
}

template <class Notes> explanation router::impl::explanation_of(const Notes& notes) const {
  explanation why;
  why.strategy = queues_[notes.queue].plan.strategy;
  why.considered.reserve(notes.considered_size);
  for (std::size_t i = 0; i < notes.considered_size; ++i)
    why.considered.push_back({agents_[notes.considered[i].agent].account, notes.considered[i].rank});
  why.excluded.reserve(notes.excluded_size);
  for (std::size_t i = 0; i < notes.excluded_size; ++i)
    why.excluded.push_back({agents_[notes.excluded[i].agent].account, words_for(notes.excluded[i], notes.queue)});
  why.considered_count = notes.considered_count;
  why.excluded_count = notes.excluded_count;
  why.waiting_ahead = notes.waiting_ahead;
  why.note = note_in_words(notes);
  return why;
}

explanation router::impl::explain(const routing::reserve& decision) const { return explanation_of(decision.why); }

std::optional<explanation> router::impl::explain(const call_id& id, instant now) const {
  const slot call = call_slot(id);
  if (call == none || !calls_[call].in_order) return std::nullopt;
  notes<decision_list_limit> why;
  note(why, call, none, now);
  return explanation_of(why);
}

} // namespace lifeline::domain
