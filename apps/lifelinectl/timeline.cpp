// A call's journey: what happened when, relative to its arrival, and why each agent was chosen.

#include "apps/lifelinectl/output.hpp"
#include "apps/lifelinectl/table.hpp"
#include "apps/lifelinectl/words.hpp"

#include <cstdio>
#include <map>

namespace lifeline::ctl {

namespace {

std::string named(const json& e, const char* key) { return printable(text(e, key)); }

std::string rank_of(const json& c) {
  char figure[32];
  std::snprintf(figure, sizeof figure, "%g", number(c, "rank"));
  return figure;
}

/// "longest-idle among 2: 8001 (42.5), 8003 (7)".
std::string short_reason(const json& why) {
  std::string line = named(why, "strategy") + " among " + text(why, "considered_count") + ":";
  const char* separator = " ";
  for (const auto& c : why.at("considered")) {
    line += separator + named(c, "agent") + " (" + rank_of(c) + ")";
    separator = ", ";
  }
  return line;
}

void add_reasons(std::string& out, const json& why, const std::string& indent, bool all) {
  if (!why.is_object()) return;
  out += indent + "by " + short_reason(why) + "\n";
  if (const auto note = named(why, "note"); !note.empty()) out += indent + note + "\n";
  if (number(why, "waiting_ahead") > 0) out += indent + text(why, "waiting_ahead") + " callers were ahead\n";
  const auto& excluded = why.at("excluded");
  if (all) {
    for (const auto& x : excluded)
      out += indent + "not " + named(x, "agent") + ": " + named(x, "reason") + "\n";
    const auto more = number(why, "excluded_count") - static_cast<double>(excluded.size());
    if (more > 0) out += indent + "and " + std::to_string(static_cast<long>(more)) + " more\n";
    return;
  }
  std::map<std::string, int> by_reason;
  for (const auto& x : excluded)
    ++by_reason[named(x, "reason")];
  if (by_reason.empty()) return;
  out += indent + "not";
  const char* separator = " ";
  for (const auto& [reason, n] : by_reason) {
    out += separator + std::to_string(n) + " (" + reason + ")";
    separator = ", ";
  }
  out += "\n";
}

} // namespace

std::string timeline(const json& journey, bool why) {
  std::string out;
  double start = 0;
  const std::string indent(15, ' ');
  for (const auto& e : journey.at("events")) {
    const auto at = epoch_seconds(text(e, "at"));
    if (start == 0) {
      start = at;
      out += "Call " + named(e, "call") + ", " + clock_words(named(e, "at")) + "\n";
    }
    char time[32];
    std::snprintf(time, sizeof time, "%+12.3fs  ", at - start);
    out += time + entry_words(e) + "\n";
    if (const auto reasons = e.find("why"); reasons != e.end()) add_reasons(out, *reasons, indent, why);
  }
  if (journey.value("live", false)) {
    const auto& now = journey.at("status");
    if (now.is_null()) return out + "In progress: the call itself does not answer\n";
    out += "Now " + named(now, "phase");
    if (const auto agent = named(now, "agent"); !agent.empty()) out += " with agent " + agent;
    if (number(now, "position") > 0) out += ", position " + text(now, "position") + " in " + named(now, "queue");
    out += "\n";
    if (const auto& waits = journey.at("waiting_because"); waits.is_object()) {
      out += "Waiting because nobody can have it yet:\n";
      add_reasons(out, waits, "  ", true);
    }
  }
  return out;
}

} // namespace lifeline::ctl
