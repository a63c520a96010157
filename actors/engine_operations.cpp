#include "actors/engine_operations.hpp"
#include "actors/recordings.hpp"

#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <filesystem>

namespace lifeline::actors {

namespace {

operation_failure failed(operation_errc code, std::string message) { return {code, std::move(message)}; }

operation_failure of_storage(const storage::failure& f) {
  return failed(operation_errc::unavailable, "the journal cannot be read: " + f.message);
}

agent_status status_of(const domain::agent_plan& plan, agent_figures f) {
  agent_status s;
  s.account = plan.account;
  s.name = plan.name;
  s.admin = plan.admin;
  s.queues = plan.queues;
  s.state = f.state;
  s.reason = std::move(f.reason);
  s.since = f.since;
  s.call = f.call;
  s.calls = f.calls;
  s.talked = f.talked;
  s.contacts = std::move(f.contacts);
  return s;
}

call_status status_of(call_figures f) {
  call_status s;
  s.call = f.call;
  s.hotline = std::move(f.hotline);
  s.queue = std::move(f.queue);
  s.caller = std::move(f.caller);
  s.called = std::move(f.called);
  s.phase = f.phase;
  s.arrived = f.arrived;
  s.since = f.since;
  s.agent = std::move(f.agent);
  s.lift = std::move(f.lift);
  s.order = f.order;
  return s;
}

bool matches(const domain::call_record& r, const record_filter& f) {
  if (!f.hotline.empty() && r.hotline != f.hotline) return false;
  if (!f.agent.empty() && r.agent != f.agent) return false;
  if (!f.caller.empty() && r.caller != f.caller) return false;
  return !f.with_recording || !r.recording.path.empty();
}

} // namespace

operation_result<std::vector<queue_status>> engine_operations::queues() {
  auto figures = ask<std::vector<queue_figures>>(around_->who.dispatcher(), get_queues{}, "the dispatcher");
  if (!figures) return tl::unexpected(figures.error());
  std::vector<queue_status> all;
  for (const auto& f : *figures) {
    queue_status s;
    s.name = f.name;
    s.waiting = f.waiting;
    s.oldest_wait = f.oldest_wait;
    s.ready = f.ready;
    s.present = f.present;
    s.reservations = f.reservations;
    if (f.expected_wait >= domain::span{0}) s.expected_wait = f.expected_wait;
    if (const auto* plan = around_->plan().find_queue(f.name)) {
      s.strategy = plan->strategy;
      s.priority = plan->priority;
    }
    for (const auto& a : around_->plan().agents)
      if (std::find(a.queues.begin(), a.queues.end(), f.name) != a.queues.end()) ++s.agents;
    all.push_back(std::move(s));
  }
  return all;
}

operation_result<agent_status> engine_operations::agent(const domain::agent_id& account) {
  const auto* plan = around_->plan().find_agent(account);
  if (plan == nullptr || plan->retired)
    return tl::unexpected(failed(operation_errc::not_found, "no agent \"" + account + "\""));
  auto figures = ask<agent_figures>(around_->who.agent(account), get_agent{}, "agent " + account);
  if (!figures) return tl::unexpected(figures.error());
  return status_of(*plan, std::move(*figures));
}

operation_result<std::vector<agent_status>> engine_operations::agents() {
  std::vector<agent_status> all;
  for (const auto& plan : around_->plan().agents) {
    if (plan.retired) continue;
    auto one = agent(plan.account);
    if (!one) { // one that does not answer must not hide the others
      agent_figures silent;
      silent.account = plan.account;
      silent.state = domain::agent_state::unreachable;
      silent.reason = "its actor does not answer";
      one = status_of(plan, std::move(silent));
    }
    all.push_back(std::move(*one));
  }
  return all;
}

operation_result<agent_status> engine_operations::order(const domain::agent_id& account, domain::agent_verb verb,
                                                        const std::string& reason, domain::span extra) {
  const auto* plan = around_->plan().find_agent(account);
  if (plan == nullptr || plan->retired)
    return tl::unexpected(failed(operation_errc::not_found, "no agent \"" + account + "\""));
  auto answer = ask<agent_answer>(around_->who.agent(account), agent_request{verb, reason, extra}, "agent " + account);
  if (!answer) return tl::unexpected(answer.error());
  if (!answer->ok) return tl::unexpected(failed(operation_errc::conflict, answer->error));
  return status_of(*plan, std::move(answer->figures));
}

operation_result<agent_status> engine_operations::agent_ready(const domain::agent_id& account) {
  return order(account, domain::agent_verb::ready, {});
}
operation_result<agent_status> engine_operations::agent_not_ready(const domain::agent_id& account,
                                                                  const std::string& reason) {
  if (reason.empty())
    return tl::unexpected(failed(operation_errc::invalid, "reason: a text is expected, such as break"));
  if (reason.size() > 64) return tl::unexpected(failed(operation_errc::invalid, "reason: 64 bytes at the most"));
  return order(account, domain::agent_verb::not_ready, reason);
}
operation_result<agent_status> engine_operations::agent_logout(const domain::agent_id& account) {
  return order(account, domain::agent_verb::logout, {});
}
operation_result<agent_status> engine_operations::agent_end_wrap_up(const domain::agent_id& account) {
  return order(account, domain::agent_verb::wrap_up_end, {});
}

operation_result<agent_status> engine_operations::agent_more_wrap_up(const domain::agent_id& account,
                                                                     domain::span extra) {
  if (extra <= domain::span{0} || extra > std::chrono::hours{8})
    return tl::unexpected(failed(operation_errc::invalid, "seconds: more than 0 and at most 28800 are expected"));
  return order(account, domain::agent_verb::wrap_up_more, {}, extra);
}

operation_result<std::vector<call_status>> engine_operations::live_calls() {
  auto figures = ask<std::vector<call_figures>>(around_->who.calls(), get_calls{}, "the calls' supervisor");
  if (!figures) return tl::unexpected(figures.error());
  std::sort(figures->begin(), figures->end(), [](const auto& a, const auto& b) { return a.call < b.call; });
  std::vector<call_status> all;
  for (auto& f : *figures)
    all.push_back(status_of(std::move(f)));
  return all;
}

operation_result<std::optional<domain::call_record>> engine_operations::record_of(const domain::call_id& id) const {
  auto row = around_->journal->get(storage::table::records, storage::call_key{id}.encode());
  if (!row) return tl::unexpected(of_storage(row.error()));
  if (!*row) return std::optional<domain::call_record>{};
  auto record = storage::decode_record(**row);
  if (!record) return tl::unexpected(of_storage(record.error()));
  return std::optional{std::move(*record)};
}

operation_result<call_journey> engine_operations::call(const domain::call_id& id) {
  call_journey journey;
  around_->journal->barrier(operation_timeout); // what is shown includes what has just happened
  if (const auto actor = around_->who.call(id)) {
    if (auto figures = ask<call_figures>(actor, get_call{}, "the call")) {
      journey.live = true;
      journey.status = status_of(std::move(*figures));
    }
  }
  if (journey.live) {
    auto why = ask<wait_explanation>(around_->who.dispatcher(), explain_wait{id}, "the dispatcher");
    if (why && why->waiting) {
      journey.status.position = why->position;
      journey.waiting_because = std::move(why->why);
    }
  }
  auto record = record_of(id);
  if (!record) return tl::unexpected(record.error());
  journey.record = std::move(*record);
  const auto read = around_->journal->read_call(id, [&](const domain::event& e) {
    journey.events.push_back(e);
    return true;
  });
  if (!read) return tl::unexpected(of_storage(read.error()));
  if (!journey.live && !journey.record && journey.events.empty())
    return tl::unexpected(failed(operation_errc::not_found, "no call " + domain::to_string(id)));
  return journey;
}

operation_result<void> engine_operations::release_call(const domain::call_id& id) {
  const auto actor = around_->who.call(id);
  if (!actor) {
    auto record = record_of(id);
    if (record && *record) return tl::unexpected(failed(operation_errc::conflict, "the call has ended already"));
    return tl::unexpected(failed(operation_errc::not_found, "no call " + domain::to_string(id)));
  }
  caf::anon_send(actor, release_order{domain::end_cause::operator_released});
  return {};
}

operation_result<std::vector<domain::call_record>> engine_operations::records(const record_filter& filter) {
  std::vector<domain::call_record> found;
  around_->journal->barrier(operation_timeout);
  const auto first = filter.from == domain::never ? std::string{} : storage::call_key::first_at(filter.from).encode();
  const auto last = filter.until == domain::never ? std::string{} : storage::call_key::first_at(filter.until).encode();
  std::optional<operation_failure> problem;
  const auto visit = [&](std::string_view, std::string_view value) {
    auto record = storage::decode_record(value);
    if (!record) {
      problem = of_storage(record.error());
      return false;
    }
    if (matches(*record, filter)) found.push_back(std::move(*record));
    return found.size() < filter.limit;
  };
  const auto scanned = around_->journal->scan(storage::table::records, first, last, true, visit);
  if (!scanned) return tl::unexpected(of_storage(scanned.error()));
  if (problem) return tl::unexpected(*problem);
  return found;
}

operation_result<stored_recording> engine_operations::fetch_recording(const domain::call_id& id,
                                                                      const recording_reader& reader) {
  const auto info = find_recording(*around_, id);
  if (!info) return tl::unexpected(info.error());
  const auto file = std::filesystem::path{recordings_} / info->path;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    return tl::unexpected(failed(operation_errc::not_found, "the recording's file is missing: " + info->path));
  if (const auto noted = note_fetch(*around_, id, info->path, reader); !noted) return tl::unexpected(noted.error());
  return stored_recording{file.string(), info->sha256};
}

operation_result<std::vector<domain::event>> engine_operations::events(std::uint64_t from_seq, std::size_t limit) {
  std::vector<domain::event> found;
  around_->journal->barrier(operation_timeout);
  const auto read = around_->journal->read_log(from_seq, [&](const domain::event& e) {
    if (found.size() >= limit) return false;
    found.push_back(e);
    return found.size() < limit;
  });
  if (!read) return tl::unexpected(of_storage(read.error()));
  return found;
}

} // namespace lifeline::actors
