#pragma once
// What is known of one trunk that we can dial out through: its health by OPTIONS and calls, its registration, and what
// is to be sent next. No sockets and no clock: `now` is an argument.

#include "domain/plan/plan.hpp"
#include "sip/gateway.hpp"

#include <string>
#include <utility>
#include <vector>

namespace lifeline::sip {

enum class trunk_task : std::uint8_t {
  send_options,
  give_up_options, ///< the OPTIONS under way was not answered in time
  send_register,
};

class trunk_watch {
public:
  trunk_watch(const domain::trunk_plan& plan, domain::instant now);
  /// Takes over a changed plan of the same trunk. What has changed about its registration makes it register anew.
  void configure(const domain::trunk_plan& plan, domain::instant now);

  /// What is to be done now; each is taken for begun.
  std::vector<trunk_task> due(domain::instant now);
  /// The answer to our OPTIONS; 408 and 503 are failures (and what the stack gives when it could not send).
  void options_answered(int status, domain::instant now);
  /// A final response to REGISTER. `granted`: how long the registration holds; ignored unless 2xx.
  void register_answered(int status, std::chrono::seconds granted, domain::instant now);
  /// A call through it was answered by whatever response, or failed without one.
  void call_answered(domain::instant now);
  void call_failed(domain::instant now);
  void count_call() { ++state_.calls_out; }
  void count_failover() { ++state_.failovers; }

  [[nodiscard]] const trunk_state& state() const { return state_; }
  [[nodiscard]] const domain::trunk_plan& plan() const { return plan_; }
  /// True once after the trunk or its registration went up or down.
  bool take_change() { return std::exchange(changed_, false); }

private:
  void alive(domain::instant now);
  void failed(const std::string& why, domain::instant now);
  void judge(domain::instant now);
  void unregistered(const std::string& why, domain::instant now);

  domain::trunk_plan plan_;
  trunk_state state_;
  bool changed_ = false;
  bool healthy_ = true;
  std::string health_reason_;
  std::string register_reason_;
  int failures_ = 0;
  bool options_out_ = false;
  domain::instant options_sent_ = domain::never;
  domain::instant options_due_;
  bool register_out_ = false;
  int refusals_ = 0; ///< of REGISTER, in a row
  domain::instant register_due_;
  domain::instant register_expires_ = domain::never;
};

/// The trunks of `wanted` that exist, in the order in which a call tries them: those that are up first, then the
/// others, each group as asked for.
std::vector<std::string> order_of_trunks(const std::vector<std::string>& wanted,
                                         const std::vector<trunk_state>& states);

/// No sign of life: a response of 408 or 503, or what the stack says when it could not send.
bool is_trunk_failure(int status);
/// How a call that has not rung yet goes on after a final response (or none: 408, or 500 and above by the stack): true
/// when another trunk may do better. Busy, not found and declined are the callee's own word and are not retried; 401
/// and 407 only say that this trunk does not know us.
bool worth_another_trunk(int status);

/// "host:port;transport=tcp" → "sip:number@host:port;transport=tcp"; without a number "sip:host:port;...".
std::string trunk_uri(const std::string& outbound, const std::string& number);
/// A sentence when `outbound` cannot be dialled through, else empty.
std::string check_outbound(const domain::trunk_plan& trunk);

} // namespace lifeline::sip
