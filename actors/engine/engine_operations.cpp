#include "actors/engine/engine_operations.hpp"
#include "actors/calls/recordings.hpp"
#include "actors/protocol/failures.hpp"

#include "domain/plan/operation_rules.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <filesystem>

namespace lifeline::actors {

namespace {

/// With what the plan says of the agent.
agent_status status_of(const domain::agent_plan& plan, agent_status s) {
  s.account = plan.account;
  s.name = plan.name;
  s.admin = plan.admin;
  s.queues = plan.queues;
  return s;
}

/// The queues' names alone.
std::vector<queue_figures> figures_of_plan(const domain::plan& plan) {
  std::vector<queue_figures> all;
  for (const auto& q : plan.queues) {
    if (q.retired) continue;
    all.emplace_back().name = q.name;
  }
  return all;
}

/// `f.caller` is in the normal form; older records are as the carrier wrote them.
bool matches(const domain::call_record& r, const record_filter& f, const domain::numbering& numbers) {
  if (!f.hotline.empty() && r.hotline != f.hotline) return false;
  if (!f.agent.empty() && r.agent != f.agent) return false;
  if (!f.caller.empty() && r.caller != f.caller && domain::normal_number(r.caller, numbers) != f.caller) return false;
  return !f.with_recording || !r.recording.path.empty();
}

} // namespace

domain::result<listing<queue_status>> engine_operations::queues() {
  const auto answers =
      ask_all<std::vector<queue_figures>>(std::vector{around_->who.dispatcher()}, {"the dispatcher"}, get_queues{});
  listing<queue_status> all;
  if (!answers.front()) all.silent.emplace_back("the dispatcher");
  for (const auto& f : answers.front() ? *answers.front() : figures_of_plan(around_->plan())) {
    queue_status s;
    s.known = answers.front().has_value();
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

domain::result<agent_status> engine_operations::agent(const domain::agent_id& account) {
  const auto* plan = around_->plan().find_agent(account);
  if (plan == nullptr || plan->retired)
    return tl::unexpected(domain::failure{domain::errc::not_found, "no agent \"" + account + "\"", {}});
  auto status = ask<agent_status>(around_->who.agents.find(account), get_agent{}, "agent " + account);
  if (!status) return tl::unexpected(status.error());
  return status_of(*plan, std::move(*status));
}

domain::result<listing<agent_status>> engine_operations::agents() {
  std::vector<domain::agent_plan> plans;
  std::vector<agent_actor> actors;
  std::vector<std::string> names;
  for (const auto& plan : around_->plan().agents) {
    if (plan.retired) continue;
    plans.push_back(plan);
    actors.push_back(around_->who.agents.find(plan.account));
    names.push_back("agent " + plan.account);
  }
  auto answers = ask_all<agent_status>(actors, names, get_agent{});
  listing<agent_status> all;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    auto status = std::move(answers[i]);
    if (!status) { // one that does not answer must not hide the others
      all.silent.push_back(names[i]);
      status.emplace();
      status->state = domain::agent_state::unreachable;
      status->reason = "its actor does not answer";
    }
    all.push_back(status_of(plans[i], std::move(*status)));
  }
  return all;
}

domain::result<agent_status> engine_operations::order(const domain::agent_id& account, domain::agent_verb verb,
                                                      const std::string& reason, domain::span extra) {
  const auto* plan = around_->plan().find_agent(account);
  if (plan == nullptr || plan->retired)
    return tl::unexpected(domain::failure{domain::errc::not_found, "no agent \"" + account + "\"", {}});
  auto answer =
      ask<agent_answer>(around_->who.agents.find(account), agent_request{verb, reason, extra}, "agent " + account);
  if (!answer) return tl::unexpected(answer.error());
  if (answer->refused) return tl::unexpected(std::move(*answer->refused));
  return status_of(*plan, std::move(answer->status));
}

domain::result<agent_status> engine_operations::agent_ready(const domain::agent_id& account) {
  return order(account, domain::agent_verb::ready, {});
}
domain::result<agent_status> engine_operations::agent_not_ready(const domain::agent_id& account,
                                                                const std::string& reason) {
  if (reason.empty())
    return tl::unexpected(domain::failure{domain::errc::invalid, "reason: a text is expected, such as break", {}});
  if (reason.size() > domain::longest_not_ready_reason)
    return tl::unexpected(
        domain::failure{domain::errc::invalid,
                        "reason: " + std::to_string(domain::longest_not_ready_reason) + " bytes at the most",
                        {}});
  return order(account, domain::agent_verb::not_ready, reason);
}
domain::result<agent_status> engine_operations::agent_logout(const domain::agent_id& account) {
  return order(account, domain::agent_verb::logout, {});
}
domain::result<agent_status> engine_operations::agent_end_wrap_up(const domain::agent_id& account) {
  return order(account, domain::agent_verb::wrap_up_end, {});
}

domain::result<agent_status> engine_operations::agent_more_wrap_up(const domain::agent_id& account,
                                                                   domain::span extra) {
  if (!domain::wrap_up_more_bounds.hold(extra))
    return tl::unexpected(
        domain::failure{domain::errc::invalid, "for_seconds: " + domain::wrap_up_more_bounds.text(), {}});
  return order(account, domain::agent_verb::wrap_up_more, {}, extra);
}

/// Of the calls themselves, not of their supervisor: what one of them does not say the others do.
domain::result<listing<call_status>> engine_operations::live_calls() {
  auto live = around_->who.live_calls.entries();
  std::sort(live.begin(), live.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<call_actor> actors;
  std::vector<std::string> names;
  for (const auto& [id, actor] : live) {
    actors.push_back(actor);
    names.push_back("call " + domain::to_string(id));
  }
  auto answers = ask_all<call_status>(actors, names, get_call{});
  listing<call_status> all;
  for (std::size_t i = 0; i < live.size(); ++i) {
    if (answers[i])
      all.push_back(std::move(*answers[i]));
    else if (around_->who.live_calls.find(live[i].first)) // else it has ended meanwhile
      all.silent.push_back(names[i]);
  }
  return all;
}

domain::result<std::optional<domain::call_record>> engine_operations::record_of(const domain::call_id& id) const {
  auto row = around_->journal->get(storage::table::records, storage::call_key{id}.encode());
  if (!row) return tl::unexpected(unreadable(row.error()));
  if (!*row) return std::optional<domain::call_record>{};
  auto record = storage::decode_record(**row);
  if (!record) return tl::unexpected(unreadable(record.error()));
  return std::optional{std::move(*record)};
}

/// The call and the dispatcher at once.
void engine_operations::ask_about(const domain::call_id& id, const call_actor& actor, call_journey& journey) {
  const std::string call_name = "call " + domain::to_string(id);
  const std::string dispatcher_name = "the dispatcher";
  const auto dispatcher = around_->who.dispatcher();
  const caf::scoped_actor self{system_};
  auto status = self->request(actor, silence_.patience(call_name), get_call{});
  std::optional<decltype(self->request(dispatcher, operation_timeout, explain_wait{id}))> why;
  if (dispatcher) why.emplace(self->request(dispatcher, silence_.patience(dispatcher_name), explain_wait{id}));
  bool answered = false;
  bool explained = !dispatcher;
  status.receive(
      [&](call_status& s) {
        answered = true;
        journey.status = std::move(s);
      },
      [](caf::error&) {});
  const auto take = [&](wait_explanation& w) {
    explained = true;
    if (!w.waiting) return;
    journey.status.position = w.position;
    journey.waiting_because = std::move(w.why);
  };
  if (why) why->receive(take, [](caf::error&) {});
  journey.live = answered || static_cast<bool>(around_->who.live_calls.find(id)); // else it has ended meanwhile
  journey.status_known = answered;
  silence_.note(call_name, answered || !journey.live);
  silence_.note(dispatcher_name, explained);
  if (journey.live && !answered) journey.silent.push_back(call_name);
  if (!explained) journey.silent.push_back(dispatcher_name);
}

domain::result<call_journey> engine_operations::call(const domain::call_id& id) {
  call_journey journey;
  if (const auto actor = around_->who.live_calls.find(id)) ask_about(id, actor, journey);
  around_->journal->barrier(operation_timeout); // what is shown includes what has just happened
  auto record = record_of(id);
  if (!record) return tl::unexpected(record.error());
  journey.record = std::move(*record);
  const auto read = around_->journal->read_call(id, [&](const domain::event& e) {
    journey.events.push_back(e);
    return true;
  });
  if (!read) return tl::unexpected(unreadable(read.error()));
  if (!journey.live && !journey.record && journey.events.empty())
    return tl::unexpected(domain::failure{domain::errc::not_found, "no call " + domain::to_string(id), {}});
  return journey;
}

domain::result<void> engine_operations::release_call(const domain::call_id& id) {
  const auto actor = around_->who.live_calls.find(id);
  if (!actor) {
    auto record = record_of(id);
    if (record && *record)
      return tl::unexpected(domain::failure{domain::errc::conflict, "the call has ended already", {}});
    return tl::unexpected(domain::failure{domain::errc::not_found, "no call " + domain::to_string(id), {}});
  }
  caf::anon_send(actor, release_order{domain::end_cause::operator_released});
  return {};
}

domain::result<std::vector<domain::call_record>> engine_operations::records(const record_filter& filter) {
  std::vector<domain::call_record> found;
  const auto numbers = around_->plan().numbers;
  auto by = filter;
  if (const auto normal = domain::normal_number(filter.caller, numbers); !normal.empty()) by.caller = normal;
  around_->journal->barrier(operation_timeout);
  const auto first = filter.from == domain::never ? std::string{} : storage::call_key::first_at(filter.from).encode();
  const auto last = filter.until == domain::never ? std::string{} : storage::call_key::first_at(filter.until).encode();
  std::optional<domain::failure> problem;
  const auto visit = [&](std::string_view, std::string_view value) {
    auto record = storage::decode_record(value);
    if (!record) {
      problem = unreadable(record.error());
      return false;
    }
    if (matches(*record, by, numbers)) found.push_back(std::move(*record));
    return found.size() < filter.limit;
  };
  const auto scanned = around_->journal->scan(storage::table::records, first, last, true, visit);
  if (!scanned) return tl::unexpected(unreadable(scanned.error()));
  if (problem) return tl::unexpected(*problem);
  return found;
}

domain::result<stored_recording> engine_operations::fetch_recording(const domain::recording_id& id,
                                                                    const recording_reader& reader) {
  const auto info = find_recording(*around_, id);
  if (!info) return tl::unexpected(info.error());
  const auto file = std::filesystem::path{recordings_} / info->path;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    return tl::unexpected(
        domain::failure{domain::errc::not_found, "the recording's file is missing: " + info->path, {}});
  if (const auto noted = note_fetch(*around_, id, info->path, reader); !noted) return tl::unexpected(noted.error());
  return stored_recording{file.string(), info->sha256};
}

domain::result<std::vector<domain::event>> engine_operations::events(std::uint64_t from_seq, std::size_t limit) {
  std::vector<domain::event> found;
  around_->journal->barrier(operation_timeout);
  const auto read = around_->journal->read_log(from_seq, [&](const domain::event& e) {
    if (found.size() >= limit) return false;
    found.push_back(e);
    return found.size() < limit;
  });
  if (!read) return tl::unexpected(unreadable(read.error()));
  return found;
}

} // namespace lifeline::actors
