#pragma once
// A place on earth (WGS 84).

namespace lifeline::domain {

/// WGS-84, degrees.
struct geo_point {
  double latitude = 0;  ///< -90 .. 90
  double longitude = 0; ///< -180 .. 180
  bool operator==(const geo_point&) const = default;
};
/// Great-circle distance in metres (haversine, mean earth radius).
double distance_metres(const geo_point& a, const geo_point& b);

} // namespace lifeline::domain
