#include "actors/routing/dispatcher.hpp"

#include "actors/core/checkpoints.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <stdexcept>

namespace lifeline::actors {

namespace {

using self_ptr = dispatcher_actor::stateful_pointer<dispatcher_state>;

/// How far back a new dispatcher reads the records, and how many: reading them must not delay the first call.
constexpr domain::span memory_span = std::chrono::hours{8};
constexpr std::size_t memory_records = 5000;

void log_one(const dispatcher_state& s, domain::instant now, const domain::call_id& call, domain::event_body body,
             std::vector<storage::mutation> state = {}) {
  storage::change c;
  c.events.push_back({0, now, call, std::move(body)});
  c.state = std::move(state);
  s.around->journal->append(std::move(c), storage::durability::lazy);
}

/// Says an open offer again, for the agent or the call may have lost it with a crash; whoever knows it ignores it.
void repeat(self_ptr self, const domain::reservation_view& r) {
  auto& s = self->state;
  if (s.stale.contains(r.reservation)) return;
  tell(self, s.around->who.agents.find(r.agent),
       reservation{r.reservation, s.router->epoch(), r.call, r.queue, r.deadline});
}

/// Carries out what the router has decided, in its order.
struct executor {
  self_ptr self;
  domain::instant now;

  void operator()(const domain::routing::reserve& r) const {
    auto& s = self->state;
    const auto key = reservation_key(r.reservation);
    const auto row = encode_reservation({r.reservation, r.call, r.agent, r.queue, now});
    const bool waits = s.around->kept.while_waiting(r.call, r.queue, [&] {
      log_one(s, now, r.call,
              domain::agent_reserved{r.reservation, r.agent, r.queue, r.epoch, r.deadline, s.router->explain(r)},
              {{storage::table::meta, key, row}});
    });
    if (!waits) { // the caller has left; its word for it is on the way and will free the agent
      s.stale.insert(r.reservation);
      return;
    }
    s.around->kept.put_reservation(key, row);
    tell(self, s.around->who.agents.find(r.agent), reservation{r.reservation, r.epoch, r.call, r.queue, r.deadline});
  }

  void operator()(domain::routing::end& e) const {
    auto& s = self->state;
    if (s.stale.erase(e.reservation) > 0) return;
    const auto key = reservation_key(e.reservation);
    s.around->kept.erase_reservation(key);
    log_one(s, now, e.call, domain::reservation_ended{e.reservation, e.agent, e.queue, e.outcome, e.rang, e.sip_status},
            {{storage::table::meta, key, std::nullopt}});
    switch (e.outcome) { // the router's own findings: nobody else knows of them
    case domain::reservation_outcome::caller_gone:
    case domain::reservation_outcome::lost_race:
    case domain::reservation_outcome::lease_expired:
    case domain::reservation_outcome::superseded:
      tell(self, s.around->who.live_calls.find(e.call), reservation_cancelled{e.reservation, e.outcome});
      tell(self, s.around->who.agents.find(e.agent), offer_ended{e.reservation, e.outcome, e.queue, 0});
      // Whoever lets a lease expire is stuck: it would hold one agent after the other.
      if (e.outcome == domain::reservation_outcome::lease_expired)
        tell(self, s.around->who.calls.get(), call_stuck{e.call});
      break;
    default: break;
    }
  }

  void operator()(domain::routing::escalated& e) const {
    log_one(self->state, now, e.call, domain::call_escalated{std::move(e.queue), e.rule, std::move(e.what)});
  }

