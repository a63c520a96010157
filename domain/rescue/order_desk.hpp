#pragma once
// What people order: one function for each verb. Roles, version and field names have been checked before. The state is
// a copy that is thrown away when something failed. Not for others than order_*.cpp to include.

#include "domain/rescue/order_fields.hpp"
#include "domain/rescue/order_impl.hpp"

namespace lifeline::domain::detail {

struct order_desk {
  order_rules& r;
  const order_action& a;
  field_reader f;
  order_state& s;
  instant now;

  order_desk(order_rules& rules, const order_action& action)
      : r(rules), a(action), f(action, rules.now), s(rules.s), now(rules.now) {}

  action_result run();

  // rescuers (order_actions.cpp)
  void promote();
  void dismiss();
  void escalate();
  void engage();
  void withdraw();
  void accept_for();
  void refuse_for();
  void arrive_for();
  void complete_for();
  void self_released();
  void confirm();
  void urge();
  void extend();
  void leave_mass();

  // paperwork (order_desk.cpp)
  void acknowledge();
  void edit();
  void link_lift();
  void link_call();
  void assign();
  void transfer();
  void supervise();
  void follow_up();
  void quality_check();
  void close();
  void archive();
  void reopen();
  void note();
  void attach();

  // what they share
  [[nodiscard]] bool ok() const { return !f.failed(); }
  /// False and a conflict when the status is not between these two.
  bool status_within(order_status least, order_status most, const std::string& instead = {});
  /// The party that is meant, or a refusal.
  std::optional<std::size_t> party(rescuer_word word);
  void take_over(); ///< who acts for the rescue has taken the alarm
  void log(order_step step, std::string note = {}, instant told_at = never);
};

} // namespace lifeline::domain::detail
