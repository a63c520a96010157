#pragma once
// Days that really were, to be played again: from an engine's journal, or from a list as CSV.

#include "domain/planning/day_source.hpp"
#include "domain/planning/what_if.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lifeline::bench {

/// What is known of a caller of the past. Whoever was answered would have waited longer: only that is known of its
/// patience. Whoever gave up shows its patience, but not how long it would have talked.
struct past_call {
  domain::day_call call;  ///< patience: as it was for those who gave up, else for ever
  domain::span waited{0}; ///< of those who were answered: the patience is longer than this
  bool answered = false;
};
struct recorded_day {
  std::vector<past_call> calls; ///< by time
  /// Of each queue: callers who give up per second of waiting (exponential patience, those answered counted as what
  /// they are: censored), and the mean talk.
  std::map<domain::queue_id, double> abandon_rate;
  std::map<domain::queue_id, double> mean_talk;
};

/// The calls of that time that entered a queue, from a journal that no engine writes to, or a backup's.
[[nodiscard]] tl::expected<recorded_day, std::string> read_journal_day(const std::string& folder, domain::instant from,
                                                                       domain::instant until);
/// CSV with the heading at,queue,talk_seconds,waited_seconds,answered[,caller]: RFC 3339 times, yes or no. Errors name
/// the line.
[[nodiscard]] tl::expected<recorded_day, std::string> read_csv_day(const std::string& text);
std::string write_csv_day(const recorded_day& d);

/// One possible course of that day: what is not known is drawn.
std::vector<domain::day_call> draw(const recorded_day& d, std::uint64_t seed);

} // namespace lifeline::bench
