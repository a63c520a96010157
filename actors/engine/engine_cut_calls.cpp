// The list of callers to be rung back, for operators.

#include "actors/engine/engine_operations.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>

namespace lifeline::actors {

namespace {

/// Who has called by himself since then, and was answered, needs no call any more: that is for a person to say.
void look_for_callers(const storage::journal& journal, std::vector<cut_call_status>& all) {
  if (all.empty()) return;
  auto first = all.front().cut.arrived;
  for (const auto& c : all)
    first = std::min(first, c.cut.arrived);
  const auto from = storage::call_key::first_at(first).encode();
  (void)journal.scan(storage::table::records, from, {}, false, [&](std::string_view, std::string_view row) {
    const auto r = storage::decode_record(row);
    if (!r || r->answered == domain::never) return true;
    for (auto& c : all)
      if (c.came_again == domain::never && r->caller == c.cut.caller && c.cut.caller != "anonymous" &&
          r->answered > c.cut.cut)
        c.came_again = r->answered;
    return true;
  });
}

/// Waits for the disk's word on one change.
struct stored_answer {
  std::mutex mutex;
  std::condition_variable said;
  std::optional<storage::commit_result> result;
};

} // namespace

domain::result<std::vector<cut_call_status>> engine_operations::cut_calls() {
  std::vector<cut_call_status> all;
  for (auto& c : cut_.all())
    all.push_back({std::move(c), domain::never});
  look_for_callers(*around_->journal, all);
  return all;
}

domain::result<void> engine_operations::rung_back(const domain::call_id& id, const std::string& by,
                                                  const std::string& note) {
  const auto cut = cut_.find(id);
  if (!cut)
    return tl::unexpected(domain::failure{domain::errc::not_found,
                                          "call " + domain::to_string(id) + " is not among those to be rung back"});
  const auto answer = std::make_shared<stored_answer>();
  storage::change c;
  c.events.push_back({0, around_->now_steady(), id, domain::call_rung_back{cut->hotline, by, note}});
  c.state.push_back({storage::table::meta, cut_key(id), std::nullopt});
  if (!cut_.remove(id)) // somebody else was a moment quicker
    return tl::unexpected(domain::failure{domain::errc::conflict, "the caller was rung back a moment ago"});
  around_->journal->append(std::move(c), storage::durability::durable, [answer](const storage::commit_result& r) {
    const std::lock_guard lock{answer->mutex};
    answer->result = r;
    answer->said.notify_all();
  });
  std::unique_lock lock{answer->mutex};
  answer->said.wait_for(lock, operation_timeout, [&] { return answer->result.has_value(); });
  if (answer->result && answer->result->ok) return {};
  cut_.put(*cut);
  return tl::unexpected(domain::failure{
      domain::errc::unavailable,
      "not stored: " + (answer->result ? answer->result->error.message : std::string{"the disk does not answer"})});
}

} // namespace lifeline::actors
