#pragma once
// What must not be left behind whatever becomes of the actor of a leg: the leg, its endpoint, its recording.

#include "actors/core/surroundings.hpp"

#include <memory>
#include <string>

namespace lifeline::actors {

/// Used on the actor's thread, and after its end by whatever runs then.
class held_leg {
public:
  /// `stands`: it has come in; else it is dialled later, or never.
  held_leg(surroundings_ptr around, domain::leg_id id, bool stands)
      : around_(std::move(around)), id_(id), stands_(stands) {}
  held_leg(const held_leg&) = delete;
  held_leg& operator=(const held_leg&) = delete;

  [[nodiscard]] domain::leg_id id() const { return id_; }

  void open(std::shared_ptr<media::endpoint_sink> sink);
  void invite(const sip::invite_request& r);
  void refuse(int status, const std::string& reason);
  void record(const media::recording_request& r);
  /// By itself, or by an order of ours that is carried out.
  void leg_gone() { stands_ = false; }
  void endpoint_gone() { open_ = false; }

  /// Hangs up, seals, closes; what is let go already is left alone.
  void let_go(const std::string& reason = {});
  /// The same when the actor has ended, by itself or by a crash: whoever fails here must not take others down.
  void abandon(const std::string& reason = {}) noexcept;
  /// From now on it is somebody else's.
  void hand_over() { stands_ = open_ = false; }

private:
  surroundings_ptr around_;
  domain::leg_id id_;
  bool stands_ = false;
  bool open_ = false;
  domain::recording_id recording_; ///< nil: none
};

} // namespace lifeline::actors
