#include "actors/core/checkpoints.hpp"

#include "storage/codec.hpp"
#include "storage/event_serialize.hpp"

#include <algorithm>

namespace lifeline::domain {

template <class Archive> void on_disk(Archive& ar, presence& x) {
  enumeration(ar, x, presence::logged_out, presence::not_ready);
}
template <class Archive> void on_disk(Archive& ar, engagement& x) {
  enumeration(ar, x, engagement::none, engagement::alert);
}
template <class Archive> void on_disk(Archive& ar, direction& x) {
  enumeration(ar, x, direction::sendrecv, direction::inactive);
}
template <class Archive> void on_disk(Archive& ar, call_phase& x) {
  enumeration(ar, x, call_phase::arriving, call_phase::ended);
}
template <class Archive> void on_disk(Archive& ar, caller_signal& x) {
  enumeration(ar, x, caller_signal::none, caller_signal::gone);
}
template <class Archive> void on_disk(Archive& ar, endpoint_state& x) {
  enumeration(ar, x, endpoint_state::none, endpoint_state::open);
}
template <class Archive> void on_disk(Archive& ar, recording_state& x) {
  enumeration(ar, x, recording_state::off, recording_state::failed);
}
template <class Archive> void on_disk(Archive& ar, media_mode& x) {
  auto number = static_cast<std::uint8_t>(x);
  ar(number);
  if (number > 1) throw cereal::Exception("the media mode " + std::to_string(number) + " is unknown");
  x = static_cast<media_mode>(number);
}

template <class Archive> void serialize(Archive& ar, codec& x) { ar(x.payload_type, x.name, x.clock_rate); }

template <class Archive> void serialize(Archive& ar, session_description& x, std::uint32_t version) {
  check_version<session_description>(version);
  ar(x.present);
  if (!x.present) return; // most of them are empty, and there is one in every checkpoint
  ar(x.address, x.port, x.codecs, x.dtmf_payload);
  on_disk(ar, x.dir);
  ar(x.ptime_ms, x.raw);
  if (version >= 2) ar(x.signalled_from);
}

template <class Archive> void serialize(Archive& ar, local_media& x) { ar(x.address, x.port); }
template <class Archive> void serialize(Archive& ar, phone_address& x) { ar(x.uri, x.route); }

template <class Archive> void serialize(Archive& ar, offer_leg& x, std::uint32_t version) {
  check_version<offer_leg>(version);
  ar(x.leg, x.reservation, x.agent, x.external, x.target, x.local, x.invited, x.ringing, x.started, x.rang, x.deadline);
  if (version >= 2) ar(x.heard);
}

template <class Archive> void serialize(Archive& ar, call_state& x, std::uint32_t version) {
  check_version<call_state>(version);
  ar(x.id, x.hotline, x.trunk, x.caller, x.caller_display, x.called, x.caller_leg, x.caller_offer);
  on_disk(ar, x.media);
  on_disk(ar, x.phase);
  ar(x.queue, x.arrived, x.phase_since, x.phase_deadline, x.last_moment, x.queued, x.in_queue, x.patient,
     x.offers_made);
  on_disk(ar, x.signal);
  on_disk(ar, x.endpoint);
  ar(x.local, x.caller_media, x.playing, x.offers, x.peer, x.peer_media, x.connected);
  ar(x.held_by_caller, x.held_by_peer, x.hold_since, x.held, x.reoffer_from, x.reoffer_sdp);
  ar(x.overflow_from, x.next_number, x.line_requested, x.line_held, x.overflow_retry, x.overflow_reason);
  on_disk(ar, x.outcome);
  on_disk(ar, x.cause);
  ar(x.over);
  on_disk(ar, x.recording_phase);
  ar(x.recording);
  if (version >= 2)
    ar(x.place, x.rerouted);
  else
    x.place = x.queued;
  if (version >= 3) ar(x.arrives_answered, x.lift, x.lift_packet, x.order.hi, x.order.lo);
  if (version >= 4) ar(x.caller_received);
  if (version >= 5) ar(x.greeting);
  if (version >= 6)
    ar(x.first_queued, x.stays);
  else
    x.first_queued = x.queued;
}

template <class Archive> void serialize(Archive& ar, agent_model& x, std::uint32_t version) {
  check_version<agent_model>(version);
  ar(x.account);
  on_disk(ar, x.wanted);
  ar(x.reason, x.reachable);
  on_disk(ar, x.engaged);
  ar(x.reservation, x.call, x.queue, x.deadline, x.since, x.signed_in, x.ready_since, x.retry_until, x.misses, x.calls,
     x.talked, x.epoch, x.version);
}

} // namespace lifeline::domain

namespace lifeline::sip {

template <class Archive> void serialize(Archive& ar, contact& x, std::uint32_t version) {
  storage::check_version<contact>(version);
  ar(x.uri, x.route, x.expires, x.user_agent);
  if (version >= 2) ar(x.instance, x.reg_id, x.call_id, x.cseq, x.refreshed);
}
template <class Archive> void serialize(Archive& ar, registration& x, std::uint32_t version) {
  storage::check_version<registration>(version);
  ar(x.account, x.contacts);
}

} // namespace lifeline::sip

namespace lifeline::actors {

template <class Archive> void serialize(Archive& ar, open_reservation& x, std::uint32_t version) {
  storage::check_version<open_reservation>(version);
  ar(x.reservation, x.call, x.agent, x.queue, x.made);
}

} // namespace lifeline::actors

CEREAL_CLASS_VERSION(lifeline::domain::session_description, 2)
CEREAL_CLASS_VERSION(lifeline::domain::offer_leg, 2)
CEREAL_CLASS_VERSION(lifeline::domain::call_state, 6)
CEREAL_CLASS_VERSION(lifeline::domain::agent_model, 1)
CEREAL_CLASS_VERSION(lifeline::sip::contact, 2)
CEREAL_CLASS_VERSION(lifeline::sip::registration, 1)
CEREAL_CLASS_VERSION(lifeline::actors::open_reservation, 1)

namespace lifeline::actors {

std::string encode_call(const domain::call_state& s) { return storage::encode(s); }
tl::expected<domain::call_state, storage::failure> decode_call(std::string_view bytes, domain::span earlier) {
  return storage::decode<domain::call_state>(bytes, "a call's checkpoint", earlier);
}

std::string encode_agent(const domain::agent_model& a) { return storage::encode(a); }
tl::expected<domain::agent_model, storage::failure> decode_agent(std::string_view bytes, domain::span earlier) {
  return storage::decode<domain::agent_model>(bytes, "an agent's checkpoint", earlier);
}
tl::expected<domain::agent_model, storage::failure> decode_agent_of_last_run(std::string_view bytes,
                                                                             domain::instant now) {
  auto model = decode_agent(bytes);
  const auto newest = model ? std::max({model->since, model->signed_in, model->ready_since}) : now;
  return newest > now ? decode_agent(bytes, newest - now) : model;
}

std::string encode_registration(const sip::registration& r) { return storage::encode(r); }
tl::expected<sip::registration, storage::failure> decode_registration(std::string_view bytes, domain::span earlier) {
  return storage::decode<sip::registration>(bytes, "a registration", earlier);
}

std::string encode_reservation(const open_reservation& r) { return storage::encode(r); }
tl::expected<open_reservation, storage::failure> decode_reservation(std::string_view bytes, domain::span earlier) {
  return storage::decode<open_reservation>(bytes, "an open reservation", earlier);
}

std::string reservation_key(const domain::reservation_id& id) {
  return std::string{reservation_prefix} + domain::to_string(id);
}

} // namespace lifeline::actors
