#include "actors/engine_administration.hpp"

#include "domain/log_verifier.hpp"

#include <algorithm>

namespace lifeline::actors {

namespace {

constexpr std::size_t longest_reason = 200; // bytes
constexpr auto longest_hang = std::chrono::minutes{5};

operation_failure failed(operation_errc code, std::string message) { return {code, std::move(message)}; }

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

} // namespace

operation_result<std::vector<hotline_status>> engine_administration::hotlines() {
  auto lines = ask<std::vector<line_figures>>(around_->who.calls(), get_lines{}, "the calls' supervisor");
  if (!lines) return tl::unexpected(lines.error());
  auto queues = ask<std::vector<queue_figures>>(around_->who.dispatcher(), get_queues{}, "the dispatcher");
  if (!queues) return tl::unexpected(queues.error());
  std::vector<hotline_status> all;
  for (const auto& f : *lines) {
    const auto* plan = around_->plan().find_hotline(f.hotline);
    if (plan == nullptr) continue;
    auto s = status_of(*plan, f);
    for (const auto& q : *queues)
      if (q.name == plan->queue) s.agents_present = q.present;
    all.push_back(std::move(s));
  }
  return all;
}

operation_result<hotline_status> engine_administration::reroute(const std::string& hotline, bool on,
                                                                const std::string& reason) {
  const auto* plan = around_->plan().find_hotline(hotline);
  if (plan == nullptr || plan->retired)
    return tl::unexpected(failed(operation_errc::not_found, "no hotline \"" + hotline + "\""));
  if (on && reason.empty())
    return tl::unexpected(failed(operation_errc::invalid, "reason: a text is expected, such as power cut"));
  if (reason.size() > longest_reason)
    return tl::unexpected(failed(operation_errc::invalid, "reason: 200 bytes at the most"));
  if (on && plan->backup_numbers.empty())
    return tl::unexpected(
        failed(operation_errc::conflict, "the hotline \"" + hotline + "\" has no backup_numbers to reroute to"));
  if (on && around_->plan().outbound_trunks(*plan).empty())
    return tl::unexpected(
        failed(operation_errc::conflict, "the hotline \"" + hotline + "\" has no trunk to dial out through"));
  auto answer =
      ask<reroute_answer>(around_->who.calls(), reroute_request{hotline, on, reason}, "the calls' supervisor");
  if (!answer) return tl::unexpected(answer.error());
  if (!answer->stored) return tl::unexpected(failed(operation_errc::unavailable, answer->error));
  return status_of(*plan, answer->figures);
}

operation_result<std::vector<sip::trunk_state>> engine_administration::trunks() { return around_->sip->trunks(); }

operation_result<std::vector<sip::ban>> engine_administration::bans() { return around_->sip->bans(); }

operation_result<void> engine_administration::ban_source(const std::string& address, std::chrono::seconds duration) {
  if (duration <= std::chrono::seconds{0})
    return tl::unexpected(failed(operation_errc::invalid, "seconds: a positive number is expected"));
  around_->sip->ban_source(address, duration);
  return {};
}

operation_result<void> engine_administration::unban(const std::string& address) {
  if (!around_->sip->unban(address))
    return tl::unexpected(failed(operation_errc::not_found, "the address is not banned"));
  return {};
}

operation_result<log_report> engine_administration::verify_log() {
  around_->journal->barrier(operation_timeout);
  domain::log_verifier verifier;
  const auto read = around_->journal->read_log(1, [&](const domain::event& e) {
    verifier.apply(e);
    return true;
  });
  if (!read)
    return tl::unexpected(failed(operation_errc::unavailable, "the journal cannot be read: " + read.error().message));
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

operation_result<void> engine_administration::inject(const fault_order& fault) {
  if (!fault_injection_)
    return tl::unexpected(failed(operation_errc::conflict,
                                 "fault injection is off; a configuration for drills has [testing] fault_injection = "
                                 "true"));
  const auto space = fault.target.find(' ');
  const auto what = fault.target.substr(0, space);
  const auto name = space == std::string::npos ? std::string{} : fault.target.substr(space + 1);
  if (what == "call") return inject_into_call(name, fault.kind);
  if (what == "sip" || what == "media") return inject_into_gateway(fault);
  if (fault.kind != "crash")
    return tl::unexpected(failed(operation_errc::invalid, "kind: \"crash\" is expected for " + what));
  const crash_order crash{"injected"};
  if (what == "dispatcher" && around_->who.dispatcher()) {
    caf::anon_send(around_->who.dispatcher(), crash);
  } else if (what == "calls" && around_->who.calls()) {
    caf::anon_send(around_->who.calls(), crash);
  } else if (what == "alarms" && around_->who.alarms()) {
    caf::anon_send(around_->who.alarms(), crash);
  } else if (what == "order") {
    const auto id = domain::parse_id<domain::order_id>(name);
    const auto order = id ? around_->who.order(*id) : alarm_actor{};
    if (!order) return tl::unexpected(failed(operation_errc::not_found, "no order " + name + " with an actor"));
    caf::anon_send(order, crash);
  } else if (what == "agent") {
    const auto agent = around_->who.agent(name);
    if (!agent) return tl::unexpected(failed(operation_errc::not_found, "no agent \"" + name + "\""));
    caf::anon_send(agent, crash);
  } else {
    return tl::unexpected(failed(operation_errc::invalid, "target: expected \"call <id>\", \"agent <account>\", "
                                                          "\"order <id>\", \"dispatcher\", \"calls\", "
                                                          "\"alarms\", \"sip\" or \"media\""));
  }
  return {};
}

operation_result<void> engine_administration::inject_into_call(const std::string& id, const std::string& kind) {
  const auto parsed = domain::parse_id<domain::call_id>(id);
  const auto actor = parsed ? around_->who.call(*parsed) : call_actor{};
  if (!actor) return tl::unexpected(failed(operation_errc::not_found, "no call " + id + " in progress"));
  if (kind == "crash")
    caf::anon_send(actor, crash_order{"injected"});
  else if (kind == "mute")
    caf::anon_send(actor, mute_order{});
  else
    return tl::unexpected(failed(operation_errc::invalid, "kind: \"crash\" or \"mute\" is expected for a call"));
  return {};
}

operation_result<void> engine_administration::inject_into_gateway(const fault_order& fault) {
  if (fault.kind != "crash" && fault.kind != "hang")
    return tl::unexpected(failed(operation_errc::invalid, "kind: \"crash\" or \"hang\" is expected for a gateway"));
  if (fault.duration > longest_hang || fault.duration.count() < 0)
    return tl::unexpected(failed(operation_errc::invalid, "seconds: 0 to 300 are expected"));
  const auto hang = fault.kind == "hang" ? fault.duration : std::chrono::milliseconds{0};
  if (fault.kind == "hang" && hang.count() == 0)
    return tl::unexpected(failed(operation_errc::invalid, "seconds: how long the thread is to hang"));
  if (fault.target == "sip")
    around_->sip->inject_fault(hang);
  else
    around_->media->inject_fault(hang);
  return {};
}

} // namespace lifeline::actors
