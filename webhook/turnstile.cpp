#include "webhook/turnstile.hpp"

#include <utility>

namespace lifeline::webhook {

void turnstile::enter(const std::string& receiver, go g) {
  auto& l = lanes_[receiver];
  l.waiting.push_back(std::move(g));
  if (l.waiting.size() == 1) turns_.push_back(receiver);
  admit();
}

void turnstile::leave(const std::string& receiver) {
  const auto at = lanes_.find(receiver);
  --at->second.inside;
  --inside_;
  if (at->second.inside == 0 && at->second.waiting.empty()) lanes_.erase(at);
  admit();
}

/// One of each receiver's in turn, until all places are taken or nobody is left who may go.
void turnstile::admit() {
  if (admitting_) return; // a `go` that enters or leaves by itself: the loop below sees it
  admitting_ = true;
  for (std::size_t passed = 0; inside_ < of_all_ && passed < turns_.size();) {
    const auto receiver = std::move(turns_.front());
    turns_.pop_front();
    auto& l = lanes_[receiver];
    if (l.inside >= of_one_) {
      turns_.push_back(receiver);
      ++passed;
      continue;
    }
    passed = 0;
    const auto g = std::move(l.waiting.front());
    l.waiting.pop_front();
    if (!l.waiting.empty()) turns_.push_back(receiver);
    ++l.inside;
    ++inside_;
    if (!g()) leave(receiver);
  }
  admitting_ = false;
}

} // namespace lifeline::webhook
