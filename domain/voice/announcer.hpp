#pragma once
// Says things to whoever is on a leg: one thing again and again with pauses, until it was said often enough; in between
// something that is said once; at the end some last words, after which the leg may be hung up. What is overtaken by
// something else is not heard any more, however late it gets ready.

#include "domain/voice/leg_script.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lifeline::domain::voice {

/// What an announcer asks of the leg: some of its commands.
using sounds = std::vector<std::variant<prepare, play, stop_playing>>;

template <class Request> void append(commands<Request>& out, sounds more) {
  for (auto& each : more)
    std::visit([&](auto& c) { out.emplace_back(std::move(c)); }, each);
}

class announcer {
public:
  struct manner {
    span pause{};                 ///< before it is said again
    std::uint32_t most_plays = 3; ///< then there is quiet
  };
  explicit announcer(manner m) : manner_(m) {}

  /// What is going to be repeated: nothing is heard yet.
  sounds get_ready(sentence what);
  /// It is heard from now on, from its beginning and as often as if it were new.
  sounds repeat(instant now);
  /// Something else is.
  sounds repeat(sentence what);
  /// Heard once. After a pause what is repeated begins anew.
  sounds once(sentence what);
  /// Heard once, and nothing after it; over by `due` if nothing is heard of it.
  sounds last_words(sentence what, instant due);
  /// Nothing is heard until something else is asked for.
  sounds hush();

  sounds on(const prepared& p, instant now);
  void on(const played&, instant now);
  sounds on(const clock&, instant now);

  /// The next moment at which it needs the clock.
  [[nodiscard]] instant due() const { return leave_due_ != never ? leave_due_ : replay_due_; }
  /// The last words were heard, or the time for them is over.
  [[nodiscard]] bool has_ended() const { return ended_; }

  /// Words are not over so soon: nothing can be heard of them, or what has ended is what was said before.
  static constexpr span shortest_words = std::chrono::milliseconds{200};
  /// How long they are given then.
  static constexpr span likely_words = std::chrono::seconds{4};

private:
  struct text {
    sentence what;
    std::uint64_t tag = 0;
    std::optional<std::vector<std::string>> files; ///< once they are ready
  };
  enum class heard : std::uint8_t { nothing, repeated, once };

  prepare ask(text& t, sentence what);
  sounds say_once(sentence what);
  sounds start_repeated(instant now);
  play start(std::vector<std::string> files, instant now);

  manner manner_;
  text repeated_;
  text once_;
  heard current_ = heard::nothing;
  std::uint64_t last_tag_ = 0;
  std::uint32_t plays_ = 0; ///< of what is repeated
  bool playing_ = false;
  instant played_ = never; ///< when playing began
  instant replay_due_ = never;
  instant leave_due_ = never;
  bool ended_ = false;
};

} // namespace lifeline::domain::voice
