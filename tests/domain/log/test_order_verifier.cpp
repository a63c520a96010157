// The proof of the log for rescuers' calls and parties: what engines of before have written although it was wrong.
#include "domain/log/order_verifier.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

struct proof {
  order_verifier v{100};
  id_source ids{1};
  instant now = from_micros(1'795'600'800'000'000);
  order_id order = ids.next<order_id>(now);
  std::uint64_t seq = 0;
  std::uint64_t version = 0;
  order_status status = order_status::open;
  std::vector<std::string> found;

  void add(event_body body) {
    for (const auto& broken : v.apply({++seq, now, {}, std::move(body)}))
      found.push_back(broken);
  }
  void step(order_step what, order_status to, const std::string& party = {}) {
    now += 1s;
    order_changed x;
    x.order = order;
    x.version = ++version;
    x.step = what;
    x.from = status;
    x.to = status = to;
    x.number = "JY20261124-0001";
    x.party = party;
    x.by = "8001";
    add(x);
  }
  void open() {
    step(order_step::created, order_status::open);
    step(order_step::dispatched, order_status::dispatched, "firm");
  }
  rescuer_called call(const attempt_id& attempt, std::optional<attempt_outcome> outcome, instant due = never) const {
    rescuer_called x;
    x.order = order;
    x.attempt = attempt;
    x.party = "firm";
    x.outcome_known = outcome.has_value();
    x.outcome = outcome.value_or(attempt_outcome::failed);
    x.due = due;
    return x;
  }
  /// Begins, waiting for a line for at most a minute.
  attempt_id begin() {
    const auto attempt = ids.next<attempt_id>(now);
    add(call(attempt, {}, now + 60s));
    return attempt;
  }
  [[nodiscard]] bool has(const std::string& what) const {
    return std::any_of(found.begin(), found.end(), [&](const auto& f) { return f.find(what) != std::string::npos; });
  }
};

} // namespace

TEST_CASE("proof of rescuers' calls: waiting, dialled, ended") {
  proof p;
  p.open();
  const auto answered = p.begin();
  p.now += 50s;
  p.add(rescuer_dialled{p.order, answered});
  p.now += 70s;
  p.add(p.call(answered, attempt_outcome::no_answer));
  const auto waited = p.begin();
  p.now += 60s;
  p.add(p.call(waited, attempt_outcome::no_line));
  CHECK(p.found.empty());
}

TEST_CASE("proof of rescuers' calls: what stands as calling and was never dialled is found") {
  proof p;
  p.open();
  const auto lost = p.begin();
  p.now += 90s; // as an engine whose result had overtaken the order's actor
  p.add(p.call(lost, attempt_outcome::interrupted));
  CHECK(p.has("stood open for 90 s and was never dialled"));
}

TEST_CASE("proof of rescuers' calls: nobody is silent or busy whose phone was never rung") {
  proof p;
  p.open();
  const auto attempt = p.begin();
  p.now += 10s;
  p.add(p.call(attempt, attempt_outcome::no_answer));
  CHECK(p.has("ends as no_answer, but was never dialled"));
}

TEST_CASE("proof of rescuers' calls: a restart, a crash and an older engine are excused") {
  proof p;
  p.open();
  const auto attempt = p.begin();
  p.now += 1h;
  SECTION("the engine was down") { p.add(engine_started{"1", "x"}); }
  SECTION("its actor has crashed") { p.add(actor_restarted{"alarm", "bad luck"}); }
  p.add(p.call(attempt, attempt_outcome::interrupted));
  const auto old = p.ids.next<attempt_id>(p.now);
  p.add(p.call(old, {})); // no time is named
  p.now += 2min;
  p.add(p.call(old, attempt_outcome::no_answer));
  CHECK_FALSE(p.has("old"));
  CHECK(p.found.size() == (p.has("stood open") ? 1 : 0));
}

TEST_CASE("proof of rescuers' calls: dialled twice in the log is once, dialled after its end or never begun is found") {
  proof p;
  p.open();
  const auto attempt = p.begin();
  p.add(rescuer_dialled{p.order, attempt});
  p.add(rescuer_dialled{p.order, attempt});
  p.add(p.call(attempt, attempt_outcome::busy));
  CHECK(p.found.empty());
  p.now += 1s;
  p.add(rescuer_dialled{p.order, attempt});
  CHECK(p.has("is dialled after its end"));
  p.add(rescuer_dialled{p.order, p.ids.next<attempt_id>(p.now)});
  CHECK(p.has("was never begun"));
}

TEST_CASE("proof of deployments: two of one party are found by what the log tells of it") {
  proof p;
  p.open();
  SECTION("urged after it has arrived") {
    p.step(order_step::accepted, order_status::accepted, "firm");
    p.step(order_step::arrived, order_status::arrived, "firm");
    p.step(order_step::urged, order_status::arrived, "firm");
    CHECK(p.has("is urged, but has arrived"));
  }
  SECTION("late although it has arrived") {
    p.step(order_step::arrived, order_status::arrived, "firm");
    p.step(order_step::arrival_overdue, order_status::arrived, "firm");
    CHECK(p.has("is overdue, but has arrived"));
  }
  SECTION("accepted by both, and said not to have answered") {
    p.step(order_step::accepted, order_status::accepted, "firm");
    p.step(order_step::accepted_late, order_status::accepted, "firm");
    p.step(order_step::answer_overdue, order_status::accepted, "firm");
    CHECK(p.has("accepts a second time"));
    CHECK(p.has("has accepted"));
  }
  SECTION("sent while it is at work") {
    p.step(order_step::accepted, order_status::accepted, "firm");
    p.step(order_step::dispatched, order_status::accepted, "firm");
    CHECK(p.has("is at work already"));
  }
  SECTION("right: sent again after it was called back, refused or silent") {
    p.step(order_step::refused, order_status::dispatched, "firm");
    p.step(order_step::dispatched, order_status::dispatched, "firm");
    p.step(order_step::unanswered, order_status::dispatched, "firm");
    p.step(order_step::dispatched, order_status::dispatched, "firm");
    p.step(order_step::accepted, order_status::accepted, "firm");
    p.step(order_step::withdrawn, order_status::open, "firm");
    p.step(order_step::dispatched, order_status::dispatched, "firm");
    p.step(order_step::accepted, order_status::accepted, "firm");
    p.step(order_step::urged, order_status::accepted, "firm");
    CHECK(p.found.empty());
  }
}

TEST_CASE("proof of alerts: a ring begins once and ends once") {
  proof p;
  p.open();
  alert_rung ring;
  ring.order = p.order;
  ring.attempt = p.ids.next<attempt_id>(p.now);
  ring.whom = "8001";
  p.add(ring);
  ring.outcome_known = true;
  ring.outcome = attempt_outcome::accepted;
  p.now += 9s;
  p.add(ring);
  CHECK(p.found.empty());
  p.now += 1s;
  p.add(ring);
  CHECK(p.has("has ended"));
}
