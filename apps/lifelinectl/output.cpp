#include "apps/lifelinectl/output.hpp"

#include "apps/lifelinectl/table.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>

namespace lifeline::ctl {

void print(const std::string& line) { std::fwrite(line.data(), 1, line.size(), stdout); }

int complain(const fault& f) {
  std::fprintf(stderr, "lifelinectl: %s\n", printable(f.message).c_str());
  return f.no_connection ? exit_no_connection : exit_failed;
}

int finish(const session& s, const tl::expected<reply, fault>& answer, const std::function<void(const json&)>& show) {
  if (!answer) return complain(answer.error());
  const auto body = json::parse(answer->body, nullptr, false);
  if (answer->status < 200 || answer->status > 299) {
    if (s.json) print(answer->body);
    std::string message = "the engine answered with status " + std::to_string(answer->status);
    if (body.is_object() && body.contains("error")) {
      message = text(body["error"], "message");
      if (const auto field = text(body["error"], "field"); !field.empty()) message = field + ": " + message;
    }
    return complain({false, message});
  }
  if (s.json) {
    print(answer->body);
    return exit_ok;
  }
  try {
    if (body.is_discarded()) return complain({false, "the answer is not JSON"});
    show(body);
  } catch (const json::exception&) {
    return complain({false, "the answer is not what this version of lifelinectl expects"});
  }
  return exit_ok;
}

std::string text(const json& j, const char* key) {
  const auto found = j.find(key);
  if (found == j.end() || found->is_null()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->dump();
}

double number(const json& j, const char* key) {
  const auto found = j.find(key);
  return found != j.end() && found->is_number() ? found->get<double>() : 0;
}

std::string details(const json& entry) {
  std::string out;
  for (const auto& [key, value] : entry.items()) {
    if (key == "seq" || key == "at" || key == "type" || key == "call" || value.is_structured() || value.is_null())
      continue;
    const auto shown = text(entry, key.c_str());
    if (!shown.empty()) out.append(out.empty() ? "" : " ").append(key).append("=").append(shown);
  }
  return out;
}

std::string joined(const json& list) {
  std::string out;
  for (const auto& x : list)
    out += (out.empty() ? "" : " ") + x.get<std::string>();
  return out;
}

void print_silent(const json& answer) {
  const auto silent = answer.find("silent");
  if (silent == answer.end() || silent->empty()) return;
  std::string names;
  for (const auto& name : *silent)
    names += (names.empty() ? "" : ", ") + name.get<std::string>();
  print("NO ANSWER FROM " + printable(names) + "\n");
}

std::string sent(const json& body) { return body.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string duration(double seconds) {
  char line[48];
  if (seconds < 10) {
    std::snprintf(line, sizeof line, "%.1fs", seconds);
    return line;
  }
  const auto whole = std::llround(seconds);
  if (whole < 60)
    std::snprintf(line, sizeof line, "%llds", whole);
  else if (whole < 3600)
    std::snprintf(line, sizeof line, "%lldm%02llds", whole / 60, whole % 60);
  else
    std::snprintf(line, sizeof line, "%lldh%02lldm", whole / 3600, whole / 60 % 60);
  return line;
}

std::string milliseconds(double seconds) {
  char line[48];
  std::snprintf(line, sizeof line, "%.1f ms", seconds * 1000);
  return line;
}

double epoch_seconds(const std::string& t) {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0;
  double s = 0;
  if (std::sscanf(t.c_str(), "%4d-%2d-%2dT%2d:%2d:%lf", &y, &mo, &d, &h, &mi, &s) != 6) return 0;
  const std::chrono::year_month_day date{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(mo)},
                                         std::chrono::day{static_cast<unsigned>(d)}};
  if (!date.ok()) return 0;
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  return static_cast<double>(days) * 86400 + h * 3600 + mi * 60 + s;
}

} // namespace lifeline::ctl