  void operator()(domain::routing::overflow& o) const {
    tell(self, self->state.around->who.live_calls.find(o.call), overflow_order{o.queue, std::move(o.reason)});
  }
};

void arm(self_ptr self, domain::instant now) {
  auto& s = self->state;
  s.clock.arm(self, *s.around, s.router->next_deadline().value_or(domain::never), now);
}

void carry_out(self_ptr self, domain::instant now) {
  auto& s = self->state;
  auto commands = std::move(s.pending);
  for (auto& c : commands)
    std::visit(executor{self, now}, c);
  commands.clear();
  s.pending = std::move(commands);
  s.around->dispatcher_mailbox = mailbox_depth(self);
  arm(self, now);
}

void on_report(self_ptr self, agent_report& r) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  if (r.restarted)
    for (const auto& open : s.router->reservations())
      if (open.agent == r.account && !open.connected) repeat(self, open);
  s.router->set_agent(r.account, r.view, now, s.pending);
  carry_out(self, now);
}

/// What the caller is told about its entry.
queue_answer answer_to(const dispatcher_state& s, const call_waits& w, const domain::enqueue_result& result) {
  queue_answer answer;
  answer.queue = w.queue;
  answer.position = result.position;
  answer.accepted = false;
  switch (result.status) {
  case domain::enqueue_status::accepted:
  case domain::enqueue_status::duplicate:
    answer.accepted = true;
    if (result.resumed) answer.place = result.entered_at;
    break;
  case domain::enqueue_status::unknown_queue: answer.why = "unknown queue"; break;
  case domain::enqueue_status::queue_full:
    answer.why = "queue full";
    answer.waits_on = s.around->plan().serves_emergency(w.queue); // an emergency is never told that it is busy
    break;
  case domain::enqueue_status::no_agent:
    answer.why = "no agent is present";
    answer.waits_on = true;
    break;
  case domain::enqueue_status::long_wait:
    answer.why = "the expected wait is too long";
    answer.waits_on = true;
    break;
  }
  return answer;
}

void on_waits(self_ptr self, call_waits& w) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  // The caller may have left meanwhile, or gone on to another queue: the word for it is on its way.
  if (!s.around->kept.wants_place(w.call, w.queue)) return;
  domain::call_request request;
  request.call = w.call;
  request.queue = w.queue;
  request.entered_at = w.entered;
  request.caller = std::move(w.caller);
  request.patient = w.patient;
  request.known = w.again;
  // The entry is logged before the first decision about it, so the log reads in the order of events.
  const auto result = s.router->enqueue(request, now, s.pending);
  auto answer = answer_to(s, w, result);
  if (result.status == domain::enqueue_status::accepted) {
    s.around->kept.enter(w.call, w.queue, [&] {
      const auto* plan = s.around->plan().find_queue(w.queue);
      domain::queue_entered entry;
      entry.queue = w.queue;
      entry.priority = plan != nullptr ? plan->priority : 0;
      entry.position = result.position;
      if (result.expected_wait) entry.expected_wait = *result.expected_wait;
      entry.resumed = result.resumed;
      log_one(s, now, w.call, std::move(entry));
    });
  } else if (result.status == domain::enqueue_status::duplicate) {
    // Perhaps of a call that has crashed and lost an offer, or an offer's end.
    for (const auto& open : s.router->reservations()) {
      if (open.call != w.call || open.connected) continue;
      answer.standing.push_back(open.reservation);
      repeat(self, open);
    }
  }
  tell(self, s.around->who.live_calls.find(w.call), std::move(answer));
  carry_out(self, now);
}

void on_result(self_ptr self, const offer_result& r) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  if (r.outcome == domain::reservation_outcome::connected) {
    s.router->connected(r.reservation, now, s.pending);
  } else if (r.outcome == domain::reservation_outcome::caller_gone) {
    // The caller has left: nobody else must be reserved for it.
    s.router->ended(r.reservation, r.outcome, now, s.pending);
  } else {
    const auto known = s.router->find(r.reservation);
    if (known && !known->connected) {
      const auto* plan = s.around->plan().find_queue(known->queue);
      const auto delay = plan != nullptr ? plan->delay_after(r.outcome) : domain::span{0};
      s.router->agent_refused(r.reservation, r.outcome, now + delay, now, s.pending);
    }
  }
  // The router measures from the reservation; the caller's agent heard it ring for as long as the call says.
  for (auto& c : s.pending)
    if (auto* e = std::get_if<domain::routing::end>(&c); e != nullptr && e->reservation == r.reservation) {
      e->rang = r.rang;
      e->sip_status = r.sip_status;
    }
  carry_out(self, now);
}

std::vector<queue_figures> figures(self_ptr self) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  std::vector<queue_figures> all;
  const auto open = s.router->reservations();
  for (const auto& q : s.around->plan().queues) {
    if (q.retired && s.router->waiting(q.name) == 0) continue;
    queue_figures f;
    f.name = q.name;
    f.waiting = static_cast<std::uint32_t>(s.router->waiting(q.name));
    f.oldest_wait = s.router->oldest_wait(q.name, now);
    for (const auto& a : s.around->plan().agents)
      if (std::find(a.queues.begin(), a.queues.end(), q.name) != a.queues.end() && s.router->is_ready(a.account))
        ++f.ready;
    for (const auto& r : open)
      if (r.queue == q.name && !r.connected) ++f.reservations;
    f.present = static_cast<std::uint32_t>(s.router->present(q.name));
    if (const auto wait = s.router->expected_wait(q.name, f.waiting + 1, now)) f.expected_wait = *wait;
    all.push_back(std::move(f));
  }
  return all;
}

/// What a new router is to know of the last hours: sticky agents, places to be regained, service times.
void recall(dispatcher_state& s, domain::instant now) {
  std::vector<domain::call_record> records;
  const auto first = storage::call_key::first_at(now - memory_span).encode();
  (void)s.around->journal->scan(storage::table::records, first, {}, true, [&](std::string_view, std::string_view row) {
    if (auto r = storage::decode_record(row)) records.push_back(std::move(*r));
    return records.size() < memory_records;
  });
  for (auto r = records.rbegin(); r != records.rend(); ++r) {
    r->caller = domain::normal_number(r->caller, s.around->plan().numbers); // older ones are as the carrier wrote them
    s.router->remember(*r, now);
  }
}

