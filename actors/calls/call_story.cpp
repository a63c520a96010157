#include "actors/calls/call_story.hpp"

#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

namespace lifeline::actors {

call_story tell_story(const storage::journal& journal, const domain::call_id& id) {
  call_story story;
  auto& r = story.record;
  r.call = id;
  (void)journal.read_call(id, [&](const domain::event& e) {
    if (const auto* arrived = std::get_if<domain::call_arrived>(&e.body)) {
      r.hotline = arrived->hotline;
      r.caller = arrived->caller;
      r.called = arrived->called;
      r.trunk = arrived->trunk;
      r.arrived = e.at;
    } else if (const auto* entered = std::get_if<domain::queue_entered>(&e.body)) {
      r.queue = story.waits_in = entered->queue;
      r.queued = e.at;
      if (r.first_queued == domain::never) r.first_queued = e.at;
    } else if (const auto* left = std::get_if<domain::queue_left>(&e.body)) {
      r.stays.push_back({left->queue, left->waited});
      story.waits_in.clear();
    } else if (std::holds_alternative<domain::agent_reserved>(e.body)) {
      ++r.offers;
    } else if (const auto* connected = std::get_if<domain::call_connected>(&e.body)) {
      r.agent = connected->agent;
      r.external = connected->external;
      r.answered = e.at;
      r.waited = connected->waited;
      r.outcome = r.external.empty() ? domain::call_outcome::answered : domain::call_outcome::overflowed;
    } else if (const auto* recorded = std::get_if<domain::recording_started>(&e.body)) {
      r.recording.path = recorded->path;
    } else if (std::holds_alternative<domain::call_ended>(e.body)) {
      story.over = true;
    }
    return true;
  });
  return story;
}

storage::change close_blindly(call_story story, domain::instant now) {
  auto& r = story.record;
  r.ended = now;
  if (r.answered != domain::never) r.talk = now - r.answered;
  storage::change c;
  if (!story.waits_in.empty()) {
    if (r.queued != domain::never) r.waited = now - r.queued;
    r.stays.push_back({story.waits_in, r.waited});
    c.events.push_back({0, now, r.call, domain::queue_left{story.waits_in, domain::queue_outcome::failed, r.waited}});
  }
  c.events.push_back({0, now, r.call, domain::call_ended{r}});
  const auto key = storage::call_key{r.call}.encode();
  c.state.push_back({storage::table::live_calls, key, std::nullopt});
  c.state.push_back({storage::table::records, key, storage::encode_record(r)});
  return c;
}

} // namespace lifeline::actors
