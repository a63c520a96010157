#include "domain/base/geo_point.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lifeline::domain {

namespace {

constexpr double earth_radius = 6'371'008.8; // metres, mean (IUGG)

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

} // namespace

double distance_metres(const geo_point& a, const geo_point& b) {
  const auto half = [](double degrees) {
    const double s = std::sin(radians(degrees) / 2);
    return s * s;
  };
  const double h = half(b.latitude - a.latitude) +
                   std::cos(radians(a.latitude)) * std::cos(radians(b.latitude)) * half(b.longitude - a.longitude);
  return 2 * earth_radius * std::asin(std::sqrt(std::clamp(h, 0.0, 1.0)));
}

} // namespace lifeline::domain
