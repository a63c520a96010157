#pragma once
// One order under a virtual clock, with a small book of rescuers. Everything that every step must keep is judged after
// each of them: a pending deadline, a growing version, an unbroken chain of statuses in the log, attempts that end
// once, and a log that proves itself.

#include "domain/log/order_verifier.hpp"
#include "domain/rescue/order_machine.hpp"
#include "domain/rescue/report_rules.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace lifeline::domain::testing {

inline const instant noon = from_micros(1'795'600'800'000'000);

inline rescue_party party(std::string id, party_kind kind, std::vector<std::string> phones) {
  rescue_party p;
  p.id = std::move(id);
  p.name = "name of " + p.id;
  p.kind = kind;
  for (auto& number : phones)
    p.phones.push_back({std::move(number), {}, {}});
  return p;
}

inline std::vector<rescue_party> small_book() {
  auto near = party("near", party_kind::station, {"201"});
  near.where = geo_point{33.60, 119.01};
  auto far = party("far", party_kind::station, {"211"});
  far.where = geo_point{33.90, 119.30};
  auto farthest = party("farthest", party_kind::station, {"221"});
  farthest.where = geo_point{35.00, 120.00};
  return {party("firm", party_kind::firm, {"101", "102"}), near, far, farthest,
          party("fire", party_kind::public_rescue, {"119"})};
}

inline elevator a_lift() {
  elevator e;
  e.rescue_code = "100001";
  e.registration_code = "31103208032015060001";
  e.address = "1 Long Street";
  e.project_name = "Garden";
  e.district = "320803";
  e.where = geo_point{33.59, 119.00};
  e.using_unit = "Garden Ltd";
  e.using_unit_phone = "5551";
  e.maintenance_firm = "name of firm";
  e.maintenance_worker_phone = "132";
  e.maintenance_manager_phone = "133";
  e.duty_phone = "131";
  return e;
}

inline alarm_report a_report(report_channel channel = report_channel::phone,
                             report_kind kind = report_kind::entrapment) {
  alarm_report r;
  r.channel = channel;
  r.kind = kind;
  r.source = channel == report_channel::phone ? "mei" : channel == report_channel::mobile ? "mobile" : "vendor";
  r.message_id = "m1";
  r.lift = "100001";
  r.received = noon;
  r.caller_name = "Li";
  r.caller_phone = "13900000000";
  r.trapped = 2;
  return r;
}

class order_bench {
public:
  order_bench() : book_(small_book(), 8h) {}
  virtual ~order_bench() = default;

  // surroundings, to be changed before a step
  rescue_plan plan_;
  rescue_book book_;
  id_source ids_{1};
  instant now_ = noon;
  bool lines_free_ = true; ///< each call has its line at once, and is dialled
  order_state s;

  void book(std::vector<rescue_party> parties) { book_ = rescue_book{std::move(parties), 8h}; }
  [[nodiscard]] virtual order_environment env() { return {plan_, book_, ids_}; }

  void open(const alarm_report& r = a_report(), std::optional<elevator> lift = a_lift()) {
    new_order n;
    n.id = ids_.next<order_id>(now_);
    n.number = "JY20261124-0001";
    n.report = r;
    n.lift = std::move(lift);
    n.filtered = filter_reason(r);
    last_status_ = n.filtered.empty() ? order_status::open : order_status::filtered;
    auto outputs = open_order(s, n, env(), now_);
    demand(s.version == 1, "a new order has version 1");
    take(std::move(outputs));
  }
  /// Applies an event; false when it was refused (see `refusal`).
  bool give(const order_event& e) {
    const auto version = s.version;
    auto result = step(s, e, env(), now_);
    if (!result) {
      refusal = result.error();
      demand(s.version == version, "a refusal changes nothing");
      return false;
    }
    refusal = {};
    demand(s.version == version || s.version == version + 1, "one event, one version");
    const bool logged = std::any_of(result->begin(), result->end(), [](const order_output& o) {
      return std::holds_alternative<order_command::log>(o);
    });
    demand(!logged || s.version == version + 1, "what is logged is a new version");
    take(std::move(*result));
    return true;
  }
  /// The clock is given at every deadline until then.
  void pass(span time) {
    const auto until = now_ + time;
    for (int i = 0; i < 100'000; ++i) {
      const auto next = next_deadline(s);
      if (next == never || next > until) break;
      now_ = std::max(now_, next);
      give(order_clock{});
      demand(next_deadline(s) == never || next_deadline(s) > now_, "the clock leaves nothing due");
    }
    now_ = until;
  }
  /// Time goes by and nobody gives the clock: the engine is down. Then it starts again.
  void down(span time) {
    now_ += time;
    restart();
    give(order_clock{});
  }
  void restart() {
    const order_state copy = s; // what was stored
    s = copy;
    clock_was_late();
    take(resume(s, env(), now_));
  }
  /// The engine was down, or stood still: the log says so.
  void clock_was_late() { prove(engine_started{"1", "test"}); }
  /// The open call to that number ends so.
  bool call(const std::string& number, attempt_outcome outcome) {
    const auto id = attempt_to(number);
    if (!id) return false;
    return give(attempt_result{*id, outcome, 3s, {}, {}});
  }
  bool word(rescuer_word w, std::string party = {}) {
    return give(rescuer_report{std::move(party), w, step_via::signed_link, {}, {}});
  }
  bool act(order_verb verb, std::map<std::string, std::string> fields = {}, role as = role::agent) {
    return act_as("mei", verb, std::move(fields), as);
  }
  bool act_as(const std::string& by, order_verb verb, std::map<std::string, std::string> fields = {},
              role as = role::agent) {
    order_action a;
    a.verb = verb;
    a.by = by;
    a.role = as;
    a.fields = std::move(fields);
    if (verb == order_verb::link_lift) a.lift = a_lift();
    return give(a);
  }

  /// The call to that number has got a line.
  bool line(const std::string& number) {
    const auto id = attempt_to(number);
    return id && give(attempt_dialled{*id, now_});
  }

  // what is seen
  [[nodiscard]] std::optional<attempt_id> attempt_to(const std::string& target) const {
    for (const auto& d : s.deployments)
      for (const auto& a : d.attempts)
        if (a.target == target) return a.id;
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> ringing() const {
    std::vector<std::string> all;
    for (const auto& d : s.deployments)
      for (const auto& a : d.attempts)
        all.push_back(a.target);
    std::sort(all.begin(), all.end());
    return all;
  }
  [[nodiscard]] const deployment& of(const std::string& id) const {
    for (auto d = s.deployments.rbegin(); d != s.deployments.rend(); ++d)
      if (d->party == id) return *d;
    throw std::logic_error(id + " is not engaged");
  }
  [[nodiscard]] bool engaged(const std::string& id) const {
    return std::any_of(s.deployments.begin(), s.deployments.end(), [&](const auto& d) { return d.party == id; });
  }
  [[nodiscard]] std::size_t count(order_step step) const {
    return static_cast<std::size_t>(
        std::count_if(steps.begin(), steps.end(), [&](const auto& e) { return e.step == step; }));
  }
  [[nodiscard]] const order_changed& last(order_step step) const {
    for (auto e = steps.rbegin(); e != steps.rend(); ++e)
      if (e->step == step) return *e;
    throw std::logic_error("no step " + std::string{to_string(step)});
  }
  [[nodiscard]] std::size_t calls_to(const std::string& target) const {
    return static_cast<std::size_t>(std::count_if(
        calls.begin(), calls.end(), [&](const auto& e) { return !e.outcome_known && e.target == target; }));
  }

  /// Nothing is left to be done: its actor may end.
  [[nodiscard]] bool may_rest() const { return is_over(s.status) && next_deadline(s) == never; }

  failure refusal;
  std::vector<order_changed> steps;   ///< the log
  std::vector<rescuer_called> calls;  ///< the log
  std::vector<attempt_id> given_up;   ///< commands
  std::vector<open_attempt> attempts; ///< commands

private:
  static void demand(bool good, const std::string& what) {
    if (!good) throw std::logic_error("broken: " + what);
  }
  void take(std::vector<order_output> outputs) {
    std::vector<attempt_id> begun;
    for (auto& o : outputs) {
      if (auto* a = std::get_if<order_command::attempt>(&o)) {
        demand(open_.contains(a->what.id), "a begun attempt is in the log first");
        if (waits_for_line(a->what)) begun.push_back(a->what.id);
        attempts.push_back(a->what);
      } else if (auto* g = std::get_if<order_command::give_up>(&o)) {
        given_up.push_back(g->attempt);
      } else if (auto* l = std::get_if<order_command::log>(&o)) {
        prove(l->body);
        if (auto* c = std::get_if<order_changed>(&l->body)) take_step(std::move(*c));
        if (auto* r = std::get_if<rescuer_called>(&l->body)) take_call(std::move(*r));
      }
    }
    judge();
    for (const auto& id : begun)
      if (lines_free_) give(attempt_dialled{id, now_});
  }
  /// As whoever has nothing but the log sees it.
  void prove(const event_body& entry) {
    for (const auto& broken : proof_.apply({++logged_, now_, {}, entry}))
      demand(false, "the log's proof: " + broken);
  }
  void take_step(order_changed e) {
    demand(e.from == last_status_, "the log's statuses are a chain");
    demand(e.version == s.version, "the log's version is the state's");
    const bool back = e.to < e.from;
    const bool may_go_back = e.step == order_step::withdrawn || e.step == order_step::refused ||
                             e.step == order_step::reopened || (e.from == order_status::dismissed);
    demand(!back || may_go_back, "status goes back at " + std::string{to_string(e.step)});
    if (e.to == order_status::confirmed && e.from != e.to)
      demand(e.step == order_step::confirmed && !e.by.empty(), "confirmed by nobody");
    last_status_ = e.to;
    steps.push_back(std::move(e));
  }
  void take_call(rescuer_called e) {
    if (!e.outcome_known)
      demand(open_.insert(e.attempt).second && !ended_.contains(e.attempt), "an attempt begins once");
    else
      demand(open_.erase(e.attempt) == 1 && ended_.insert(e.attempt).second, "an attempt ends once");
    calls.push_back(std::move(e));
  }
  void judge() {
    demand(last_status_ == s.status, "the log knows the status");
    demand(!is_active(s.status) || next_deadline(s) != never, "an active order has a deadline");
    demand(s.unclear.empty() || s.deployments.empty(), "nobody is sent before it is known where");
    std::set<attempt_id> open;
    for (const auto& d : s.deployments)
      for (const auto& a : d.attempts)
        open.insert(a.id);
    demand(open == open_, "what the log calls open is open");
    std::set<std::pair<std::string, std::string>> parties;
    for (const auto& d : s.deployments)
      demand(parties.insert({d.party, d.party.empty() ? d.name : ""}).second, "a party has one deployment");
    demand(s.alert.stage == alert_stage::none || is_active(s.status), "what is over rings nobody");
    demand((s.alert.stage == alert_stage::none) == (s.alert.reasons == 0), "it rings for a reason");
    demand(s.urged.size() <= 50 && s.callers.size() <= 500 && s.notes.size() <= 500, "lists are bounded");
  }

  order_status last_status_ = order_status::open;
  std::set<attempt_id> open_;
  std::set<attempt_id> ended_;
  order_verifier proof_{100};
  std::uint64_t logged_ = 0;
};

} // namespace lifeline::domain::testing
