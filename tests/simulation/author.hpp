#pragma once
// Writes a random course while it is being played: looks at the world, and picks something that can happen in it.

#include "tests/simulation/world.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::simulation {

struct faults {
  bool crashes = true; ///< of actors
  bool kills = true;   ///< of the engine
  bool disk = true;
  bool network = true; ///< lost, repeated and late events, peers that vanish
  bool media = true;
};
/// "all", "none", or a list of crashes,kills,disk,network,media. The error is a sentence.
tl::expected<faults, std::string> parse_faults(const std::string& text);

class author {
public:
  author(std::uint64_t seed, const faults& f) : state_(spread(seed ^ 0xA07E0Full)), faults_(f) {}

  /// The plan's settings.
  std::vector<input> settings();
  /// What everybody does first: phones register, most agents sign in.
  std::vector<input> opening();
  /// The next input.
  input next(world& w);
  /// How many messages are handled before the one after that.
  std::int64_t pause();

private:
  std::uint64_t draw() { return state_ = spread(state_); }
  std::uint64_t dice(std::uint64_t n) { return draw() % n; }
  bool chance(std::uint64_t one_in) { return dice(one_in) == 0; }
  template <class T, std::size_t n> const T& one_of(const T (&all)[n]) { return all[dice(n)]; }
  std::string agent() { return "800" + std::to_string(1 + dice(6)); }

  input change_of_plan();
  input caller_event(world& w);
  input phone_event(world& w);
  input agent_event();
  input network_fault(world& w);
  input disk_fault();
  input media_fault(world& w);
  input crash(world& w);
  input alarm_event(world& w);
  input voice_event();
  input operator_event(world& w);
  input time_passes();

  std::uint64_t state_;
  faults faults_;
  std::uint64_t callers_ = 0;
  std::uint64_t reports_ = 0;
  struct spoken_to {
    std::string name;
    bool lift = false;
  };
  std::vector<spoken_to> spoken_; ///< callers with whom the engine speaks itself
  bool disk_ill_ = false;
  bool media_ill_ = false;
};

} // namespace lifeline::simulation
