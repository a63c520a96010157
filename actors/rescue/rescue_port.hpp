#pragma once
// How the parts of the engine that meet lifts and rescuers on the telephone (lift phones, the report line) reach the
// alarms. Thread-safe, never blocks; answers come on some thread.

#include "actors/core/surroundings.hpp"
#include "actors/protocol/rescue.hpp"
#include "domain/rescue/report_script.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lifeline::actors {

using domain::order_brief;

class rescue_port : public alarms_port {
public:
  using receipt_callback = std::function<void(tl::expected<report_receipt, std::string>)>;
  using word_callback = std::function<void(bool ok, const std::string& why)>;

  /// Durable before it is answered.
  virtual void report(domain::alarm_report r, receipt_callback done) = 0;
  /// Open orders in which the party that this phone number belongs to is engaged, the oldest first.
  [[nodiscard]] virtual std::vector<order_brief> orders_of_phone(const std::string& number) = 0;
  virtual void rescuer_says(const domain::order_id& order, const domain::rescuer_report& r, word_callback done) = 0;
  /// The lift's record by any of its codes.
  [[nodiscard]] virtual std::optional<domain::elevator> lift(const std::string& code) = 0;
};

} // namespace lifeline::actors
