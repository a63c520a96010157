#pragma once
// What is known of the orders whose actors run, for everybody who asks without asking the actors: merging, the report
// line, the board, the metrics. It outlives the actors, so that one that replaces a crashed one continues from here at
// once, whatever the disk does meanwhile. All classes are thread-safe.

#include "actors/rescue/rescue_operations.hpp"
#include "domain/rescue/device_watch.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace lifeline::actors {

using order_ptr = std::shared_ptr<const domain::order_state>;

class live_orders {
public:
  /// The order as it is after its last step.
  void put(order_ptr order);
  void erase(const domain::order_id& id);
  [[nodiscard]] order_ptr get(const domain::order_id& id) const;
  [[nodiscard]] order_ptr find_number(const std::string& number) const;
  /// The active alarm of a lift (orders without a ladder hold no lift's place); null: there is none.
  [[nodiscard]] order_ptr alarm_of_lift(const std::string& rescue_code) const;
  /// The newest active alarm without a lift that this number has reported; null: there is none.
  [[nodiscard]] order_ptr alarm_of_caller(const std::string& phone) const;
  /// The newest active alarm that this number has reported, of a known lift or not; null: there is none.
  [[nodiscard]] order_ptr alarm_reported_by(const std::string& phone) const;
  [[nodiscard]] std::vector<order_ptr> all() const;
  /// Active orders for which our own people are rung (domain/rescue/order_alert.cpp), at this stage or beyond: the
  /// first `most` of them, those with injured people, fire or medical need first, then the oldest.
  [[nodiscard]] std::vector<order_ptr> ringing(domain::alert_stage least, std::size_t most) const;
  [[nodiscard]] std::size_t size() const;

private:
  using danger = std::tuple<bool, domain::instant, domain::order_id>; ///< the less, the sooner
  static danger danger_of(const domain::order_state& o);
  void index(const order_ptr& order);
  void unindex(const domain::order_state& o);

  mutable std::shared_mutex mutex_;
  std::unordered_map<domain::order_id, order_ptr> orders_;
  std::unordered_map<std::string, domain::order_id> by_number_;
  std::unordered_map<std::string, domain::order_id> by_lift_;
  std::unordered_map<std::string, domain::order_id> by_caller_;   ///< those without a lift
  std::unordered_map<std::string, domain::order_id> by_reporter_; ///< all
  std::map<danger, order_ptr> ringing_;
};

/// Calls and webhooks under way. They go on while their alarm's actor is started anew: what they bring lies here until
/// it is fetched. Also what a given up one brings: a key that was pressed just before is a rescuer's word.
class open_attempts {
public:
  void begin(const domain::attempt_id& id, const domain::order_id& order);
  /// One of our own people is rung, not a rescuer; what comes of it is the same order's.
  struct alerted_one {
    std::string name; ///< account, or number
    bool account = false;
    domain::alert_stage stage = domain::alert_stage::agents;
  };
  void begin_alert(const domain::attempt_id& id, const domain::order_id& order, alerted_one whom);
  [[nodiscard]] std::optional<alerted_one> alerted(const domain::attempt_id& id) const;
  struct open_alert {
    domain::attempt_id attempt;
    domain::order_id order;
    alerted_one whom;
  };
  /// Alerts that ring, or are listened to.
  [[nodiscard]] std::vector<open_alert> alerts() const;
  /// Its phone is rung since then; noted once.
  void set_dialled(const domain::attempt_id& id, domain::instant at);
  [[nodiscard]] std::optional<domain::instant> dialled(const domain::attempt_id& id) const;
  /// How it can be ended early; at once when that was asked for already.
  void set_give_up(const domain::attempt_id& id, std::function<void()> give_up);
  /// False: it is known to have ended, or was never begun.
  bool finish(const domain::attempt_result& r);
  [[nodiscard]] std::optional<domain::attempt_result> take(const domain::attempt_id& id);
  /// Of this order, those whose results are to be fetched.
  [[nodiscard]] std::vector<domain::attempt_id> ended(const domain::order_id& order) const;
  /// Under way, without a result.
  [[nodiscard]] bool goes_on(const domain::attempt_id& id) const;
  /// Under way, or its result is to be fetched.
  [[nodiscard]] bool knows(const domain::attempt_id& id) const;
  void give_up(const domain::attempt_id& id);
  void give_up_all();
  /// Those to rescuers that have not ended; given up ones included.
  [[nodiscard]] std::size_t under_way() const;

private:
  struct attempt {
    domain::order_id order;
    std::function<void()> give_up;
    std::optional<domain::attempt_result> result;
    bool given_up = false;
    std::optional<alerted_one> alerted;
    std::optional<domain::instant> dialled;
  };
  mutable std::mutex mutex_;
  std::unordered_map<domain::attempt_id, attempt> attempts_;
};

/// Reports of late, by source and message id: most repeats come within seconds, and must find what the disk may not
/// have yet.
class recent_reports {
public:
  struct entry {
    report_receipt receipt;
    bool stored = false;
  };
  /// `key`: storage::report_key.
  void put(const std::string& key, entry e);
  [[nodiscard]] std::optional<entry> get(const std::string& key) const;
  void erase(const std::string& key);

private:
  static constexpr std::size_t limit = 50000;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, entry> entries_;
  std::deque<std::string> order_; ///< oldest first
};

/// The lifts' own phones. domain::device_watch for many threads.
class device_board {
public:
  void restore(const domain::device_record& r);
  /// Nothing when it is known already by this id.
  std::optional<domain::device_record> watch(const std::string& lift, const std::string& device_id,
                                             domain::instant now);
  std::optional<domain::device_silence> heard(const std::string& lift, domain::report_kind kind,
                                              const std::string& code, domain::instant now);
  std::vector<domain::device_silence> check(domain::instant now, domain::span silent_after);
  [[nodiscard]] std::optional<domain::device_record> find(const std::string& lift) const;
  [[nodiscard]] std::vector<domain::device_record> silent() const;
  [[nodiscard]] std::size_t silent_count() const;

private:
  mutable std::mutex mutex_;
  domain::device_watch watch_;
};

} // namespace lifeline::actors
