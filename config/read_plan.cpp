#include "config/names.hpp"
#include "config/read_sections.hpp"

namespace lifeline::config {

namespace {

using namespace std::chrono_literals;
using domain::holding;
using domain::media_mode;
using domain::span;
using domain::strategy;

/// The name by which everything else refers to the entry; stays empty when it is missing or wrong.
void read_name(section& s, const char* key, const std::string& title, std::string& out) {
  if (!s.has(key)) {
    s.problem_at(key, std::string{key} + ": missing in " + title + ", expected a text like \"" +
                          (title == "[[agent]]" ? "8001" : "12315") + "\"");
  }
  if (s.text(key, out) && !is_name(out)) {
    s.problem_at(key, std::string{key} + ": expected 1 to 64 letters, digits, '.', '_' or '-', found the text " +
                          quote(out));
    out.clear();
  }
}

/// Numbers that cannot be dialled are reported and left empty.
void check_numbers(const section& s, const char* key, std::vector<std::string>& numbers, problem_list& problems) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i].empty() || is_number(numbers[i])) continue;
    problems.add(place_of(s.table(), key, i),
                 std::string{key} + ": expected digits, perhaps after a '+', found the text " + quote(numbers[i]));
    numbers[i].clear();
  }
}

void read_number(section& s, const char* key, std::string& out) {
  if (s.text(key, out) && !is_number(out)) {
    s.problem_at(key, std::string{key} + ": expected digits, perhaps after a '+', found the text " + quote(out));
    out.clear();
  }
}

