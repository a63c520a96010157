#include "tests/simulation/plans.hpp"

#include "domain/log/events.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace lifeline::simulation {

namespace {

using namespace std::chrono_literals;
using domain::span;

template <class Number> std::optional<Number> number_of(std::string_view text) {
  Number n{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

std::optional<span> duration_of(std::string_view text) {
  const bool ms = text.ends_with("ms");
  if (!ms && !text.ends_with("s")) return std::nullopt;
  text.remove_suffix(ms ? 2 : 1);
  const auto n = number_of<std::int64_t>(text);
  if (!n || *n < 0) return std::nullopt;
  return ms ? span{std::chrono::milliseconds{*n}} : span{std::chrono::seconds{*n}};
}

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> all;
  while (!text.empty() && text != "-") {
    const auto end = std::min(text.find(','), text.size());
    all.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

template <class Enum> bool name_into(Enum& into, std::string_view name, int last) {
  for (int i = 0; i <= last; ++i)
    if (domain::to_string(static_cast<Enum>(i)) == name) {
      into = static_cast<Enum>(i);
      return true;
    }
  return false;
}

template <class T> bool into(T& target, const std::optional<T>& value) {
  if (value) target = *value;
  return value.has_value();
}

using domain::agent_plan;
using domain::hotline_plan;
using domain::queue_plan;

struct queue_setting {
  std::string_view name;
  bool (*put)(queue_plan&, const std::string&);
};

constexpr std::array queue_settings{
    queue_setting{"strategy",
                  [](queue_plan& q, const std::string& v) { return into(q.strategy, domain::parse_strategy(v)); }},
    queue_setting{"priority", [](queue_plan& q, const std::string& v) { return into(q.priority, number_of<int>(v)); }},
    queue_setting{"weight",
                  [](queue_plan& q, const std::string& v) {
                    const auto n = number_of<int>(v);
                    if (n) q.weight = *n;
                    return n.has_value();
                  }},
    queue_setting{"ring-timeout",
                  [](queue_plan& q, const std::string& v) { return into(q.ring_timeout, duration_of(v)); }},
    queue_setting{"max-misses",
                  [](queue_plan& q, const std::string& v) { return into(q.max_misses, number_of<int>(v)); }},
    queue_setting{"reject-delay",
                  [](queue_plan& q, const std::string& v) { return into(q.reject_delay, duration_of(v)); }},
    queue_setting{"tier-wait", [](queue_plan& q, const std::string& v) { return into(q.tier_wait, duration_of(v)); }},
    queue_setting{"priority-step",
                  [](queue_plan& q, const std::string& v) { return into(q.priority_step, duration_of(v)); }},
    queue_setting{"escalate-after",
                  [](queue_plan& q, const std::string& v) {
                    domain::escalation_rule rule;
                    rule.raise_priority = 3;
                    q.escalations = {rule};
                    return into(q.escalations.front().after, duration_of(v));
                  }},
    queue_setting{"join-empty", [](queue_plan& q, const std::string& v) { return name_into(q.join_empty, v, 1); }},
    queue_setting{"leave-empty", [](queue_plan& q, const std::string& v) { return name_into(q.leave_empty, v, 1); }},
    queue_setting{"sticky", [](queue_plan& q, const std::string& v) { return into(q.sticky, duration_of(v)); }},
    queue_setting{"resume-place",
                  [](queue_plan& q, const std::string& v) { return into(q.resume_place, duration_of(v)); }},
    queue_setting{"max-expected-wait",
                  [](queue_plan& q, const std::string& v) { return into(q.max_expected_wait, duration_of(v)); }},
    queue_setting{"wrap-up", [](queue_plan& q, const std::string& v) { return into(q.wrap_up, duration_of(v)); }},
    queue_setting{"max-wait", [](queue_plan& q, const std::string& v) { return into(q.max_wait, duration_of(v)); }},
    queue_setting{"max-length",
                  [](queue_plan& q, const std::string& v) { return into(q.max_length, number_of<std::size_t>(v)); }},
    queue_setting{"hold-mode", [](queue_plan& q, const std::string& v) { return name_into(q.hold_mode, v, 2); }},
    queue_setting{"music",
                  [](queue_plan& q, const std::string& v) {
                    q.music = v == "-" ? "" : v;
                    return true;
                  }},
    queue_setting{"overflow-queue",
                  [](queue_plan& q, const std::string& v) {
                    q.overflow_queue = v == "-" ? "" : v;
                    return true;
                  }},
    queue_setting{"overflow-numbers",
                  [](queue_plan& q, const std::string& v) {
                    q.overflow_numbers = list_of(v);
                    return true;
                  }},
    queue_setting{"required",
                  [](queue_plan& q, const std::string& v) {
                    q.required.clear();
                    for (auto& skill : list_of(v))
                      q.required.push_back({skill, 3});
                    return true;
                  }},
};

struct hotline_setting {
  std::string_view name;
  bool (*put)(hotline_plan&, const std::string&);
};
constexpr std::array hotline_settings{
    hotline_setting{"lines",
                    [](hotline_plan& h, const std::string& v) { return into(h.lines, number_of<std::size_t>(v)); }},
    hotline_setting{"media",
                    [](hotline_plan& h, const std::string& v) {
                      h.media = v == "direct" ? domain::media_mode::direct : domain::media_mode::anchored;
                      return true;
                    }},
    hotline_setting{"record",
                    [](hotline_plan& h, const std::string& v) {
                      h.record = v == "on";
                      return true;
                    }},
    hotline_setting{"greeting",
                    [](hotline_plan& h, const std::string& v) {
                      h.greeting = v == "-" ? "" : v;
                      return true;
                    }},
    hotline_setting{"backup",
                    [](hotline_plan& h, const std::string& v) {
                      h.backup_numbers = list_of(v);
                      return true;
                    }},
};

bool set_agent(domain::plan& p, const std::string& account, std::string_view name, const std::string& value) {
  const auto a =
      std::find_if(p.agents.begin(), p.agents.end(), [&](const agent_plan& x) { return x.account == account; });
  if (name == "employed") { // comes or goes with the next reload
    if (value == "no" && a != p.agents.end()) p.agents.erase(a);
    if (value == "no" || a != p.agents.end()) return true;
    const auto base = base_plan();
    const auto* known = base.find_agent(account);
    if (known != nullptr) p.agents.push_back(*known);
    return known != nullptr;
  }
  if (a == p.agents.end()) return false;
  if (name == "queues") a->queues = list_of(value);
  if (name == "ready-on-register") a->ready_on_register = value == "yes";
  return name == "queues" || name == "ready-on-register";
}

} // namespace

domain::plan base_plan() {
  domain::plan p;
  for (const char* name : {"12315", "12345", "96333"}) {
    hotline_plan h;
    h.name = h.queue = name;
    h.numbers = {name};
    p.hotlines.push_back(h);
    queue_plan q;
    q.name = name;
    q.wrap_up = 5s;
    q.hold_mode = domain::holding::ringing;
    p.queues.push_back(q);
  }
  p.queues[1].required = {{"english", 3}};
  p.queues[2].priority = 10;
  p.hotlines[2].emergency = true;
  const std::vector<std::pair<const char*, std::vector<std::string>>> agents = {
      {"8001", {"12315"}},          {"8002", {"12315", "96333"}}, {"8003", {"12315", "12345", "96333"}},
      {"8004", {"12315", "12345"}}, {"8005", {"96333"}},          {"8006", {"12315", "12345", "96333"}}};
  for (const auto& [account, queues] : agents) {
    agent_plan a;
    a.account = a.number = account;
    a.queues = queues;
    if (queues.size() > 1 && queues[1] == "12345") a.skills["english"] = 5;
    p.agents.push_back(a);
  }
  p.agents[4].places["96333"] = {2, 0};
  p.agents[5].places["12315"] = {2, 1};
  domain::trunk_plan t;
  t.name = "carrier";
  t.outbound = "198.51.100.1:5060";
  p.trunks = {t};
  p.rescue.lines = 2; // too few for what the scripts bring
  p.hotlines[2].numbers.emplace_back(lift_line);
  p.rescue.lift_phone_numbers = {lift_line};
  p.rescue.report_numbers = {report_line};
  return p;
}

bool set(domain::plan& p, std::string_view what, const std::string& value) {
  const auto dot = what.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string subject{what.substr(0, dot)};
  const auto name = what.substr(dot + 1);
  for (const auto& s : queue_settings)
    if (s.name == name)
      for (auto& q : p.queues)
        if (q.name == subject) return s.put(q, value);
  for (const auto& s : hotline_settings)
    if (s.name == name)
      for (auto& h : p.hotlines)
        if (h.name == subject) return s.put(h, value);
  return set_agent(p, subject, name, value);
}

std::vector<std::string> setting_names() {
  std::vector<std::string> names;
  for (const auto& s : queue_settings)
    names.emplace_back(s.name);
  for (const auto& s : hotline_settings)
    names.emplace_back(s.name);
  return names;
}

std::vector<domain::elevator> lifts() {
  std::vector<domain::elevator> all;
  for (const char* code : {"320145", "320146", "320147"}) {
    domain::elevator e;
    e.rescue_code = code;
    e.device_id = "00" + std::string{code}; // what its own phone calls it
    e.name = "1";
    e.district = "320804";
    e.address = "1 Long Street";
    e.project_name = "The Square";
    e.maintenance_firm = "firm-1";
    all.push_back(e);
  }
  return all;
}

std::vector<domain::rescue_party> parties() {
  const auto party = [](const char* id, domain::party_kind kind, const char* phone) {
    domain::rescue_party p;
    p.id = p.name = id;
    p.kind = kind;
    domain::duty_phone d;
    d.number = phone;
    p.phones = {d};
    return p;
  };
  return {party("firm-1", domain::party_kind::firm, "13900000001"),
          party("station-1", domain::party_kind::station, "13900000002"),
          party("station-2", domain::party_kind::station, "13900000003"),
          party("fire-119", domain::party_kind::public_rescue, "119")};
}

} // namespace lifeline::simulation
