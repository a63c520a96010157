#pragma once
// A process as /proc shows it, over time: CPU, memory, descriptors. And what a line through such figures says.

#include "bench/report.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace lifeline::bench {

struct process_sample {
  double at = 0;     ///< seconds since the watch began
  double cpu_ms = 0; ///< used so far
  double resident_kb = 0;
  double descriptors = 0;
};
/// Nothing when there is no such process.
std::optional<process_sample> sample_process(int pid);

/// CPU time (user and kernel, all threads) used so far, in ms; resident memory in kB. 0: it is gone.
double cpu_ms_of(int pid);
double resident_kb_of(int pid);

/// A text of /proc/<pid>/stat: user and kernel time in clock ticks, and of /proc/<pid>/status: VmRSS in kB.
std::optional<double> cpu_ticks_in(std::string_view stat);
std::optional<double> resident_kb_in(std::string_view status);

class process_watch {
public:
  process_watch(int pid, std::chrono::milliseconds period);
  ~process_watch();
  process_watch(const process_watch&) = delete;
  process_watch& operator=(const process_watch&) = delete;

  /// So far; the last one is at most a period old, or the last of a process that has ended.
  [[nodiscard]] std::vector<process_sample> samples() const;

private:
  void run();

  int pid_;
  std::chrono::milliseconds period_;
  mutable std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::vector<process_sample> samples_;
  std::thread thread_;
};

using points = std::vector<std::pair<double, double>>;
/// % of a core between each two samples.
points cpu_percent(const std::vector<process_sample>& s);
points resident_mb(const std::vector<process_sample>& s);
points descriptors(const std::vector<process_sample>& s);
/// The steepness of the straight line with the least squares, y per x; 0 for fewer than two different x.
double slope(const points& p);
/// The largest y; 0 when there is none.
double largest(const points& p);

} // namespace lifeline::bench
