#include "sip/source_guard.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace lifeline::sip {

namespace {

constexpr double emergency_factor = 4;
constexpr std::size_t prefix_bytes = 8; // of an IPv6 /64

const char* reason_of(offence what) {
  switch (what) {
  case offence::wrong_password: return "wrong passwords";
  case offence::unknown_account: return "unknown accounts";
  case offence::unknown_source: return "unknown source";
  }
  return "";
}

bool any_contains(const std::vector<cidr>& blocks, const ip_address& address) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const cidr& b) { return b.contains(address); });
}

/// Whether a block and a source (perhaps a whole /64) have an address in common.
bool any_touches(const std::vector<cidr>& blocks, const ip_address& key) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const cidr& b) {
    if (b.contains(key)) return true;
    return !is_ipv4(key) && b.prefix > prefix_bytes * 8 &&
           std::equal(key.bytes.begin(), key.bytes.begin() + prefix_bytes, b.network.bytes.begin());
  });
}

ban lifted(ban b) {
  b.until = domain::never;
  return b;
}

} // namespace

double token_bucket::level(double rate, double burst, domain::instant now) const {
  if (last_ == domain::never) return burst;
  return std::min(burst, tokens_ + rate * std::max(0.0, domain::seconds(now - last_)));
}

bool token_bucket::has(double rate, double burst, domain::instant now) const { return level(rate, burst, now) >= 1; }

bool token_bucket::take(double rate, double burst, domain::instant now) {
  tokens_ = level(rate, burst, now);
  last_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

std::size_t address_hash::operator()(const ip_address& a) const noexcept {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(a.bytes.data()), a.bytes.size()});
}

ip_address source_key(const ip_address& address) {
  if (is_ipv4(address)) return address;
  auto key = address;
  std::fill(key.bytes.begin() + prefix_bytes, key.bytes.end(), std::uint8_t{0});
  return key;
}

std::string source_text(const ip_address& key) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_ipv4(key);
  inet_ntop(v4 ? AF_INET : AF_INET6, key.bytes.data() + (v4 ? 12 : 0), text.data(), text.size());
  return std::string{text.data()} + (v4 ? "" : "/64");
}

std::optional<ip_address> parse_source(std::string_view text) {
  if (text.size() > 3 && text.substr(text.size() - 3) == "/64" && text.find(':') != std::string_view::npos)
    text.remove_suffix(3);
  const auto address = parse_address(text);
  if (!address) return std::nullopt;
  return source_key(*address);
}

std::string check_guard(const guard_settings& s) {
  if (s.requests_per_second <= 0 || s.burst < 1)
    return "sip: guard: requests_per_second must be above 0 and burst at least 1";
  if (s.invites_per_second <= 0 || s.invite_burst < 1)
    return "sip: guard: invites_per_second must be above 0 and invite_burst at least 1";
  if (s.trunk_refusals_per_second <= 0) return "sip: guard: trunk_refusals_per_second must be above 0";
  if (s.max_offences < 1) return "sip: guard: max_offences must be at least 1";
  if (s.offence_window.count() < 1 || s.ban_time.count() < 1)
    return "sip: guard: offence_window and ban_time must be at least 1 s";
  if (s.max_tracked < 1) return "sip: guard: max_tracked must be at least 1";
  for (const auto& text : s.never_banned)
    if (const auto block = cidr::parse(text); !block) return "sip: guard: never_banned: " + block.error();
  return {};
}

std::vector<ban> source_guard::configure(const guard_settings& s) {
  settings_ = s;
  never_banned_.clear();
  for (const auto& text : s.never_banned)
    if (auto block = cidr::parse(text)) never_banned_.push_back(*block);
  return lift_spared();
}

std::vector<ban> source_guard::spare(std::vector<cidr> blocks) {
  spared_ = std::move(blocks);
  return lift_spared();
}

std::vector<ban> source_guard::lift_spared() {
  std::vector<ban> gone;
  std::erase_if(bans_, [&](const auto& item) {
    if (!any_touches(spared_, item.first) && !any_touches(never_banned_, item.first)) return false;
    gone.push_back(lifted(item.second));
    return true;
  });
  return gone;
}

bool source_guard::spared(const ip_address& source) const { return any_contains(spared_, source); }

source_guard::record& source_guard::track(const ip_address& key) {
  const auto found = sources_.find(key);
  if (found != sources_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second.place);
    return found->second;
  }
  while (sources_.size() >= settings_.max_tracked && !by_use_.empty()) {
    sources_.erase(by_use_.back());
    by_use_.pop_back();
  }
  by_use_.push_front(key);
  auto& r = sources_[key];
  r.place = by_use_.begin();
  return r;
}

