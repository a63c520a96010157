#include "config/names.hpp"
#include "config/read_sections.hpp"
#include "config/read_values.hpp"
#include "domain/base/utf8.hpp"

#include <algorithm>

namespace lifeline::config {

namespace {

using domain::media_mode;

/// For a telephone's display.
bool is_short_name(const std::string& text) {
  return domain::is_utf8(text) && domain::count_code_points(text) <= 32 &&
         std::none_of(text.begin(), text.end(), is_control);
}

domain::hotline_plan read_hotline(section& s, problem_list& problems) {
  domain::hotline_plan h;
  read_name(s, "name", "[[hotline]]", h.name);
  if (read_numbers(s, "numbers", h.numbers, problems)) {
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
  s.boolean("emergency", h.emergency);
  h.short_name = h.name;
  if (s.text("short_name", h.short_name) && !is_short_name(h.short_name))
    s.problem_at("short_name", "short_name: expected at most 32 characters in a line, found " + quote(h.short_name));
  read_numbers(s, "backup_numbers", h.backup_numbers, problems);
  s.texts("trunks", h.trunks);
  return h;
}

/// `tiers = { "12315" = 2 }`, `positions = { "12315" = 1 }`: one place for each queue that either names.
void read_places(section& s, std::map<domain::queue_id, domain::tier_place>& out) {
  std::map<std::string, int> found;
  s.numbers("tiers", found, "queues with tiers like { \"12315\" = 2 }", "a tier from 1 to 100", 1, 100);
  for (const auto& [queue, tier] : found)
    out[queue].tier = tier;
  found.clear();
  s.numbers("positions", found, "queues with positions like { \"12315\" = 1 }", "a position from 0 to 100000", 0,
            100'000);
  for (const auto& [queue, position] : found)
    out[queue].position = position;
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
  read_places(s, a.places);
  a.number = a.account;
  if (s.text("number", a.number) && !is_name(a.number)) {
    s.problem_at("number",
                 "number: expected 1 to 64 letters, digits, '.', '_' or '-', found the text " + quote(a.number));
  }
  return a;
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
  source.codes = root.table().find("feature_codes");
  if (source.codes != nullptr && source.codes->kind != node_kind::table) source.codes = nullptr;
  c.sip.trunks = p.trunks;
  c.sip.emergency_numbers = emergency_numbers(p);
  return source;
}

} // namespace lifeline::config
