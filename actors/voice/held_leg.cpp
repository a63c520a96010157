#include "actors/voice/held_leg.hpp"

#include <exception>

namespace lifeline::actors {

void held_leg::open(std::shared_ptr<media::endpoint_sink> sink) {
  open_ = true;
  around_->media->open(id_, std::move(sink));
}

void held_leg::invite(const sip::invite_request& r) {
  stands_ = true;
  around_->sip->invite(r);
}

void held_leg::refuse(int status, const std::string& reason) {
  around_->sip->refuse(id_, status, reason);
  stands_ = false;
}

void held_leg::record(const media::recording_request& r) {
  recording_ = r.recording;
  around_->media->start_recording(r);
}

// Each is forgotten once it is done: what failed half-way is done again by abandon().
void held_leg::let_go(const std::string& reason) {
  if (stands_) around_->sip->hang_up(id_, reason);
  stands_ = false;
  if (!recording_.is_nil()) around_->media->stop_recording(recording_);
  recording_ = {};
  if (open_) around_->media->close(id_);
  open_ = false;
}

void held_leg::abandon(const std::string& reason) noexcept {
  try {
    let_go(reason);
  } catch (const std::exception&) { // nothing more can be done
  }
}

} // namespace lifeline::actors
