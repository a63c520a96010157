#pragma once
// Figures that are asked anew at each scrape, as Prometheus families.

#include "metrics/metrics.hpp"
#include "metrics/process.hpp"

#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::actors {

/// Collects families; a family that has no sample is left out.
class scrape {
public:
  using labels = std::vector<std::pair<std::string, std::string>>;

  void gauge(const std::string& name, const std::string& help, double value, const labels& with = {});
  void counter(const std::string& name, const std::string& help, double value, const labels& with = {});

  void add(const sip::sip_statistics& s);
  void add(const media::media_statistics& s);
  void add(const storage::journal_health& s);
  void add(const std::vector<sip::trunk_state>& trunks);
  void add(const process_figures& f);
  void add(const rescue_figures& f);
  /// Free space of the file systems that these folders lie in, by the name of each folder. Those that the system does
  /// not tell are left out.
  void add_disks(const std::map<std::string, std::string>& folders);

  [[nodiscard]] const std::vector<prometheus::MetricFamily>& families() const { return families_; }

private:
  prometheus::ClientMetric& sample(const std::string& name, const std::string& help, prometheus::MetricType type,
                                   const labels& with);
  std::vector<prometheus::MetricFamily> families_;
};

} // namespace lifeline::actors
