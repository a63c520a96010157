#include "domain/rescue/order_fields.hpp"

#include "domain/rescue/order_field_table.hpp"
#include "domain/rescue/order_impl.hpp"

#include <cassert>
#include <charconv>

namespace lifeline::domain {

namespace {

using enum order_verb;

const std::vector<role> agents{role::agent, role::supervisor};
const std::vector<role> supervisors{role::supervisor};
const std::vector<role> checkers{role::quality, role::supervisor};
const std::vector<role> desks{role::agent, role::supervisor, role::quality};
const std::vector<role> writers{role::agent, role::supervisor, role::quality, role::integration};

std::vector<verb_rule> make_rules() {
  return {
      {acknowledge, {}, {}, agents},
      {edit,
       {},
       {"type",        "address",      "place",       "project",      "district",
        "description", "trapped",      "injured",     "dead",         "children",
        "elderly",     "medical",      "fire",        "major",        "reported_upward",
        "caller_name", "caller_phone", "fault_cause", "fault_detail", "result"},
       agents},
      {link_lift, {"lift"}, {}, agents},
      {link_call, {"call"}, {}, writers},
      {assign, {"agent"}, {}, agents},
      {transfer, {"unit"}, {"note"}, agents},
      {promote, {}, {"note"}, agents},
      {dismiss, {"reason"}, {}, agents},
      {escalate, {"level", "reason"}, {}, agents},
      {engage, {"party", "level", "reason"}, {}, agents},
      {withdraw, {"party", "reason"}, {}, agents},
      {accept_for, {}, {"party", "note"}, agents},
      {refuse_for, {"reason"}, {"party"}, agents},
      {arrive_for, {}, {"party", "at", "note"}, agents},
      {complete_for, {}, {"party", "at", "fault_cause", "note"}, agents},
      {self_released, {}, {"at", "note"}, agents},
      {confirm, {"with"}, {"note"}, agents},
      {urge, {}, {"party", "note"}, agents},
      {supervise, {}, {"note"}, supervisors},
      {extend, {"what", "minutes", "reason"}, {"party"}, agents},
      {follow_up, {"result"}, {"satisfaction"}, desks},
      {quality_check, {"score"}, {"note"}, checkers},
      {close, {}, {"fault_cause", "result"}, agents},
      {archive, {}, {}, desks},
      {reopen, {"reason"}, {"again"}, supervisors},
      {note, {"text"}, {}, writers},
      {attach, {"title", "url"}, {}, writers},
      {leave_mass, {"reason"}, {}, agents},
  };
}

} // namespace

const std::vector<verb_rule>& verb_rules() {
  static const auto rules = make_rules();
  return rules;
}

std::string_view to_string(rescuer_word x) {
  switch (x) {
  case rescuer_word::accept: return "accept";
  case rescuer_word::refuse: return "refuse";
  case rescuer_word::arrived: return "arrived";
  case rescuer_word::completed: return "completed";
  }
  return "unknown";
}

std::string_view to_string(order_verb x) {
  static constexpr std::string_view names[] = {
      "acknowledge",   "edit",          "link-lift", "link-call", "assign",     "transfer",   "promote",
      "dismiss",       "escalate",      "engage",    "withdraw",  "accept-for", "refuse-for", "arrive-for",
      "complete-for",  "self-released", "confirm",   "urge",      "supervise",  "extend",     "follow-up",
      "quality-check", "close",         "archive",   "reopen",    "note",       "attach",     "leave-mass"};
  const auto i = static_cast<std::size_t>(x);
  return i >= 1 && i <= std::size(names) ? names[i - 1] : "unknown";
}

std::optional<order_verb> parse_order_verb(std::string_view text) {
  for (const auto& rule : verb_rules())
    if (to_string(rule.verb) == text) return rule.verb;
  return std::nullopt;
}

namespace detail {

namespace {

const verb_rule* rule_of(order_verb v) {
  for (const auto& rule : verb_rules())
    if (rule.verb == v) return &rule;
  return nullptr;
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F; }

std::string listed(const std::vector<std::string_view>& names) {
  std::string all;
  for (const auto& n : names)
    all.append(all.empty() ? "" : ", ").append(n);
  return all;
}

std::optional<failure> check_names(const verb_rule& rule, const order_action& a) {
  const auto verb = std::string{to_string(a.verb)};
  for (const auto& [name, value] : a.fields) {
    if (contains(rule.required, name) || contains(rule.optional, name)) continue;
    auto known = rule.required;
    known.insert(known.end(), rule.optional.begin(), rule.optional.end());
    return failure{errc::invalid,
                   known.empty() ? verb + " takes no fields" : "unknown field; " + verb + " takes " + listed(known),
                   name};
  }
  for (const auto& name : rule.required) {
    if (name == "lift" && a.lift) continue;
    const auto given = a.fields.find(std::string{name});
    if (given == a.fields.end() || given->second.empty())
      return failure{errc::invalid, verb + " needs this field", std::string{name}};
  }
  return std::nullopt;
}

} // namespace

std::optional<failure> check_action(const order_state& s, const order_action& a, desk of_agent,
                                    const std::string& hotline) {
  const auto* rule = rule_of(a.verb);
  if (rule == nullptr) return failure{errc::invalid, "unknown verb", "verb"};
  const bool may =
      a.role == role::admin || std::find(rule->roles.begin(), rule->roles.end(), a.role) != rule->roles.end();
  if (!may)
    return failure{errc::forbidden,
                   "the role " + std::string{to_string(a.role)} + " may not " + std::string{to_string(a.verb)}};
  if (a.by.empty()) return failure{errc::invalid, "it must be known who does it", "by"};
  if (a.role == role::agent && of_agent != desk::ours)
    return failure{errc::forbidden,
                   of_agent == desk::another
                       ? a.by + " is no agent of " + hotline + ": only agents of that hotline act on its orders"
                       : a.by + " works for no agent's account: only agents of " + hotline + " act on its orders"};
  if (auto wrong = check_names(*rule, a)) return wrong;
  if (a.expected_version != 0 && (a.expected_version < s.edited_version || a.expected_version > s.version))
    return failure{errc::conflict,
                   "the order was changed meanwhile: its version is " + std::to_string(s.version) + ", not " +
                       std::to_string(a.expected_version),
                   "version"};
  return std::nullopt;
}

const std::string* field_reader::find(std::string_view name) const {
  const auto found = action_.fields.find(std::string{name});
  return found == action_.fields.end() ? nullptr : &found->second;
}

void field_reader::refuse(std::string_view name, std::string message) {
  if (!wrong_) wrong_ = failure{errc::invalid, std::move(message), std::string{name}};
}

void field_reader::conflict(std::string_view name, std::string message) {
  if (!wrong_) wrong_ = failure{errc::conflict, std::move(message), std::string{name}};
}

std::string field_reader::text(std::string_view name, std::size_t longest) {
  const auto* value = find(name);
  if (value == nullptr) return {};
  if (value->size() > longest)
    refuse(name, "longer than " + std::to_string(longest) + " bytes: " + std::to_string(value->size()));
  else if (std::any_of(value->begin(), value->end(), is_control))
    refuse(name, "has a control character");
  return *value;
}

std::uint32_t field_reader::count(std::string_view name, std::optional<std::uint32_t> narrower) {
  const auto* value = find(name);
  if (value == nullptr) return 0;
  const auto* field = find_order_field(name);
  assert(field != nullptr && field->kind == field_kind::number);
  const auto least = narrower.value_or(static_cast<std::uint32_t>(field->least));
  const auto most = static_cast<std::uint32_t>(field->most);
  std::uint32_t n = 0;
  const auto* end = value->data() + value->size();
  const auto [stop, error] = std::from_chars(value->data(), end, n);
  if (error == std::errc{} && stop == end && n >= least && n <= most) return n;
  refuse(name, "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ", found \"" +
                   cut(*value, 40) + "\"");
  return 0;
}

bool field_reader::yes(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return false;
  if (*value == "yes" || *value == "true") return true;
  if (*value != "no" && *value != "false") refuse(name, "expected yes or no, found \"" + cut(*value, 40) + "\"");
  return false;
}

instant field_reader::time(std::string_view name, std::initializer_list<bound> earliest) {
  const auto* value = find(name);
  if (value == nullptr) return now_;
  const auto given = parse_rfc3339(*value);
  if (!given) {
    refuse(name, "expected a time of RFC 3339, like 2026-11-23T08:00:00+08:00, found \"" + cut(*value, 40) + "\"");
    return now_;
  }
  if (*given > now_ + 60s) refuse(name, to_rfc3339(*given) + " is in the future; now is " + to_rfc3339(now_));
  for (const auto& b : earliest)
    if (b.at != never && *given < b.at)
      refuse(name, to_rfc3339(*given) + " is before " + std::string{b.what} + " at " + to_rfc3339(b.at));
  return std::min(*given, now_);
}

} // namespace detail

} // namespace lifeline::domain
