#pragma once
// The working parts of call_machine.cpp, split by what the call is doing. Not for others to include.

#include "domain/calls/call_machine.hpp"

#include <algorithm>

namespace lifeline::domain::detail {

/// One step in progress: state, surroundings, and the commands gathered so far.
struct call_rules {
  call_state& s;
  const call_environment& env;
  instant now;
  std::vector<call_command> out;

  void on(const call_begins& e);
  void on(const endpoint_opened& e);
  void on(const endpoint_failed& e);
  void on(const endpoint_silent& e);
  void on(const prompt_finished& e);
  void on(const info_digit& e);
  void on(const peer_progress& e);
  void on(const peer_answered& e);
  void on(const peer_failed& e);
  void on(const leg_acked& e);
  void on(const leg_reoffered& e);
  void on(const leg_reoffer_answered& e);
  void on(const leg_ended& e);
  void on(const queue_accepted& e);
  void on(const queue_refused& e);
  void on(const overflow_due& e);
  void on(const offered& e);
  void on(const phones_changed& e);
  void on(const rerouted& e);
  void on(const reservation_void& e);
  void on(const line_answer& e);
  void on(const recording_done& e);
  void on(const release_call& e);
  void on(const call_clock& e);

  // what several of them share
  [[nodiscard]] const hotline_plan& hotline() const;
  [[nodiscard]] const queue_plan& queue() const;
  [[nodiscard]] bool anchored() const { return s.media == media_mode::anchored; }
  [[nodiscard]] bool wants_agent() const { return s.phase == call_phase::waiting || s.phase == call_phase::offering; }
  void enter(call_phase phase, instant deadline = never);
  template <class Command> void add(Command c) { out.emplace_back(std::move(c)); }
  void log(event_body body) { out.emplace_back(command::log{std::move(body)}); }

  // arrival and waiting (call_waiting.cpp)
  void present_caller(caller_signal signal);
  void begin_answered();
  void begin_greeting();
  void enter_queue(const queue_id& queue);
  void start_music();
  void leave_queue(queue_outcome outcome);
  void overflow(const std::string& why);
  void overflow_to_numbers();
  [[nodiscard]] const std::vector<std::string>& overflow_numbers() const;
  void ask_for_line();
  void dial_next_number();
  void number_failed();
  void wait_in_queue();
  void wait_patiently();

  // phones being called (call_offers.cpp)
  offer_leg* find_offer(const leg_id& leg);
  void call_phone(offer_leg offer);
  void hear_early(offer_leg& offer, const session_description& sdp);
  void invite(offer_leg& offer);
  /// Takes the offers that `select` picks out of the list; hangs up and closes them; ends reservations with `outcome`.
  template <class Select>
  void drop_offers(Select select, reservation_outcome outcome, const std::string& reason, int status = 0);
  /// `status`: the phone's answer, if that ended it. `refused`: see takes_no_call.
  void end_offer(const offer_leg& offer, reservation_outcome outcome, int status = 0, bool refused = false);
  void settle_phase();
  void complete_connect();
  void peer_lost_before_connect();
  void wait_again();
  void media_failed(const std::string& why);
  void stop_playing();

  // conversation and end (call_talking.cpp)
  void take_first_answer(const session_description& sdp);
  void pass_on_answer(const session_description& sdp, bool by_caller);
  void answer_hold(const leg_reoffered& e, bool by_caller);
  void set_held(bool by_caller, bool held);
  void end_call(call_outcome outcome, end_cause cause, int refuse_status, const std::string& refuse_reason);
  void close_peer(bool peer_alive);
  void close_caller(int refuse_status, const std::string& reason);
  void finish_record();
};

inline constexpr const char* reason_elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";
inline constexpr const char* reason_cancelled = "SIP;cause=487;text=\"Caller has left\"";

template <class Select>
void call_rules::drop_offers(Select select, reservation_outcome outcome, const std::string& reason, int status) {
  std::vector<offer_leg> dropped;
  for (std::size_t i = 0; i < s.offers.size();) {
    if (!select(s.offers[i])) {
      ++i;
      continue;
    }
    dropped.push_back(std::move(s.offers[i]));
    s.offers.erase(s.offers.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (std::size_t i = 0; i < dropped.size(); ++i) {
    const auto& d = dropped[i];
    if (d.invited) add(command::hang_up{d.leg, reason});
    if (anchored()) add(command::close_endpoint{d.leg});
    // Several phones may share one reservation: it ends once, with the last of them.
    const auto shares = [&](const offer_leg& o) { return !d.reservation.is_nil() && o.reservation == d.reservation; };
    const auto rest = dropped.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    if (std::none_of(rest, dropped.end(), shares) && std::none_of(s.offers.begin(), s.offers.end(), shares))
      end_offer(d, outcome, status);
  }
}

} // namespace lifeline::domain::detail
