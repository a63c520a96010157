#include "bench/past_calls.hpp"

#include "domain/log/events.hpp"
#include "storage/event_codec.hpp"
#include "storage/journal.hpp"
#include "storage/tables.hpp"

#include <stdexcept>

namespace lifeline::bench {

using namespace domain;
using namespace std::chrono_literals;

namespace {

constexpr span waits = 4s;
constexpr span rings = 2s;
constexpr span talks = 90s;
constexpr span wraps_up = 15s;

/// One after the other, so that no agent ever has two at once as long as there are enough of them.
class story {
public:
  story(const past_calls& p, std::size_t n, id_source& ids, instant begins)
      : call_(ids.next<call_id>(begins)), offer_(ids.next<reservation_id>(begins)), leg_(ids.next<leg_id>(begins)),
        hotline_(p.hotline), agent_(p.agents[n % p.agents.size()]),
        caller_("138" + std::to_string(10'000'000 + n % 80'000'000)), begins_(begins) {}

  storage::change write() {
    const auto offered = begins_ + waits;
    const auto answered = offered + rings;
    const auto ended = answered + talks;
    note(begins_, call_arrived{hotline_, caller_, hotline_, "carrier", leg_, {}});
    note(begins_, queue_entered{hotline_, 0, 1, waits, false});
    note(offered, agent_reserved{offer_, agent_, hotline_, 1, offered + 30s, reason()});
    turn(offered, agent_state::ready, agent_state::reserved, wraps_up);
    note(offered, agent_ringing{offer_, agent_, leg_});
    turn(offered, agent_state::reserved, agent_state::ringing, span{800});
    note(answered, call_connected{offer_, agent_, {}, hotline_, waits + rings});
    note(answered, queue_left{hotline_, queue_outcome::answered, waits + rings});
    note(answered, reservation_ended{offer_, agent_, hotline_, reservation_outcome::connected, rings});
    turn(answered, agent_state::ringing, agent_state::talking, rings);
    const auto r = record(answered, ended);
    note(ended, call_ended{r});
    turn(ended, agent_state::talking, agent_state::wrap_up, talks);
    turn(ended + wraps_up, agent_state::wrap_up, agent_state::ready, wraps_up);
    change_.state.push_back({storage::table::records, storage::call_key{call_}.encode(), storage::encode_record(r)});
    return std::move(change_);
  }

private:
  void note(instant at, event_body body) { change_.events.push_back({0, at, call_, std::move(body)}); }
  void turn(instant at, agent_state from, agent_state to, span in_from) {
    change_.events.push_back({0, at, {}, agent_changed{agent_, from, to, {}, in_from}});
  }
  [[nodiscard]] explanation reason() const {
    explanation why;
    why.considered = {{agent_, 15}};
    why.considered_count = 1;
    return why;
  }
  [[nodiscard]] call_record record(instant answered, instant ended) const {
    call_record r;
    r.call = call_;
    r.hotline = r.queue = r.called = hotline_;
    r.caller = caller_;
    r.trunk = "carrier";
    r.arrived = r.queued = begins_;
    r.answered = answered;
    r.ended = ended;
    r.agent = agent_;
    r.outcome = call_outcome::answered;
    r.cause = end_cause::agent_hung_up;
    r.waited = waits + rings;
    r.talk = talks;
    r.offers = 1;
    return r;
  }

  call_id call_;
  reservation_id offer_;
  leg_id leg_;
  const std::string& hotline_;
  const agent_id& agent_;
  std::string caller_;
  instant begins_;
  storage::change change_;
};

} // namespace

void write_past_calls(storage::journal& j, const past_calls& p) {
  if (p.count == 0) return;
  id_source ids(1);
  const auto step = p.over / static_cast<std::int64_t>(p.count);
  const auto first = p.until - waits - rings - talks - wraps_up - step * static_cast<std::int64_t>(p.count);
  j.append({{{0, first, {}, engine_started{"past", "past"}}, {0, first, {}, dispatcher_started{1}}}, {}},
           storage::durability::lazy);
  constexpr std::size_t at_once = 20'000;
  for (std::size_t n = 0; n < p.count; ++n) {
    j.append(story(p, n, ids, first + step * static_cast<std::int64_t>(n)).write(), storage::durability::lazy);
    if (n % at_once == at_once - 1 && !j.barrier(5min)) throw std::runtime_error("the journal does not keep up");
  }
  j.append({{{0, p.until, {}, engine_stopped{"past"}}}, {}}, storage::durability::lazy);
  if (!j.barrier(5min)) throw std::runtime_error("the journal does not keep up");
  if (const auto h = j.health(); h.failures > 0 || h.lost_events > 0)
    throw std::runtime_error("the journal has lost entries: " + h.last_error);
}

} // namespace lifeline::bench
