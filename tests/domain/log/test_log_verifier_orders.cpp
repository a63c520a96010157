// Logs of alarms and orders written by hand: what the engine really logs is accepted, and each broken rule is found.

#include "domain/log/log_verifier.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

const instant start = from_micros(1'790'000'000'000'000);

/// One order's log as its actor writes it: the entries of one step share version and time.
struct order_log {
  log_verifier verifier;
  id_source ids{7};
  instant now = start;
  std::uint64_t seq = 0;

  explicit order_log(std::size_t remembered = log_verifier::default_memory) : verifier(remembered) {
    add(engine_started{"1", "abc"});
  }

  void add(event_body body) { verifier.apply({++seq, now, {}, std::move(body)}); }
  /// Exactly one rule is broken, and this is what is said.
  void breaks(const std::string& text) const {
    for (const auto& v : verifier.violations())
      UNSCOPED_INFO(v);
    REQUIRE(verifier.violation_count() == 1);
    CHECK_THAT(verifier.violations().front(), Catch::Contains(text));
  }
  void proves() const {
    for (const auto& v : verifier.violations())
      UNSCOPED_INFO(v);
    CHECK(verifier.violation_count() == 0);
  }
};

struct one_order {
  order_log& log;
  order_id id;
  std::string number;
  std::uint64_t version = 0;
  order_status status = order_status::open;
  order_type type = order_type::entrapment;
  std::string by; ///< who does the next steps; empty: the engine

  explicit one_order(order_log& to, std::string no = "JY20261124-0001") : log(to), number(std::move(no)) {
    id = log.ids.next<order_id>(log.now);
  }
  order_changed entry(order_step step, order_status to, const std::string& party = {}) {
    order_changed x;
    x.order = id;
    x.version = version;
    x.step = step;
    x.type = type;
    x.from = status;
    x.to = to;
    x.number = number;
    x.party = party;
    x.by = by;
    return x;
  }
  /// The next step; `same`: one more entry of the last one.
  void step(order_step what, order_status to, const std::string& party = {}, bool same = false) {
    if (!same) log.now += 1s;
    if (!same) ++version;
    log.add(entry(what, to, party));
    status = to;
  }
  void step(order_step what) { step(what, status); }
  void also(order_step what, order_status to, const std::string& party = {}) { step(what, to, party, true); }

  alarm_received report(report_fate fate, const std::string& message) const {
    alarm_received x;
    x.order = id;
    x.fate = fate;
    x.report.source = "8001";
    x.report.message_id = message;
    return x;
  }
  void open() {
    log.now += 1s;
    log.add(report(report_fate::opened, "m" + number));
    ++version;
    by = "8001";
    also(order_step::created, order_status::open);
    also(order_step::acknowledged, order_status::open);
    by.clear();
    also(order_step::dispatched, order_status::dispatched, "firm");
  }
  rescuer_called call(const attempt_id& attempt, std::optional<attempt_outcome> outcome = {}) const {
    rescuer_called x;
    x.order = id;
    x.attempt = attempt;
    x.party = "firm";
    x.outcome_known = outcome.has_value();
    x.outcome = outcome.value_or(attempt_outcome::failed);
    return x;
  }
  attempt_id dial() {
    const auto attempt = log.ids.next<attempt_id>(log.now);
    log.add(call(attempt));
    return attempt;
  }
  void hang_up(const attempt_id& attempt, attempt_outcome outcome) {
    log.now += 1s;
    log.add(call(attempt, outcome));
  }
  void accept(const std::string& party = "firm") {
    by = "the firm";
    step(order_step::accepted, order_status::accepted, party);
  }
  void rescue() {
    by = "the firm";
    step(order_step::arrived, order_status::arrived, "firm");
    step(order_step::rescued, order_status::rescued, "firm");
  }
  /// From accepted to the archive.
  void finish() {
    rescue();
    by = "8001";
    step(order_step::confirmed, order_status::confirmed);
    step(order_step::followed_up, order_status::followed_up);
    step(order_step::quality_checked, order_status::quality_checked);
    step(order_step::closed, order_status::closed);
    step(order_step::archived, order_status::archived);
  }
};

struct dispatched : order_log {
  one_order order{*this};
  explicit dispatched(std::size_t remembered = log_verifier::default_memory) : order_log(remembered) { order.open(); }
};

} // namespace

