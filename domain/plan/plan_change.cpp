#include "domain/plan/plan_change.hpp"

#include "domain/base/local_time.hpp"
#include "domain/log/events.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <set>
#include <type_traits>

namespace lifeline::domain {

namespace {

// ---- values as the configuration writes them --------------------------------------------------------------------

std::string shown(bool x) { return x ? "true" : "false"; }
template <class Number>
requires std::is_integral_v<Number> &&(!std::is_same_v<Number, bool>)std::string shown(Number x) {
  return std::to_string(x);
}
std::string shown(const std::string& x) { return x.empty() ? "none" : x; }

std::string shown(double x) {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x).ptr;
  return {buffer.data(), end};
}

std::string shown(span x) {
  if (x == span{0}) return "0s";
  if (x % std::chrono::milliseconds{1} != span{0}) return std::to_string(x.count()) + "us";
  struct unit {
    const char* name;
    std::int64_t milliseconds;
  };
  auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(x).count();
  std::string text;
  for (const auto& u : std::array<unit, 4>{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}}) {
    if (rest < u.milliseconds) continue;
    text += std::to_string(rest / u.milliseconds) + u.name;
    rest %= u.milliseconds;
  }
  return text;
}

std::string shown(strategy x) { return std::string{to_string(x)}; }
std::string shown(holding x) { return std::string{to_string(x)}; }
std::string shown(media_mode x) { return x == media_mode::direct ? "direct" : "anchored"; }
std::string shown(empty_policy x) { return std::string{to_string(x)}; }
std::string shown(agent_state x) { return std::string{to_string(x)}; }
std::string shown(const skill_requirement& x) { return x.skill + " = " + std::to_string(x.level); }

std::string shown(report_kind x) { return std::string{to_string(x)}; }

std::string shown(const escalation_rule& r);

template <class T> std::string shown(const std::vector<T>& items) {
  std::string text;
  for (const auto& item : items)
    text += (text.empty() ? "" : ", ") + shown(item);
  return items.empty() ? "none" : text;
}

template <class T> std::string shown(const std::map<std::string, T>& items) {
  std::string text;
  for (const auto& [key, item] : items)
    text += (text.empty() ? "" : ", ") + key + " = " + shown(item);
  return items.empty() ? "none" : text;
}

std::string shown(const std::map<char, std::string>& reasons) {
  std::string text;
  for (const auto& [digit, reason] : reasons)
    text.append(text.empty() ? "" : ", ").append(1, digit).append(" = ").append(reason);
  return reasons.empty() ? "none" : text;
}

std::string shown(const escalation_rule& r) {
  std::string text = r.after != span{0} ? "after " + shown(r.after) : std::string{};
  if (r.position != 0) text += (text.empty() ? "" : " and ") + ("at position " + shown(r.position));
  if (r.raise_priority != 0) text += " raise_priority " + shown(r.raise_priority);
  if (r.tier != 0) text += " tier " + shown(r.tier);
  if (r.replaces) text += " required " + shown(r.required);
  if (r.overflow) text += " overflow";
  return "(" + text + ")";
}

// ---- what differs in one entry ----------------------------------------------------------------------------------

class entry_changes {
public:
  entry_changes(std::string title, std::vector<std::string>& lines)
      : title_(std::move(title)), lines_(&lines), first_(lines.size()) {}

  template <class T> void field(const char* name, const T& before, const T& after) {
    if (before == after) return;
    const auto from = shown(before);
    const auto to = shown(after);
    tell(std::string{name} + (from == to ? " changed" : " " + from + " -> " + to));
  }
  /// One line for each key of a map.
  template <class T, class Show>
  void each(const std::map<std::string, T>& before, const std::map<std::string, T>& after, Show show) {
    std::set<std::string> keys;
    for (const auto* map : {&before, &after})
      for (const auto& item : *map)
        keys.insert(item.first);
    for (const auto& key : keys) {
      const auto from = before.find(key);
      const auto to = after.find(key);
      if (from != before.end() && to != after.end() && from->second == to->second) continue;
      show(key, from == before.end() ? nullptr : &from->second, to == after.end() ? nullptr : &to->second);
    }
  }
  void tell(const std::string& what) { lines_->push_back(title_ + ": " + what); }
  [[nodiscard]] bool told() const { return lines_->size() != first_; }

private:
  std::string title_;
  std::vector<std::string>* lines_;
  std::size_t first_;
};

