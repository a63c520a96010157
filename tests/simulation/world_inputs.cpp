#include "tests/simulation/world.hpp"

#include "actors/agents/agent.hpp"
#include "actors/calls/call.hpp"
#include "actors/core/checkpoints.hpp"
#include "actors/supervision/supervisor_messages.hpp"
#include "domain/plan/plan_change.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lifeline::simulation {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::pair<std::string_view, domain::agent_verb>, 5> agent_verbs{{
    {"ready", domain::agent_verb::ready},
    {"not-ready", domain::agent_verb::not_ready},
    {"log-out", domain::agent_verb::logout},
    {"end-wrap-up", domain::agent_verb::wrap_up_end},
    {"more-wrap-up", domain::agent_verb::wrap_up_more},
}};

bool rings(const network_leg& l) { return l.role != leg_role::caller && l.phase == leg_phase::setup && !l.vanished; }
bool silent(const network_leg& l) { return rings(l) && !l.rang; }
bool talks(const network_leg& l) { return l.phase == leg_phase::answered && !l.vanished; }

} // namespace

void world::play(const input& i) {
  ++inputs_;
  switch (i.what) {
  case verb::set: (void)set(wanted_, i.who, i.text); return;
  case verb::run:
    for (std::int64_t n = 0; n < i.number && !found_.any() && step(); ++n) {
    }
    return;
  case verb::settle: return settle();
  case verb::pass: return pass(i.number);
  case verb::tick: return tick();
  case verb::kill_engine: return kill_engine(std::chrono::milliseconds{i.number});
  case verb::reload: return reload();
  default: break;
  }
  if (!play_network(i) && !play_voices(i) && !play_engine(i) && !play_faults(i)) play_rescue(i);
}

bool world::play_network(const input& i) {
  const auto with = [&](auto fits, auto what) {
    if (auto* leg = sip_.find(i.who, fits)) what(*leg);
    return true;
  };
  const auto alive = [](const network_leg& l) { return l.phase != leg_phase::over && !l.vanished; };
  switch (i.what) {
  case verb::call:
  case verb::call_delayed: call_in(i.who, i.text, i.what == verb::call_delayed); return true;
  case verb::leave: return with(alive, [&](network_leg& l) { caller_leaves(l); });
  case verb::vanish:
  case verb::phone_vanishes: return with(alive, [&](network_leg& l) { sip_.vanish(l); });
  case verb::hold:
  case verb::phone_holds: return with(talks, [&](network_leg& l) { sip_.reoffer_by(l, true); });
  case verb::resume:
  case verb::phone_resumes: return with(talks, [&](network_leg& l) { sip_.reoffer_by(l, false); });
  case verb::phone_rings: return with(silent, [&](network_leg& l) { sip_.ring_by(l); });
  case verb::phone_answers: return with(rings, [&](network_leg& l) { sip_.answer_by(l); });
  case verb::phone_refuses: return with(rings, [&](network_leg& l) { sip_.refuse_by(l, static_cast<int>(i.number)); });
  case verb::phone_leaves:
    return with(talks, [&](network_leg& l) {
      const auto other = media_.bridges().find(l.id);
      if (other == media_.bridges().end()) outside_.note("answerer left before the bridge");
      (void)sip_.hang_up_by(l);
    });
  case verb::phone_late:
    return with([](const network_leg& l) { return l.cancelled; }, [&](network_leg& l) { (void)sip_.answer_late(l); });
  case verb::again:
    return with([](const network_leg& l) { return l.last != nullptr; }, [&](network_leg& l) { sip_.repeat_last(l); });
  case verb::lose: sip_.lose(i.number); return true;
  case verb::registers: register_phones(i.who, i.number, 0); return true;
  case verb::moves: register_phones(i.who, 1, i.number); return true;
  case verb::unregisters: register_phones(i.who, 0, 0); return true;
  case verb::silent:
    if (const auto caller = callers_.find(i.who); caller != callers_.end()) media_.fall_silent(caller->second);
    return true;
  default: return false;
  }
}

