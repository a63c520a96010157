#pragma once
// What a run has measured: printed as a table, kept as JSON, drawn as an HTML page, compared with an earlier JSON. A
// report never judges: a slow machine gives large figures, not a failure.

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::bench {

enum class better : std::uint8_t { lower, higher, neither };

struct figure {
  std::string name; ///< unique within the report: "ack latency p99"
  double value = 0;
  std::string unit; ///< "ms", "1/s", "kB", "" = a number
  better direction = better::lower;
  double target = 0; ///< shown beside it; 0 = none
  std::string note;
};
/// Values against time or another quantity, drawn as a line.
struct series {
  std::string name;
  std::string x_unit;
  std::string y_unit;
  std::vector<std::pair<double, double>> points;
};
/// How values are spread, drawn as bars: upper bounds of the buckets and counts.
struct spread {
  std::string name;
  std::string unit;
  std::vector<std::pair<double, std::uint64_t>> buckets;
};
/// A table of its own (a staffing plan): drawn and printed as it is.
struct sheet {
  std::string title;
  std::vector<std::string> heading;
  std::vector<std::vector<std::string>> rows;
};

struct report {
  std::string run;     ///< "router"
  std::string command; ///< as it was called
  std::string version; ///< of the engine
  std::string machine; ///< "2 cores, Intel ..., Linux 6.1"
  std::string begun;   ///< RFC 3339
  std::vector<figure> figures;
  std::vector<series> curves;
  std::vector<spread> spreads;
  std::vector<sheet> sheets;
  std::vector<std::string> remarks; ///< what limits the run: "SIPp used 96 % of a core"

  figure& add(std::string name, double value, std::string unit, better direction = better::lower, double target = 0);
};

/// Fills in machine, version and time.
report make_report(std::string run, std::string command);

/// What percentiles are to be at the most; 0 = none.
struct percentile_targets {
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
};

/// Durations or sizes, to be summed up. Not for more than some ten millions.
class sample {
public:
  void add(double value) { values_.push_back(value); }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] double mean() const;
  /// Nearest rank; 0 when there is nothing. `p` from 0 to 1.
  [[nodiscard]] double percentile(double p);
  [[nodiscard]] double largest();
  /// p50, p95, p99 and the largest as figures "<name> p50" ...
  void describe(report& r, const std::string& name, const std::string& unit, const percentile_targets& targets = {});
  /// About 40 buckets, logarithmic.
  [[nodiscard]] spread histogram(std::string name, std::string unit);

private:
  void sort();
  std::vector<double> values_;
  std::size_t sorted_ = 0;
};

std::string as_table(const report& r);
std::string as_json(const report& r);
std::string as_html(const report& r);
/// The figures of both as ratios (this / that). The error is a sentence: the file is not a report of this run.
tl::expected<std::string, std::string> compare(const report& r, const std::string& earlier_json);

} // namespace lifeline::bench
