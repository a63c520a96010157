// What the last run of the engine left behind: calls that never ended, recordings that were never sealed.

#include "actors/calls/call_story.hpp"
#include "actors/calls/calls.hpp"
#include "actors/core/checkpoints.hpp"
#include "actors/core/cut_calls.hpp"
#include "domain/calls/call_machine.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <optional>

namespace lifeline::actors {

/// Of a checkpoint that cannot be decoded the key alone is known; the rest is in the log.
static std::optional<domain::call_record> close_unreadable(surroundings& around, const std::string& key,
                                                           domain::instant died, domain::instant now) {
  const auto id = storage::call_key::decode(key);
  auto story = id ? tell_story(*around.journal, id->call) : call_story{};
  if (!id || story.over) {
    around.journal->append({{}, {{storage::table::live_calls, key, std::nullopt}}}, storage::durability::durable);
    return std::nullopt;
  }
  story.record.cause = domain::end_cause::engine_restart;
  const auto since = std::max(story.record.arrived, story.record.answered);
  auto change = close_blindly(std::move(story), std::max(died, since));
  const auto end = std::move(change.events.back());
  change.events.pop_back();
  const auto record = std::get<domain::call_ended>(end.body).record;
  list_as_cut(cut_of(record), now, change);
  change.events.push_back(end); // nothing of a call comes after its end
  for (auto& e : change.events)
    e.at = now;
  around.journal->append(std::move(change), storage::durability::durable);
  return record;
}

std::vector<domain::call_record> close_calls_of_last_run(surroundings& around, domain::instant died) {
  std::vector<domain::call_state> open;
  std::vector<std::string> unreadable;
  (void)around.journal->scan(storage::table::live_calls, {}, {}, false,
                             [&](std::string_view key, std::string_view value) {
                               if (auto state = decode_call(value))
                                 open.push_back(std::move(*state));
                               else
                                 unreadable.emplace_back(key);
                               return true;
                             });
  const auto now = around.now_steady();
  std::vector<domain::call_record> records;
  for (const auto& key : unreadable) {
    if (auto record = close_unreadable(around, key, died, now)) records.push_back(std::move(*record));
  }
  for (auto& s : open) {
    storage::change c;
    const auto log = [&](domain::event_body body) { c.events.push_back({0, now, s.id, std::move(body)}); };
    const bool cut = s.phase != domain::call_phase::closing;
    if (cut) { // while closing, the call's own outcome stands
      s.over = std::max(died, s.phase_since);
      s.cause = domain::end_cause::engine_restart;
      if (s.connected == domain::never) s.outcome = domain::call_outcome::failed;
      if (s.hold_since != domain::never) s.held += s.over - s.hold_since;
    }
    // The dispatcher may not have come to log the entry.
    if (s.in_queue && !tell_story(*around.journal, s.id).waits_in.empty())
      log(domain::queue_left{s.queue, domain::queue_outcome::failed, s.over - s.queued});
    if (s.in_queue) domain::end_stay(s, s.over);
    const auto record = domain::make_record(s);
    if (cut) {
      auto listed = cut_of(record);
      listed.lift = s.lift;
      listed.order = s.order;
      list_as_cut(listed, now, c);
    }
    log(domain::call_ended{record});
    const auto key = storage::call_key{s.id}.encode();
    c.state.push_back({storage::table::live_calls, key, std::nullopt});
    c.state.push_back({storage::table::records, key, storage::encode_record(record)});
    around.journal->append(std::move(c), storage::durability::durable);
    records.push_back(record);
  }
  return records;
}

void mend_recordings(surroundings& around, std::vector<domain::call_record> records, const recording_repair& repair,
                     const std::atomic<bool>& stop) {
  for (auto& r : records) {
    if (stop) return;
    if (r.recording.path.empty() || !r.recording.sha256.empty()) continue;
    storage::change c;
    const auto log = [&](domain::event_body body) {
      c.events.push_back({0, around.now_steady(), r.call, std::move(body)});
    };
    const auto mended = repair(domain::recording_of(r.call), r.recording.path);
    if (mended && mended->ok) {
      r.recording = {mended->path, mended->sha256, mended->bytes, mended->duration, true};
      log(domain::recording_sealed{r.recording});
    } else {
      log(domain::recording_failed{r.recording.path, mended ? mended->error : mended.error()});
    }
    c.state.push_back({storage::table::records, storage::call_key{r.call}.encode(), storage::encode_record(r)});
    around.journal->append(std::move(c), storage::durability::durable);
  }
}

} // namespace lifeline::actors
