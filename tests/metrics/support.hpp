#pragma once
// A plan of two queues, events in few words, and a reader of the text format.

#include "domain/log/events.hpp"
#include "metrics/metrics.hpp"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

namespace lifeline::testing {

using namespace std::chrono_literals;
using namespace lifeline::domain;

inline const instant start = from_micros(1'700'000'000'000'000);

inline domain::plan two_queues() {
  domain::plan p;
  p.queues.resize(2);
  p.queues[0].name = "12315";
  p.queues[1].name = "96333";
  p.queues[1].service_level = 10s;
  p.queues[1].short_abandon = 2s;
  p.hotlines.resize(2);
  p.hotlines[0].name = "12315";
  p.hotlines[0].queue = "12315";
  p.hotlines[1].name = "96333";
  p.hotlines[1].queue = "96333";
  p.agents.resize(2);
  p.agents[0].account = "8001";
  p.agents[1].account = "8002";
  return p;
}

inline call_id call(std::uint64_t n) { return {n, n}; }
inline reservation_id reservation(std::uint64_t n) { return {n, n}; }

/// The value of a series, e.g. `lifeline_calls_offered_total{queue="12315"}`; labels in the order written.
inline std::optional<double> value_of(const std::string& text, const std::string& series) {
  const auto at = text.find("\n" + series + " ");
  if (at == std::string::npos) return std::nullopt;
  return std::strtod(text.c_str() + at + series.size() + 2, nullptr);
}

class log_writer {
public:
  explicit log_writer(actors::metrics& to) : to_(to) {}
  void operator()(const call_id& id, event_body body, span after = 0s, bool stored = true) {
    to_.on_commit({event{++seq_, start + after, id, std::move(body)}}, stored);
  }

private:
  actors::metrics& to_;
  std::uint64_t seq_ = 0;
};

} // namespace lifeline::testing
