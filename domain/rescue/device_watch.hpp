#pragma once
// Lift phones test themselves (EN 81-28: at least every 3 days, over the channel that an alarm takes). One that has not
// done so for longer than `silent_after` is silent: somebody must look at it before it is needed. Only a test ends the
// silence; other messages are noted as heard. Pure: whoever holds the watch stores the records and logs the entries.

#include "domain/log/alarm_report.hpp"
#include "domain/log/order_events.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::domain {

/// What is known of one lift's phone; a value that is stored by the lift's rescue code.
struct device_record {
  std::string lift;
  std::string device_id;
  instant known_since = never; ///< its first three days begin here
  instant last_test = never;
  instant last_heard = never; ///< anything at all
  std::string last_failure;   ///< code of the last failure since the last good test
  bool silent = false;
  bool operator==(const device_record&) const = default;
};

class device_watch {
public:
  /// A lift that has a phone of its own: it is waited for from now on. One that is known keeps its times.
  const device_record& watch(const std::string& lift, const std::string& device_id, instant now);
  void forget(const std::string& lift);
  /// From the store, after a restart.
  void restore(const device_record& r);

  /// A message of the lift's phone: test, failure, alarm. The entry to be logged when a silent one is heard again.
  std::optional<device_silence> heard(const std::string& lift, report_kind kind, const std::string& code, instant now);
  /// Those that have become silent by now, the longest first; each is told once.
  std::vector<device_silence> check(instant now, span silent_after);
  /// When the next one becomes silent; never = none will.
  [[nodiscard]] instant next_deadline(span silent_after) const;

  [[nodiscard]] const device_record* find(const std::string& lift) const;
  /// The silent ones, the longest first.
  [[nodiscard]] std::vector<device_record> silent() const;
  [[nodiscard]] std::size_t silent_count() const { return silent_.size(); }
  [[nodiscard]] std::size_t size() const { return records_.size(); }

private:
  using by_time = std::set<std::pair<instant, std::string>>; ///< last test or beginning, lift
  [[nodiscard]] static instant counted_from(const device_record& r);
  [[nodiscard]] by_time& list_of(const device_record& r) { return r.silent ? silent_ : waiting_; }

  std::map<std::string, device_record> records_; ///< by rescue code
  by_time waiting_;
  by_time silent_;
};

} // namespace lifeline::domain
