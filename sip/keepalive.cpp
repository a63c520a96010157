#include "sip/keepalive.hpp"

#include <algorithm>
#include <functional>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

/// Phones that registered all at once (after a power cut) are not all asked at once.
domain::span stagger(const keepalive_watch::key& phone, domain::span interval) {
  const auto spread = std::hash<std::string>{}(phone.second) % 1000;
  return interval / 2 + interval / 2 * static_cast<std::int64_t>(spread) / 1000;
}

} // namespace

bool needs_keepalive(const contact& c) {
  return !c.route.empty() || c.uri.rfind("sips:", 0) == 0 || c.uri.find(";transport=tcp") != std::string::npos ||
         c.uri.find(";transport=tls") != std::string::npos;
}

void keepalive_watch::configure(std::chrono::seconds interval, int failures) {
  const bool sooner = interval < interval_;
  interval_ = interval;
  limit_ = std::max(1, failures);
  if (!sooner) return;
  for (auto& [phone, s] : phones_) // the due times of the longer interval lie too far ahead
    s.due = domain::never;
  next_ = domain::never;
}

void keepalive_watch::track(const std::string& account, const std::vector<contact>& contacts, domain::instant now) {
  for (auto it = phones_.lower_bound({account, {}}); it != phones_.end() && it->first.first == account;) {
    const bool stays = std::any_of(contacts.begin(), contacts.end(), [&](const contact& c) {
      return c.uri == it->first.second && c.route == it->second.route;
    });
    it = stays ? std::next(it) : phones_.erase(it);
  }
  for (const auto& c : contacts) {
    if (!needs_keepalive(c)) continue;
    const key phone{account, c.uri};
    state fresh;
    fresh.route = c.route;
    fresh.due = now + stagger(phone, interval_);
    const auto [it, added] = phones_.emplace(phone, fresh);
    next_ = std::min(next_, it->second.due);
  }
}

keepalive_watch::round keepalive_watch::due(domain::instant now) {
  round r;
  if (interval_ <= 0s || now < next_) return r;
  next_ = domain::instant::max();
  for (auto it = phones_.begin(); it != phones_.end();) {
    auto& s = it->second;
    if (s.due <= now) {
      if (std::exchange(s.asked, true) && ++s.failures >= limit_) {
        r.dead.push_back(it->first);
        it = phones_.erase(it);
        continue;
      }
      s.due = now + interval_;
      r.probes.push_back({it->first, s.route});
    }
    next_ = std::min(next_, s.due);
    ++it;
  }
  return r;
}

void keepalive_watch::answered(const key& phone, int status) {
  const auto found = phones_.find(phone);
  if (found == phones_.end()) return;
  if (status == 408 || status == 503 || status >= 700) return; // counted when the next one is due
  found->second.asked = false;
  found->second.failures = 0;
}

bool keepalive_watch::silent(const key& phone) const {
  const auto found = phones_.find(phone);
  return found != phones_.end() && found->second.failures > 0;
}

} // namespace lifeline::sip
