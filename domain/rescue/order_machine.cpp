#include "domain/rescue/order_machine.hpp"

#include "domain/rescue/order_impl.hpp"

namespace lifeline::domain {

namespace detail {

bool order_rules::ladder() const {
  return has_ladder(s.type) && s.unclear.empty() && s.status >= order_status::open && s.status < order_status::rescued;
}

bool order_rules::on_course() const {
  return std::any_of(s.deployments.begin(), s.deployments.end(), [](const deployment& d) {
    return d.phase == deployment_phase::arrived || (d.phase == deployment_phase::accepted && !d.arrival_overdue) ||
           (d.phase == deployment_phase::dispatched && !d.answer_overdue);
  });
}

const level_limits& order_rules::limits(std::uint8_t level) const {
  const auto& of_district = plan().limits_of(s.district);
  return level <= 1 ? of_district.level1 : of_district.level2;
}

void order_rules::touch() {
  s.last_change = now;
  if (touched) return;
  touched = true;
  ++s.version;
}

void order_rules::touch_by_others() {
  touch();
  s.edited_version = s.version;
}

void order_rules::log(order_step step, step_detail d) {
  touch();
  order_changed e;
  e.order = s.id;
  e.version = s.version;
  e.step = step;
  e.type = s.type;
  e.from = told;
  e.to = s.status;
  e.number = s.number;
  e.district = s.district;
  e.level = d.level;
  e.party = std::move(d.party);
  e.party_name = std::move(d.party_name);
  e.by = by;
  e.via = via;
  e.note = std::move(d.note);
  e.told_at = d.told_at;
  e.took = d.took;
  told = s.status;
  out.emplace_back(order_command::log{std::move(e)});
}

step_detail order_rules::about(std::size_t d, std::string note) const {
  const auto& p = s.deployments[d];
  return {p.level, p.party, p.name, std::move(note), never, span{0}};
}

void order_rules::by_engine() {
  by.clear();
  via = step_via::engine;
}

void order_rules::update_status() {
  if (s.status < order_status::open || s.status > order_status::arrived) return;
  auto furthest = order_status::open;
  for (const auto& d : s.deployments) {
    auto reached = order_status::open;
    switch (d.phase) {
    case deployment_phase::dispatched:
    case deployment_phase::refused:
    case deployment_phase::unanswered: reached = order_status::dispatched; break;
    case deployment_phase::accepted: reached = order_status::accepted; break;
    case deployment_phase::arrived:
    case deployment_phase::completed: reached = order_status::arrived; break;
    case deployment_phase::withdrawn: break;
    }
    furthest = std::max(furthest, reached);
  }
  s.status = furthest;
}

void order_rules::acknowledge(const std::string& who, instant answered) {
  if (s.acknowledged != never) return;
  s.acknowledged = now;
  if (s.answered == never) s.answered = answered == never ? now : answered;
  s.acknowledged_by = who;
  if (s.agent.empty()) s.agent = who;
  s.alert_agents_due = never;
  s.alert_supervisor_due = never; // settle() sets it again when nobody is on course
  step_detail d;
  d.took = between(s.received, now);
  log(order_step::acknowledged, std::move(d));
}

void order_rules::watch_acknowledgement() {
  if (s.acknowledged != never || !has_ladder(s.type) || s.status == order_status::filtered) return;
  const auto sooner = [](instant a, instant b) { return a == never ? b : std::min(a, b); };
  // Nobody is on the way to one that is not understood: it waits for nothing but a person. (A lift's own call rings the
  // agents by itself.)
  const bool at_once = !s.unclear.empty() && s.calls.empty();
  s.alert_agents_due = sooner(s.alert_agents_due, in(at_once ? span{0} : plan().alert_agents));
  s.alert_supervisor_due = sooner(s.alert_supervisor_due, in(plan().alert_supervisor));
}

void order_rules::remind_in(span after) { s.remind_due = in(after); }

void order_rules::remind_soon(span after) {
  if (s.remind_due == never || in(after) < s.remind_due) remind_in(after);
}

void order_rules::settle() {
  heed_alert();
  if (is_active(s.status)) {
    if (s.remind_due == never) {
      touch();
      remind_in(plan().review_every);
    }
    if (ladder() && !on_course() && s.alert_supervisor_due == never) {
      touch();
      s.alert_supervisor_due = in(plan().alert_supervisor);
    }
    return;
  }
  s.alert_agents_due = s.alert_supervisor_due = s.alert_backup_due = s.remind_due = never;
  for (std::size_t d = 0; d < s.deployments.size(); ++d) {
    stop_dialling(d);
    give_up_calls(d);
    s.deployments[d].next_urge = s.deployments[d].line_due = never;
  }
}

bool is_fault_cause(std::string_view text) {
  static constexpr std::string_view known[] = {"external", "human",      "door", "control",
                                               "traction", "protection", "other"};
  return std::find(std::begin(known), std::end(known), text) != std::end(known);
}

std::string cut(std::string text, std::size_t longest) {
  if (text.size() <= longest) return text;
  auto end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  text.resize(end);
  return text;
}

} // namespace detail

std::vector<order_output> open_order(order_state& s, const new_order& n, const order_environment& env, instant now) {
  detail::order_rules rules{s, env, now};
  rules.open(n);
  rules.settle();
  return std::move(rules.out);
}

order_step_result step(order_state& s, const order_event& e, const order_environment& env, instant now) {
  if (const auto* action = std::get_if<order_action>(&e)) {
    order_state changed = s; // a refusal must change nothing
    detail::order_rules rules{changed, env, now};
    if (auto done = rules.on(*action); !done) return tl::make_unexpected(std::move(done.error()));
    rules.settle();
    s = std::move(changed);
    return std::move(rules.out);
  }
  detail::order_rules rules{s, env, now};
  std::visit(
      [&](const auto& event) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(event)>, order_action>) rules.on(event);
      },
      e);
  rules.settle();
  return std::move(rules.out);
}

std::vector<order_output> resume(order_state& s, const order_environment& env, instant now) {
  detail::order_rules rules{s, env, now};
  rules.resume();
  rules.settle();
  return std::move(rules.out);
}

std::optional<span> arrival_time(const order_state& s) {
  if (s.arrived == never || s.answered == never) return std::nullopt;
  return detail::between(s.answered, s.arrived);
}

std::optional<span> on_site_time(const order_state& s) {
  if (s.rescued == never || s.arrived == never) return std::nullopt;
  return detail::between(s.arrived, s.rescued);
}

} // namespace lifeline::domain
