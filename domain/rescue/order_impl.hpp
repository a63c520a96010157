#pragma once
// The working parts of order_machine.cpp, split by what is done for the order. Not for others to include.

#include "domain/rescue/order_machine.hpp"

#include <algorithm>

namespace lifeline::domain::detail {

/// What a step tells the log besides its name.
struct step_detail {
  std::uint8_t level = 0;
  std::string party;
  std::string party_name;
  std::string note;
  instant told_at = never;
  span took{0};
};

using action_result = result<void>;

/// One event in progress: the state, its surroundings, and the outputs gathered so far.
/// Deployments are named by their place in s.deployments: engaging one more moves them all.
struct order_rules {
  order_state& s;
  const order_environment& env;
  instant now;
  std::vector<order_output> out;
  std::string by; ///< who does it: empty = the engine
  step_via via = step_via::engine;
  order_status told; ///< the status as the log knows it
  bool touched = false;

  order_rules(order_state& state, const order_environment& environment, instant at)
      : s(state), env(environment), now(at), told(state.status) {}

  // events (order_machine.cpp, order_rescuers.cpp, order_reports.cpp)
  void open(const new_order& n);
  void on(const report_merged& e);
  void on(const attempt_result& e);
  void on(const attempt_dialled& e);
  void on(const alert_answer& e);
  void on(const rescuer_report& e);
  void on(const mass_event_set& e);
  void on(const order_clock& e);
  void on(const linked_call_answered& e);
  action_result on(const order_action& a);
  void resume();
  /// After every event: what an active order must always have.
  void settle();

  // what all share (order_machine.cpp)
  [[nodiscard]] const rescue_plan& plan() const { return env.plan; }
  [[nodiscard]] bool ladder() const; ///< the ladder is to work for it now
  [[nodiscard]] bool urgent() const { return is_urgent(s); }
  [[nodiscard]] bool on_course() const; ///< somebody is in time: on the way, on site, or still may answer
  [[nodiscard]] const level_limits& limits(std::uint8_t level) const;
  /// A moment from now; a plan's zero must not become a loop.
  [[nodiscard]] instant in(span after) const { return now + std::max<span>(after, 1s); }
  void touch();
  /// Not the engine's own doing: an editor who has not seen it must look again.
  void touch_by_others();
  void log(order_step step, step_detail d = {});
  [[nodiscard]] step_detail about(std::size_t d, std::string note = {}) const;
  void by_engine();
  void update_status();
  /// `answered`: when its call was, if by one.
  void acknowledge(const std::string& who, instant answered = never);
  [[nodiscard]] desk desk_of(const std::string& account) const;
  void watch_acknowledgement();
  void remind_in(span after);
  void remind_soon(span after); ///< not later than it already is

  // the ladder (order_ladder.cpp)
  void begin_ladder();
  void heed_urgency(); ///< public rescue besides, when it has become urgent
  bool engage_firm();
  bool engage_station(const std::string& why);
  void engage_public(const std::string& why);
  /// `early`: refused or out of reach while the answer was not overdue yet, so there is time for one station more.
  void climb(std::uint8_t from, bool early, const std::string& why);
  void exhausted(const std::string& why);
  void engage(std::uint8_t level, const rescue_party& p, const std::string& why);
  void dispatch(deployment d, const std::string& why);
  std::optional<std::size_t> place_for(deployment d);
  void begin_work(std::size_t mine, const std::string& why);
  [[nodiscard]] bool engaged_at(std::uint8_t level) const;
  void fold_twins(); ///< of an order that an older engine has stored (order_twins.cpp)

  // what becomes of one party (order_parties.cpp)
  void accept(std::size_t d, const std::string& note);
  void refuse(std::size_t d, const std::string& note);
  void arrive(std::size_t d, instant at, const std::string& note);
  void complete(std::size_t d, instant at, const std::string& cause, const std::string& note);
  void withdraw(std::size_t d, const std::string& note);
  void withdraw_absent(const std::string& note); ///< all that have not arrived
  void nobody_reached(std::size_t d);
  void take_cause(const std::string& cause);
  void rescued(const std::string& why); ///< what follows from it
  void end_alarm(const std::string& with, const std::string& note);

