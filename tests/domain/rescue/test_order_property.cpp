// Random lives of orders: whatever comes in whatever order, no alarm is lost, ended without a person or its device, or
// left without a deadline. What every step must keep is judged by the bench; here is who may end what.
#include "test_order_fixture.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

class order_life {
public:
  explicit order_life(std::uint64_t seed) : random_(seed) {
    b.ids_ = id_source{seed};
    b.plan_.dial_rounds = static_cast<std::uint32_t>(below(4));
    b.plan_.urge_every = one_in(3) ? span{0} : 1min + up_to(600);
    b.plan_.review_every = one_in(5) ? span{0} : 1min + up_to(3600);
    b.plan_.limits.level1 = {up_to(200), up_to(1800)};
    b.plan_.limits.level2 = {up_to(200), up_to(1800)};
    b.book(random_book());
    auto first = random_report();
    if (one_in(2)) first.kind = report_kind::entrapment;
    b.open(first, one_in(4) ? std::nullopt : std::optional{random_lift()});
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      b.now_ += one_in(30) ? up_to(4 * 3600) : up_to(40);
      if (next_deadline(b.s) != never && next_deadline(b.s) < b.now_) b.clock_was_late();
      step();
    }
    end();
  }

  order_bench b;

private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  span up_to(std::int64_t seconds) {
    return span{static_cast<std::int64_t>(below(static_cast<std::uint64_t>(seconds) * 1'000'000 + 1))};
  }
  template <class T> const T& any_of(const std::vector<T>& from) { return from[below(from.size())]; }

  std::vector<rescue_party> random_book() {
    auto all = small_book();
    std::vector<rescue_party> some;
    for (auto& p : all) {
      if (one_in(5)) continue;
      if (one_in(3)) p.order = dial_order::all_at_once;
      if (one_in(3)) p.webhook = "https://" + p.id + ".example";
      if (one_in(6)) p.phones.clear();
      if (one_in(8)) p.active = false;
      some.push_back(p);
    }
    return some;
  }
  elevator random_lift() {
    auto e = a_lift();
    if (one_in(3)) e.maintenance_firm = "unheard of";
    if (one_in(3)) e.duty_phone = e.maintenance_worker_phone = e.maintenance_manager_phone = "";
    return e;
  }
  alarm_report random_report() {
    auto r = a_report(static_cast<report_channel>(1 + below(4)), static_cast<report_kind>(1 + below(8)));
    r.message_id = "m" + std::to_string(below(200));
    r.received = b.now_;
    r.trapped = static_cast<std::uint32_t>(below(5));
    r.injured = one_in(12) ? 1 : 0;
    r.fire = one_in(20);
    r.children = one_in(4);
    r.door_open = one_in(4);
    r.bypass = one_in(6);
    return r;
  }

  std::string random_value(std::string_view name) {
    if (one_in(15)) return "\x01 nonsense";
    if (name == "party") return any_of<std::string>({"firm", "near", "far", "fire", "farthest", "stranger", ""});
    if (name == "at") return to_rfc3339(b.now_ - up_to(900) + up_to(90));
    if (name == "level") return std::to_string(below(5));
    if (name == "type") return any_of<std::string>({"entrapment", "fault", "complaint", "enquiry", "tea"});
    if (name == "with") return any_of<std::string>({"trapped person", "using unit", "other", "device reset"});
    if (name == "what") return any_of<std::string>({"answer", "arrival", "answer", "arrival", "lunch"});
    if (name == "fault_cause") return any_of<std::string>({"door", "control", "magic", ""});
    if (name == "children" || name == "fire" || name == "again" || name == "medical")
      return any_of<std::string>({"yes", "no", "true", "never"});
    if (name == "call") return to_string(b.ids_.next<call_id>(b.now_));
    if (name == "url") return any_of<std::string>({"https://a.example/x", "gopher://a"});
    return std::to_string(below(120));
  }
  order_action random_action() {
    order_action a;
    const auto& rule = any_of(verb_rules());
    a.verb = rule.verb;
    // The ends are rare, so that lives are long.
    if (one_in(3))
      a.verb = any_of<order_verb>({order_verb::engage, order_verb::urge, order_verb::edit, order_verb::extend});
    a.by = one_in(20) ? "" : "mei";
    a.role = one_in(2) ? role::agent : static_cast<role>(1 + below(5));
    a.expected_version = one_in(4) ? b.s.version - below(3) : 0;
    for (const auto& r : verb_rules()) {
      if (r.verb != a.verb) continue;
      for (const auto& name : r.required)
        if (!one_in(20)) a.fields[std::string{name}] = random_value(name);
      for (const auto& name : r.optional)
        if (one_in(r.optional.size() + 2)) a.fields[std::string{name}] = random_value(name);
    }
    if (one_in(40)) a.fields["colour"] = "red";
    if (a.verb == order_verb::link_lift && !one_in(10)) a.lift = random_lift();
    return a;
  }
  attempt_result random_result() {
    attempt_result r;
    std::vector<attempt_id> open;
    for (const auto& d : b.s.deployments)
      for (const auto& a : d.attempts)
        open.push_back(a.id);
    if (!open.empty() && !one_in(5))
      r.attempt = any_of(open);
    else if (!b.attempts.empty() && !one_in(5))
      r.attempt = any_of(b.attempts).id;
    else
      r.attempt = b.ids_.next<attempt_id>(b.now_);
    // Mostly what leads nowhere.
    r.outcome = one_in(3) ? static_cast<attempt_outcome>(1 + below(12)) : static_cast<attempt_outcome>(5 + below(6));
    return r;
  }

  order_event random_event() {
    switch (below(13)) {
    case 9:
      if (one_in(4)) return alert_answer{one_in(2) ? "mei" : "13900000001", one_in(2)};
      if (b.attempts.empty()) return order_clock{};
      return attempt_dialled{any_of(b.attempts).id, one_in(5) ? never : b.now_ - up_to(5)};
    case 0: return report_merged{random_report()};
    case 1:
      return rescuer_report{any_of<std::string>({"firm", "near", "far", "fire", "stranger", ""}),
                            static_cast<rescuer_word>(1 + below(4)),
                            step_via::signed_link,
                            {},
                            one_in(3) ? "door" : ""};
    case 2: return mass_event_set{static_cast<std::uint32_t>(below(3))};
    case 3:
    case 4:
    case 5: return random_action();
    case 6:
    case 7:
    case 8: return random_result();
    default: return order_clock{};
    }
  }

  void step() {
    const auto before = b.s.status;
    b.lines_free_ = !one_in(4);
    if (one_in(25)) return b.restart();
    if (one_in(3)) return b.pass(up_to(300));
    const auto e = random_event();
    const bool done = b.give(e);
    if (b.s.status != before) judge_end(before, e, done);
    if (std::holds_alternative<order_clock>(e) && next_deadline(b.s) != never && next_deadline(b.s) <= b.now_)
      throw std::logic_error("the clock left something due");
  }

  /// Who may have brought the order from `before` to where it is.
  void judge_end(order_status before, const order_event& e, bool done) const {
    const auto now = b.s.status;
    const auto* action = std::get_if<order_action>(&e);
    const auto* report = std::get_if<report_merged>(&e);
    const auto demand = [&](bool good, const char* what) {
      if (!good) throw std::logic_error(what);
    };
    if (is_over(now) && is_active(before)) {
      const bool by_person = action != nullptr && done && !action->by.empty() && action->role != role::quality &&
                             action->role != role::integration;
      const bool verb_ends = by_person && (action->verb == order_verb::confirm || action->verb == order_verb::dismiss ||
                                           (action->verb == order_verb::close && !has_ladder(b.s.type)));
      const bool reset =
          report != nullptr && report->report.kind == report_kind::reset &&
          (report->report.channel == report_channel::iot || report->report.channel == report_channel::lift_phone) &&
          (before == order_status::arrived || before == order_status::rescued);
      demand(verb_ends || reset, "ended by nobody who may end it");
    }
    if (now == order_status::rescued && before < now)
      demand(action != nullptr || std::holds_alternative<rescuer_report>(e) ||
                 std::holds_alternative<attempt_result>(e),
             "rescued by nobody");
    if (is_over(before) && now != before && is_active(now))
      demand(b.count(order_step::reopened) > 0, "active again by itself");
  }

  void act(order_verb verb, std::map<std::string, std::string> fields = {}) {
    if (!b.act(verb, std::move(fields), role::admin))
      throw std::logic_error("cannot be brought to an end: " + std::string{to_string(verb)} + ": " + b.refusal.message);
  }
  /// From wherever it is, people can bring it to its end; until then it keeps asking for it.
  void end() {
    if (b.s.status == order_status::archived) return;
    if (is_active(b.s.status)) {
      const auto told = b.steps.size();
      b.pass(3h);
      if (b.steps.size() == told) throw std::logic_error("an active order is silent");
    }
    if (b.s.status == order_status::dismissed) act(order_verb::reopen, {{"reason", "again"}});
    const bool alarm = has_ladder(b.s.type);
    if (alarm && b.s.status < order_status::rescued) act(order_verb::self_released);
    if (b.s.status <= order_status::rescued) act(order_verb::confirm, {{"with", "other"}});
    if (b.s.status <= order_status::followed_up) act(order_verb::follow_up, {{"result", "well"}});
    if (b.s.status == order_status::followed_up) act(order_verb::quality_check, {{"score", "50"}});
    if (b.s.status <= order_status::quality_checked)
      act(order_verb::close, {{"fault_cause", "other"}, {"result", "done"}});
    act(order_verb::archive);
    b.pass(1h); // messages to parties' software that are still waited for
    if (next_deadline(b.s) != never || !b.ringing().empty()) throw std::logic_error("an archived order has a deadline");
  }

  std::mt19937_64 random_;
};

} // namespace

