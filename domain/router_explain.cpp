// Why this agent, and why not the others: bounded work per decision, counts of all.
#include "domain/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

namespace {

/// Agents that are looked at for one list.
constexpr std::size_t look_limit = 2 * decision_list_limit;
/// Of each list that a decision takes along into the log: there is one for each offer, and writing all 24 took more
/// time than deciding. Who asks "why does it wait?" gets the whole lists.
constexpr std::size_t logged_list_limit = 8;

std::size_t list_limit(slot chosen) { return chosen == none ? decision_list_limit : logged_list_limit; }

std::string state_reason(const agent_view& view) {
  switch (view.state) {
  case agent_state::logged_out: return "logged out";
  case agent_state::wrap_up: return "wrap-up";
  case agent_state::not_ready: return view.reason.empty() ? "not ready" : "not ready: " + view.reason;
  default: return std::string(to_string(view.state));
  }
}

} // namespace

std::string router::impl::reason_against(slot call, slot agent, instant now) const {
  const call_entry& of = calls_[call];
  const agent_entry& who = agents_[agent];
  const lane_entry& lane = lanes_[of.lane];
  if (lane.key.only != none && lane.key.only != agent) return "waits for agent " + agents_[lane.key.only].account;
  if (!serves(of.lane, agent)) {
    for (const auto& [skill, level] : lane.key.required) {
      const auto has = who.skills.find(skill);
      if (has == who.skills.end()) return "skill " + skill + " missing";
      if (has->second < level)
        return "skill " + skill + " " + std::to_string(has->second) + " < " + std::to_string(level);
    }
    return "tier " + std::to_string(place_of(agent, of.queue).tier) + " not yet";
  }
  if (who.reservation != none) {
    const reservation_entry& has = reservations_[who.reservation];
    if (has.connected) return "talking";
    return has.call == call ? "offered this call" : "offered a call";
  }
  if (who.view.state != agent_state::ready) return state_reason(who.view);
  if (excludes(of, agent) || who.view.retry_until > now) return "retry delay";
  if (!who.settled && who.settle_until > now) return "after an offer";
  return "becoming ready"; // at this very moment: its turn comes after this decision
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

/// What else than the strategy has decided.
std::string router::impl::note_for(slot call, slot chosen, instant now) const {
  const call_entry& of = calls_[call];
  const queue_entry& queue = queues_[of.queue];
  const lane_entry& lane = lanes_[of.lane];
  if (lane.key.only != none) return "sticky agent";
  if (agents_[chosen].view.state == agent_state::not_ready)
    return "asked again after a missed call: nobody else is free";
  std::string note;
  const int tier = place_of(chosen, of.queue).tier;
  if (queue.plan.tier_wait > 0s && tier > 1) {
    note = "tier " + std::to_string(tier);
    const auto waited = std::chrono::duration_cast<std::chrono::seconds>(now - from_micros(of.key.entered));
    if (tier <= lane.key.tier) {
      note += " after " + std::to_string(waited.count()) + " s";
    } else {
      note += ": nobody of the lower ones is present";
    }
  }
  const bool escalated = of.raised != 0 || of.tier != 0 || of.instead;
  if (escalated) note += note.empty() ? "escalated" : ", escalated";
  return note;
}

explanation router::impl::make_explanation(slot call, slot chosen, instant now) const {
  const call_entry& of = calls_[call];
  const queue_entry& queue = queues_[of.queue];
  const lane_entry& lane = lanes_[of.lane];
  explanation why;
  why.strategy = queue.plan.strategy;
  const auto add = [&](slot agent) {
    why.considered.push_back({agents_[agent].account, rank_of(agent, of.queue, now)});
  };
  std::size_t count = lane.ready.size();
  const auto most = list_limit(chosen);
  why.considered.reserve(std::min(count + 1, most));
  if (chosen != none) {
    if (!agents_[chosen].listed) ++count;
    add(chosen);
  }
  std::size_t looked = 0;
  lane.ready.walk([&](const agent_key& key) {
    if (why.considered.size() >= most || ++looked > look_limit) return false;
    if (key.agent != chosen && !excludes(of, key.agent)) add(key.agent);
    return true;
  });
  for (const auto& each : of.excluded) {
    if (each.agent != chosen && agents_[each.agent].listed && serves(of.lane, each.agent)) --count;
  }
  why.considered_count = static_cast<std::uint32_t>(count);
  why.excluded_count = static_cast<std::uint32_t>(queue.roster.size() - count);
  if (why.excluded_count > 0) add_excluded(why, call, chosen, now);
  if (chosen != none) why.note = note_for(call, chosen, now);
  why.waiting_ahead = static_cast<std::uint32_t>(queue.order.rank(of.key) - queue.ringing.rank(of.key));
  return why;
}

/// First those in a retry delay with this call, then the queue's agents in the plan's order.
void router::impl::add_excluded(explanation& to, slot call, slot chosen, instant now) const {
  const call_entry& of = calls_[call];
  const queue_entry& queue = queues_[of.queue];
  const std::size_t limit = std::min<std::size_t>(to.excluded_count, list_limit(chosen));
  to.excluded.reserve(limit);
  for (const auto& each : of.excluded) {
    if (to.excluded.size() >= limit) return;
    if (each.agent != chosen)
      to.excluded.push_back({agents_[each.agent].account, reason_against(call, each.agent, now)});
  }
  const std::size_t looked = std::min(queue.roster.size(), look_limit);
  for (std::size_t i = 0; i < looked && to.excluded.size() < limit; ++i) {
    const slot agent = queue.roster[i];
    const bool could = agents_[agent].listed && serves(of.lane, agent);
    if (agent == chosen || could || excludes(of, agent)) continue;
    to.excluded.push_back({agents_[agent].account, reason_against(call, agent, now)});
  }
}

std::optional<explanation> router::impl::explain(const call_id& id, instant now) const {
  const auto found = call_slots_.find(id);
  if (found == call_slots_.end() || !calls_[found->second].in_order) return std::nullopt;
  return make_explanation(found->second, none, now);
}

} // namespace lifeline::domain
