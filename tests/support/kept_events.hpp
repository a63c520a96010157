#pragma once
// Sinks that keep what a gateway tells them, from whichever thread.

#include "media/gateway.hpp"
#include "sip/gateway.hpp"

#include <mutex>
#include <vector>

namespace lifeline::testing {

class kept_leg_events final : public sip::leg_sink {
public:
  void on_leg_event(const sip::leg_event& e) override {
    const std::lock_guard lock{mutex_};
    events_.push_back(e);
  }
  [[nodiscard]] std::size_t count(sip::leg_event_kind kind) const {
    const std::lock_guard lock{mutex_};
    std::size_t n = 0;
    for (const auto& e : events_)
      if (e.kind == kind) ++n;
    return n;
  }
  [[nodiscard]] std::size_t count() const {
    const std::lock_guard lock{mutex_};
    return events_.size();
  }

private:
  mutable std::mutex mutex_;
  std::vector<sip::leg_event> events_;
};

class kept_endpoint_events final : public media::endpoint_sink {
public:
  void on_endpoint_event(const media::endpoint_event& e) override {
    const std::lock_guard lock{mutex_};
    events_.push_back(e);
  }
  void on_recording_event(const media::recording_event& e) override {
    const std::lock_guard lock{mutex_};
    recordings_.push_back(e);
  }
  [[nodiscard]] std::vector<media::endpoint_event> all(media::endpoint_event_kind kind) const {
    const std::lock_guard lock{mutex_};
    std::vector<media::endpoint_event> found;
    for (const auto& e : events_)
      if (e.kind == kind) found.push_back(e);
    return found;
  }
  [[nodiscard]] std::size_t count(media::endpoint_event_kind kind) const { return all(kind).size(); }
  [[nodiscard]] std::vector<media::recording_event> recordings() const {
    const std::lock_guard lock{mutex_};
    return recordings_;
  }

private:
  mutable std::mutex mutex_;
  std::vector<media::endpoint_event> events_;
  std::vector<media::recording_event> recordings_;
};

} // namespace lifeline::testing
