#pragma once
// Plays courses: of a seed, of a script, of many seeds on several threads; and makes a failing one as short as it gets.

#include "tests/simulation/author.hpp"
#include "tests/simulation/script.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace lifeline::simulation {

struct options {
  std::uint64_t events = 1000; ///< inputs and handled messages of each course, without its end
  faults kinds;
  /// Called before the end of each course, to break something: for the tests of the simulation itself.
  std::function<void(world&)> sabotage;
};

struct outcome {
  script played; ///< what has happened, as a replay
  std::vector<violation> violations;
  std::uint64_t events = 0;
  std::uint64_t trace = 0;
  std::map<std::string, std::uint64_t, std::less<>> situations;
  std::vector<std::string> not_reached; ///< of the situations that the script asks for
  [[nodiscard]] bool failed() const { return !violations.empty(); }
};

outcome run_seed(std::uint64_t seed, const options& o);
outcome replay(const script& s, const options& o = {});

/// The shortest script that still breaks the same rule; by leaving out ever smaller parts. `tries`: replays at most.
script shrink(const script& failing, const std::string& rule, const options& o = {}, std::size_t tries = 3000);

struct summary {
  std::uint64_t seeds = 0;
  std::uint64_t events = 0;
  std::vector<outcome> failures; ///< by seed, each with its shortest replay
  std::map<std::string, std::uint64_t, std::less<>> situations;
  double seconds = 0;
  double cpu_seconds = 0;
};
/// Seeds first .. first + count - 1. Stops early after `most_failures`.
summary run_many(std::uint64_t first, std::uint64_t count, unsigned threads, const options& o,
                 std::size_t most_failures = 5);

/// What a person is to do with a failure: the broken rules and the replay, as text.
std::string describe(const outcome& o);

} // namespace lifeline::simulation