wait_explanation explain(self_ptr self, const domain::call_id& call) {
  auto& s = self->state;
  wait_explanation answer;
  if (auto why = s.router->explain(call, s.around->now(self))) {
    answer.waiting = true;
    answer.why = std::move(*why);
    answer.position = s.router->position(call).value_or(0);
  }
  return answer;
}

} // namespace

dispatcher_actor::behavior_type dispatcher(self_ptr self, surroundings_ptr around, std::uint64_t epoch) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.router = std::make_unique<domain::router>(s.around->plan(), epoch, s.around->seed + epoch);
  recall(s, s.around->now(self));
  return {
      [self](agent_report& r) { on_report(self, r); },
      [self](call_waits& w) { on_waits(self, w); },
      [self](const call_leaves& l) {
        auto& state = self->state;
        const auto now = state.around->now(self);
        state.router->leave(l.call, now, state.pending);
        carry_out(self, now);
      },
      [self](const offer_result& r) { on_result(self, r); },
      [self](const reservation_refused& r) {
        auto& state = self->state;
        const auto now = state.around->now(self);
        // No delay: the agent's report, which says why it is not ready, is ahead of this message.
        state.router->agent_refused(r.reservation, domain::reservation_outcome::refused, now, now, state.pending);
        carry_out(self, now);
      },
      [self](get_queues) { return figures(self); },
      [self](const explain_wait& e) { return explain(self, e.call); },
      [self](const plan_changed&) {
        auto& state = self->state;
        const auto now = state.around->now(self);
        state.router->reconfigure(state.around->plan(), now, state.pending);
        carry_out(self, now);
      },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const wake& w) {
        auto& state = self->state;
        if (!state.clock.came(w)) return;
        const auto now = state.around->now(self);
        state.router->tick(now, state.pending);
        carry_out(self, now);
      },
  };
}

/// The call has said that the agent has the caller; the crashed dispatcher just did not come to log it.
static bool has_connected(const surroundings& around, const open_reservation& r) {
  const auto key = storage::call_key{r.call}.encode();
  if (const auto row = around.kept.get(storage::table::live_calls, key)) {
    const auto call = decode_call(*row);
    if (call && call->connected != domain::never) return call->peer.reservation == r.reservation;
  }
  bool connected = false;
  (void)around.journal->read_call(r.call, [&](const domain::event& e) {
    const auto* c = std::get_if<domain::call_connected>(&e.body);
    connected = c != nullptr && c->reservation == r.reservation;
    return !connected;
  });
  return connected;
}

dispatcher_actor spawn_dispatcher(caf::actor_system& system, const surroundings_ptr& around) {
  auto& journal = *around->journal;
  const auto now = around->clock.at(system.clock().now());
  journal.barrier(std::chrono::milliseconds{1000});
  std::uint64_t epoch = around->who.epoch();
  const bool first = epoch == 0;
  if (const auto row = journal.get(storage::table::meta, epoch_key); row && *row)
    epoch = std::max(epoch, storage::decode_u64(**row).value_or(0));
  ++epoch;
  storage::change c;
  c.state.push_back({storage::table::meta, std::string{epoch_key}, storage::encode_u64(epoch)});
  c.events.push_back({0, now, {}, domain::dispatcher_started{epoch}});
  const auto close = [&](std::string_view key, std::string_view value) {
    around->kept.erase_reservation(std::string{key});
    c.state.push_back({storage::table::meta, std::string{key}, std::nullopt});
    if (const auto r = decode_reservation(value)) {
      const auto outcome =
          has_connected(*around, *r) ? domain::reservation_outcome::connected : domain::reservation_outcome::superseded;
      c.events.push_back(
          {0, now, r->call, domain::reservation_ended{r->reservation, r->agent, r->queue, outcome, now - r->made, 0}});
    }
    return true;
  };
  // Those of the last run are on the disk; what this run's disk has not taken yet is known in memory only.
  if (first) (void)journal.scan(storage::table::meta, reservation_prefix, reservation_end, false, close);
  for (const auto& [key, value] : around->kept.reservations())
    close(key, value);
  // Lazy: a disk that refuses must not lose the reservations' ends, and what is decided next is logged after them.
  journal.append(std::move(c), storage::durability::lazy);
  auto handle = system.spawn(dispatcher, around, epoch);
  around->who.set_dispatcher(handle, epoch);
  for (const auto& a : around->who.agents.all())
    caf::anon_send(a, dispatcher_up{epoch});
  for (const auto& call : around->who.live_calls.all())
    caf::anon_send(call, dispatcher_up{epoch});
  return handle;
}

} // namespace lifeline::actors