TEST_CASE("order property: whatever happens, no alarm is lost or ended by nobody", "[order][property]") {
  std::set<order_step> seen;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    INFO("seed " << seed);
    order_life life{seed};
    REQUIRE_NOTHROW(life.run(300));
    for (const auto& e : life.b.steps)
      seen.insert(e.step);
  }
  for (auto i = static_cast<int>(order_step::created); i <= static_cast<int>(last_order_step); ++i) {
    const auto step = static_cast<order_step>(i);
    if (step == order_step::calling || step == order_step::called) continue; // the log has rescuer_called for them
    CAPTURE(to_string(step));
    CHECK(seen.contains(step)); // lives are rich: every step was met
  }
}

TEST_CASE("order property: long lives", "[order][property]") {
  for (std::uint64_t seed = 1001; seed <= 1003; ++seed) {
    INFO("seed " << seed);
    order_life life{seed};
    REQUIRE_NOTHROW(life.run(4000));
  }
}

TEST_CASE("order property: the same events give the same future from a stored copy", "[order][property]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    order_life life{seed};
    REQUIRE_NOTHROW(life.b.pass(2min));
    order_bench other = life.b;
    life.b.down(7min);
    other.down(7min);
    life.b.pass(2h);
    other.pass(2h);
    CHECK(other.s.version == life.b.s.version);
    CHECK(other.steps.size() == life.b.steps.size());
    CHECK(other.ringing() == life.b.ringing());
    CHECK(next_deadline(other.s) == next_deadline(life.b.s));
  }
}
