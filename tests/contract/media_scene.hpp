#pragma once
// A media gateway: the real one on the loopback, or one of the tests' own.

#include "media/gateway.hpp"

#include <functional>
#include <memory>
#include <string>

namespace lifeline::contract {

class media_scene {
public:
  virtual ~media_scene() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual media::gateway& gate() = 0;
  /// True as soon as it holds; time passes meanwhile.
  [[nodiscard]] virtual bool eventually(const std::function<bool()>& holds) = 0;
  /// Time in which what should not come would have come.
  virtual void pass() = 0;
};

/// Every implementation, each started anew. All can play the prompt "tone.wav".
std::unique_ptr<media_scene> real_media();
std::unique_ptr<media_scene> fake_media_of_actors();
std::unique_ptr<media_scene> simulated_media();

} // namespace lifeline::contract