void compare(entry_changes& c, const hotline_plan& a, const hotline_plan& b) {
  c.field("numbers", a.numbers, b.numbers);
  c.field("queue", a.queue, b.queue);
  c.field("lines", a.lines, b.lines);
  c.field("reserved_for_callers", a.reserved_for_callers, b.reserved_for_callers);
  c.field("greeting", a.greeting, b.greeting);
  c.field("media", a.media, b.media);
  c.field("record", a.record, b.record);
  c.field("caller_number", a.caller_number, b.caller_number);
  c.field("emergency", a.emergency, b.emergency);
  c.field("short_name", a.short_name, b.short_name);
  c.field("backup_numbers", a.backup_numbers, b.backup_numbers);
  c.field("trunks", a.trunks, b.trunks);
}

void compare_routing(entry_changes& c, const queue_plan& a, const queue_plan& b) {
  c.field("priority", a.priority, b.priority);
  c.field("weight", a.weight, b.weight);
  c.field("strategy", a.strategy, b.strategy);
  c.field("required", a.required, b.required);
  c.field("ring_timeout", a.ring_timeout, b.ring_timeout);
  c.field("max_misses", a.max_misses, b.max_misses);
  c.field("reject_delay", a.reject_delay, b.reject_delay);
  c.field("busy_delay", a.busy_delay, b.busy_delay);
  c.field("no_answer_delay", a.no_answer_delay, b.no_answer_delay);
  c.field("ring_step", a.ring_step, b.ring_step);
  c.field("tier_wait", a.tier_wait, b.tier_wait);
  c.field("tier_skip_empty", a.tier_skip_empty, b.tier_skip_empty);
  c.field("priority_step", a.priority_step, b.priority_step);
  c.field("priority_growth", a.priority_growth, b.priority_growth);
  c.field("escalation", a.escalations, b.escalations);
}

void compare(entry_changes& c, const queue_plan& a, const queue_plan& b) {
  compare_routing(c, a, b);
  c.field("present", a.present_states, b.present_states);
  c.field("join_empty", a.join_empty, b.join_empty);
  c.field("leave_empty", a.leave_empty, b.leave_empty);
  c.field("leave_empty_after", a.leave_empty_after, b.leave_empty_after);
  c.field("sticky", a.sticky, b.sticky);
  c.field("sticky_wait", a.sticky_wait, b.sticky_wait);
  c.field("resume_place", a.resume_place, b.resume_place);
  c.field("max_expected_wait", a.max_expected_wait, b.max_expected_wait);
  c.field("wrap_up", a.wrap_up, b.wrap_up);
  c.field("wrap_up_limit", a.wrap_up_limit, b.wrap_up_limit);
  c.field("max_wait", a.max_wait, b.max_wait);
  c.field("max_length", a.max_length, b.max_length);
  c.field("holding", a.hold_mode, b.hold_mode);
  c.field("music", a.music, b.music);
  c.field("overflow_queue", a.overflow_queue, b.overflow_queue);
  c.field("overflow_numbers", a.overflow_numbers, b.overflow_numbers);
  c.field("overflow_ring_timeout", a.overflow_ring_timeout, b.overflow_ring_timeout);
  c.field("service_level", a.service_level, b.service_level);
  c.field("short_abandon", a.short_abandon, b.short_abandon);
}

void compare(entry_changes& c, const agent_plan& a, const agent_plan& b) {
  c.field("name", a.name, b.name);
  c.field("admin", a.admin, b.admin);
  c.field("ready_on_register", a.ready_on_register, b.ready_on_register);
  c.field("queues", a.queues, b.queues);
  c.each(a.skills, b.skills, [&](const std::string& skill, const int* from, const int* to) {
    const auto level = [](const int* x) { return x == nullptr ? std::string{"none"} : std::to_string(*x); };
    c.tell("skill " + skill + " " + level(from) + " -> " + level(to));
  });
  c.field("number", a.number, b.number);
  c.each(a.places, b.places, [&](const std::string& queue, const tier_place* from, const tier_place* to) {
    const auto before = from == nullptr ? tier_place{} : *from;
    const auto after = to == nullptr ? tier_place{} : *to;
    c.field(("tier in " + queue).c_str(), before.tier, after.tier);
    c.field(("position in " + queue).c_str(), before.position, after.position);
  });
}

