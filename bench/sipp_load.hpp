#pragma once
// SIPp as the callers of a load: lean (no trace of messages), its statistics read afterwards, its own limits watched.

#include "bench/process_watch.hpp"
#include "tests/peers/harness/process.hpp"
#include "tests/peers/harness/workspace.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::bench {

/// The last line of what SIPp writes with -trace_stat, and how the calls went over time.
struct sipp_statistics {
  std::uint64_t created = 0;
  std::uint64_t successful = 0;
  std::uint64_t failed = 0;
  std::uint64_t retransmissions = 0;
  std::uint64_t unexpected = 0; ///< messages that the scenario does not know (a 503)
  points created_per_second;    ///< in each period, by seconds since the start
};
/// The columns are found by their headings. The error is a sentence.
tl::expected<sipp_statistics, std::string> read_sipp_statistics(std::string_view csv);

struct sipp_load_options {
  std::uint16_t engine_port = 0;
  std::string hotline = "12315";
  double rate = 100;                 ///< calls a second
  std::uint64_t calls = 1000;        ///< then no new ones
  std::uint64_t at_once = 1'000'000; ///< open calls at the most
  std::chrono::seconds drain{15};    ///< for the open ones, after the last was made
};
struct sipp_result {
  sipp_statistics statistics;
  double seconds = 0;     ///< of making calls
  double cpu_percent = 0; ///< of a core, the worst second
  double cpu_ms = 0;
  [[nodiscard]] double success() const;
};

class sipp_load {
public:
  sipp_load(const peers::workspace& place, const sipp_load_options& o);
  /// Waits until all calls have ended, or the time for them is over. Throws when SIPp does not run at all.
  sipp_result finish();
  /// No new calls; those that are open go on to their end, or to the end of their time.
  sipp_result wind_down();

private:
  sipp_result result();

  sipp_load_options options_;
  std::filesystem::path base_;
  std::chrono::steady_clock::time_point begun_;
  std::unique_ptr<peers::child> process_;
  std::unique_ptr<process_watch> watch_;
};

/// What of SIPp's own doing limits the figures, as remarks to `r`; `of`: "at 400 calls/s".
void remark_on_sipp(report& r, const sipp_result& s, const std::string& of, double wanted_rate);

} // namespace lifeline::bench
