#include "tests/simulation/plans.hpp"
#include "tests/simulation/runner.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using simulation::verb;

TEST_CASE("a script is the same after it was written and read") {
  const auto o = simulation::run_seed(3, {});
  auto s = o.played;
  s.comments = {"what it shows", "", "and why"};
  s.reached = {"call_ended: answered"};
  const auto again = simulation::parse_script(simulation::to_string(s));
  REQUIRE(again);
  CHECK(again->seed == s.seed);
  CHECK(again->comments == s.comments);
  CHECK(again->reached == s.reached);
  CHECK((again->inputs == s.inputs));
}

TEST_CASE("a wrong script is refused with its line") {
  const auto error = [](const char* text) {
    const auto s = simulation::parse_script(text);
    return s ? std::string{} : s.error();
  };
  CHECK(error("seed 1\nfly 8001\n") == "line 2: there is no input \"fly\"");
  CHECK(error("run\n") == "line 1: \"run\" lacks a word");
  CHECK(error("run x\n") == "line 1: expected a number, found \"x\"");
  CHECK(error("settle now\n") == "line 1: \"now\" is too much");
  CHECK(error("seed x\n") == "line 1: a seed is a number");
  CHECK(error("# nothing\n\nsettle # all\n").empty());
  CHECK(simulation::read_script("/no/such/file").error() == "/no/such/file: cannot be read");
}

TEST_CASE("settings change what they name, and refuse what they do not know") {
  auto p = simulation::base_plan();
  CHECK(simulation::set(p, "12315.strategy", "ring-all"));
  CHECK(p.queues[0].strategy == domain::strategy::ring_all);
  CHECK(simulation::set(p, "12315.max-wait", "250ms"));
  CHECK(p.queues[0].max_wait == std::chrono::milliseconds{250});
  CHECK(simulation::set(p, "12345.overflow-numbers", "1,2"));
  CHECK(p.queues[1].overflow_numbers == std::vector<std::string>{"1", "2"});
  CHECK(simulation::set(p, "96333.lines", "3"));
  CHECK(p.hotlines[2].lines == 3);
  CHECK(simulation::set(p, "8003.employed", "no"));
  CHECK(p.find_agent("8003") == nullptr);
  CHECK(simulation::set(p, "8003.employed", "yes"));
  CHECK(p.find_agent("8003") != nullptr);
  const auto before = p;
  CHECK_FALSE(simulation::set(p, "12315.strategy", "none"));
  CHECK_FALSE(simulation::set(p, "12315.max-wait", "soon"));
  CHECK_FALSE(simulation::set(p, "12315.colour", "red"));
  CHECK_FALSE(simulation::set(p, "nobody.queues", "12315"));
  CHECK_FALSE(simulation::set(p, "nothing", "1"));
  CHECK((p == before));
}

TEST_CASE("an input whose subject does not exist does nothing") {
  simulation::script s;
  for (const auto v : {verb::leave, verb::vanish, verb::hold, verb::phone_answers, verb::phone_late, verb::again,
                       verb::release, verb::mute, verb::crash, verb::report_again, verb::rescuer, verb::word,
                       verb::desk, verb::unregisters, verb::silent, verb::reader_returns})
    s.inputs.push_back({v, "77", "none", 0});
  const auto o = simulation::replay(s);
  INFO(simulation::describe(o));
  CHECK_FALSE(o.failed());
}

TEST_CASE("kinds of faults are named") {
  CHECK(simulation::parse_faults("all")->crashes);
  CHECK_FALSE(simulation::parse_faults("none")->disk);
  const auto some = simulation::parse_faults("disk,network");
  REQUIRE(some);
  CHECK(some->disk);
  CHECK(some->network);
  CHECK_FALSE(some->crashes);
  CHECK(simulation::parse_faults("floods").error() == "there is no kind of fault \"floods\"");
}