domain::hotline_plan read_hotline(section& s, problem_list& problems) {
  domain::hotline_plan h;
  read_name(s, "name", "[[hotline]]", h.name);
  if (s.texts("numbers", h.numbers)) {
    check_numbers(s, "numbers", h.numbers, problems);
    if (h.numbers.empty()) s.problem_at("numbers", "numbers: expected at least one number, found an empty list");
  } else if (!s.has("numbers") && is_number(h.name)) {
    h.numbers = {h.name};
  } else if (!s.has("numbers") && !h.name.empty()) {
    s.problem_at("numbers", "numbers: missing in [[hotline]] " + quote(h.name) + ", whose name is no number itself");
  }
  if (!s.text("queue", h.queue) && !s.has("queue")) h.queue = h.name;
  s.integer("lines", h.lines, 0, 100'000);
  s.integer("reserved_for_callers", h.reserved_for_callers, 0, 100'000);
  s.text("greeting", h.greeting);
  s.choice<media_mode>("media", h.media, {{"anchored", media_mode::anchored}, {"direct", media_mode::direct}});
  h.record = h.media == media_mode::anchored;
  s.boolean("record", h.record);
  read_number(s, "caller_number", h.caller_number);
  if (h.caller_number.empty() && !h.numbers.empty()) h.caller_number = h.numbers.front();
  return h;
}

void read_requirements(section& s, problem_list& problems, std::vector<domain::skill_requirement>& out) {
  std::map<std::string, int> levels;
  s.levels("required", levels);
  for (const auto& [skill, level] : levels) {
    if (is_name(skill)) {
      out.push_back({skill, level});
    } else {
      problems.add(place_of(s.table(), "required"),
                   "required: expected a skill of letters, digits, '.', '_' or '-', found " + quote(skill));
    }
  }
}

domain::queue_plan read_queue(section& s, problem_list& problems) {
  domain::queue_plan q;
  read_name(s, "name", "[[queue]]", q.name);
  s.integer("priority", q.priority, -100, 100);
  s.number("weight", q.weight, 0.01, 1000);
  s.choice<strategy>("strategy", q.strategy,
                     {{"longest-idle", strategy::longest_idle},
                      {"round-robin", strategy::round_robin},
                      {"fewest-calls", strategy::fewest_calls},
                      {"least-talk", strategy::least_talk},
                      {"random", strategy::random},
                      {"ring-all", strategy::ring_all}});
  read_requirements(s, problems, q.required);
  s.duration("ring_timeout", q.ring_timeout, 1s, 5min);
  s.integer("max_misses", q.max_misses, 0, 1000);
  if (span all{}; s.duration("retry_delay", all, 0s, 1h)) q.reject_delay = q.busy_delay = q.no_answer_delay = all;
  s.duration("wrap_up", q.wrap_up, 0s, 8h);
  s.duration("max_wait", q.max_wait, 0s, 24h);
  s.integer("max_length", q.max_length, 0, 1'000'000);
  s.choice<holding>(
      "holding", q.hold_mode,
      {{"ringing", holding::ringing}, {"early-media", holding::early_media}, {"answered", holding::answered}});
  s.text("music", q.music);
  s.text("overflow_queue", q.overflow_queue);
  if (s.texts("overflow_numbers", q.overflow_numbers)) {
    check_numbers(s, "overflow_numbers", q.overflow_numbers, problems);
  }
  s.duration("overflow_ring_timeout", q.overflow_ring_timeout, 1s, 5min);
  s.duration("service_level", q.service_level, 1s, 1h);
  s.duration("short_abandon", q.short_abandon, 0s, 5min);
  return q;
}

domain::agent_plan read_agent(section& s, sign_in usual) {
  domain::agent_plan a;
  read_name(s, "account", "[[agent]]", a.account);
  a.name = a.account;
  s.text("name", a.name);
  s.boolean("admin", a.admin);
  auto how = usual;
  s.choice<sign_in>("sign_in", how, {{"register", sign_in::on_register}, {"command", sign_in::by_command}});
  a.ready_on_register = how == sign_in::on_register;
  s.texts("queues", a.queues);
  s.levels("skills", a.skills);
  a.number = a.account;
  if (s.text("number", a.number) && !is_name(a.number)) {
    s.problem_at("number",
                 "number: expected 1 to 64 letters, digits, '.', '_' or '-', found the text " + quote(a.number));
  }
  return a;
}

domain::trunk_plan read_trunk(section& s, problem_list& problems) {
  domain::trunk_plan t;
  read_name(s, "name", "[[trunk]]", t.name);
  s.texts("cidrs", t.cidrs);
  for (std::size_t i = 0; i < t.cidrs.size(); ++i) {
    if (t.cidrs[i].empty()) continue;
    auto network = canonical_cidr(t.cidrs[i]);
    if (network) {
      t.cidrs[i] = std::move(*network);
    } else {
      problems.add(place_of(s.table(), "cidrs", i), "cidrs: " + network.error() + ", found " + quote(t.cidrs[i]));
      t.cidrs[i].clear();
    }
  }
  if (s.text("outbound", t.outbound) && !is_outbound(t.outbound)) {
    s.problem_at("outbound", "outbound: expected \"host:port\" or \"host:port;transport=tcp\", found the text " +
                                 quote(t.outbound));
  }
  if (!s.has("cidrs") && !s.has("outbound")) {
    s.problem_at("cidrs", "[[trunk]] takes no calls and makes none: expected cidrs, outbound or both");
  }
  return t;
}

} // namespace

plan_source read_plan(section& root, engine_config& c, problem_list& problems) {
  plan_source source;
  source.hotlines = root.tables("hotline");
  source.queues = root.tables("queue");
  source.agents = root.tables("agent");
  source.trunks = root.tables("trunk");
  source.names_hotlines = root.has("hotline");
  source.names_queues = root.has("queue");
  const auto read_all = [&](const std::vector<const node*>& tables, const char* title, auto& out, auto read) {
    for (const auto* table : tables) {
      section s(*table, title, problems);
      out.push_back(read(s));
      s.finish();
    }
  };
  auto& p = c.plan;
  read_all(source.hotlines, "[[hotline]]", p.hotlines, [&](section& s) { return read_hotline(s, problems); });
  read_all(source.queues, "[[queue]]", p.queues, [&](section& s) { return read_queue(s, problems); });
  read_all(source.agents, "[[agent]]", p.agents, [&](section& s) { return read_agent(s, c.sign_in); });
  read_all(source.trunks, "[[trunk]]", p.trunks, [&](section& s) { return read_trunk(s, problems); });
  c.sip.trunks = p.trunks;
  return source;
}

} // namespace lifeline::config
