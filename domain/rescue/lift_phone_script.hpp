#pragma once
// A call from a lift's own phone (EN 81-28) before it is a call of the hotline: answers it, speaks P100 with it
// (domain/lifts/p100.hpp), has the report stored, and only then acknowledges. Whoever is trapped does not wait for any
// of this: an alarm becomes a call of the hotline as soon as it is stored, or cannot be stored in time; a phone that
// does not identify itself becomes one after the patience. Tests and failures of the device are stored and
// acknowledged, and ring nobody.
//
//   begins ─▶ answered ─▶ P100 ─▶ handed over: its call begins, and what is not stored yet is still offered ─▶ over
//                           └──▶ dismissed: nobody needs to hear of it any more

#include "domain/lifts/p100.hpp"
#include "domain/log/alarm_report.hpp"
#include "domain/voice/leg_script.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace lifeline::domain {

namespace lift_request {
struct send_tone {
  char tone = p100_start;
  bool again = false; ///< see p100_command::send_tone
};
/// An alarm's packet has named the lift: the call is to know it, whoever takes over from here.
struct name_lift {
  std::string lift;
};
/// report_stored follows with the same number, or cannot_store.
struct store_report {
  std::uint64_t number = 0; ///< of the report within the call
  alarm_report report;
};
/// The call is to know them, too: the order of its alarm, and the packet that was acknowledged.
struct learn {
  order_id order;
  std::string packet;
};
/// The phone has hung up: the call will begin with its end.
struct remember_left {};
/// `ended` will come.
struct hang_up {};
/// Somebody else has the leg from now on.
struct hand_over {};
/// call_seen follows. `ask`: whoever begins calls may have crashed under the first request.
struct look_for_call {
  bool ask = false;
};
/// The call's actor is to hear what was learnt after the call had begun.
struct tell_call {};
/// It is no call: all of it is forgotten.
struct dismiss {};
/// All is done.
struct leave {};
} // namespace lift_request

namespace lift_reply {
struct report_stored {
  std::uint64_t number = 0;
  bool ok = false;
  order_id order; ///< nil: none
};
/// There is nobody to store it.
struct cannot_store {
  std::uint64_t number = 0;
};
struct call_seen {
  bool begun = false; ///< it has been taken over
  bool lives = false; ///< it has an actor; none: it has just been spawned, or has ended
};
} // namespace lift_reply

/// What is known of the call.
struct lift_call_facts {
  call_id call;
  std::string caller;
  std::string source_id; ///< what the ids of its reports begin with
  instant arrived = never;
  span patience = 6s;
};

struct lift_phone_script {
  using request =
      std::variant<lift_request::send_tone, lift_request::name_lift, lift_request::store_report, lift_request::learn,
                   lift_request::remember_left, lift_request::hang_up, lift_request::hand_over,
                   lift_request::look_for_call, lift_request::tell_call, lift_request::dismiss, lift_request::leave>;
  using reply = std::variant<lift_reply::report_stored, lift_reply::cannot_store, lift_reply::call_seen>;

  explicit lift_phone_script(lift_call_facts f) : facts(std::move(f)) { talk.patience = facts.patience; }

  /// A report that is not known to be stored.
  struct open_report {
    alarm_report report;
    bool of_packet = false; ///< the dialogue waits for it
    instant again = never;  ///< it was refused: to be tried again
  };

  lift_call_facts facts;
  p100_state talk;
  bool left = false;     ///< the phone has hung up
  bool by_info = false;  ///< it sends its digits by SIP INFO: tones are only echoes of them
  bool reported = false; ///< an alarm, with a lift or without
  bool handed_over = false;
  bool over = false;
  bool news = false; ///< for the call's actor
  instant answered = never;
  instant handed = never;
  instant look = never; ///< once handed over: for the call
  order_id order;
  std::string packet; ///< of an alarm, acknowledged
  std::map<std::uint64_t, open_report> reports;
  std::uint64_t last_report = 0;
};

voice::commands<lift_phone_script::request> step(lift_phone_script& s, const voice::news& n, instant now);
voice::commands<lift_phone_script::request> step(lift_phone_script& s, const lift_phone_script::reply& r, instant now);
instant next_deadline(const lift_phone_script& s);
inline bool is_over(const lift_phone_script& s) { return s.over; }

/// A report that was refused is offered again after this time, for a minute.
inline constexpr span lift_report_again = 5s;
inline constexpr span lift_report_limit = 60s;
/// The ACK opens the voice path; without one it is tried nevertheless.
inline constexpr span longest_lift_ack = 1s;
/// Of the call's actor.
inline constexpr span longest_lift_birth = 5s;
/// Until the supervisor has taken the call over.
inline constexpr span lift_look_again = 250ms;

} // namespace lifeline::domain
