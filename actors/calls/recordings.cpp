#include "actors/calls/recordings.hpp"

#include "actors/protocol/failures.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

#include <future>

namespace lifeline::actors {

std::string append_and_wait(storage::journal& journal, domain::event entry) {
  const auto stored = std::make_shared<std::promise<std::string>>(); // the answer may come after we have gone
  auto trouble = stored->get_future();
  storage::change c;
  c.events.push_back(std::move(entry));
  journal.append(std::move(c), storage::durability::durable, [stored](const storage::commit_result& r) {
    stored->set_value(r.ok ? std::string{} : r.error.message);
  });
  if (trouble.wait_for(operation_timeout) != std::future_status::ready) return "the disk does not answer";
  return trouble.get();
}

domain::result<domain::recording_info> find_recording(const surroundings& around, const domain::recording_id& id) {
  around.journal->barrier(operation_timeout);
  const auto key = domain::logged_under(id);
  domain::recording_info info;
  bool known = false;
  const auto row = around.journal->get(storage::table::records, storage::call_key{key}.encode());
  if (!row) return tl::unexpected(unreadable(row.error()));
  if (*row) {
    auto record = storage::decode_record(**row);
    if (!record) return tl::unexpected(unreadable(record.error()));
    info = std::move(record->recording);
    known = true;
  } else if (around.who.live_calls.find(key)) {
    return tl::unexpected(domain::failure{domain::errc::conflict, "the call is still in progress", {}});
  }
  if (info.sha256.empty()) { // sealed after the record was closed, or a call to a rescuer, which has none
    const auto read = around.journal->read_call(key, [&](const domain::event& e) {
      known = true;
      if (const auto* sealed = std::get_if<domain::recording_sealed>(&e.body)) info = sealed->recording;
      return true;
    });
    if (!read) return tl::unexpected(unreadable(read.error()));
  }
  if (!known) return tl::unexpected(domain::failure{domain::errc::not_found, "no call " + domain::to_string(id), {}});
  if (info.path.empty())
    return tl::unexpected(domain::failure{domain::errc::not_found, "the call was not recorded", {}});
  if (info.sha256.empty())
    return tl::unexpected(domain::failure{domain::errc::conflict, "the recording is not sealed yet", {}});
  return info;
}

domain::result<void> note_fetch(const surroundings& around, const domain::recording_id& id, const std::string& path,
                                const recording_reader& reader) {
  const domain::recording_fetched entry{path, reader.by, reader.client};
  const auto why = append_and_wait(*around.journal, {0, around.now_steady(), domain::logged_under(id), entry});
  if (why.empty()) return {};
  return tl::unexpected(
      domain::failure{domain::errc::unavailable, "nothing is given out, for it cannot be noted: " + why, {}});
}

} // namespace lifeline::actors
