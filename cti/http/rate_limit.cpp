#include "cti/http/rate_limit.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
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
  std::string text{address.substr(0, address.find('%'))};
  in6_addr six{};
  if (::inet_pton(AF_INET6, text.c_str(), &six) != 1) return text;
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    ::inet_ntop(AF_INET, &six.s6_addr[12], out.data(), out.size());
    return out.data();
  }
  std::fill(std::begin(six.s6_addr) + 8, std::end(six.s6_addr), static_cast<std::uint8_t>(0));
  ::inet_ntop(AF_INET6, &six, out.data(), out.size());
  return std::string{out.data()} + "/64";
}

} // namespace lifeline::cti
