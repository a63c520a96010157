#include "actors/voice/spoken_leg.hpp"

#include "actors/core/leg_mailbox.hpp"

#include <utility>

namespace lifeline::actors {

namespace voice = domain::voice;
using news = std::optional<voice::news>;

spoken_leg::spoken_leg(surroundings_ptr around, std::shared_ptr<held_leg> held, domain::session_description offer,
                       manner m)
    : around_(std::move(around)), held_(std::move(held)), manner_(std::move(m)), offer_(std::move(offer)),
      came_in_(true) {}

spoken_leg::spoken_leg(surroundings_ptr around, std::shared_ptr<held_leg> held, manner m)
    : around_(std::move(around)), held_(std::move(held)), manner_(std::move(m)) {}

void spoken_leg::attach(const caf::actor& me) {
  me_ = me;
  if (came_in_) around_->sip->attach(id(), std::make_shared<leg_mailbox<caf::actor>>(me_));
}

voice::begins spoken_leg::begins() const { return {offer_.present, domain::is_usable(offer_)}; }

// ---- offers and answers ------------------------------------------------------------------------------------------

void spoken_leg::remembered() const {
  if (manner_.described) manner_.described(*this);
}

void spoken_leg::describe(const domain::session_description& theirs) {
  remote_ = theirs;
  remembered();
  around_->media->set_remote(id(), theirs);
}

void spoken_leg::carry_out(const voice::answer&) {
  answered_ = true;
  if (offer_.present) remote_ = offer_;
  remembered();
  // Theirs comes with the ACK if the offer is ours.
  around_->sip->answer(id(), offer_.present ? domain::make_answer(offer_, local_) : domain::make_offer(local_));
  if (offer_.present) around_->media->set_remote(id(), offer_);
  if (manner_.takes_keys) around_->media->listen_tones(id(), true);
}

void spoken_leg::dial(sip::invite_request r) {
  r.leg = id();
  r.offer = domain::make_offer(local_);
  around_->sip->attach(id(), std::make_shared<leg_mailbox<caf::actor>>(me_));
  held_->invite(r);
}

news spoken_leg::on_answered(const sip::leg_event& e) {
  if (std::exchange(answered_, true)) return std::nullopt;
  const auto& theirs = e.sdp.present ? e.sdp : early_;
  if (!domain::is_usable(theirs)) return voice::deaf{};
  describe(theirs);
  if (manner_.takes_keys) around_->media->listen_tones(id(), true);
  return voice::picked_up{};
}

/// Without an answer to our offer nobody would hear us (RFC 3261, 13.2.2.4); one to a later offer changes nothing then.
news spoken_leg::on_acked(const sip::leg_event& e) {
  if (domain::is_usable(e.sdp))
    describe(e.sdp);
  else if (!remote_.present)
    return voice::deaf{};
  return voice::acknowledged{};
}

void spoken_leg::on_reoffer(const sip::leg_event& e) {
  if (!answered_) return around_->sip->refuse_reoffer(id(), 491, "Request Pending");
  if (!e.sdp.present) return around_->sip->answer_reoffer(id(), domain::make_offer(local_));
  if (!domain::is_usable(e.sdp)) return around_->sip->refuse_reoffer(id(), 488, "Not Acceptable Here");
  describe(e.sdp);
  around_->sip->answer_reoffer(id(), domain::make_answer(e.sdp, local_));
}

// ---- events ------------------------------------------------------------------------------------------------------

void spoken_leg::hand_over() {
  handed_over_ = true;
  held_->hand_over();
}

news spoken_leg::hear(const sip::leg_event& e) {
  if (handed_over_) return std::nullopt;
  switch (e.kind) {
  case sip::leg_event_kind::progress:
    if (e.sdp.present) early_ = e.sdp;
    return std::nullopt;
  case sip::leg_event_kind::answered: return on_answered(e);
  case sip::leg_event_kind::failed: held_->leg_gone(); return voice::turned_down{e.status};
  case sip::leg_event_kind::ended: held_->leg_gone(); return voice::gone{};
  case sip::leg_event_kind::acked: return on_acked(e);
  case sip::leg_event_kind::digit:
    if (e.text.empty()) return std::nullopt;
    return voice::pressed{e.text.front(), true};
  case sip::leg_event_kind::reoffer: on_reoffer(e); return std::nullopt;
  case sip::leg_event_kind::reoffer_answered:
  case sip::leg_event_kind::alive: return std::nullopt;
  }
  return std::nullopt;
}

news spoken_leg::hear(const media::endpoint_event& e) {
  if (handed_over_) return std::nullopt;
  switch (e.kind) {
  case media::endpoint_event_kind::opened: local_ = {e.address, e.port}; return voice::opened{};
  case media::endpoint_event_kind::failed: held_->endpoint_gone(); return voice::no_port{e.text};
  case media::endpoint_event_kind::digit:
    if (e.text.empty()) return std::nullopt;
    return voice::pressed{e.text.front(), false};
  case media::endpoint_event_kind::play_finished: return voice::played{};
  case media::endpoint_event_kind::silent: // may listen all the same, and has keys
  case media::endpoint_event_kind::silent_on_hold:
  case media::endpoint_event_kind::heard: return std::nullopt;
  }
  return std::nullopt;
}

// ---- commands ----------------------------------------------------------------------------------------------------

void spoken_leg::carry_out(const voice::open_port&) {
  held_->open(manner_.sink ? manner_.sink(me_) : std::make_shared<endpoint_mailbox>(me_));
}

void spoken_leg::carry_out(const voice::refuse& c) { held_->refuse(c.status, c.reason); }
void spoken_leg::carry_out(const voice::play& c) { around_->media->play(id(), {c.files, false}); }
void spoken_leg::carry_out(const voice::stop_playing&) { around_->media->stop_play(id()); }
void spoken_leg::carry_out(const voice::end& c) { held_->let_go(c.reason); }

} // namespace lifeline::actors