bool world::play_engine(const input& i) {
  switch (i.what) {
  case verb::agent: order_agent(i.who, i.text); return true;
  case verb::reroute: reroute(i.who, i.text == "on"); return true;
  case verb::release:
    if (const auto call = around_->who.live_calls.find(call_of(i.who))) caf::anon_send(call, actors::release_order{});
    return true;
  case verb::mute:
    if (const auto call = around_->who.live_calls.find(call_of(i.who))) caf::anon_send(call, actors::mute_order{});
    return true;
  case verb::crash:
  case verb::crash_now: crash(i, i.what == verb::crash_now); return true;
  case verb::reader_leaves: reader_ = log_.last_sequence(); return true;
  case verb::reader_returns: reader_returns(); return true;
  default: return false;
  }
}

bool world::play_faults(const input& i) {
  switch (i.what) {
  case verb::disk_fails:
    failing_ = i.number > 0;
    disk_.fail_next(static_cast<std::size_t>(i.number));
    return true;
  case verb::disk_stalls:
    stalled_ = true;
    disk_.set_stalled(true);
    return true;
  case verb::disk_well:
    failing_ = stalled_ = false;
    disk_.fail_next(0);
    disk_.set_stalled(false);
    (void)log_.take_made(); // what is shown only now was decided in other circumstances
    return true;
  case verb::media_slow: media_.set_health(sound::health::slow); return true;
  case verb::media_dead: media_.set_health(sound::health::dead); return true;
  case verb::port_fails: media_.fail_nth(i.number); return true;
  case verb::media_well:
    media_.set_health(sound::health::well);
    media_.set_prompts_stuck(false);
    return true;
  case verb::prompts_stuck: media_.set_prompts_stuck(true); return true;
  case verb::recorder_dead: media_.set_recorder(sound::recorder_health::dead); return true;
  case verb::recorder_full: media_.set_recorder(sound::recorder_health::full); return true;
  case verb::recorder_well: media_.set_recorder(sound::recorder_health::well); return true;
  default: return false;
  }
}

// ---- callers -----------------------------------------------------------------------------------------------------

domain::call_id world::call_of(const std::string& caller) const {
  const auto leg = callers_.find(caller);
  if (leg == callers_.end()) return {};
  for (const auto& [id, actor] : around_->who.live_calls.entries()) {
    const auto* s = look_at<actors::call_actor_state>(actor);
    if (s != nullptr && s->call.caller_leg == leg->second) return id;
  }
  return {};
}

void world::call_in(const std::string& name, const std::string& number, bool delayed_offer) {
  sip::incoming_call in;
  in.trunk = "carrier";
  in.caller.number = "1380000" + std::string(name.size() < 4 ? 4 - name.size() : 0, '0') + name;
  in.called = number;
  ring_at_engine(name, std::move(in), delayed_offer);
}

void world::ring_at_engine(const std::string& name, sip::incoming_call in, bool delayed_offer) {
  if (callers_.contains(name)) return;
  auto& leg = sip_.add_caller(name, delayed_offer);
  callers_[name] = leg.id;
  in.leg = leg.id;
  in.sip_call_id = "call-" + name;
  if (!delayed_offer) in.offer = phone_media();
  // If nobody attaches, the gateway answers 503 by itself.
  outside_.after(5s, [this, id = leg.id] {
    const auto* l = sip_.leg(id);
    if (l == nullptr || l->phase != leg_phase::setup || l->sink) return;
    outside_.note("nobody took the call");
    sip_.refuse(id, 503, {}, 0s);
  });
  const auto calls = around_->who.calls.get();
  if (calls && is_alive(calls)) caf::anon_send(calls, in);
}

void world::caller_leaves(network_leg& leg) {
  const auto id = call_of(leg.who);
  for (const auto& [other, l] : sip_.legs())
    if (!id.is_nil() && l.call == id && l.phase == leg_phase::setup) outside_.note("caller left while a phone rang");
  if (!id.is_nil() && !log_.has_entered(id)) outside_.note("caller left before the queue");
  (void)sip_.hang_up_by(leg);
}

// ---- agents ------------------------------------------------------------------------------------------------------

void world::register_phones(const std::string& account, std::int64_t phones, std::int64_t address) {
  if (around_->plan().find_agent(account) == nullptr) return;
  sip::registration r;
  r.account = account;
  for (std::int64_t n = 0; n < phones; ++n)
    r.contacts.push_back(
        {"sip:" + account + "@192.0.2." + std::to_string(10 * address + n + 1), {}, now() + 12h, "phone"});
  const auto agent = around_->who.agents.find(account);
  const auto* s = look_at<actors::agent_actor_state>(agent);
  if (s != nullptr &&
      (s->model.engaged == domain::engagement::reserved || s->model.engaged == domain::engagement::ringing))
    outside_.note("registered during an offer");
  // As the engine's sink does: an agent that crashes before it has read this finds it there.
  around_->kept.put(storage::table::registrations, account, actors::encode_registration(r));
  if (agent) caf::anon_send(agent, r);
}

