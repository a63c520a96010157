#include "actors/rescue/rescue_attempt.hpp"

#include "domain/calls/call_machine.hpp"

#include <exception>
#include <utility>

namespace lifeline::actors {

namespace {

/// The recorder's result goes into the log, whatever has become of the call.
class recorded_endpoint final : public media::endpoint_sink {
public:
  recorded_endpoint(caf::actor to, std::weak_ptr<surroundings> around)
      : to_(std::move(to)), around_(std::move(around)) {}
  void on_endpoint_event(const media::endpoint_event& e) override { caf::anon_send(to_, e); }
  void on_recording_event(const media::recording_event& e) override {
    const auto around = around_.lock();
    if (!around) return;
    domain::event_body body = domain::recording_failed{e.path, e.error};
    if (e.ok) body = domain::recording_sealed{{e.path, e.sha256, e.bytes, e.duration, false}};
    around->journal->append({{{0, around->now_steady(), domain::logged_under(e.recording), std::move(body)}}, {}},
                            storage::durability::lazy);
  }

private:
  caf::actor to_;
  std::weak_ptr<surroundings> around_;
};

} // namespace

rescue_attempt::rescue_attempt(rescue_surroundings_ptr around, domain::attempt_id id, attempt_done done)
    : around_(std::move(around)), id_(id), done_(std::move(done)),
      held_(std::make_shared<held_leg>(around_, domain::leg_of(id), false)) {}

rescue_attempt::~rescue_attempt() { actor_gone(); }

void rescue_attempt::tell(domain::attempt_outcome outcome, std::string detail, domain::span rang) {
  if (told_.exchange(true)) return;
  domain::attempt_result result;
  result.attempt = id_;
  result.outcome = outcome;
  result.rang = rang;
  result.detail = std::move(detail);
  result.recording.path = path_; // sealed later: the seal is in the log, under the attempt's id
  if (done_) done_(result);
}

std::shared_ptr<media::endpoint_sink> rescue_attempt::sink(const caf::actor& me) const {
  return std::make_shared<recorded_endpoint>(me, around_->weak_from_this());
}

void rescue_attempt::record(std::string path) {
  path_ = std::move(path);
  // What the rescuer says is the left channel; what the engine says is known. No other leg takes part.
  held_->record({domain::recording_of(id_), held_->id(), {}, path_});
}

void rescue_attempt::actor_gone() noexcept {
  try {
    tell(domain::attempt_outcome::interrupted, "the call's actor ended");
  } catch (const std::exception&) { // whoever fails here must not take others down
  }
  held_->abandon("SIP;cause=500;text=\"Internal error\"");
}

std::string rescue_recording_path(const domain::attempt_id& id, domain::instant answered) {
  return "rescue/" + domain::recording_path(domain::recording_of(id), answered);
}

} // namespace lifeline::actors
