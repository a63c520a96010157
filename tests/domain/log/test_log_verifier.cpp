// Logs written by hand: what the engine really logs is accepted, and each broken rule is found.

#include "domain/log/log_verifier.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

const instant start = from_micros(1'790'000'000'000'000);

/// Writes a log as the engine does, one second per entry unless told otherwise.
struct log_writer {
  log_verifier verifier;
  id_source ids{7};
  instant now = start;
  std::uint64_t seq = 0;

  explicit log_writer(std::size_t remembered = log_verifier::default_memory) : verifier(remembered) {}

  void add(call_id call, event_body body) {
    now += 1s;
    verifier.apply({++seq, now, call, std::move(body)});
  }
  void engine() { add({}, engine_started{"1", "abc"}); }
  void dispatcher(std::uint64_t epoch) { add({}, dispatcher_started{epoch}); }
  call_id new_call() { return ids.next<call_id>(now); }
  call_id arrive() {
    const auto call = new_call();
    add(call, call_arrived{"12315", "13800000000", "12315", "carrier", {}, {}});
    return call;
  }
  void enter(call_id call, const queue_id& queue = "12315") {
    queue_entered x;
    x.queue = queue;
    add(call, x);
  }
  void leave(call_id call, const queue_id& queue = "12315") {
    add(call, queue_left{queue, queue_outcome::answered, 1s});
  }
  reservation_id reserve(call_id call, const agent_id& agent, std::uint64_t epoch = 1) {
    const auto id = ids.next<reservation_id>(now);
    reserve_as(id, call, agent, epoch);
    return id;
  }
  void reserve_as(reservation_id id, call_id call, const agent_id& agent, std::uint64_t epoch = 1) {
    agent_reserved x;
    x.reservation = id;
    x.agent = agent;
    x.queue = "12315";
    x.epoch = epoch;
    add(call, x);
  }
  void end_offer(reservation_id id, call_id call, const agent_id& agent, reservation_outcome outcome) {
    add(call, reservation_ended{id, agent, "12315", outcome, 0s});
  }
  void connect(call_id call, reservation_id id, const agent_id& agent, const std::string& external = {}) {
    add(call, call_connected{id, agent, external, "12315", 1s});
  }
  /// Its account: connected at `answered`, over at `over`.
  void end(call_id call, const agent_id& agent = {}, instant answered = never, instant over = never) {
    call_record r;
    r.call = call;
    r.agent = agent;
    r.answered = answered;
    r.ended = over == never ? now : over;
    r.outcome = answered == never ? call_outcome::abandoned : call_outcome::answered;
    add(call, call_ended{r});
  }
  /// A whole call up to its connection.
  call_id talk(const agent_id& agent, std::uint64_t epoch = 1) {
    const auto call = arrive();
    enter(call);
    const auto r = reserve(call, agent, epoch);
    add(call, agent_ringing{r, agent, {}});
    leave(call);
    connect(call, r, agent);
    add(call, recording_started{"x.wav"});
    end_offer(r, call, agent, reservation_outcome::connected);
    return call;
  }
  /// All is well so far, with nothing open at the end.
  void proves() {
    verifier.finish();
    fine();
  }
  void fine() {
    for (const auto& v : verifier.violations())
      UNSCOPED_INFO(v);
    CHECK(verifier.violation_count() == 0);
  }
  /// Exactly one rule is broken, and this is what is said.
  void breaks(const std::string& text) {
    for (const auto& v : verifier.violations())
      UNSCOPED_INFO(v);
    REQUIRE(verifier.violation_count() == 1);
    CHECK_THAT(verifier.violations().front(), Catch::Contains(text));
  }
};

struct started : log_writer {
  explicit started(std::size_t remembered = default_memory()) : log_writer(remembered) {
    engine();
    dispatcher(1);
  }
  static std::size_t default_memory() { return log_verifier::default_memory; }
};

} // namespace

