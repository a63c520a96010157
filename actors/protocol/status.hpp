#pragma once
// How things stand, as actors tell it and the API shows it: plain values, for those who know nothing of actors.

#include "domain/base/ids.hpp"
#include "domain/base/time.hpp"
#include "domain/calls/call_state.hpp"
#include "domain/log/agent_state.hpp"
#include "domain/log/alarm_report.hpp"
#include "domain/log/order_words.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::actors {

/// An agent as operators see it: of the actor itself, but for `name`, `admin` and `queues`, which are the plan's.
struct agent_status {
  domain::agent_id account;
  std::string name;
  bool admin = false;
  domain::agent_state state = domain::agent_state::logged_out;
  std::string reason;
  domain::instant since = domain::never;
  domain::call_id call; ///< nil when not engaged
  std::vector<domain::queue_id> queues;
  std::uint64_t calls = 0; ///< answered since signing in
  domain::span talked = domain::span{0};
  std::vector<std::string> contacts; ///< registered contact URIs
};

/// A live call as operators see it: of the actor itself, but for `position`, which the dispatcher knows.
struct call_status {
  domain::call_id call;
  std::string hotline;
  domain::queue_id queue;
  std::string caller;
  std::string called;
  domain::call_phase phase = domain::call_phase::arriving;
  domain::instant arrived = domain::never;
  domain::instant since = domain::never; ///< of the phase
  domain::agent_id agent;                ///< ringing or talking, or empty
  std::uint32_t position = 0;            ///< in the queue, 0 = not waiting
  std::string lift;                      ///< that the call comes from: rescue code, or its phone's id; or empty
  domain::order_id order;                ///< that the call is about; nil = none known
};

/// Who is given a recording: it stands in the log.
struct recording_reader {
  std::string by;     ///< account, or the client's name
  std::string client; ///< of the API
};

/// The answer to a report: it is on disk.
struct report_receipt {
  domain::report_fate fate = domain::report_fate::opened;
  domain::order_id order; ///< nil: noted only
  std::string number;
  domain::order_status status = domain::order_status::open;
  bool repeated = false; ///< the same (source, message id) had been taken in before
  std::vector<std::string> doubts;
};

} // namespace lifeline::actors