void compare(entry_changes& c, const trunk_plan& a, const trunk_plan& b) {
  c.field("cidrs", a.cidrs, b.cidrs);
  c.field("outbound", a.outbound, b.outbound);
  c.field("username", a.username, b.username);
  c.field("register", a.registers, b.registers);
  c.field("register_expires", a.register_expires, b.register_expires);
  c.field("options_interval", a.options_interval, b.options_interval);
  c.field("options_timeout", a.options_timeout, b.options_timeout);
  c.field("options_failures", a.options_failures, b.options_failures);
  c.field("asserts_identity", a.asserts_identity, b.asserts_identity);
  c.field("max_invites_per_second", a.max_invites_per_second, b.max_invites_per_second);
}

void compare(entry_changes& c, const call_limits& a, const call_limits& b) {
  c.field("max_call", a.max_call, b.max_call);
  c.field("setup_timeout", a.setup_timeout, b.setup_timeout);
  c.field("media_timeout", a.media_timeout, b.media_timeout);
  c.field("max_calls", a.max_calls, b.max_calls);
  c.field("emergency_share", a.emergency_share, b.emergency_share);
  c.field("max_mailbox", a.max_mailbox, b.max_mailbox);
  c.field("max_lag", a.max_lag, b.max_lag);
}

void compare(entry_changes& c, const numbering& a, const numbering& b) { c.field("area_code", a.area, b.area); }

void compare(entry_changes& c, const feature_codes& a, const feature_codes& b) {
  c.field("ready", a.ready, b.ready);
  c.field("not_ready", a.not_ready, b.not_ready);
  c.field("logout", a.logout, b.logout);
  c.field("wrap_up_end", a.wrap_up_end, b.wrap_up_end);
  c.field("wrap_up_more", a.wrap_up_more, b.wrap_up_more);
  c.field("wrap_up_extra", a.wrap_up_extra, b.wrap_up_extra);
  c.field("reasons", a.reasons, b.reasons);
  c.field("confirm_prompt", a.confirm_prompt, b.confirm_prompt);
  c.field("refuse_prompt", a.refuse_prompt, b.refuse_prompt);
}

void compare_limits(entry_changes& c, const std::string& where, const rescue_limits& a, const rescue_limits& b) {
  c.field((where + "l1_answer").c_str(), a.level1.answer, b.level1.answer);
  c.field((where + "l1_arrival").c_str(), a.level1.arrival, b.level1.arrival);
  c.field((where + "l2_answer").c_str(), a.level2.answer, b.level2.answer);
  c.field((where + "l2_arrival").c_str(), a.level2.arrival, b.level2.arrival);
}

std::map<std::string, vendor_plan> by_name(const std::vector<vendor_plan>& vendors) {
  std::map<std::string, vendor_plan> result;
  for (const auto& v : vendors)
    result.emplace(v.name, v);
  return result;
}

void compare_parts(entry_changes& c, const rescue_plan& a, const rescue_plan& b) {
  const auto whole = [&](const std::string& title, bool was, bool is) {
    if (!was || !is) c.tell(title + (was ? " gone" : " new"));
    return was && is;
  };
  c.each(a.districts, b.districts, [&](const std::string& code, const rescue_limits* from, const rescue_limits* to) {
    const auto title = "district " + code;
    if (whole(title, from != nullptr, to != nullptr)) compare_limits(c, title + " ", *from, *to);
  });
  c.each(by_name(a.vendors), by_name(b.vendors),
         [&](const std::string& name, const vendor_plan* from, const vendor_plan* to) {
           const auto title = "vendor " + name;
           if (!whole(title, from != nullptr, to != nullptr)) return;
           c.field((title + " key_field").c_str(), from->key_field, to->key_field);
           c.field((title + " max_skew").c_str(), from->max_skew, to->max_skew);
           c.field((title + " unclear_per_minute").c_str(), from->unclear_per_minute, to->unclear_per_minute);
           c.field((title + " kinds").c_str(), from->kinds, to->kinds);
         });
}