TEST_CASE("a day of ordinary calls is proved") {
  started l;
  const auto a = l.talk("1001");
  const auto answered = l.now;
  l.add(a, call_held{});
  l.add(a, call_resumed{});
  l.add(a, recording_sealed{});
  l.end(a, "1001", answered);
  const auto b = l.arrive(); // abandoned while an agent rings
  l.enter(b);
  const auto r = l.reserve(b, "1002");
  l.leave(b);
  l.end(b);
  l.end_offer(r, b, "1002", reservation_outcome::caller_gone);
  const auto blocked = l.new_call();
  l.add(blocked, call_blocked{"12315", "Busy Here", 486});
  l.end(blocked);
  const auto c = l.arrive(); // an overflow number answers
  l.enter(c);
  l.add(c, call_overflowed{"12315", {}, "0518", "max wait"});
  l.leave(c);
  l.connect(c, {}, {}, "0518");
  l.end(c, {}, l.now);
  l.add({}, engine_stopped{"asked to"});
  l.proves();
  CHECK(l.verifier.calls() == 4);
  CHECK(l.verifier.reservations() == 2);
  CHECK(l.verifier.events() == l.seq);
  CHECK(l.verifier.open_calls() == 0);
  CHECK(l.verifier.open_reservations() == 0);
}

TEST_CASE("ring-all: one wins, the others have lost the race") {
  started l;
  const auto call = l.arrive();
  l.enter(call);
  const auto a = l.reserve(call, "1");
  const auto b = l.reserve(call, "2");
  l.leave(call);
  l.connect(call, b, "2");
  const auto answered = l.now;
  l.end_offer(a, call, "1", reservation_outcome::lost_race);
  l.end_offer(b, call, "2", reservation_outcome::connected);
  l.end(call, "2", answered);
  l.proves();
}

TEST_CASE("what the dispatcher says just after a call has ended is in order") {
  started l;
  const auto call = l.arrive();
  l.leave(call);
  l.end(call);
  l.enter(call); // it was told before
  const auto r = l.reserve(call, "1001");
  l.end_offer(r, call, "1001", reservation_outcome::caller_gone);
  l.proves();
}

TEST_CASE("a killed engine's calls and reservations are ended by the next run") {
  started l;
  const auto talking = l.talk("1001");
  const auto answered = l.now;
  const auto waiting = l.arrive();
  l.enter(waiting);
  const auto r = l.reserve(waiting, "1002");
  CHECK(l.verifier.open_calls() == 2);
  CHECK(l.verifier.open_reservations() == 1);
  l.engine();
  l.end(talking, "1001", answered);
  l.leave(waiting);
  l.end(waiting);
  l.dispatcher(2);
  l.end_offer(r, waiting, "1002", reservation_outcome::superseded);
  l.add(talking, recording_sealed{}); // mended
  const auto next = l.talk("1001", 2);
  l.end(next, "1001", l.now);
  l.proves();
}

TEST_CASE("a restarted dispatcher: the call is connected by a superseded reservation, and goes on") {
  started l;
  const auto call = l.arrive();
  l.enter(call);
  const auto r = l.reserve(call, "1001");
  l.dispatcher(2);
  l.end_offer(r, call, "1001", reservation_outcome::superseded);
  l.leave(call);
  l.connect(call, r, "1001");
  l.end(call, "1001", l.now);
  const auto other = l.arrive(); // it was in one queue when the dispatcher died, and enters another
  l.enter(other, "a");
  l.dispatcher(3);
  l.enter(other, "b");
  l.leave(other, "b");
  l.end(other);
  l.proves();
}

TEST_CASE("an agent's call may end in the log after the next one began, for its recording was sealed first") {
  started l;
  const auto a = l.talk("1001");
  const auto answered = l.now;
  const auto over = l.now + 1s;
  l.now += 2s;
  const auto b = l.talk("1001");
  const auto second = l.now;
  SECTION("they did not overlap") {
    l.end(a, "1001", answered, over);
    l.end(b, "1001", second);
    l.proves();
  }
  SECTION("they did") {
    l.end(a, "1001", answered, l.now);
    l.end(b, "1001", second);
    l.breaks("agent 1001 talked until");
  }
}

