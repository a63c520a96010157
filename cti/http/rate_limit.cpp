#include "cti/http/rate_limit.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>
#include <cmath>

namespace lifeline::cti {

rate_limiter::bucket& rate_limiter::find(const std::string& name, time_point now) {
  const auto found = index_.find(name);
  if (found == index_.end()) {
    if (index_.size() >= most_ && !buckets_.empty()) {
      index_.erase(buckets_.back().name);
      buckets_.pop_back();
    }
    buckets_.push_front({name, burst_, now});
    index_[name] = buckets_.begin();
    return buckets_.front();
  }
  buckets_.splice(buckets_.begin(), buckets_, found->second);
  auto& b = buckets_.front();
  if (now > b.filled) {
    b.tokens = std::min(burst_, b.tokens + per_second_ * std::chrono::duration<double>(now - b.filled).count());
    b.filled = now;
  }
  return b;
}

bool rate_limiter::take(const std::string& name, time_point now) {
  auto& b = find(name, now);
  if (b.tokens < 1) return false;
  b.tokens -= 1;
  return true;
}

bool rate_limiter::has(const std::string& name, time_point now) { return find(name, now).tokens >= 1; }

bool rate_limiter::is_full(const std::string& name, time_point now) { return find(name, now).tokens >= burst_; }

std::chrono::seconds rate_limiter::wait(const std::string& name, time_point now) {
  const auto missing = 1 - find(name, now).tokens;
  if (missing <= 0 || per_second_ <= 0) return std::chrono::seconds{1};
  return std::chrono::seconds{std::max(1L, std::lround(std::ceil(missing / per_second_)))};
}

std::string source_of(std::string_view address) {
  namespace ip = boost::asio::ip;
  std::string text{address.substr(0, address.find('%'))};
  boost::system::error_code error;
  const auto six = ip::make_address_v6(text, error);
  if (error) return text;
  if (six.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, six).to_string();
  return ip::network_v6(six, 64).canonical().to_string();
}

} // namespace lifeline::cti