void compare(entry_changes& c, const rescue_plan& a, const rescue_plan& b) {
  c.field("enabled", a.enabled, b.enabled);
  c.field("hotline", a.hotline, b.hotline);
  c.field("number_prefix", a.number_prefix, b.number_prefix);
  c.field("utc_offset", utc_offset_text(a.utc_offset), utc_offset_text(b.utc_offset));
  compare_limits(c, "", a.limits, b.limits);
  c.field("lines", a.lines, b.lines);
  c.field("line_patience", a.line_patience, b.line_patience);
  c.field("ring_timeout", a.ring_timeout, b.ring_timeout);
  c.field("answer_patience", a.answer_patience, b.answer_patience);
  c.field("dial_rounds", a.dial_rounds, b.dial_rounds);
  c.field("dial_pause", a.dial_pause, b.dial_pause);
  c.field("urge_every", a.urge_every, b.urge_every);
  c.field("alert_agents", a.alert_agents, b.alert_agents);
  c.field("alert_supervisor", a.alert_supervisor, b.alert_supervisor);
  c.field("alert_backup", a.alert_backup, b.alert_backup);
  c.field("supervisor_numbers", a.supervisor_numbers, b.supervisor_numbers);
  c.field("confirm_within", a.confirm_within, b.confirm_within);
  c.field("review_every", a.review_every, b.review_every);
  c.field("silent_after", a.silent_after, b.silent_after);
  c.field("mass_count", a.mass_count, b.mass_count);
  c.field("mass_window", a.mass_window, b.mass_window);
  c.field("report_numbers", a.report_numbers, b.report_numbers);
  c.field("lift_phone_numbers", a.lift_phone_numbers, b.lift_phone_numbers);
  c.field("lift_phone_patience", a.lift_phone_patience, b.lift_phone_patience);
  c.field("public_url", a.public_url, b.public_url);
  compare_parts(c, a, b);
}

/// A field that `compare` does not know is told at least as a change.
template <class T>
void describe(const std::string& title, const T& from, const T& to, std::vector<std::string>& lines) {
  if (from == to) return;
  entry_changes c(title, lines);
  compare(c, from, to);
  if (!c.told()) c.tell("changed");
}

// ---- lists of entries ---------------------------------------------------------------------------------------------

template <class T> bool is_retired(const T& x) { return x.retired; }
bool is_retired(const trunk_plan&) { return false; }

/// The entries by name; retired ones are nobody's business.
template <class T, class Name> std::map<std::string, const T*> by_name(const std::vector<T>& items, Name name) {
  std::map<std::string, const T*> result;
  for (const auto& item : items)
    if (!is_retired(item)) result.emplace(item.*name, &item);
  return result;
}

template <class T, class Name>
void describe_all(const std::string& kind, const std::vector<T>& before, const std::vector<T>& after, Name name,
                  std::vector<std::string>& lines) {
  const auto from = by_name(before, name);
  const auto to = by_name(after, name);
  auto names = from;
  names.insert(to.begin(), to.end());
  for (const auto& [key, ignored] : names) {
    const auto old = from.find(key);
    const auto now = to.find(key);
    const auto title = std::string{kind}.append(" ").append(key);
    if (old == from.end()) {
      lines.push_back(title + ": new");
    } else if (now == to.end()) {
      lines.push_back(title + ": gone");
    } else {
      describe(title, *old->second, *now->second, lines);
    }
  }
}

} // namespace

std::vector<std::string> describe_changes(const plan& from, const plan& to) {
  std::vector<std::string> lines;
  describe_all("hotline", from.hotlines, to.hotlines, &hotline_plan::name, lines);
  describe_all("queue", from.queues, to.queues, &queue_plan::name, lines);
  describe_all("agent", from.agents, to.agents, &agent_plan::account, lines);
  describe_all("trunk", from.trunks, to.trunks, &trunk_plan::name, lines);
  describe("limits", from.limits, to.limits, lines);
  describe("feature_codes", from.codes, to.codes, lines);
  describe("numbers", from.numbers, to.numbers, lines);
  describe("rescue", from.rescue, to.rescue, lines);
  return lines;
}

} // namespace lifeline::domain