TEST_CASE("an order's whole life is proved: refusal, escalation, late acceptance, rescue, archive") {
  dispatched l;
  auto& o = l.order;
  const auto first = o.dial();
  CHECK(l.verifier.open_orders() == 1);
  o.hang_up(first, attempt_outcome::refused);
  o.step(order_step::refused, order_status::dispatched, "firm");
  o.also(order_step::escalated, order_status::dispatched);
  o.also(order_step::dispatched, order_status::dispatched, "station");
  const auto second = o.dial();
  o.step(order_step::answer_overdue, order_status::dispatched, "station");
  o.hang_up(second, attempt_outcome::accepted);
  o.accept("station");
  l.add(o.report(report_fate::merged, "another"));
  o.step(order_step::merged, order_status::accepted);
  o.finish();
  o.step(order_step::noted, order_status::archived);
  l.proves();
  l.verifier.finish();
  l.proves();
  CHECK(l.verifier.orders() == 1);
  CHECK(l.verifier.open_orders() == 0);
}

TEST_CASE("an open order at the log's end is right: the next run goes on with it") {
  dispatched l;
  l.order.dial();
  l.verifier.finish();
  l.proves();
  CHECK(l.verifier.open_orders() == 1);
}

TEST_CASE("reports: taken in once, and an order comes of them") {
  dispatched l;
  auto& o = l.order;
  l.now += 1s;
  SECTION("the same message a second time") {
    l.add(o.report(report_fate::merged, "m" + o.number));
    l.breaks("the message has been taken in with entry 2");
  }
  SECTION("of another source it is another message") {
    auto x = o.report(report_fate::merged, "m" + o.number);
    x.report.source = "8002";
    l.add(x);
    l.proves();
  }
  SECTION("those without an id are not compared") {
    l.add(o.report(report_fate::merged, ""));
    l.now += 1s;
    l.add(o.report(report_fate::merged, ""));
    l.proves();
  }
  SECTION("no order comes of it") {
    one_order other(l, "JY20261124-0002");
    l.add(other.report(report_fate::opened, "x"));
    l.add(dispatcher_started{1});
    l.breaks("should be created here");
  }
  SECTION("merged into an order that is not there") {
    one_order other(l, "JY20261124-0002");
    l.add(other.report(report_fate::merged, "x"));
    l.breaks("the order was never created");
  }
  SECTION("merged into none") {
    auto x = o.report(report_fate::merged, "x");
    x.order = {};
    l.add(x);
    l.breaks("it names no order");
  }
  SECTION("noted without an order") {
    auto x = o.report(report_fate::noted, "x");
    x.order = {};
    l.add(x);
    l.proves();
  }
}

TEST_CASE("the version of an order grows with every step") {
  dispatched l;
  auto& o = l.order;
  SECTION("it stays") {
    --o.version;
    o.accept();
    l.breaks("version 1 follows version 1");
  }
  SECTION("it falls") {
    o.accept();
    o.version = 0;
    o.step(order_step::noted);
    l.breaks("version 1 follows version 2");
  }
  SECTION("steps that write nothing leave gaps") {
    o.version += 5;
    o.accept();
    l.proves();
  }
  SECTION("the clock may go back") {
    o.accept();
    l.now -= 1h;
    o.step(order_step::noted);
    l.proves();
  }
  SECTION("it does not begin with 1") {
    one_order other(l, "JY20261124-0002");
    other.version = 3;
    other.step(order_step::created);
    l.breaks("an order begins with version 1, not 4");
  }
}