TEST_CASE("an agent in two calls at a time is found, also when the first has ended in the log") {
  started l;
  const auto a = l.talk("1001");
  l.end(a, "1001", l.now, l.now + 60s);
  const auto b = l.talk("1001");
  l.end(b, "1001", l.now);
  l.breaks("agent 1001 talks in call " + to_string(a));
}

TEST_CASE("a call whose actor failed before its first entry ends once") {
  started l;
  const auto call = l.new_call();
  l.add(call, actor_restarted{"call", "injected"});
  l.end(call);
  l.fine();
  l.end(call);
  l.breaks("the call has ended with entry 4");
}

TEST_CASE("numbers without a gap") {
  started l;
  SECTION("a number is missing") {
    const auto call = l.arrive();
    ++l.seq;
    l.end(l.new_call()); // a consequence, not a violation of its own
    l.end(call);
    l.breaks("entry 5 (call_ended, call ");
    CHECK_THAT(l.verifier.violations().front(), Catch::Contains("it follows entry 3"));
  }
  SECTION("a number comes twice") {
    --l.seq;
    l.dispatcher(2);
    l.breaks("it follows entry 2");
  }
}

TEST_CASE("a log whose beginning is archived claims nothing about what began there") {
  log_writer l;
  const auto before = l.new_call();
  const auto r = l.ids.next<reservation_id>(l.now);
  l.seq = 1000;
  l.end_offer(r, before, "1001", reservation_outcome::connected);
  l.end(before, "1001", l.now);
  l.fine();
  l.now += 1s;
  SECTION("a call that is younger must arrive") {
    l.end(l.new_call());
    l.breaks("the call never arrived");
  }
  SECTION("an old one still ends only once") {
    l.end(before);
    l.breaks("has ended with entry 1002");
  }
}

TEST_CASE("where the log says that entries were lost, nothing is claimed about what had begun before") {
  started l;
  const auto open = l.arrive();
  const auto r = l.reserve(open, "1001");
  const auto unseen = l.new_call();
  l.add({}, events_lost{12, "the queue was full"});
  CHECK(l.verifier.lost_events() == 12);
  SECTION("ends and arrivals may be missing") {
    const auto other = l.arrive();
    const auto second = l.reserve(other, "1001"); // the end of `r` was lost
    l.leave(unseen);
    l.end(unseen);
    l.end_offer(r, open, "1001", reservation_outcome::superseded);
    l.end_offer(second, other, "1001", reservation_outcome::no_answer);
    l.end(other);
    l.proves();
  }
  SECTION("what began later is proved as ever") {
    l.now += 1s;
    l.end(l.new_call());
    l.breaks("never arrived");
  }
}

TEST_CASE("every call ends exactly once") {
  started l;
  const auto call = l.arrive();
  SECTION("ends twice") {
    l.end(call);
    l.end(call);
    l.breaks("the call has ended with entry 4");
  }
  SECTION("never ends") {
    l.verifier.finish();
    l.breaks("has arrived and not ended");
  }
  SECTION("never arrived") {
    l.end(call);
    l.end(l.new_call());
    l.breaks("the call never arrived");
  }
  SECTION("arrives twice") {
    l.add(call, call_arrived{});
    l.breaks("arrives a second time");
  }
  SECTION("arrives after its end") {
    l.end(call);
    l.add(call, call_arrived{});
    l.breaks("has ended with entry 4");
  }
  SECTION("goes on after its end") {
    l.end(call);
    event_body late = call_held{};
    SECTION("held") {}
    SECTION("resumed") { late = call_resumed{}; }
    SECTION("overflowed") { late = call_overflowed{}; }
    SECTION("left a queue") { late = queue_left{"12315", queue_outcome::failed, 0s}; }
    SECTION("rings") { late = agent_ringing{}; }
    SECTION("connected") { late = call_connected{{}, {}, "0518", "12315", 0s}; }
    SECTION("recorded") { late = recording_started{}; }
    l.add(call, late);
    l.breaks("the call has ended with entry 4");
  }
  SECTION("its recording's fate may follow") {
    l.end(call);
    l.add(call, recording_failed{"x.wav", "disk full"});
    l.proves();
  }
  SECTION("the account is of another call") {
    call_record r;
    r.call = l.new_call();
    l.add(call, call_ended{r});
    l.breaks("its account is of call");
  }
  SECTION("an account of a talk that never was") {
    l.end(call, "1001", l.now);
    l.breaks("the call was never connected");
  }
  SECTION("an entry without a call") {
    l.add({}, call_held{});
    l.breaks("names no call");
  }
}

