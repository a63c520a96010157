#pragma once
// Days of calls that are made up: arrivals as an inhomogeneous Poisson process with a rate for each interval, lognormal
// talk times, exponential patience (L. Brown et al., "Statistical Analysis of a Telephone Call Center", 2005). The same
// seed gives the same day, on every machine: the random numbers' distributions are our own.

#include "domain/planning/what_if.hpp"

#include <cstdint>
#include <vector>

namespace lifeline::domain {

enum class talk_law : std::uint8_t { lognormal, exponential, constant };

struct day_profile {
  queue_id queue;
  instant begins = never;
  span interval = 30min;
  std::vector<double> calls; ///< expected number in each interval, one after the other
  talk_law law = talk_law::lognormal;
  double talk_mean = 188;    ///< seconds
  double talk_sigma = 0.983; ///< of the lognormal law: the deviation of the logarithm
  double patience_mean = 0;  ///< seconds; 0 = for ever
};

/// By time. Random streams of arrivals, talks and patience are separate, so that days of one seed differ only where
/// their profiles do (common random numbers: differences of results are those of the plans).
std::vector<day_call> invent_day(const day_profile& p, std::uint64_t seed);

/// Uniform in (0, 1), standard normal and exponential numbers from one seed.
class random_stream {
public:
  explicit random_stream(std::uint64_t seed) : state_(seed) {}
  double uniform();
  double exponential(double mean);
  double normal();

private:
  std::uint64_t state_;
};

} // namespace lifeline::domain
