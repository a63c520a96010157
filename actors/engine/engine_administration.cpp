#include "actors/engine/engine_administration.hpp"

#include "actors/protocol/failures.hpp"
#include "domain/log/log_verifier.hpp"
#include "domain/plan/operation_rules.hpp"

#include <algorithm>

namespace lifeline::actors {

namespace {

hotline_status status_of(const domain::hotline_plan& plan, const line_figures& f) {
  hotline_status s;
  s.name = plan.name;
  s.numbers = plan.numbers;
  s.queue = plan.queue;
  s.emergency = plan.emergency;
  s.lines = plan.lines;
  s.in_use = f.in_use;
  s.rerouted = f.rerouted;
  s.reroute_reason = f.reason;
  s.backup_numbers = plan.backup_numbers;
  return s;
}

std::string not_running(const domain::fault_target& target) {
  std::string name{target.rule.word};
  if (!target.argument.empty()) name += " " + target.argument;
  return "there is no " + name + " that runs";
}

} // namespace

/// Calls' supervisor and dispatcher at once; what neither of them says the plan and the board of lines do.
domain::result<listing<hotline_status>> engine_administration::hotlines() {
  const std::string calls_name = "the calls' supervisor";
  const std::string dispatcher_name = "the dispatcher";
  const auto calls = around_->who.calls.get();
  const auto dispatcher = around_->who.dispatcher();
  std::optional<std::vector<line_figures>> lines;
  std::optional<std::vector<queue_figures>> queues;
  {
    const caf::scoped_actor self{system_};
    std::optional<decltype(self->request(calls, operation_timeout, get_lines{}))> of_lines;
    std::optional<decltype(self->request(dispatcher, operation_timeout, get_queues{}))> of_queues;
    if (calls) of_lines.emplace(self->request(calls, silence_.patience(calls_name), get_lines{}));
    if (dispatcher) of_queues.emplace(self->request(dispatcher, silence_.patience(dispatcher_name), get_queues{}));
    if (of_lines) of_lines->receive([&](std::vector<line_figures>& f) { lines = std::move(f); }, [](caf::error&) {});
    if (of_queues)
      of_queues->receive([&](std::vector<queue_figures>& f) { queues = std::move(f); }, [](caf::error&) {});
  }
  silence_.note(calls_name, lines.has_value() || !calls);
  silence_.note(dispatcher_name, queues.has_value() || !dispatcher);
  listing<hotline_status> all;
  if (!lines) all.silent.push_back(calls_name);
  if (!queues) all.silent.push_back(dispatcher_name);
  const auto in_use = around_->lines.all();
  for (const auto& plan : around_->plan().hotlines) {
    if (plan.retired) continue;
    line_figures figures;
    if (const auto counted = in_use.find(plan.name); counted != in_use.end()) figures.in_use = counted->second;
    for (const auto& f : lines.value_or(std::vector<line_figures>{}))
      if (f.hotline == plan.name) figures = f;
    auto s = status_of(plan, figures);
    s.calls_known = lines.has_value();
    s.agents_known = queues.has_value();
    for (const auto& q : queues.value_or(std::vector<queue_figures>{}))
      if (q.name == plan.queue) s.agents_present = q.present;
    all.push_back(std::move(s));
  }
  return all;
}

domain::result<hotline_status> engine_administration::reroute(const std::string& hotline, bool on,
                                                              const std::string& reason) {
  const auto* plan = around_->plan().find_hotline(hotline);
  if (plan == nullptr || plan->retired)
    return tl::unexpected(domain::failure{domain::errc::not_found, "no hotline \"" + hotline + "\"", {}});
  if (on && reason.empty())
    return tl::unexpected(domain::failure{domain::errc::invalid, "reason: a text is expected, such as power cut", {}});
  if (reason.size() > domain::longest_reroute_reason)
    return tl::unexpected(domain::failure{
        domain::errc::invalid, "reason: " + std::to_string(domain::longest_reroute_reason) + " bytes at the most", {}});
  if (on && plan->backup_numbers.empty())
    return tl::unexpected(domain::failure{
        domain::errc::conflict, "the hotline \"" + hotline + "\" has no backup_numbers to reroute to", {}});
  if (on && around_->plan().outbound_trunks(*plan).empty())
    return tl::unexpected(domain::failure{
        domain::errc::conflict, "the hotline \"" + hotline + "\" has no trunk to dial out through", {}});
  auto answer =
      ask<reroute_answer>(around_->who.calls.get(), reroute_request{hotline, on, reason}, "the calls' supervisor");
  if (!answer) return tl::unexpected(answer.error());
  if (answer->refused) return tl::unexpected(std::move(*answer->refused));
  return status_of(*plan, answer->figures);
}

domain::result<std::vector<sip::trunk_state>> engine_administration::trunks() { return around_->sip->trunks(); }

domain::result<std::vector<sip::ban>> engine_administration::bans() { return around_->sip->bans(); }

domain::result<void> engine_administration::ban_source(const std::string& address, std::chrono::seconds duration) {
  if (!domain::ban_bounds.hold(duration))
    return tl::unexpected(domain::failure{domain::errc::invalid, "for_seconds: " + domain::ban_bounds.text(), {}});
  around_->sip->ban_source(address, duration);
  return {};
}

domain::result<void> engine_administration::unban(const std::string& address) {
  if (!around_->sip->unban(address))
    return tl::unexpected(domain::failure{domain::errc::not_found, "the address is not banned", {}});
  return {};
}

domain::result<log_report> engine_administration::verify_log() {
  around_->journal->barrier(operation_timeout);
  domain::log_verifier verifier;
  const auto read = around_->journal->read_log(1, [&](const domain::event& e) {
    verifier.apply(e);
    return true;
  });
  if (!read) return tl::unexpected(unreadable(read.error()));
  log_report report;
  report.events = verifier.events();
  report.calls = verifier.calls();
  report.reservations = verifier.reservations();
  report.open_calls = verifier.open_calls();
  report.open_reservations = verifier.open_reservations();
  report.orders = verifier.orders();
  report.open_orders = verifier.open_orders();
  report.violations = verifier.violations();
  report.violation_count = verifier.violation_count();
  return report;
}

domain::result<void> engine_administration::inject(const fault_order& fault) {
  if (!fault_injection_)
    return tl::unexpected(
        domain::failure{domain::errc::conflict,
                        "fault injection is off; a configuration for drills has [testing] fault_injection = "
                        "true",
                        {}});
  const auto target = domain::parse_fault_target(fault.target);
  if (!target)
    return tl::unexpected(
        domain::failure{domain::errc::invalid, "target: expected " + domain::fault_targets_text(), {}});
  if (!domain::takes_kind(target->rule, fault.kind))
    return tl::unexpected(domain::failure{domain::errc::invalid,
                                          "kind: expected " + domain::fault_kinds_text(target->rule) + " for " +
                                              std::string{target->rule.word},
                                          {}});
  const bool gateway = target->rule.aim == domain::fault_aim::sip || target->rule.aim == domain::fault_aim::media;
  return gateway ? inject_into_gateway(fault, target->rule.aim) : inject_into_actor(*target, fault.kind);
}

domain::result<void> engine_administration::inject_into_actor(const domain::fault_target& target,
                                                              const std::string& kind) {
  const auto crash = [&](const auto& actor) -> domain::result<void> {
    if (!actor) return tl::unexpected(domain::failure{domain::errc::not_found, not_running(target), {}});
    caf::anon_send(actor, crash_order{"injected"});
    return {};
  };
  switch (target.rule.aim) {
  case domain::fault_aim::call: {
    const auto actor = around_->who.live_calls.find(*domain::parse_id<domain::call_id>(target.argument));
    if (!actor || kind == "crash") return crash(actor);
    caf::anon_send(actor, mute_order{});
    return {};
  }
  case domain::fault_aim::agent: return crash(around_->who.agents.find(target.argument));
  case domain::fault_aim::order:
    return crash(around_->who_rescues.orders.find(*domain::parse_id<domain::order_id>(target.argument)));
  case domain::fault_aim::dispatcher: return crash(around_->who.dispatcher());
  case domain::fault_aim::calls: return crash(around_->who.calls.get());
  case domain::fault_aim::alarms: return crash(around_->who_rescues.alarms.get());
  default: return {};
  }
}

domain::result<void> engine_administration::inject_into_gateway(const fault_order& fault, domain::fault_aim aim) {
  if (!domain::hang_bounds.hold(fault.duration))
    return tl::unexpected(domain::failure{domain::errc::invalid, "for_seconds: " + domain::hang_bounds.text(), {}});
  const auto hang = fault.kind == "hang" ? fault.duration : std::chrono::milliseconds{0};
  if (fault.kind == "hang" && hang.count() == 0)
    return tl::unexpected(domain::failure{domain::errc::invalid, "for_seconds: how long the thread is to hang", {}});
  if (aim == domain::fault_aim::sip)
    around_->sip->inject_fault(hang);
  else
    around_->media->inject_fault(hang);
  return {};
}

} // namespace lifeline::actors