TEST_CASE("a blocked call ends at once, and is nothing else") {
  started l;
  const auto call = l.new_call();
  SECTION("its end is missing") {
    l.add(call, call_blocked{});
    l.dispatcher(2);
    l.breaks("should end here");
  }
  SECTION("the log ends before") {
    l.add(call, call_blocked{});
    l.verifier.finish();
    l.breaks("has not ended");
  }
  SECTION("it had arrived") {
    const auto live = l.arrive();
    l.add(live, call_blocked{});
    l.end(live);
    l.breaks("is in progress");
  }
  SECTION("it had ended") {
    l.add(call, call_blocked{});
    l.end(call);
    l.add(call, call_blocked{});
    l.end(call);
    l.breaks("has ended before");
  }
}

TEST_CASE("a call waits in one queue at a time") {
  started l;
  const auto call = l.arrive();
  l.enter(call, "a");
  SECTION("two") {
    l.enter(call, "b");
    l.breaks("waits in queue a already");
  }
  SECTION("one after the other, whichever entry comes first") {
    l.leave(call, "a");
    l.enter(call, "b");
    l.leave(call, "b");
    l.leave(call, "c");
    l.enter(call, "c");
    l.end(call);
    l.proves();
  }
  SECTION("none that never arrived") {
    l.enter(l.new_call(), "a");
    l.breaks("never arrived");
  }
  SECTION("none long after the end") {
    l.end(call);
    l.now += 60s;
    l.enter(call, "b");
    l.breaks("the call has ended");
  }
}

TEST_CASE("every reservation is made once and ends once") {
  started l;
  const auto call = l.arrive();
  l.enter(call);
  const auto r = l.reserve(call, "1001");
  SECTION("never ends") {
    l.end(call);
    l.verifier.finish();
    l.breaks("reservation " + to_string(r) + " of agent 1001 has not ended");
  }
  SECTION("ends twice") {
    l.end_offer(r, call, "1001", reservation_outcome::no_answer);
    l.end_offer(r, call, "1001", reservation_outcome::no_answer);
    l.breaks("has ended with entry 6");
  }
  SECTION("was never made") {
    l.end_offer(l.ids.next<reservation_id>(l.now), call, "1002", reservation_outcome::no_answer);
    l.breaks("was never made");
  }
  SECTION("is made twice") {
    l.reserve_as(r, call, "1002");
    l.breaks("is made a second time");
  }
  SECTION("is made again after its end") {
    l.end_offer(r, call, "1001", reservation_outcome::no_answer);
    l.reserve_as(r, call, "1001");
    l.breaks("is made a second time");
  }
  SECTION("ends for another agent") {
    l.end_offer(r, call, "1002", reservation_outcome::no_answer);
    l.breaks("is of agent 1001");
  }
  SECTION("ends for another call") {
    l.end_offer(r, l.arrive(), "1001", reservation_outcome::no_answer);
    l.breaks("is for call " + to_string(call));
  }
  SECTION("an agent has two") {
    l.reserve(l.arrive(), "1001");
    l.breaks("agent 1001 has reservation " + to_string(r));
  }
  SECTION("ends as connected, but the call says nothing of it") {
    l.end_offer(r, call, "1001", reservation_outcome::connected);
    l.breaks("was not connected by reservation");
  }
  SECTION("is for a call that has ended long ago") {
    l.end_offer(r, call, "1001", reservation_outcome::no_answer);
    l.end(call);
    l.now += 60s;
    l.reserve(call, "1001");
    l.breaks("has ended with entry 7");
  }
  SECTION("is for a call that never arrived") {
    l.reserve(l.new_call(), "1002");
    l.breaks("never arrived");
  }
  SECTION("rings for another call") {
    l.add(l.arrive(), agent_ringing{r, "1001", {}});
    l.breaks("was made for call " + to_string(call));
  }
}