TEST_CASE("an order is created once, before everything else of it") {
  dispatched l;
  SECTION("a second time") {
    l.order.step(order_step::created);
    l.breaks("the order is created a second time");
  }
  SECTION("never") {
    one_order other(l, "JY20261124-0002");
    other.step(order_step::noted);
    other.step(order_step::noted); // one violation, not one for each consequence
    l.breaks("the order was never created");
  }
  SECTION("a rescuer is called for none") {
    one_order other(l, "JY20261124-0002");
    other.dial();
    l.breaks("the order was never created");
  }
  SECTION("no order is named") {
    l.add(order_changed{});
    l.breaks("it names no order");
  }
}

TEST_CASE("an order's number stays and is nobody else's") {
  dispatched l;
  SECTION("it changes") {
    l.order.number = "JY20261124-0009";
    l.order.step(order_step::noted);
    l.breaks("the order's number was JY20261124-0001, not JY20261124-0009");
  }
  SECTION("two orders have it") {
    one_order other(l);
    other.version = 0;
    other.step(order_step::created);
    l.breaks("the number JY20261124-0001 is of order " + to_string(l.order.id));
  }
  SECTION("it is missing") {
    l.order.number.clear();
    l.order.step(order_step::noted);
    l.breaks("the order has no number");
  }
}

TEST_CASE("the status goes on from where it was") {
  dispatched l;
  l.order.status = order_status::open;
  l.order.accept();
  l.breaks("the order was dispatched, not open");
}

TEST_CASE("only a confirmed rescue closes an order, and somebody stands for it") {
  dispatched l;
  auto& o = l.order;
  o.accept();
  SECTION("rescued by nobody") {
    o.by.clear();
    o.step(order_step::rescued, order_status::rescued, "firm");
    l.breaks("rescued by nobody");
  }
  SECTION("confirmed by nobody") {
    o.rescue();
    o.by.clear();
    o.step(order_step::confirmed, order_status::confirmed);
    l.breaks("confirmed by nobody");
  }
  SECTION("confirmed by a device") {
    o.rescue();
    ++o.version;
    l.now += 1s;
    o.by.clear();
    auto x = o.entry(order_step::confirmed, order_status::confirmed);
    x.via = step_via::device;
    l.add(x);
    l.proves();
  }
  SECTION("closed without a confirmation") {
    o.rescue();
    o.step(order_step::closed, order_status::closed);
    l.breaks("its end was never confirmed");
  }
  SECTION("confirmed by a step that is none") {
    o.rescue();
    o.step(order_step::noted, order_status::confirmed);
    l.breaks("confirmed by nobody's step");
  }
  SECTION("active again without being reopened") {
    o.rescue();
    o.step(order_step::confirmed, order_status::confirmed);
    o.step(order_step::merged, order_status::open);
    l.breaks("becomes open without being reopened");
  }
  SECTION("reopened, it counts as open again") {
    o.rescue();
    o.step(order_step::confirmed, order_status::confirmed);
    CHECK(l.verifier.open_orders() == 0);
    o.step(order_step::reopened, order_status::rescued);
    CHECK(l.verifier.open_orders() == 1);
    o.step(order_step::confirmed, order_status::confirmed);
    CHECK(l.verifier.open_orders() == 0);
    l.proves();
  }
}

TEST_CASE("nothing but notes comes after the archive") {
  dispatched l;
  l.order.accept();
  l.order.finish();
  l.order.step(order_step::attached);
  l.order.step(order_step::call_linked);
  l.proves();
  l.order.step(order_step::urged);
  l.breaks("nothing but notes comes after the archive");
}

TEST_CASE("who accepts is named and was sent") {
  dispatched l;
  SECTION("nobody") {
    l.order.accept("");
    l.breaks("accepted names no party");
  }
  SECTION("somebody else") {
    l.order.accept("stranger");
    l.breaks("the party stranger was never sent");
  }
  SECTION("a party without an id is known by its name") {
    const auto phones = "phones of the lift's record";
    l.order.by.clear();
    for (const auto what : {order_step::dispatched, order_step::accepted}) {
      ++l.order.version;
      l.now += 1s;
      auto x = l.order.entry(what, order_status::dispatched);
      x.party_name = phones;
      l.add(x);
    }
    l.proves();
  }
}

