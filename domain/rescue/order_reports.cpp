// Reports: the first, which makes the order, and all further ones of the same lift.

#include "domain/rescue/order_impl.hpp"
#include "domain/rescue/report_rules.hpp"

#include <algorithm>

namespace lifeline::domain {

bool has_report(const order_state& o, const std::string& source, const std::string& message_id) {
  return !message_id.empty() && std::any_of(o.callers.begin(), o.callers.end(), [&](const order_caller& c) {
    return c.source == source && c.message_id == message_id;
  });
}

} // namespace lifeline::domain

namespace lifeline::domain::detail {

namespace {

order_type type_of(report_kind k) {
  switch (k) {
  case report_kind::entrapment: return order_type::entrapment;
  case report_kind::complaint: return order_type::complaint;
  case report_kind::enquiry: return order_type::enquiry;
  default: return order_type::fault;
  }
}

bool is_alarm(report_kind k) { return k == report_kind::entrapment || k == report_kind::fault; }
bool by_device(report_channel c) { return c == report_channel::iot || c == report_channel::lift_phone; }
step_via via_of(report_channel c) { return by_device(c) ? step_via::device : step_via::api; }

} // namespace

void order_rules::open(const new_order& n) {
  const auto& r = n.report;
  s = {};
  s.id = n.id;
  s.number = n.number;
  s.type = type_of(r.kind);
  s.status = !n.filtered.empty() && has_ladder(s.type) ? order_status::filtered : order_status::open;
  s.filtered_because = s.status == order_status::filtered ? cut(n.filtered, longest_text) : std::string{};
  told = s.status;
  s.channel = r.channel;
  s.created_by = r.source;
  s.received = r.received == never || r.received > now ? now : r.received;
  s.created = now;
  if (n.lift) take_place(*n.lift);
  if (has_ladder(s.type) && !says_where(r, n.lift.has_value())) s.unclear = cut(unclear_reason(r), longest_note);
  by = r.source;
  via = via_of(r.channel);
  touch_by_others();
  take_details(r);
  add_caller(r);
  log(order_step::created);
  if (s.status == order_status::filtered) {
    step_detail d;
    d.note = s.filtered_because;
    log(order_step::filtered, std::move(d));
  }
  taken_by_phone(r);
  by_engine();
  watch_acknowledgement();
  begin_ladder();
}

void order_rules::take_place(const elevator& lift) {
  s.lift = lift.rescue_code;
  s.registration_code = lift.registration_code;
  s.address = lift.address;
  s.project = lift.project_name;
  s.district = lift.district;
  s.using_unit = lift.using_unit;
  s.using_unit_phone = lift.using_unit_phone.empty() ? lift.safety_officer_phone : lift.using_unit_phone;
  s.maintenance_firm = lift.maintenance_firm;
  s.manufacturer = lift.manufacturer;
  s.where = lift.where;
  s.lift_phones.clear();
  for (const auto* phone : {&lift.duty_phone, &lift.maintenance_worker_phone, &lift.maintenance_manager_phone})
    if (!phone->empty() && std::find(s.lift_phones.begin(), s.lift_phones.end(), *phone) == s.lift_phones.end())
      s.lift_phones.push_back(*phone);
}

void order_rules::take_details(const alarm_report& r) {
  if (s.address.empty()) s.address = cut(r.place, longest_text);
  if (s.lift.empty() && s.district.empty()) s.district = r.district;
  s.trapped = std::max(s.trapped, r.trapped);
  s.injured = std::max(s.injured, r.injured);
  s.children = s.children || r.children;
  s.elderly = s.elderly || r.elderly;
  s.medical = s.medical || r.medical;
  s.fire = s.fire || r.fire;
  if (!r.description.empty() && s.description.find(r.description) == std::string::npos) {
    if (!s.description.empty()) s.description += '\n';
    s.description = cut(s.description + r.description, longest_description);
  }
  for (const auto& doubt : r.doubts) // for a person to look at; the whole report is in the log
    if (s.notes.size() < most_notes) s.notes.push_back({cut("not believed: " + doubt, longest_note), r.source, now});
}

void order_rules::add_caller(const alarm_report& r) {
  if (!r.call.is_nil() && s.calls.size() < most_calls &&
      std::find(s.calls.begin(), s.calls.end(), r.call) == s.calls.end())
    s.calls.push_back(r.call);
  // The first one stays, for it is called back; of the others the newest.
  if (s.callers.size() >= most_callers) s.callers.erase(s.callers.begin() + 1);
  s.callers.push_back({cut(r.caller_name, longest_text), cut(r.caller_phone, longest_text), r.channel,
                       r.received == never ? now : r.received, r.call, r.source, r.message_id});
}

void order_rules::on(const report_merged& e) {
  const auto& r = e.report;
  if (has_report(s, r.source, r.message_id)) return;
  touch_by_others();
  by = r.source;
  via = via_of(r.channel);
  add_caller(r);
  if (r.kind == report_kind::reset && by_device(r.channel)) return device_reset(r);
  if (r.kind == report_kind::reset || r.kind == report_kind::recovered) return recovered(r);
  step_detail d;
  d.note = std::string{to_string(r.kind)} + " by " + std::string{to_string(r.channel)};
  if (r.kind == report_kind::test || r.kind == report_kind::device_failure)
    return log(order_step::merged, std::move(d));
  take_details(r);
  const auto type = is_alarm(r.kind) || is_active(s.status) ? std::min(s.type, type_of(r.kind)) : s.type;
  const auto before = s.type;
  const bool graver = type != before;
  s.type = type;
  log(order_step::merged, std::move(d));
  if (!is_alarm(r.kind)) return;
  if (s.status == order_status::rescued) return reported_after_rescue();
  const bool started_again = !is_active(s.status);
  if (started_again) start_again("reported again after its end");
  taken_by_phone(r);
  if (s.status == order_status::filtered) {
    if (filter_reason(r).empty()) promote("a report that is not filtered");
    return;
  }
  by_engine();
  if (!s.unclear.empty() && !r.place.empty() && says_where(r, false)) {
    s.address = cut(r.place, longest_text);
    understood();
  }
  watch_acknowledgement();
  if (started_again) return begin_ladder();
  if (graver) return type_changed(before);
  heed_urgency();
}

/// The ladder starts, stops, or goes to the top.
void order_rules::type_changed(order_type from) {
  by_engine();
  if (has_ladder(from) && !has_ladder(s.type)) {
    s.alert_agents_due = s.alert_supervisor_due = never;
    s.self_release_pending = false;
    if (s.status == order_status::filtered) {
      s.status = order_status::open;
      step_detail d;
      d.note = "only alarms are filtered";
      log(order_step::promoted, std::move(d));
    }
    if (s.status < order_status::rescued) withdraw_absent("the order is now of type " + std::string{to_string(s.type)});
    return;
  }
  if (!has_ladder(from) && has_ladder(s.type) && is_active(s.status)) {
    watch_acknowledgement();
    begin_ladder();
  }
  heed_urgency();
  if (s.type < from && ladder() && !on_course()) climb(2, false, "the order is graver than it was");
}

void order_rules::reported_after_rescue() {
  // Perhaps the same entrapment once more, perhaps somebody is still in there: a person finds out, at once. The order
  // stays active until then.
  by_engine();
  const auto* const why = "reported again after the rescue";
  raise(alert_stage::supervisor, bit(alert_reason::reported_again), why); // at once, not when agents have not come
  raise(alert_stage::agents, bit(alert_reason::reported_again), why);
  remind_soon(plan().alert_supervisor);
}

void order_rules::recovered(const alarm_report& r) {
  step_detail d;
  d.note = std::string{to_string(r.kind)} + " by " + std::string{to_string(r.channel)};
  if (!has_ladder(s.type) || s.status >= order_status::rescued) return log(order_step::merged, std::move(d));
  s.self_release_pending = true;
  if (s.self_release == never) s.self_release = now;
  remind_soon(plan().confirm_within);
  log(order_step::self_release_reported, std::move(d));
}

void order_rules::device_reset(const alarm_report& r) {
  step_detail note;
  note.note = std::string{to_string(r.kind)} + " by " + std::string{to_string(r.channel)};
  if (!has_ladder(s.type) || !is_active(s.status)) return log(order_step::merged, std::move(note));
  const bool somebody_came = s.status == order_status::arrived || s.status == order_status::rescued;
  if (!somebody_came) {
    s.self_release_pending = true;
    if (s.self_release == never) s.self_release = now;
    remind_soon(plan().confirm_within);
    return log(order_step::device_reset, std::move(note));
  }
  for (auto& d : s.deployments) {
    if (d.phase != deployment_phase::arrived) continue;
    d.phase = deployment_phase::completed;
    d.completed = now;
  }
  if (s.status == order_status::arrived) {
    s.status = order_status::rescued;
    s.rescued = now;
    step_detail d;
    d.note = "device reset";
    d.took = between(s.arrived, now);
    log(order_step::rescued, std::move(d));
    rescued("the device was reset on site");
    by = r.source;
    via = step_via::device;
  }
  end_alarm("device reset", {});
}

void order_rules::promote(const std::string& why) {
  s.status = order_status::open;
  step_detail d;
  d.note = why;
  log(order_step::promoted, std::move(d));
  by_engine();
  watch_acknowledgement();
  remind_in(plan().review_every);
  begin_ladder();
}

void order_rules::start_again(const std::string& why) {
  for (std::size_t d = 0; d < s.deployments.size(); ++d)
    give_up_attempts(d);
  s.deployments.clear(); // the log keeps them; everybody may be told anew
  s.status = order_status::open;
  s.level = 0;
  s.level_exhausted = s.self_release_pending = s.self_released = false;
  s.dispatched = s.accepted = s.arrived = s.rescued = s.self_release = never;
  forget_end();
  s.alert = {};
  s.alert_agents_due = s.alert_supervisor_due = s.alert_backup_due = never;
  s.answered = s.acknowledged = never;
  s.acknowledged_by.clear();
  step_detail d;
  d.note = why;
  log(order_step::reopened, std::move(d));
}

void order_rules::forget_end() {
  s.confirmed = s.followed_up = s.quality_checked = s.closed = s.archived = never;
  s.confirmed_with.clear();
  s.dismissed_because.clear();
  s.remind_due = never;
}

} // namespace lifeline::domain::detail
