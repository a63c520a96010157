// What users of other call centres suffered from, each as a course that can be played again: the failure's situation is
// really reached, and every invariant holds.

#include "tests/simulation/runner.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;

namespace {

void play(const std::string& name) {
  const auto s = simulation::read_script(LIFELINE_SEEDS_FOLDER "/" + name + ".replay");
  INFO((s ? std::string{} : s.error()));
  REQUIRE(s);
  CHECK(!s->comments.empty());
  CHECK(!s->reached.empty());
  // Whatever the order in which the actors run.
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    auto variant = *s;
    variant.seed += seed * 1000;
    const auto o = simulation::replay(variant);
    INFO(simulation::describe(o));
    REQUIRE_FALSE(o.failed());
    if (seed == 0) REQUIRE(o.not_reached.empty());
  }
}

} // namespace

TEST_CASE("failure 1: two agents answer one call") { play("01-two-agents-answer"); }
TEST_CASE("failure 2: the first answerer drops before the bridge") { play("02-answerer-drops"); }
TEST_CASE("failure 3: the caller cancels during the set-up") { play("03-cancel-during-set-up"); }
TEST_CASE("failure 4: an agent stuck in an offer") { play("04-stuck-reserved"); }
TEST_CASE("failure 5: a lost BYE") { play("05-lost-bye"); }
TEST_CASE("failure 6: one dead phone, one caller nobody can serve") { play("06-dead-phone"); }
TEST_CASE("failure 7: a burst, and a phone that registers during an offer") { play("07-burst-and-reregistration"); }
TEST_CASE("failure 8: an agent whose caller was passed on") { play("08-passed-on-and-free"); }
TEST_CASE("failure 9: wrap-up over a reload and a restart") { play("09-wrap-up-over-reload"); }
TEST_CASE("failure 10: weights and priorities") { play("10-order-of-callers"); }
TEST_CASE("failure 11: an agent who declines, and a storm of states") { play("11-reject-and-storm"); }
TEST_CASE("failure 12: a disk that hangs") { play("12-stalled-disk"); }
TEST_CASE("failure 13: a pause over a restart") { play("13-pause-over-restart"); }
TEST_CASE("failure 14: announcements and the bridge") { play("14-announcement"); }
TEST_CASE("failure 15: the promised wait") { play("15-wait-estimate"); }
TEST_CASE("failure 16: every station and every second") { play("16-passed-on-and-held"); }
TEST_CASE("failure 17: a dead recorder") { play("17-dead-recorder"); }
TEST_CASE("failure 18: a client that was away") { play("18-absent-client"); }
TEST_CASE("failure 19: a ghost call") { play("19-ghost-call"); }
TEST_CASE("failure 20: supervisors that crash and give up") { play("20-supervisors"); }

// What the simulation has found itself.
TEST_CASE("no media port: no storm of offers") { play("21-no-media-port"); }
TEST_CASE("the dispatcher crashes while the disk hangs") { play("22-dispatcher-crash-while-disk-hangs"); }
TEST_CASE("an offer is said again without phones") { play("23-offer-said-again"); }
TEST_CASE("a call that has not begun has a supervisor") { play("24-call-not-begun"); }
TEST_CASE("agents started anew twice in a moment") { play("25-agents-restarted-twice"); }
TEST_CASE("a report that ends its order is taken in once") { play("26-report-that-ends-its-order"); }
TEST_CASE("refused entries of an order outlive its actor") { play("27-refused-entries"); }
TEST_CASE("a caller refused once and taken in once waits") { play("28-asked-twice-refused-once"); }
TEST_CASE("superseded in the moment of the answer") { play("29-superseded-while-answering"); }
TEST_CASE("a phone's answer before the dispatcher's word") { play("30-answer-before-the-dispatchers-word"); }
TEST_CASE("legs that are spoken to: the report line, a lift's phone, a feature code") { play("32-voices"); }
TEST_CASE("a lift's phone that leaves while the supervisor of calls is away leaves no line in use") {
  play("33-lift-left-while-calls-crashed");
}
TEST_CASE("an order's number that the disk refused is not given twice") { play("31-order-number-refused"); }
