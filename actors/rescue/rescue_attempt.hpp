#pragma once
// What must happen whatever becomes of a call to a rescuer or of its actor: exactly one result, and nothing that is
// left behind.

#include "actors/rescue/rescue_call.hpp"
#include "actors/rescue/rescue_surroundings.hpp"
#include "actors/voice/held_leg.hpp"

#include <atomic>
#include <memory>

namespace lifeline::actors {

class rescue_attempt {
public:
  /// The leg has the attempt's own id.
  rescue_attempt(rescue_surroundings_ptr around, domain::attempt_id id, attempt_done done);
  rescue_attempt(const rescue_attempt&) = delete;
  rescue_attempt& operator=(const rescue_attempt&) = delete;
  /// Not told yet: it was interrupted.
  ~rescue_attempt();

  /// The first result is told, every later one is nobody's.
  void tell(domain::attempt_outcome outcome, std::string detail, domain::span rang = {});
  void record(std::string path);
  /// Of the endpoint: events go to `me`; how the recording ended goes into the log, under the attempt's id.
  [[nodiscard]] std::shared_ptr<media::endpoint_sink> sink(const caf::actor& me) const;
  /// The actor has ended. By itself it has done all this before.
  void actor_gone() noexcept;

  [[nodiscard]] const std::shared_ptr<held_leg>& held() const { return held_; }

private:
  const rescue_surroundings_ptr around_;
  const domain::attempt_id id_;
  const attempt_done done_;
  const std::shared_ptr<held_leg> held_;
  std::atomic<bool> told_{false};
  std::string path_;
};

/// Where the recording of an attempt lies, relative to the recordings' folder: "rescue/YYYY/MM/DD/<attempt>.wav", UTC.
std::string rescue_recording_path(const domain::attempt_id& id, domain::instant answered);

} // namespace lifeline::actors
