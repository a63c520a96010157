#include "domain/rescue/device_watch.hpp"

#include <algorithm>

namespace lifeline::domain {

instant device_watch::counted_from(const device_record& r) { return std::max(r.known_since, r.last_test); }

const device_record& device_watch::watch(const std::string& lift, const std::string& device_id, instant now) {
  if (const auto known = records_.find(lift); known != records_.end()) {
    known->second.device_id = device_id;
    return known->second;
  }
  device_record r;
  r.lift = lift;
  r.device_id = device_id;
  r.known_since = now;
  restore(r);
  return records_.at(lift);
}

void device_watch::forget(const std::string& lift) {
  const auto known = records_.find(lift);
  if (known == records_.end()) return;
  list_of(known->second).erase({counted_from(known->second), lift});
  records_.erase(known);
}

void device_watch::restore(const device_record& r) {
  forget(r.lift);
  records_[r.lift] = r;
  list_of(r).emplace(counted_from(r), r.lift);
}

std::optional<device_silence> device_watch::heard(const std::string& lift, report_kind kind, const std::string& code,
                                                  instant now) {
  auto r = watch(lift, records_.contains(lift) ? records_.at(lift).device_id : std::string{}, now);
  const bool was_silent = r.silent;
  r.last_heard = std::max(r.last_heard, now);
  if (kind == report_kind::device_failure) r.last_failure = code.empty() ? "unknown" : code;
  if (kind == report_kind::test) {
    r.last_test = std::max(r.last_test, now);
    r.last_failure.clear();
    r.silent = false;
  }
  restore(r);
  if (!was_silent || r.silent) return std::nullopt;
  return device_silence{lift, false, r.last_heard};
}

std::vector<device_silence> device_watch::check(instant now, span silent_after) {
  std::vector<device_silence> fallen;
  while (!waiting_.empty() && now - waiting_.begin()->first > silent_after) {
    const auto entry = *waiting_.begin();
    auto& r = records_.at(entry.second);
    waiting_.erase(waiting_.begin());
    r.silent = true;
    silent_.insert(entry);
    fallen.push_back({r.lift, true, r.last_heard});
  }
  return fallen;
}

instant device_watch::next_deadline(span silent_after) const {
  return waiting_.empty() ? never : waiting_.begin()->first + silent_after + span{1};
}

const device_record* device_watch::find(const std::string& lift) const {
  const auto known = records_.find(lift);
  return known == records_.end() ? nullptr : &known->second;
}

std::vector<device_record> device_watch::silent() const {
  std::vector<device_record> all;
  for (const auto& [since, lift] : silent_)
    all.push_back(records_.at(lift));
  return all;
}

} // namespace lifeline::domain
