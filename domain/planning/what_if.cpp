#include "domain/planning/what_if.hpp"

#include "domain/routing/router.hpp"

#include <algorithm>
#include <cmath>
#include <queue>
#include <unordered_map>

namespace lifeline::domain {

namespace {

enum class what : std::uint8_t { begins, ends, answers, gives_up, hangs_up, wrapped_up };

struct happening {
  instant at;
  std::uint64_t order; ///< of two at the same time the earlier made comes first
  what kind;
  std::size_t who; ///< call, or agent for begins, ends and wrapped_up
  reservation_id reservation;
  bool operator>(const happening& o) const { return at != o.at ? at > o.at : order > o.order; }
};

/// What becomes of one caller.
struct caller_state {
  std::size_t queue = 0; ///< where it waits now
  instant entered = never;
  std::optional<span> promised;
  bool over = false; ///< answered or gone
  bool counts = true;
};

struct agent_at_work {
  std::uint64_t version = 0;
  bool present = false;
  bool busy = false;
  bool counts = true; ///< its present talk
  instant since = never;
  instant came = never;
};

class player {
public:
  explicit player(const day& d) : day_(d), router_(d.plan, 1, d.seed) {
    for (const auto& q : d.plan.queues) {
      queue_of_[q.name] = result_.queues.size();
      result_.queues.push_back({});
      result_.queues.back().queue = q.name;
    }
    for (std::size_t i = 0; i < d.plan.agents.size(); ++i)
      agent_of_[d.plan.agents[i].account] = i;
    agents_.resize(d.plan.agents.size());
    callers_.resize(d.calls.size());
    counting_from_ = d.skip < d.calls.size() ? d.calls[d.skip].at : never;
    now_ = d.calls.empty() ? never : d.calls.front().at;
  }

  day_result run() {
    open_shifts();
    std::size_t next = 0;
    while (next < day_.calls.size() || !pending_.empty()) {
      const auto arrival = next < day_.calls.size() ? day_.calls[next].at : instant::max();
      const auto happens = pending_.empty() ? instant::max() : pending_.top().at;
      const auto due = router_.next_deadline().value_or(instant::max());
      // Nothing is left but timers: the day is over when nobody waits.
      if (arrival == instant::max() && happens == instant::max()) break;
      now_ = std::max(now_, std::min({arrival, happens, due}));
      if (due <= now_ && due <= std::min(arrival, happens)) {
        router_.tick(now_, commands_);
      } else if (happens <= arrival) {
        const auto h = pending_.top();
        pending_.pop();
        handle(h);
      } else {
        arrive(next++);
      }
      obey();
    }
    for (auto& a : agents_)
      leave_work(a);
    return std::move(result_);
  }

private:
  void later(instant at, what kind, std::size_t who, reservation_id r = {}) {
    pending_.push({at, ++order_, kind, who, r});
  }

  void open_shifts() {
    if (day_.shifts.empty()) {
      for (std::size_t i = 0; i < agents_.size(); ++i)
        later(now_, what::begins, i);
      return;
    }
    for (const auto& s : day_.shifts) {
      const auto agent = agent_of_.find(s.agent);
      if (agent == agent_of_.end() || s.until <= s.from) continue;
      later(s.from, what::begins, agent->second);
      later(s.until, what::ends, agent->second);
    }
  }

  void say(std::size_t agent, agent_state state) {
    agent_view v;
    v.version = ++agents_[agent].version;
    v.state = state;
    v.ready_since = now_;
    router_.set_agent(day_.plan.agents[agent].account, v, now_, commands_);
  }

  void leave_work(agent_at_work& a) {
    if (!a.present) return;
    const auto from = std::max(a.came, counting_from_);
    if (counting_from_ != never && now_ > from) result_.present_seconds += seconds(now_ - from);
    a.present = false;
  }

  void handle(const happening& h) {
    switch (h.kind) {
    case what::begins: {
      auto& a = agents_[h.who];
      a.present = true;
      a.came = now_;
      if (!a.busy) say(h.who, agent_state::ready);
      return;
    }
    case what::ends:
      leave_work(agents_[h.who]);
      if (!agents_[h.who].busy) say(h.who, agent_state::logged_out);
      return;
    case what::answers: return answer(h.who, h.reservation);
    case what::gives_up: return give_up(h.who);
    case what::hangs_up: return hang_up(h.who, h.reservation);
    case what::wrapped_up: return set_free(h.who);
    }
  }

  void arrive(std::size_t number) {
    const auto& c = day_.calls[number];
    const auto queue = queue_of_.find(c.queue);
    if (queue == queue_of_.end()) return;
    callers_[number].counts = number >= day_.skip;
    enter(number, queue->second);
    if (!callers_[number].over && c.patience != stays_for_ever) later(c.at + c.patience, what::gives_up, number);
  }

  void enter(std::size_t number, std::size_t queue) {
    auto& caller = callers_[number];
    auto& figures = result_.queues[queue];
    caller.queue = queue;
    caller.entered = now_;
    call_request request;
    request.call = call_id{1, number + 1};
    request.queue = figures.queue;
    request.entered_at = now_;
    request.caller = day_.calls[number].caller;
    if (caller.counts) ++figures.offered;
    const auto entered = router_.enqueue(request, now_, commands_);
    caller.promised = entered.expected_wait;
    if (entered.status == enqueue_status::accepted) return;
    overflow(number);
  }

  /// Into the overflow queue, once around at the most; else the caller is some number's, or refused.
  void overflow(std::size_t number) {
    auto& caller = callers_[number];
    const auto from = caller.queue;
    const auto& plan = day_.plan.queues[from];
    count_wait(caller);
    const auto next = queue_of_.find(plan.overflow_queue);
    const bool goes_on = next != queue_of_.end() && next->second != from && hops_[number]++ < 8;
    const bool taken = goes_on || !plan.overflow_numbers.empty();
    if (caller.counts) ++(taken ? result_.queues[from].overflowed : result_.queues[from].refused);
    if (goes_on) return enter(number, next->second);
    caller.over = true;
  }