void world::order_agent(const std::string& account, const std::string& words) {
  const auto blank = std::min(words.find(' '), words.size());
  const auto found = std::find_if(agent_verbs.begin(), agent_verbs.end(),
                                  [&](const auto& v) { return v.first == std::string_view{words}.substr(0, blank); });
  const auto agent = around_->who.agents.find(account);
  if (found == agent_verbs.end() || !agent) return;
  states_.ordered(account, now());
  actors::agent_request r;
  r.verb = found->second;
  r.reason = blank < words.size() ? words.substr(blank + 1) : std::string{};
  r.extra = 10s;
  caf::anon_send(agent, r);
}

// ---- the engine --------------------------------------------------------------------------------------------------

/// As actors/engine/engine_reload.cpp does, from outside the actors.
void world::reload() {
  outside_.note("reloaded");
  for (const auto& actor : around_->who.agents.all())
    if (const auto* s = look_at<actors::agent_actor_state>(actor);
        s != nullptr && s->model.engaged == domain::engagement::wrap_up)
      outside_.note("reloaded during wrap-up");
  routing_.plan_changes();
  around_->set_plan(domain::with_retired(around_->plan(), wanted_));
  log_.obey(around_->plan(), now());
  if (const auto dispatcher = around_->who.dispatcher()) caf::anon_send(dispatcher, actors::plan_changed{});
  const auto pool = time_.latest("lifeline.pool");
  for (const auto& plan : around_->plan().agents)
    if (pool && !plan.retired && !around_->who.agents.find(plan.account))
      caf::anon_send(pool, actors::start_child{plan.account});
  if (const auto calls = around_->who.calls.get()) caf::anon_send(calls, actors::plan_changed{});
  if (const auto lines = around_->who_rescues.lines.get()) caf::anon_send(lines, actors::plan_changed{});
  if (const auto alarms = around_->who_rescues.alarms.get()) caf::anon_send(alarms, actors::plan_changed{});
  for (const auto& a : around_->who.agents.all())
    caf::anon_send(a, actors::plan_changed{});
  domain::configuration_reloaded entry;
  entry.changes = 1;
  disk_.append({{{0, now(), {}, std::move(entry)}}, {}}, storage::durability::durable);
}

void world::reroute(const std::string& hotline, bool on) {
  const auto calls = around_->who.calls.get();
  if (calls && is_alive(calls)) caf::anon_send(calls, actors::reroute_request{hotline, on, "simulated"});
}

void world::crash(const input& i, bool at_once) {
  const auto send = [&](const auto& actor) {
    if (!actor || !is_alive(actor)) return;
    outside_.note("crash of " + i.who);
    if (at_once)
      caf::anon_send<caf::message_priority::high>(actor, actors::crash_order{"injected"});
    else
      caf::anon_send(actor, actors::crash_order{"injected"});
  };
  auto& who = around_->who;
  if (i.who == "call") return send(who.live_calls.find(call_of(i.text)));
  if (i.who == "agent") return send(who.agents.find(i.text));
  if (i.who == "dispatcher") return send(who.dispatcher());
  if (i.who == "calls") return send(who.calls.get());
  if (i.who == "voice") return send(time_.latest(i.text));
  if (i.who == "rescue-lines") return send(around_->who_rescues.lines.get());
  if (i.who == "alarms") return send(around_->who_rescues.alarms.get());
  if (i.who == "alarm") return send(around_->who_rescues.orders.find(order_of(i.text)));
  // Supervisors throw at nothing: they can only be killed.
  const auto supervisor = time_.latest(i.who == "agents" ? "lifeline.pool" : "lifeline.supervisor");
  if (!supervisor || (i.who != "agents" && i.who != "root")) return;
  outside_.note("crash of " + i.who);
  caf::anon_send<caf::message_priority::high>(supervisor, caf::exit_msg{supervisor.address(), caf::exit_reason::kill});
}

} // namespace lifeline::simulation
