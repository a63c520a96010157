#pragma once
// What must happen whatever becomes of a call to a rescuer or of its actor: exactly one result, and no leg, endpoint or
// recording that is left behind.

#include "actors/rescue/rescue_call.hpp"
#include "actors/rescue/rescue_surroundings.hpp"

#include <atomic>
#include <memory>

namespace lifeline::actors {

class rescue_attempt {
public:
  rescue_attempt(rescue_surroundings_ptr around, domain::attempt_id id, attempt_done done);
  rescue_attempt(const rescue_attempt&) = delete;
  rescue_attempt& operator=(const rescue_attempt&) = delete;
  /// Not told yet: it was interrupted.
  ~rescue_attempt();

  /// The first result is told, every later one is nobody's.
  void tell(domain::attempt_outcome outcome, std::string detail, domain::span rang = {});
  [[nodiscard]] bool told() const { return told_; }

  // What is to be let go from now on. The leg has the attempt's own id.
  /// The endpoint's events go to `me`; how the recording ended goes into the log, under the attempt's id.
  void open(const caf::actor& me);
  void invited() { leg_ = true; }
  void leg_gone() { leg_ = false; }
  void record(std::string path);
  /// Hangs up, seals, closes; what is let go already is left alone.
  void let_go(const std::string& reason = {});
  /// The actor has ended. By itself it has done all this before.
  void actor_gone() noexcept;

  [[nodiscard]] domain::leg_id leg() const { return domain::leg_of(id_); }

private:
  const rescue_surroundings_ptr around_;
  const domain::attempt_id id_;
  const attempt_done done_;
  std::atomic<bool> told_{false};
  bool endpoint_ = false; ///< this and what follows: on the actor's thread only
  bool leg_ = false;
  bool recording_ = false;
  std::string path_;
};

/// Where the recording of an attempt lies, relative to the recordings' folder: "rescue/YYYY/MM/DD/<attempt>.wav", UTC.
std::string rescue_recording_path(const domain::attempt_id& id, domain::instant answered);

} // namespace lifeline::actors