  // calling (order_dialling.cpp)
  void begin_attempt(std::size_t d, attempt_channel channel, attempt_purpose purpose, const std::string& target);
  void end_attempt(std::size_t d, const attempt_id& id, attempt_outcome outcome, const attempt_result* result);
  void give_up_calls(std::size_t d);    ///< its phones need not ring any more
  void give_up_attempts(std::size_t d); ///< nor its software be told
  void dial(std::size_t d);
  void stop_dialling(std::size_t d);
  void dialled(std::size_t d, open_attempt& a, instant at);
  void mark_rung(std::size_t d); ///< it can know of the order from now on: its time to answer begins
  void not_reached(std::size_t d, const open_attempt& a, attempt_outcome outcome); ///< after all
  void after_call(std::size_t d, const open_attempt& call, attempt_outcome outcome);
  bool call_again(std::size_t d, const std::string& target, span pause); ///< without using the phone up
  void round_over(std::size_t d);
  void software_failed(std::size_t d);
  void urge(std::size_t d, const std::string& note);

  // the clock (order_clock.cpp)
  bool handle_due();
  void answer_overdue(std::size_t d);
  void arrival_overdue(std::size_t d);
  void line_overdue(std::size_t d);
  void attempt_lost(std::size_t d, const attempt_id& id);
  void remind();

  // the alert (order_alert.cpp)
  void raise(alert_stage stage, std::uint8_t reasons, std::string note);
  void ask_agents(std::size_t d, const std::string& why); ///< a party could not be called
  [[nodiscard]] std::string why_untaken() const;
  void alert_agents();
  void alert_supervisor();
  void alert_backup();
  void heed_alert(); ///< it ends with its reason
  void seen_by(const order_action& a);

  // reports (order_reports.cpp)
  void add_caller(const alarm_report& r);
  void take_place(const elevator& lift);
  void take_details(const alarm_report& r);
  void recovered(const alarm_report& r);
  void device_reset(const alarm_report& r);
  void promote(const std::string& why);
  void type_changed(order_type from);
  void reported_after_rescue();
  void start_again(const std::string& why); ///< a new ladder for an order that had come further
  void forget_end();

  // where and by whose telephone (order_taken.cpp)
  /// A person, or a known lift, has said where: the ladder may begin.
  void understood();
  /// The agent who hears it on the telephone has taken it.
  void taken_by_phone(const alarm_report& r);
  /// The order was saved, or linked, after its call had been answered: 接警 is that answer.
  void take_answer(const call_answer& a);

  // words (order_rescuers.cpp)
  [[nodiscard]] std::optional<std::size_t> find_party(const std::string& key, rescuer_word word) const;
  void say(std::size_t d, rescuer_word word, const std::string& cause, const std::string& note);
  void send_again(std::size_t d, const attempt_id& id);
  void say_afterwards(std::size_t d, rescuer_word word, const std::string& cause, const std::string& note);
};

inline bool is_working(deployment_phase p) {
  return p == deployment_phase::dispatched || p == deployment_phase::accepted || p == deployment_phase::arrived;
}
inline bool may_accept(deployment_phase p) {
  return p == deployment_phase::dispatched || p == deployment_phase::refused || p == deployment_phase::unanswered;
}
/// Has neither arrived nor gone.
inline bool is_awaited(deployment_phase p) {
  return p == deployment_phase::dispatched || p == deployment_phase::accepted || p == deployment_phase::unanswered;
}
inline bool is_same_party(const deployment& a, const deployment& b) {
  return a.party == b.party && (!a.party.empty() || a.name == b.name);
}
/// Zero when they are in the wrong order or one is missing.
inline span between(instant from, instant to) {
  return from == never || to == never || to < from ? span{0} : to - from;
}
bool is_fault_cause(std::string_view text);
/// Cut at a whole character of UTF-8.
std::string cut(std::string text, std::size_t longest);

inline constexpr std::size_t longest_text = 500;
inline constexpr std::size_t longest_note = 2000;
inline constexpr std::size_t longest_description = 8000; ///< with those of all merged reports
inline constexpr std::size_t most_callers = 500;
inline constexpr std::size_t most_calls = 200;
inline constexpr std::size_t most_notes = 500;
inline constexpr std::size_t most_links = 200;
inline constexpr std::size_t most_times = 50;
inline constexpr std::size_t most_deployments = 100;
inline constexpr std::size_t most_ended_attempts = 20;
inline constexpr std::size_t most_stations = 2; ///< failed ones before public rescue is called

} // namespace lifeline::domain::detail
