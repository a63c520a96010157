// Reservations: how they begin and the ways in which they end.
#include "domain/routing/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

namespace {
call_request as_known(call_request request) {
  request.known = true;
  return request;
}
} // namespace

slot router::impl::open_reservation(slot call, slot agent, const reservation_id& id, instant made, instant deadline) {
  unlist(agent);
  note_handled(agent, agents_[agent].talk_ended); // says nothing of a wrap-up any more
  slot reservation = none;
  if (free_reservation_slots_.empty()) {
    reservation = static_cast<slot>(reservations_.size());
    reservations_.emplace_back();
  } else {
    reservation = free_reservation_slots_.back();
    free_reservation_slots_.pop_back();
  }
  reservation_entry& entry = reservations_[reservation];
  entry.id = id;
  entry.used = true;
  entry.connected = false;
  entry.again = false;
  entry.call = call;
  entry.agent = agent;
  entry.made = made;
  entry.deadline = deadline;
  reservation_slots_.insert(id, reservation);
  agents_[agent].reservation = reservation;
  agents_[agent].settled = false;
  agents_[agent].last_offered = std::max(agents_[agent].last_offered, made);
  return reservation;
}

/// The agent is free of it; the call's side is the business of whoever calls this.
void router::impl::close_reservation(slot reservation, instant now) {
  reservation_entry& entry = reservations_[reservation];
  agent_entry& agent = agents_[entry.agent];
  agent.reservation = none;
  agent.settle_until = now + settle_limit;
  if (!agent.settled) arm({agent.settle_until, timer_kind::agent_rest, entry.agent, 0, none});
  if (agent.view.retry_until > now) arm({agent.view.retry_until, timer_kind::agent_rest, entry.agent, 0, none});
  free_agents_.push_back(entry.agent);
  reservation_slots_.erase(entry.id, reservation);
  entry.used = false;
  ++entry.generation;
  free_reservation_slots_.push_back(reservation);
}

/// Of an offer, not a talk. The call keeps its other offers.
void router::impl::end_offer(slot reservation, reservation_outcome outcome, instant now, commands& out) {
  const reservation_entry& entry = reservations_[reservation];
  call_entry& call = calls_[entry.call];
  out.push_back(
      end{entry.id, call.id, agents_[entry.agent].account, queues_[call.queue].plan.name, outcome, now - entry.made});
  std::erase(call.offers, reservation);
  close_reservation(reservation, now);
}

void router::impl::end_other_offers(slot call, slot keep, reservation_outcome outcome, instant now, commands& out) {
  if (calls_[call].offers.size() == 1) { // the usual case, without giving the vector's memory away
    const slot only = calls_[call].offers.front();
    calls_[call].offers.clear();
    if (only != keep) end_offer(only, outcome, now, out);
    return;
  }
  std::vector<slot> offers;
  offers.swap(calls_[call].offers);
  for (const slot each : offers) {
    if (each != keep) end_offer(each, outcome, now, out);
  }
}

void router::impl::exclude(slot call, slot agent, instant until) {
  call_entry& entry = calls_[call];
  std::erase_if(entry.excluded, [&](const retry_exclusion& each) { return each.agent == agent; });
  entry.excluded.push_back({agent, until});
  arm({until, timer_kind::pair_retry, call, entry.generation, agent});
}

bool router::impl::excludes(const call_entry& call, slot agent) const {
  return std::any_of(call.excluded.begin(), call.excluded.end(), [&](const auto& each) { return each.agent == agent; });
}

bool router::impl::agent_refused(const reservation_id& id, reservation_outcome outcome, instant retry_until,
                                 instant now, commands& out) {
  const slot reservation = reservation_slot(id);
  if (reservation == none || reservations_[reservation].connected) return false;
  const slot call = reservations_[reservation].call;
  const slot agent = reservations_[reservation].agent;
  end_offer(reservation, outcome, now, out);
  if (retry_until > now) exclude(call, agent, retry_until);
  one_offer_less(call, now, out);
  apply_due(now, out);
  resolve(now, out);
  return true;
}

