// A call's journey: what happened when, relative to its arrival, and why each agent was chosen.

#include "apps/lifelinectl/output.hpp"
#include "apps/lifelinectl/table.hpp"

#include <cstdio>
#include <map>

namespace lifeline::ctl {

namespace {

std::string named(const json& e, const char* key) { return printable(text(e, key)); }

/// The phone's own answer, if it gave one: " (480)".
std::string answered_with(const json& e) {
  const auto status = number(e, "sip_status");
  return status > 0 ? " (" + std::to_string(static_cast<int>(status)) + ")" : "";
}

std::string in_words(const json& e) {
  const auto type = text(e, "type");
  const auto t = [&](const char* key) { return named(e, key); };
  if (type == "call_arrived")
    return "arrived on " + t("hotline") + " from " + t("caller") + ", called " + t("called") + ", trunk " + t("trunk");
  if (type == "call_blocked") return "refused with " + t("sip_status") + ": " + t("reason");
  if (type == "queue_entered") {
    const auto expected = t("expected_wait_seconds");
    return (e.value("resumed", false) ? "has its old place again in queue " : "entered queue ") + t("queue") +
           " at position " + t("position") +
           (expected.empty() ? "" : ", expected wait " + duration(number(e, "expected_wait_seconds")));
  }
  if (type == "call_escalated") return "escalates in queue " + t("queue") + " by rule " + t("rule") + ": " + t("what");
  if (type == "queue_left")
    return "left queue " + t("queue") + ": " + t("outcome") + " after " + duration(number(e, "waited_seconds"));
  if (type == "agent_reserved") return "chose agent " + t("agent") + " of queue " + t("queue");
  if (type == "agent_changed") {
    const auto reason = t("reason");
    return "agent " + t("agent") + " " + t("from") + " -> " + t("to") + (reason.empty() ? "" : ": " + reason);
  }
  if (type == "agent_ringing") return "agent " + t("agent") + " rings";
  if (type == "reservation_ended")
    return "offer to " + t("agent") + " ended: " + t("outcome") + answered_with(e) + ", rang " +
           duration(number(e, "rang_seconds"));
  if (type == "call_connected") {
    const auto agent = t("agent");
    return "connected to " + (agent.empty() ? "number " + t("external") : "agent " + agent) + " after waiting " +
           duration(number(e, "waited_seconds")) + ", " + duration(number(e, "since_arrival_seconds")) +
           " after it arrived";
  }
  if (type == "call_cut")
    return "CUT: the engine died " +
           std::string{e.value("talking", false) ? "in the talk" : "while the caller waited"} + "; to be rung back";
  if (type == "call_rung_back") {
    const auto by = t("by");
    const auto note = t("note");
    return "rung back" + (by.empty() ? "" : " by " + by) + (note.empty() ? "" : ": " + note);
  }
  if (type == "call_held") return "put on hold by the " + t("by");
  if (type == "call_resumed") return "resumed by the " + t("by") + " after " + duration(number(e, "held_seconds"));
  if (type == "call_overflowed") {
    const auto queue = t("to_queue");
    return "overflows from " + t("from") + " to " + (queue.empty() ? "number " + t("to_number") : "queue " + queue) +
           ": " + t("reason");
  }
  if (type == "call_ended") {
    const auto& r = e.at("record");
    return "ended: " + named(r, "outcome") + ", " + named(r, "cause") + ", talked " +
           duration(number(r, "talk_seconds"));
  }
  if (type == "recording_started") return "recording " + t("path");
  if (type == "recording_sealed") {
    const auto& r = e.at("recording");
    return "recording sealed, " + named(r, "bytes") + " bytes, SHA-256 " + named(r, "sha256");
  }
  if (type == "recording_failed") return "RECORDING FAILED: " + t("reason");
  if (type == "recording_fetched") return "its recording was given to " + t("by") + " (" + t("client") + ")";
  if (type == "hotline_rerouted")
    return "hotline " + t("hotline") + (e.value("on", false) ? " goes to its backup numbers: " : " is served again: ") +
           t("reason");
  if (type == "trunk_changed") {
    const auto reason = t("reason");
    return "trunk " + t("trunk") + (e.value("up", false) ? " is up" : " is DOWN") +
           (reason.empty() ? "" : ": " + reason);
  }
  if (type == "log_salvaged")
    return "the log was SALVAGED: " + text(e, "lost") + " entries are lost; the damaged files are in " + t("kept");
  if (type == "clock_stepped") return "the clock was set by " + text(e, "by_seconds") + " s";
  if (type == "outbound_resumed") return "calls out are taken up: " + t("restored");
  if (type == "actor_restarted") return "its actor " + t("actor") + " was restarted: " + t("reason");
  return printable(type);
}

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
    out += time + in_words(e) + "\n";
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
