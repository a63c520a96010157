#pragma once
// What a fake media gateway owes about faults that are injected. tests/contract compares it with the real gateway.

#include "media/gateway.hpp"

namespace lifeline::testing {

class media_faults : public media::gateway {
public:
  void inject_fault(std::chrono::milliseconds hang) override {
    if (hang.count() <= 0) ++faults_;
  }
  [[nodiscard]] media::media_statistics statistics() const override {
    media::media_statistics s;
    s.faults = faults_;
    return s;
  }

private:
  std::uint64_t faults_ = 0;
};

} // namespace lifeline::testing