TEST_CASE("one owner per call") {
  started l;
  const auto call = l.arrive();
  l.enter(call);
  const auto a = l.reserve(call, "1");
  const auto b = l.reserve(call, "2");
  SECTION("connected twice") {
    l.connect(call, a, "1");
    l.connect(call, b, "2");
    l.breaks("is connected already");
  }
  SECTION("by a reservation of another call") {
    const auto other = l.arrive();
    l.connect(other, a, "1");
    l.breaks("was made for call " + to_string(call));
  }
  SECTION("by a reservation of another call that has ended") {
    l.end_offer(a, call, "1", reservation_outcome::superseded);
    l.connect(l.arrive(), a, "1");
    l.breaks("was made for call " + to_string(call));
  }
  SECTION("by a reservation of another agent") {
    l.connect(call, a, "2");
    l.breaks("is of agent 1");
  }
  SECTION("by a reservation that was never made") {
    l.connect(call, l.ids.next<reservation_id>(l.now), "3");
    l.breaks("was never made");
  }
  SECTION("by a reservation that has ended") {
    l.end_offer(a, call, "1", reservation_outcome::no_answer);
    l.connect(call, a, "1");
    l.breaks("has ended with entry 7: no_answer");
  }
  SECTION("by nobody") {
    l.connect(call, {}, {});
    l.breaks("neither a reservation nor a number");
  }
  SECTION("the account names another agent") {
    l.connect(call, a, "1");
    l.end(call, "2", l.now);
    l.breaks("but agent \"1\" was connected");
  }
  SECTION("somebody is reserved although it has been connected for long") {
    l.connect(call, a, "1");
    l.now += 60s;
    l.reserve(call, "3");
    l.breaks("has been connected since");
  }
}

TEST_CASE("calls and dispatchers of an engine that has ended do nothing more") {
  started l;
  const auto call = l.arrive();
  SECTION("a call goes on") {
    l.engine();
    l.add(call, call_held{});
    l.breaks("the engine that carried the call has ended");
  }
  SECTION("an agent is reserved for it") {
    l.engine();
    l.dispatcher(2);
    l.reserve(call, "1001", 2);
    l.breaks("the engine that carried the call has ended");
  }
  SECTION("an old dispatcher decides") {
    l.dispatcher(2);
    l.reserve(call, "1001", 1);
    l.breaks("a dispatcher of epoch 1 decides in epoch 2");
  }
  SECTION("an epoch comes again") {
    l.dispatcher(1);
    l.breaks("epoch 1 follows 1");
  }
  SECTION("a dispatcher whose start the disk refused may decide") {
    const auto r = l.reserve(call, "1001", 1);
    const auto next = l.reserve(call, "1001", 2);
    l.end_offer(next, call, "1001", reservation_outcome::caller_gone);
    l.dispatcher(3);
    l.end_offer(r, call, "1001", reservation_outcome::superseded);
    l.end(call);
    l.proves();
  }
}

TEST_CASE("memory does not grow with the log, and a late second end is still found") {
  started l(100);
  const auto first = l.talk("1001");
  l.end(first, "1001", l.now);
  for (int i = 0; i < 5000; ++i) {
    const auto call = l.talk("1001");
    l.end(call, "1001", l.now);
  }
  CHECK(l.verifier.remembered() <= 200);
  CHECK(l.verifier.calls() == 5001);
  l.fine();
  l.end(first);
  l.breaks("the call never arrived");
}

TEST_CASE("the list of violations is cut, their count is not") {
  started l;
  for (int i = 0; i < 150; ++i)
    l.end(l.new_call());
  CHECK(l.verifier.violation_count() == 150);
  CHECK(l.verifier.violations().size() == violation_list_limit);
}
