#pragma once
// One leg and its endpoint, of a call that the engine itself speaks with: offer and answer, re-offers, files, keys.
// Says in the words of domain/voice what has happened to it, and does what those words ask. A part of its actor's
// state.

#include "actors/core/surroundings.hpp"
#include "actors/voice/held_leg.hpp"
#include "domain/voice/leg_script.hpp"

#include <caf/all.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace lifeline::actors {

class spoken_leg {
public:
  struct manner {
    bool takes_keys = true; ///< tones are listened for, too: old phones press keys in the audio only
    /// Of the endpoint, for who records; empty: events go to the actor.
    std::function<std::shared_ptr<media::endpoint_sink>(const caf::actor&)> sink;
    /// What is known of the two sides' audio has changed: before anybody is told so. May be empty.
    std::function<void(const spoken_leg&)> described;
  };

  /// One that has come in, with its offer.
  spoken_leg(surroundings_ptr around, std::shared_ptr<held_leg> held, domain::session_description offer, manner m);
  /// One that is going to be dialled.
  spoken_leg(surroundings_ptr around, std::shared_ptr<held_leg> held, manner m);

  /// Its events go to `me`, and so will the endpoint's.
  void attach(const caf::actor& me);
  [[nodiscard]] domain::voice::begins begins() const;

  /// Nothing: it concerns the leg alone, and is dealt with.
  std::optional<domain::voice::news> hear(const sip::leg_event& e);
  std::optional<domain::voice::news> hear(const media::endpoint_event& e);

  void carry_out(const domain::voice::open_port&);
  void carry_out(const domain::voice::answer&);
  void carry_out(const domain::voice::refuse& c);
  void carry_out(const domain::voice::play& c);
  void carry_out(const domain::voice::stop_playing&);
  void carry_out(const domain::voice::end& c);
  /// With our offer, once the endpoint is open.
  void dial(sip::invite_request r);

  /// It is somebody else's from now on: what still comes is not for us.
  void hand_over();

  [[nodiscard]] domain::leg_id id() const { return held_->id(); }
  [[nodiscard]] const domain::local_media& local() const { return local_; }
  /// As it was described last; not present: not at all yet.
  [[nodiscard]] const domain::session_description& remote() const { return remote_; }

private:
  std::optional<domain::voice::news> on_answered(const sip::leg_event& e);
  std::optional<domain::voice::news> on_acked(const sip::leg_event& e);
  void on_reoffer(const sip::leg_event& e);
  void describe(const domain::session_description& theirs);
  void remembered() const;

  surroundings_ptr around_;
  std::shared_ptr<held_leg> held_;
  manner manner_;
  caf::actor me_;
  domain::session_description offer_; ///< theirs, of a leg that has come in
  domain::session_description early_; ///< a 2xx may come without the answer that a 183 brought
  domain::session_description remote_;
  domain::local_media local_;
  bool came_in_ = false;
  bool answered_ = false;
  bool handed_over_ = false;
};

} // namespace lifeline::actors
