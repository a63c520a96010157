#pragma once
// How the parts of the engine that meet lifts and rescuers on the telephone (lift phones, the report line) reach the
// alarms. Thread-safe, never blocks; answers come on some thread.

#include "domain/order_machine.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lifeline::actors {

struct report_receipt;

/// An order that a rescuer has in hand, enough to speak about.
struct order_brief {
  domain::order_id order;
  std::string number;
  std::string party;
  domain::deployment_phase phase = domain::deployment_phase::dispatched;
  domain::order_state state;
};

class rescue_port {
public:
  virtual ~rescue_port() = default;
  using receipt_callback = std::function<void(tl::expected<report_receipt, std::string>)>;
  using word_callback = std::function<void(bool ok, const std::string& why)>;

  /// Durable before it is answered.
  virtual void report(domain::alarm_report r, receipt_callback done) = 0;
  /// Open orders in which the party that this phone number belongs to is engaged, the oldest first.
  [[nodiscard]] virtual std::vector<order_brief> orders_of_phone(const std::string& number) = 0;
  virtual void rescuer_says(const domain::order_id& order, const domain::rescuer_report& r, word_callback done) = 0;
  /// The lift's record by any of its codes.
  [[nodiscard]] virtual std::optional<domain::elevator> lift(const std::string& code) = 0;
  /// The open order of a lift, for a call that comes from it; nil = none.
  [[nodiscard]] virtual domain::order_id open_order_of(const std::string& rescue_code) = 0;
  /// The open alarm that this number has called about, however a carrier writes it; of several the newest; nil = none.
  /// Asked for each caller of the hotline: cheap.
  [[nodiscard]] virtual domain::order_id open_order_of_caller(const std::string& number) = 0;
  /// Links a hotline call to an order (its timeline shows it); no answer, for it must never delay a call.
  virtual void link_call(const domain::order_id& order, const domain::call_id& call) = 0;
  /// A linked call was answered: whoever did has taken the alarm. No answer either.
  virtual void call_answered(const domain::order_id& order, const domain::call_id& call,
                             const domain::call_answer& answer) = 0;
};

} // namespace lifeline::actors
