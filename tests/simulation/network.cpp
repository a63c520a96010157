#include "tests/simulation/network.hpp"

namespace lifeline::simulation {

namespace {

using namespace std::chrono_literals;
using sip::leg_end;
using sip::leg_event;
using sip::leg_event_kind;

/// How long a phone may still answer an INVITE that was taken back (64*T1 of RFC 3261).
constexpr auto transaction_time = 32s;
constexpr auto session_time = 90s; ///< the shortest Min-SE (RFC 4028)
constexpr auto resend_time = 4s;   ///< T2

/// "sip:8001@..." and "0517...": whose phone it is.
std::string owner_of(const std::string& uri) {
  const auto begin = uri.find(':') == std::string::npos ? 0 : uri.find(':') + 1;
  return uri.substr(begin, uri.find('@') - begin);
}

} // namespace

domain::session_description phone_media(domain::direction d) {
  auto sdp = domain::make_offer({"192.0.2.7", 40000}, d);
  sdp.raw = "v=0";
  return sdp;
}

network_leg& network::add_caller(const std::string& name, bool delayed_offer) {
  const domain::leg_id id{1, ++made_};
  auto& leg = legs_[id];
  leg.id = id;
  leg.who = name;
  leg.delayed_offer = delayed_offer;
  leg.made = made_;
  return leg;
}

void network::end(network_leg& leg) {
  if (leg.phase == leg_phase::over) return;
  leg.cancelled = leg.phase == leg_phase::setup;
  leg.phase = leg_phase::over;
  leg.over_at = world_.now();
}

void network::deliver(network_leg& leg, const leg_event& e) {
  leg.last = std::make_shared<leg_event>(e);
  leg.known = leg.known || e.kind == leg_event_kind::answered;
  const auto sink = leg.sink;
  if (sink) sink->on_leg_event(e);
}

/// What the gateway's own timers bring after a message was lost on the wire.
void network::found_later(const domain::leg_id& id, leg_event e) {
  world_.after(e.kind == leg_event_kind::ended ? clockwork::duration{session_time} : clockwork::duration{resend_time},
               [this, id, e]() mutable {
                 const auto it = legs_.find(id);
                 if (it == legs_.end()) return;
                 const bool alive = it->second.phase != leg_phase::over;
                 const bool last_word = e.kind == leg_event_kind::ended || e.kind == leg_event_kind::failed;
                 if (!alive && !last_word) return;
                 if (e.kind == leg_event_kind::ended) {
                   e.cause = leg_end::session_expired;
                   world_.note("lost BYE found");
                 }
                 deliver(it->second, e);
               });
}

void network::tell(network_leg& leg, leg_event e) {
  e.leg = leg.id;
  if (losing_ > 0) {
    --losing_;
    world_.note("event lost");
    return found_later(leg.id, std::move(e));
  }
  deliver(leg, e);
}

void network::expire(const domain::leg_id& id, leg_event_kind kind, leg_end cause, clockwork::duration d) {
  world_.after(d, [this, id, kind, cause] {
    const auto it = legs_.find(id);
    if (it == legs_.end() || it->second.phase == leg_phase::over) return;
    if (kind == leg_event_kind::failed && it->second.phase != leg_phase::setup) return;
    if (cause == leg_end::session_expired) world_.note("lost BYE found");
    end(it->second);
    tell(it->second, {{}, kind, kind == leg_event_kind::failed ? 408 : 0, cause, {}, {}});
  });
}

// ---- what the world does -------------------------------------------------------------------------------------

bool network::hang_up_by(network_leg& leg) {
  if (leg.phase == leg_phase::over || leg.vanished) return false;
  if (leg.phase == leg_phase::setup && leg.role != leg_role::caller) return false;
  const auto how = leg.phase == leg_phase::setup ? leg_end::remote_cancel : leg_end::remote_bye;
  end(leg);
  tell(leg, {{}, leg_event_kind::ended, 0, how, {}, {}});
  return true;
}

void network::vanish(network_leg& leg) {
  if (leg.phase == leg_phase::over || leg.vanished) return;
  leg.vanished = true;
  world_.note("peer vanished");
  // A caller who is not answered yet is found when nobody acknowledges the answer, or the INVITE expires.
  expire(leg.id, leg_event_kind::ended, leg_end::session_expired, session_time);
}

void network::ring_by(network_leg& leg) {
  if (leg.role == leg_role::caller || leg.phase != leg_phase::setup || leg.vanished) return;
  leg.rang = true;
  tell(leg, {{}, leg_event_kind::progress, 180, leg_end::none, {}, {}});
}

void network::answer_by(network_leg& leg) {
  if (leg.role == leg_role::caller || leg.phase != leg_phase::setup || leg.vanished) return;
  for (const auto& [id, other] : legs_)
    if (!leg.call.is_nil() && id != leg.id && other.call == leg.call && other.phase == leg_phase::answered)
      world_.note("two phones answered");
  leg.phase = leg_phase::answered;
  tell(leg, {{}, leg_event_kind::answered, 200, leg_end::none, {}, phone_media()});
}

void network::refuse_by(network_leg& leg, int status) {
  if (leg.role == leg_role::caller || leg.phase != leg_phase::setup || leg.vanished) return;
  end(leg);
  leg.cancelled = false;
  world_.note("refused " + std::to_string(status));
  tell(leg, {{}, leg_event_kind::failed, status, leg_end::none, {}, {}});
}

void network::reoffer_by(network_leg& leg, bool hold) {
  if (leg.phase != leg_phase::answered || leg.vanished || leg.held == hold) return;
  leg.held = hold;
  world_.note(hold ? "held" : "resumed");
  tell(leg, {{},
             leg_event_kind::reoffer,
             0,
             leg_end::none,
             {},
             phone_media(hold ? domain::direction::sendonly : domain::direction::sendrecv)});
}

bool network::answer_late(network_leg& leg) {
  if (leg.role == leg_role::caller || !leg.cancelled || world_.now() - leg.over_at > transaction_time) return false;
  leg.cancelled = false;
  world_.note("late answer");
  tell(leg, {{}, leg_event_kind::answered, 200, leg_end::none, {}, phone_media()});
  tell(leg, {{}, leg_event_kind::ended, 0, leg_end::local, {}, {}}); // the gateway acknowledges and hangs up
  return true;
}

void network::repeat_last(network_leg& leg) {
  if (!leg.last || !leg.sink) return;
  world_.note("event repeated");
  leg.sink->on_leg_event(*leg.last);
}

void network::engine_died() {
  for (auto& [id, leg] : legs_) {
    end(leg);
    leg.cancelled = false;
    leg.sink.reset();
  }
  early_.clear();
}

// ---- what the engine orders ------------------------------------------------------------------------------------

void network::attach(domain::leg_id id, std::shared_ptr<sip::leg_sink> sink) {
  const auto it = legs_.find(id);
  if (it == legs_.end()) {
    early_[id] = std::move(sink);
    return;
  }
  auto& leg = it->second;
  leg.sink = std::move(sink);
  // What the one before had not read yet is lost, but for the answer and the end, which are said again.
  if (leg.phase == leg_phase::over) return deliver(leg, {id, leg_event_kind::ended, 0, leg_end::local, {}, {}});
  if (!leg.known || leg.role == leg_role::caller) return;
  world_.note("answer told again");
  deliver(leg, {id, leg_event_kind::answered, 200, leg_end::none, {}, phone_media()});
}

void network::answer(domain::leg_id id, const domain::session_description&) {
  const auto it = legs_.find(id);
  if (it == legs_.end() || it->second.phase != leg_phase::setup) return;
  auto& leg = it->second;
  leg.phase = leg_phase::answered;
  if (leg.vanished) return expire(id, leg_event_kind::ended, leg_end::no_ack, transaction_time);
  tell(leg, {{},
             leg_event_kind::acked,
             0,
             leg_end::none,
             {},
             leg.delayed_offer ? phone_media() : domain::session_description{}});
}

void network::refuse(domain::leg_id id, int, const std::string&, std::chrono::seconds) {
  if (const auto it = legs_.find(id); it != legs_.end()) end(it->second);
}

void network::invite(const sip::invite_request& r) {
  auto& leg = legs_[r.leg];
  leg.id = r.leg;
  leg.role = r.trunks.empty() ? leg_role::phone : leg_role::number;
  leg.who = r.trunks.empty() ? owner_of(r.target_uri) : r.target_uri;
  if (const auto call = r.headers.find("X-Lifeline-Call"); call != r.headers.end())
    leg.call = domain::parse_id<domain::call_id>(call->second).value_or(domain::call_id{});
  leg.made = ++made_;
  if (auto early = early_.extract(r.leg); !early.empty()) leg.sink = std::move(early.mapped());
  expire(r.leg, leg_event_kind::failed, leg_end::none, r.ring_timeout);
}

void network::reoffer(domain::leg_id id, const domain::session_description&) {
  const auto it = legs_.find(id);
  if (it == legs_.end() || it->second.phase != leg_phase::answered || it->second.vanished) return;
  tell(it->second, {{}, leg_event_kind::reoffer_answered, 200, leg_end::none, {}, phone_media()});
}

void network::hang_up(domain::leg_id id, const std::string&) {
  const auto it = legs_.find(id);
  if (it == legs_.end() || it->second.phase == leg_phase::over) return;
  end(it->second);
  tell(it->second, {{}, leg_event_kind::ended, 0, leg_end::local, {}, {}});
}

} // namespace lifeline::simulation