bool router::impl::connected(const reservation_id& id, instant now, commands& out) {
  const slot reservation = reservation_slot(id);
  if (reservation == none) return false;
  reservation_entry& entry = reservations_[reservation];
  if (entry.connected) return true;
  const slot call = entry.call;
  entry.connected = true;
  entry.deadline = never;
  note_connected(call, entry.agent, now);
  take_from_order(call);
  out.push_back(end{entry.id, calls_[call].id, agents_[entry.agent].account, queues_[calls_[call].queue].plan.name,
                    reservation_outcome::connected, now - entry.made});
  end_other_offers(call, reservation, reservation_outcome::lost_race, now, out);
  calls_[call].talk = reservation;
  calls_[call].excluded.clear();
  apply_due(now, out);
  resolve(now, out);
  return true;
}

bool router::impl::ended(const reservation_id& id, reservation_outcome outcome, instant now, commands& out) {
  const slot reservation = reservation_slot(id);
  if (reservation == none) return false;
  const reservation_entry& entry = reservations_[reservation];
  if (entry.connected || outcome == reservation_outcome::caller_gone)
    return leave(calls_[entry.call].id, now, out, outcome);
  const instant retry_until = now + queues_[calls_[entry.call].queue].plan.delay_after(outcome);
  return agent_refused(id, outcome, retry_until, now, out);
}

adopt_status router::impl::adopt(const adoption& a, instant now, commands& out) {
  if (reservation_slot(a.reservation) != none) return adopt_status::duplicate;
  const auto queue = queue_slots_.find(a.request.queue);
  if (queue == queue_slots_.end()) return adopt_status::unknown_queue;
  const slot agent = agent_slot(a.agent);
  if (agent == none) return adopt_status::unknown_agent;
  const slot rival = agents_[agent].reservation;
  if (rival != none && (!a.connected || reservations_[rival].connected)) return adopt_status::agent_engaged;

  slot call = call_slot(a.request.call);
  if (call != none) {
    const call_entry& entry = calls_[call];
    const auto how = queues_[entry.queue].plan.strategy;
    const bool joins = how == strategy::ring_all || how == strategy::ring_progressively;
    if (entry.talk != none || (!a.connected && !entry.offers.empty() && !joins)) return adopt_status::call_engaged;
  } else {
    call = make_call(as_known(a.request), queue->second, a.request.entered_at, now);
  }
  if (rival != none) {
    const slot other = reservations_[rival].call;
    end_offer(rival, reservation_outcome::superseded, now, out);
    if (other != call) one_offer_less(other, now, out);
  }
  const slot reservation = open_reservation(call, agent, a.reservation, now, a.deadline);
  calls_[call].last_asked = agent;
  if (a.connected) {
    adopt_talk(call, reservation, now, out);
  } else {
    adopt_offer(call, reservation, now);
  }
  apply_due(now, out);
  resolve(now, out);
  return adopt_status::adopted;
}

void router::impl::adopt_talk(slot call, slot reservation, instant now, commands& out) {
  end_other_offers(call, none, reservation_outcome::superseded, now, out);
  take_from_order(call);
  reservations_[reservation].connected = true;
  reservations_[reservation].deadline = never;
  calls_[call].talk = reservation;
  calls_[call].excluded.clear();
}

void router::impl::adopt_offer(slot call, slot reservation, instant now) {
  put_in_order(call, now);
  call_entry& entry = calls_[call];
  queue_entry& queue = queues_[entry.queue];
  queue.ringing.insert(entry.key);
  entry.offers.push_back(reservation);
  const reservation_entry& offer = reservations_[reservation];
  arm({offer.deadline, timer_kind::lease, reservation, offer.generation, none});
  if (queue.plan.strategy == strategy::ring_progressively) {
    entry.step_due = now + queue.plan.ring_step;
    arm_call(timer_kind::ring_step, call, entry.step_due);
  }
  if (wants_offer(call, now)) {
    put_in_lane(call);
    free_calls_.push_back(call);
  } else {
    take_from_lane(call);
  }
}

} // namespace lifeline::domain
