#pragma once
// How often somebody may ask: token buckets by name in a table of bounded size. Time is given, in any steady clock.

#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lifeline::cti {

/// Not thread-safe. When the table is full the one that was asked for longest ago is forgotten.
class rate_limiter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// A bucket holds `burst` tokens and gains `per_second`.
  rate_limiter(double per_second, double burst, std::size_t most)
      : per_second_(per_second), burst_(burst), most_(most) {}

  /// Takes a token; nothing is taken when there is none.
  bool take(const std::string& name, time_point now);
  /// Whether there is one.
  bool has(const std::string& name, time_point now);
  /// Whether nothing was taken of late.
  bool is_full(const std::string& name, time_point now);
  /// Until there is a token again.
  std::chrono::seconds wait(const std::string& name, time_point now);
  [[nodiscard]] std::size_t size() const { return index_.size(); }

private:
  struct bucket {
    std::string name;
    double tokens;
    time_point filled;
  };
  bucket& find(const std::string& name, time_point now);

  double per_second_;
  double burst_;
  std::size_t most_;
  std::list<bucket> buckets_; ///< the last asked for first
  std::unordered_map<std::string, std::list<bucket>::iterator> index_;
};

/// Whom an address stands for: an IPv4 address itself, of an IPv6 address its network of 64 bits (one customer); what
/// is no address stands for itself.
std::string source_of(std::string_view address);

} // namespace lifeline::cti
