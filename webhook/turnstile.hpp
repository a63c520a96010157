#pragma once
// How many connections there are at once: a receiver that is slow, or gone, takes only its own places, and the engine's
// file descriptors are needed for calls. One thread.

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>

namespace lifeline::webhook {

class turnstile {
public:
  /// Called when a place is free. False: nobody needs it any more.
  using go = std::function<bool()>;

  turnstile(std::size_t of_one_receiver, std::size_t of_all) : of_one_(of_one_receiver), of_all_(of_all) {}

  /// `g` is called now or when it is its turn: first come, first served for one receiver, receivers in turn.
  void enter(const std::string& receiver, go g);
  /// Each `go` that returned true is followed by one `leave`.
  void leave(const std::string& receiver);
  [[nodiscard]] std::size_t inside() const { return inside_; }

private:
  struct lane {
    std::size_t inside = 0;
    std::deque<go> waiting;
  };
  void admit();

  std::size_t of_one_;
  std::size_t of_all_;
  std::size_t inside_ = 0;
  std::map<std::string, lane> lanes_; ///< only those with somebody inside or waiting
  std::deque<std::string> turns_;     ///< receivers with somebody waiting, and perhaps more
  bool admitting_ = false;
};

} // namespace lifeline::webhook
