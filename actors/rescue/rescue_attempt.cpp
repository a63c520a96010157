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
    : around_(std::move(around)), id_(id), done_(std::move(done)) {}

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

void rescue_attempt::open(const caf::actor& me) {
  endpoint_ = true;
  around_->media->open(leg(), std::make_shared<recorded_endpoint>(me, around_->weak_from_this()));
}

void rescue_attempt::record(std::string path) {
  path_ = std::move(path);
  recording_ = true;
  // What the rescuer says is the left channel; what the engine says is known. No other leg takes part.
  around_->media->start_recording({domain::recording_of(id_), leg(), {}, path_});
}

void rescue_attempt::let_go(const std::string& reason) {
  if (std::exchange(leg_, false)) around_->sip->hang_up(leg(), reason);
  if (std::exchange(recording_, false)) around_->media->stop_recording(domain::recording_of(id_));
  if (std::exchange(endpoint_, false)) around_->media->close(leg());
}

void rescue_attempt::actor_gone() noexcept {
  try {
    tell(domain::attempt_outcome::interrupted, "the call's actor ended");
    let_go("SIP;cause=500;text=\"Internal error\"");
  } catch (const std::exception&) { // whoever fails here must not take others down
  }
}

std::string rescue_recording_path(const domain::attempt_id& id, domain::instant answered) {
  return "rescue/" + domain::recording_path(domain::recording_of(id), answered);
}

} // namespace lifeline::actors