  void count_wait(const caller_state& caller) {
    if (!caller.counts) return;
    auto& q = result_.queues[caller.queue];
    const auto waited = seconds(now_ - caller.entered);
    q.wait_seconds += waited;
    q.longest_wait_seconds = std::max(q.longest_wait_seconds, waited);
    if (waited > seconds(day_.answer_delay)) ++q.waited;
  }

  void give_up(std::size_t number) {
    auto& caller = callers_[number];
    if (caller.over) return;
    caller.over = true;
    router_.leave(call_id{1, number + 1}, now_, commands_);
    count_wait(caller);
    if (!caller.counts) return;
    auto& q = result_.queues[caller.queue];
    ++q.abandoned;
    if (now_ - caller.entered <= day_.plan.queues[caller.queue].short_abandon) ++q.short_abandoned;
  }

  void answer(std::size_t number, const reservation_id& r) {
    const auto held = router_.find(r);
    auto& caller = callers_[number];
    if (!held || caller.over || !router_.connected(r, now_, commands_)) return;
    caller.over = true;
    const auto agent = agent_of_.at(held->agent);
    agents_[agent].busy = true;
    agents_[agent].since = now_;
    agents_[agent].counts = caller.counts;
    say(agent, agent_state::talking);
    count_wait(caller);
    if (caller.counts) count_answer(caller);
    later(now_ + day_.calls[number].talk, what::hangs_up, number, r);
  }

  void count_answer(const caller_state& caller) {
    auto& q = result_.queues[caller.queue];
    const auto waited = now_ - caller.entered;
    ++q.answered;
    q.answered_wait_seconds += seconds(waited);
    if (waited <= day_.plan.queues[caller.queue].service_level) ++q.answered_within;
    if (!caller.promised) return;
    ++q.estimates;
    q.promised_seconds += seconds(*caller.promised);
    const auto error = seconds(*caller.promised - waited);
    q.estimate_bias_seconds += error;
    q.estimate_error_seconds += std::abs(error);
  }

  void hang_up(std::size_t number, const reservation_id& r) {
    const auto held = router_.find(r);
    if (!held) return;
    const auto agent = agent_of_.at(held->agent);
    const auto wrap_up = day_.plan.queues[callers_[number].queue].wrap_up;
    router_.ended(r, reservation_outcome::connected, now_, commands_);
    handler_[agent] = callers_[number].queue;
    if (wrap_up <= 0s) return set_free(agent);
    say(agent, agent_state::wrap_up);
    later(now_ + wrap_up, what::wrapped_up, agent);
  }

  void set_free(std::size_t agent) {
    auto& a = agents_[agent];
    if (a.counts) {
      result_.busy_seconds += seconds(now_ - a.since);
      result_.queues[handler_[agent]].handled_seconds += seconds(now_ - a.since);
    }
    a.busy = false;
    say(agent, a.present ? agent_state::ready : agent_state::logged_out);
  }

  /// The router's orders, and those that follow from obeying them.
  void obey() {
    for (std::size_t i = 0; i < commands_.size(); ++i) {
      const auto command = commands_[i]; // obeying may make the vector grow
      if (const auto* r = std::get_if<routing::reserve>(&command)) {
        ++result_.decisions;
        const auto number = static_cast<std::size_t>(r->call.lo - 1);
        if (day_.answer_delay > 0s)
          later(now_ + day_.answer_delay, what::answers, number, r->reservation);
        else
          answer(number, r->reservation);
      } else if (const auto* o = std::get_if<routing::overflow>(&command)) {
        overflow(static_cast<std::size_t>(o->call.lo - 1));
      }
    }
    commands_.clear();
  }

  const day& day_;
  router router_;
  routing::commands commands_;
  day_result result_;
  instant now_ = never;
  instant counting_from_ = never;
  std::uint64_t order_ = 0;
  std::priority_queue<happening, std::vector<happening>, std::greater<>> pending_;
  std::vector<caller_state> callers_;
  std::vector<agent_at_work> agents_;
  std::unordered_map<queue_id, std::size_t> queue_of_;
  std::unordered_map<agent_id, std::size_t> agent_of_;
  std::unordered_map<std::size_t, int> hops_;            ///< how often a caller has overflowed
  std::unordered_map<std::size_t, std::size_t> handler_; ///< the queue of an agent's last call
};

double share(double part, double whole, double of_nothing) { return whole > 0 ? part / whole : of_nothing; }

} // namespace

double queue_day::service_level() const {
  return share(static_cast<double>(answered_within),
               static_cast<double>(answered) + static_cast<double>(abandoned - short_abandoned), 1);
}
double queue_day::answered_in_time() const {
  return share(static_cast<double>(answered_within), static_cast<double>(offered), 1);
}
double queue_day::asa_seconds() const { return share(answered_wait_seconds, static_cast<double>(answered), 0); }
double queue_day::abandon_rate() const {
  return share(static_cast<double>(abandoned - short_abandoned), static_cast<double>(offered - short_abandoned), 0);
}

const queue_day* day_result::find(const queue_id& queue) const {
  const auto found = std::find_if(queues.begin(), queues.end(), [&](const queue_day& q) { return q.queue == queue; });
  return found == queues.end() ? nullptr : &*found;
}
double day_result::occupancy() const { return share(busy_seconds, present_seconds, 0); }

day_result play(const day& d) { return player(d).run(); }

} // namespace lifeline::domain
