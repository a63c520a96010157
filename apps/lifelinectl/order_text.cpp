#include "apps/lifelinectl/order_text.hpp"

#include "apps/lifelinectl/table.hpp"
#include "apps/lifelinectl/words.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

namespace lifeline::ctl {

namespace {

std::string named(const json& e, const char* key) { return printable(text(e, key)); }

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

void join(std::string& to, const std::string& part, const char* with = ", ") {
  if (part.empty()) return;
  if (!to.empty()) to += with;
  to += part;
}

/// "某某维保 (firm-7)", or what there is of it.
std::string party_of(const json& e) {
  const auto name = named(e, "party_name");
  const auto id = named(e, "party");
  if (name.empty() || id.empty()) return name + id;
  return name + " (" + id + ")";
}

std::string level_of(const json& e) { return number(e, "level") > 0 ? "level " + text(e, "level") : std::string{}; }

std::string step_text(const json& e) {
  auto out = spaced(named(e, "step"));
  std::string who;
  join(who, level_of(e), " ");
  join(who, party_of(e), " ");
  join(out, who, ": ");
  const auto from = text(e, "from");
  const auto to = text(e, "to");
  if (from != to) out += " [" + spaced(printable(from)) + " -> " + spaced(printable(to)) + "]";
  const auto by = named(e, "by");
  const auto via = text(e, "via");
  if (!by.empty()) out += " by " + by;
  if (via != "engine" && via != "api") join(out, printable(spaced(via)), " via ");
  if (number(e, "took_seconds") > 0) out += " after " + duration(number(e, "took_seconds"));
  if (const auto at = text(e, "told_at"); !at.empty()) out += ", told for " + clock_words(printable(at));
  join(out, named(e, "note"), "; ");
  return out;
}

std::string attempt_text(const json& e) {
  const bool phone = text(e, "channel") == "phone";
  auto whom = named(e, "target");
  join(whom, party_of(e), " of ");
  join(whom, level_of(e), ", ");
  const auto outcome = text(e, "outcome");
  const auto purpose = text(e, "purpose") == "dispatch" ? std::string{} : " (" + named(e, "purpose") + ")";
  if (outcome.empty()) return (phone ? "to be called: " : "telling ") + whom + purpose;
  auto out = (phone ? "call to " : "message to ") + whom + purpose + ": " + spaced(printable(outcome)) + " after " +
             duration(number(e, "took_seconds"));
  join(out, named(e, "detail"), "; ");
  join(out, named(e, "recording"), "; recording ");
  return out;
}

std::string ring_text(const json& e) {
  const auto stage = text(e, "stage");
  const auto whom = (stage == "agents"       ? "agent "
                     : stage == "supervisor" ? "supervisor "
                                             : "backup number ") +
                    named(e, "whom");
  const auto outcome = text(e, "outcome");
  if (outcome.empty()) return "ALARM RINGS " + whom;
  auto out = "ring at " + whom + ": " + (outcome == "accepted" ? "taken" : spaced(printable(outcome))) + " after " +
             duration(number(e, "took_seconds"));
  join(out, named(e, "detail"), "; ");
  return out;
}

std::string report_text(const json& e) {
  const auto& r = e.at("report");
  auto out = "report by " + spaced(named(r, "channel")) + " from " + named(r, "source") + ": " +
             spaced(named(r, "kind")) + ", " + named(e, "fate");
  join(out, named(r, "caller_name"));
  join(out, named(r, "caller_phone"));
  join(out, people_of(r));
  join(out, named(r, "description"), "; ");
  if (const auto doubts = r.find("doubts"); doubts != r.end() && doubts->is_array())
    for (const auto& d : *doubts)
      out += "; not believed: " + printable(d.get<std::string>());
  return out;
}

void line(std::string& out, const char* head, const std::string& value) {
  if (!value.empty()) out += head + printable(value) + "\n";
}

std::string head_of(const json& o) {
  auto out = "Order " + named(o, "number") + ", " + named(o, "type") + ", " + spaced(named(o, "status"));
  join(out, level_of(o));
  out += ", version " + text(o, "version") + "\n";
  line(out, "Short code    ", text(o, "short_code"));
  line(out, "Place         ", place_of(o));
  auto lift = text(o, "lift");
  join(lift, text(o, "registration_code"), " / ");
  line(out, "Lift          ", lift);
  line(out, "Using unit    ", text(o, "using_unit") + " " + text(o, "using_unit_phone"));
  line(out, "Firm          ", text(o, "maintenance_firm"));
  line(out, "People        ", people_of(o));
  line(out, "Description   ", text(o, "description"));
  line(out, "Agent         ", text(o, "agent"));
  line(out, "Unit          ", text(o, "unit"));
  line(out, "NOT UNDERSTOOD ", text(o, "unclear"));
  line(out, "Filtered      ", text(o, "filtered_because"));
  line(out, "Dismissed     ", text(o, "dismissed_because"));
  line(out, "Cause         ", text(o, "fault_cause") + " " + text(o, "fault_detail"));
  line(out, "Result        ", text(o, "result"));
  if (!text(o, "arrival_seconds").empty()) line(out, "On site after ", duration(number(o, "arrival_seconds")));
  if (!text(o, "on_site_seconds").empty()) line(out, "Rescue took   ", duration(number(o, "on_site_seconds")));
  if (const auto alert = o.find("alert"); alert != o.end() && alert->is_object())
    line(out, "ALARM RINGS   ", text(*alert, "stage") + ": " + text(*alert, "because"));
  for (const auto& c : o.at("callers"))
    line(out, "Caller        ", text(c, "name") + " " + text(c, "phone") + " (" + spaced(text(c, "channel")) + ")");
  return out;
}

std::string tail_of(const json& story) {
  const auto& o = story.at("order");
  std::string out;
  for (const auto& n : o.at("notes"))
    out += "Note of " + clock_time(named(n, "at")) + " by " + named(n, "by") + ": " + named(n, "text") + "\n";
  for (const auto& l : o.at("links"))
    out += "Link " + named(l, "title") + ": " + named(l, "url") + "\n";
  for (const auto& c : story.at("calls"))
    out += "Call " + named(c, "call") + ": " + named(c, "outcome") + ", talked " + duration(number(c, "talk_seconds")) +
           "\n";
  for (const auto& r : story.at("recordings"))
    out += "Recording " + (text(r, "call").empty() ? named(r, "attempt") : named(r, "call")) + " " + named(r, "path") +
           "\n";
  if (const auto due = text(o, "next_deadline"); !due.empty()) out += "Next deadline " + clock_words(due) + "\n";
  return out;
}

/// "answers within 2m00s" or "ANSWER OVERDUE since 10s".
std::string limit_text(const json& d, const char* due, const char* overdue, const char* does, const char* what,
                       double now) {
  const auto at = text(d, due);
  if (at.empty()) return {};
  const auto left = epoch_seconds(at) - now;
  if (left > 0 && !d.value(overdue, false)) return std::string{does} + " within " + duration(left);
  return std::string{what} + " OVERDUE" + (left < 0 ? " since " + duration(-left) : "");
}

} // namespace

std::string people_of(const json& order) {
  std::string out;
  for (const auto* key : {"trapped", "injured", "dead"})
    if (number(order, key) > 0) join(out, text(order, key) + " " + key);
  for (const auto* key : {"children", "elderly", "medical", "fire", "major"})
    if (order.value(key, false)) join(out, key);
  return out;
}

std::string place_of(const json& order) {
  auto out = text(order, "district");
  join(out, text(order, "address"));
  join(out, text(order, "project"));
  return printable(out);
}

std::string age_of(const std::string& since, double now) {
  const auto at = epoch_seconds(since);
  return at == 0 ? std::string{} : duration(std::max(0.0, now - at));
}

std::string deployment_text(const json& d, double now) {
  auto name = named(d, "name");
  if (name.empty()) name = named(d, "party");
  auto out = "level " + text(d, "level") + " " + name + ": " + named(d, "phase");
  const auto phase = text(d, "phase");
  const bool asked = phase == "dispatched" || phase == "unanswered";
  const bool rung = !text(d, "rung").empty() || d.value("phones", json::array()).empty();
  if (asked && !rung) join(out, "COULD NOT BE CALLED YET");
  if (asked && rung) join(out, limit_text(d, "answer_due", "answer_overdue", "answers", "ANSWER", now));
  if (phase == "accepted") join(out, limit_text(d, "arrival_due", "arrival_overdue", "arrives", "ARRIVAL", now));
  if (number(d, "urged") > 0) join(out, "urged " + text(d, "urged") + " times");
  for (const auto& a : d.at("attempts"))
    join(out, (a.value("waits_for_line", false) ? "waiting for a line to call "
               : text(a, "channel") == "phone"  ? "calling "
                                                : "telling ") +
                  named(a, "target"));
  return out;
}

std::string order_entry(const json& entry) {
  const auto type = text(entry, "type");
  if (type == "order_changed") return step_text(entry);
  if (type == "rescuer_called") return attempt_text(entry);
  if (type == "alert_rung") return ring_text(entry);
  if (type == "alarm_received") return report_text(entry);
  return entry_words(entry);
}

std::string order_story(const json& story) {
  auto out = head_of(story.at("order"));
  double start = 0;
  for (const auto& e : story.at("timeline")) {
    const auto at = epoch_seconds(text(e, "at"));
    if (start == 0) {
      start = at;
      out += "Since " + clock_words(named(e, "at")) + "\n";
    }
    char time[32];
    std::snprintf(time, sizeof time, "%+12.3fs  ", at - start);
    out += time + order_entry(e) + "\n";
  }
  return out + tail_of(story);
}

} // namespace lifeline::ctl