TEST_CASE("every attempt begins once and ends at most once") {
  dispatched l;
  auto& o = l.order;
  const auto attempt = o.dial();
  SECTION("it begins twice") {
    l.now += 1s;
    l.add(o.call(attempt));
    l.breaks("begins a second time");
  }
  SECTION("it ends twice") {
    o.hang_up(attempt, attempt_outcome::busy);
    o.hang_up(attempt, attempt_outcome::no_answer);
    l.breaks("has ended with entry 7");
  }
  SECTION("it begins after its end") {
    o.hang_up(attempt, attempt_outcome::busy);
    l.now += 1s;
    l.add(o.call(attempt));
    l.breaks("begins after its end");
  }
  SECTION("it ends without having begun") {
    o.hang_up(l.ids.next<attempt_id>(l.now), attempt_outcome::busy);
    l.breaks("was never begun");
  }
  SECTION("it ends for another order") {
    one_order other(l, "JY20261124-0002");
    other.open();
    other.hang_up(attempt, attempt_outcome::busy);
    l.breaks("was made for order " + to_string(o.id));
  }
  SECTION("somebody is called although the alarm is over") {
    o.accept();
    o.rescue();
    o.by = "8001";
    o.step(order_step::confirmed, order_status::confirmed);
    o.hang_up(attempt, attempt_outcome::withdrawn); // it was under way
    auto off = o.call(l.ids.next<attempt_id>(l.now));
    off.purpose = attempt_purpose::withdrawal;
    l.add(off);
    l.proves();
    o.dial();
    l.breaks("nobody is to be called any more");
  }
}

TEST_CASE("a step that the disk took late, or twice, is no second step") {
  dispatched l;
  auto& o = l.order;
  const auto attempt = o.dial();
  const auto dialled = l.now;
  o.accept();
  const auto accepted = o.entry(order_step::accepted, order_status::accepted, "firm");
  const auto accepted_at = l.now;
  o.rescue();
  const auto later = l.now;
  l.now = accepted_at;
  auto again = accepted;
  again.from = order_status::dispatched;
  l.add(again);
  l.now = dialled;
  l.add(o.call(attempt));
  l.add(o.report(report_fate::opened, "x")); // its rows were written again; the order is there
  l.now = later;
  o.by = "8001";
  o.step(order_step::confirmed, order_status::confirmed);
  l.proves();
  CHECK(l.verifier.orders() == 1);
}

TEST_CASE("where entries are missing nothing is claimed about the orders of before") {
  dispatched l;
  auto& o = l.order;
  one_order unseen(l, "JY20261124-0002"); // of the missing entries
  unseen.version = 4;
  const auto attempt = l.ids.next<attempt_id>(l.now);
  l.now += 1s;
  l.add(events_lost{3, "disk"});
  o.status = order_status::accepted;
  o.rescue();
  unseen.step(order_step::arrived, order_status::arrived, "station");
  unseen.hang_up(attempt, attempt_outcome::heard);
  l.proves();
  CHECK(l.verifier.open_orders() == 2);
  l.now += 1h;
  one_order fresh(l, "JY20261124-0003");
  fresh.step(order_step::noted);
  l.breaks("the order was never created");
}

TEST_CASE("memory of orders does not grow with the log, and a forgotten order may come back") {
  order_log l(50);
  std::vector<one_order> all;
  for (int i = 0; i < 500; ++i) {
    auto& o = all.emplace_back(l, "JY" + std::to_string(i));
    o.open();
    const auto attempt = o.dial();
    o.hang_up(attempt, attempt_outcome::accepted);
    o.accept();
    o.finish();
  }
  CHECK(l.verifier.remembered() <= 150);
  CHECK(l.verifier.orders() == 500);
  CHECK(l.verifier.open_orders() == 0);
  all.front().step(order_step::noted);
  l.proves();
  CHECK(l.verifier.open_orders() == 0);
}
