#pragma once
// Plays the leg for a script, in virtual time: remembers what it wanted, gives it the clock when it is due, and holds
// it to what every script promises.

#include "domain/voice/leg_script.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lifeline::testing {

/// "name.wav" of a phrase, the text itself of what is rendered.
inline std::vector<std::string> rendered(const domain::utterance& words) {
  std::vector<std::string> files;
  for (const auto& piece : words)
    files.push_back(piece.name.empty() ? piece.text : piece.name + ".wav");
  return files;
}

template <domain::voice::script Script> class script_driver {
public:
  using request = typename Script::request;
  using reply = typename Script::reply;

  explicit script_driver(Script s) : script(std::move(s)) {}

  void tell(const domain::voice::news& n) { take(step(script, n, now)); }
  void tell(const reply& r) { take(step(script, r, now)); }
  /// A leg that has come in, and whose endpoint is there.
  void begin() {
    tell(domain::voice::begins{true, true});
    if (!is_over(script)) tell(domain::voice::opened{});
  }
  /// As from one press to the next.
  void press(char digit) {
    advance(std::chrono::seconds{1});
    tell(domain::voice::pressed{digit, false});
  }
  void advance(domain::span d) {
    const auto end = now + d;
    while (!is_over(script)) {
      const auto due = next_deadline(script);
      if (due == domain::never || due > end) break;
      now = std::max(now, due);
      tell(domain::voice::clock{});
      if (!is_over(script)) REQUIRE((next_deadline(script) > now)); // or it would be woken again and again
    }
    now = end;
  }
  void prompt_ends() {
    if (std::exchange(playing, false)) tell(domain::voice::played{});
  }
  void render() {
    renders = true;
    for (const auto& p : std::exchange(waiting, {}))
      tell(domain::voice::prepared{p.tag, rendered(p.full)});
  }

  [[nodiscard]] std::vector<std::string> heard() const {
    return plays.empty() ? std::vector<std::string>{} : plays.back();
  }
  [[nodiscard]] bool heard(const std::string& file) const {
    const auto files = heard();
    return std::find(files.begin(), files.end(), file) != files.end();
  }
  template <class Request> [[nodiscard]] std::vector<Request> asked() const {
    std::vector<Request> found;
    for (const auto& r : requests)
      if (const auto* one = std::get_if<Request>(&r)) found.push_back(*one);
    return found;
  }
  template <class Command> [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(
        std::count_if(done.begin(), done.end(), [](const auto& c) { return std::holds_alternative<Command>(c); }));
  }
  [[nodiscard]] bool over() const { return is_over(script); }

  Script script;
  domain::instant now{std::chrono::hours{24 * 365 * 50}};
  std::vector<domain::voice::command<request>> done;
  std::vector<request> requests;
  std::vector<std::vector<std::string>> plays;
  std::deque<domain::voice::prepare> waiting; ///< to be rendered
  bool renders = true;
  bool playing = false;

private:
  void take(domain::voice::commands<request> commands) {
    REQUIRE((is_over(script) || next_deadline(script) != domain::never));
    for (auto& c : commands) {
      done.push_back(c);
      if (auto* r = std::get_if<request>(&c)) requests.push_back(*r);
      if (auto* p = std::get_if<domain::voice::play>(&c)) {
        plays.push_back(p->files);
        playing = true;
      }
      if (std::holds_alternative<domain::voice::stop_playing>(c)) playing = false;
      if (auto* p = std::get_if<domain::voice::prepare>(&c)) waiting.push_back(*p);
    }
    if (renders) render();
  }
};

} // namespace lifeline::testing