admission source_guard::admit(const ip_address& source, domain::instant now) {
  auto& r = track(source_key(source));
  if (r.requests.take(settings_.requests_per_second, settings_.burst, now)) return admission::admitted;
  // Refusals cost us an answer each, so they have a budget too.
  return r.refusals.take(settings_.requests_per_second, settings_.burst, now) ? admission::refused : admission::dropped;
}

bool source_guard::flooding(const ip_address& source, domain::instant now) const {
  const auto found = sources_.find(source_key(source));
  if (found == sources_.end()) return false;
  const auto& r = found->second;
  return !r.requests.has(settings_.requests_per_second, settings_.burst, now) &&
         !r.refusals.has(settings_.requests_per_second, settings_.burst, now);
}

bool source_guard::admit_invite(bool emergency, domain::instant now) {
  if (!emergency) return invites_.take(settings_.invites_per_second, settings_.invite_burst, now);
  return emergency_invites_.take(emergency_factor * settings_.invites_per_second,
                                 emergency_factor * settings_.invite_burst, now);
}

bool source_guard::would_admit_invite(bool emergency, domain::instant now) const {
  if (!emergency) return invites_.has(settings_.invites_per_second, settings_.invite_burst, now);
  return emergency_invites_.has(emergency_factor * settings_.invites_per_second,
                                emergency_factor * settings_.invite_burst, now);
}

bool source_guard::admit_spared(const ip_address& source, domain::instant now) {
  const auto rate = settings_.trunk_refusals_per_second;
  return track(source_key(source)).refusals.take(rate, std::max(1.0, 2 * rate), now);
}

std::optional<ban> source_guard::offend(const ip_address& source, offence what, bool registered, domain::instant now) {
  const auto key = source_key(source);
  if (registered || any_touches(spared_, key) || any_touches(never_banned_, key)) return std::nullopt;
  auto& r = track(key);
  if (r.window == domain::never || now - r.window > settings_.offence_window) {
    r.window = now;
    r.offences = 0;
  }
  if (++r.offences < settings_.max_offences) return std::nullopt;
  r.window = domain::never;
  r.offences = 0;
  return begin(key, now + settings_.ban_time, reason_of(what));
}

std::optional<ban> source_guard::punish(const ip_address& source, std::chrono::seconds duration, domain::instant now) {
  const auto key = source_key(source);
  if (duration.count() <= 0 || any_touches(spared_, key) || any_touches(never_banned_, key)) return std::nullopt;
  return begin(key, now + duration, "by hand");
}

std::optional<ban> source_guard::begin(const ip_address& key, domain::instant until, std::string reason) {
  // Only a flood from forged addresses gets here: any ban is as good as another, and looking for the oldest would cost.
  if (bans_.count(key) == 0 && bans_.size() >= settings_.max_tracked) bans_.erase(bans_.begin());
  auto& b = bans_[key];
  b.address = source_text(key);
  b.until = std::max(b.until, until);
  b.reason = std::move(reason);
  return b;
}

std::optional<ban> source_guard::pardon(const ip_address& source) {
  const auto found = bans_.find(source_key(source));
  if (found == bans_.end()) return std::nullopt;
  auto gone = lifted(found->second);
  bans_.erase(found);
  return gone;
}

bool source_guard::drops(const ip_address& source, domain::instant now) {
  if (bans_.empty()) return false;
  const auto found = bans_.find(source_key(source));
  if (found == bans_.end() || found->second.until <= now) return false;
  ++found->second.dropped;
  return true;
}

bool source_guard::is_banned(const ip_address& source, domain::instant now) const {
  const auto found = bans_.find(source_key(source));
  return found != bans_.end() && found->second.until > now;
}

std::vector<ban> source_guard::expire(domain::instant now) {
  std::vector<ban> gone;
  std::erase_if(bans_, [&](const auto& item) {
    if (item.second.until > now) return false;
    gone.push_back(lifted(item.second));
    return true;
  });
  return gone;
}

std::vector<ban> source_guard::bans() const {
  std::vector<ban> all;
  all.reserve(bans_.size());
  for (const auto& [key, b] : bans_)
    all.push_back(b);
  std::sort(all.begin(), all.end(), [](const ban& a, const ban& b) { return a.address < b.address; });
  return all;
}

} // namespace lifeline::sip
