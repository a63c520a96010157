// Where an alarm is, and who has taken it by telephone.

#include "domain/rescue/order_impl.hpp"

namespace lifeline::domain::detail {

namespace {

/// An answer that lies further back than this was about something else.
constexpr span longest_before_saving = 1h;

} // namespace

desk order_rules::desk_of(const std::string& account) const { return env.desk_of ? env.desk_of(account) : desk::ours; }

void order_rules::understood() {
  s.unclear.clear();
  by_engine();
  if (s.status != order_status::filtered) begin_ladder();
}

void order_rules::taken_by_phone(const alarm_report& r) {
  if (r.channel != report_channel::phone) return;
  std::optional<call_answer> answer;
  if (!r.call.is_nil() && env.answer_of) answer = env.answer_of(r.call);
  // An agent of another hotline may report what it hears, but cannot act on it: the alarm goes on ringing for who can.
  if (desk_of(r.source) != desk::another) acknowledge(r.source);
  if (answer) take_answer(*answer);
}

void order_rules::on(const linked_call_answered& e) { take_answer(e.answer); }

void order_rules::take_answer(const call_answer& a) {
  if (a.at == never || !is_active(s.status)) return;
  // What is told on the telephone has come with the call; any other alarm may come while somebody is talking already.
  const auto at = s.channel == report_channel::phone ? a.at : std::max(a.at, s.received);
  if (s.acknowledged == never && !a.agent.empty() && desk_of(a.agent) == desk::ours) {
    touch_by_others();
    by = a.agent;
    acknowledge(a.agent, at);
    return by_engine();
  }
  const bool earlier = at < s.answered && s.answered - at <= longest_before_saving;
  if (s.answered != never && !earlier) return;
  touch();
  s.answered = at;
  s.received = std::min(s.received, at);
}

} // namespace lifeline::domain::detail
