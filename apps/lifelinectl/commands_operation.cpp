#include "apps/lifelinectl/output.hpp"
#include "apps/lifelinectl/table.hpp"

#include <filesystem>

namespace lifeline::ctl {

namespace {

constexpr std::chrono::seconds backup_patience{3600};

void print_list(const char* head, const json& list) {
  if (list.empty()) return;
  print(head);
  for (const auto& x : list)
    print("  " + printable(x.get<std::string>()) + "\n");
}

void print_report(const json& j) {
  const auto& changes = j.at("changes");
  const auto& stuck = j.at("needs_restart");
  const bool applied = j.value("applied", false);
  if (changes.empty() && stuck.empty())
    print("Nothing differs from what is in force.\n");
  else if (applied)
    print_list("Changed:\n", changes);
  else
    print_list("Would change:\n", changes);
  print_list("Needs a restart, so nothing can be changed now:\n", stuck);
}

} // namespace

int reload(const session& s, bool dry_run) {
  json body = json::object();
  body["dry_run"] = dry_run;
  const auto answer = s.client.post("/api/v1/reload", sent(body));
  const auto parsed = answer ? json::parse(answer->body, nullptr, false) : json{};
  // A refusal comes with the report, which is worth more than the error's one sentence.
  const bool has_report = parsed.is_object() && parsed.contains("changes") && parsed.contains("needs_restart");
  if (!has_report) return finish(s, answer, print_report);
  if (s.json)
    print(answer->body);
  else
    print_report(parsed);
  if (parsed["needs_restart"].empty()) return exit_ok;
  return complain({false, dry_run ? "a reload would be refused" : "the reload was refused, nothing was changed"});
}

int drain(const session& s) {
  return finish(s, s.client.post("/api/v1/drain"),
                [](const json&) { print("The engine takes no new calls and stops when the last one has ended.\n"); });
}

int resume_outbound(const session& s) {
  return finish(s, s.client.post("/api/v1/resume-outbound"), [](const json&) {
    print("The engine calls and sends again: trunks are registered, open orders go on, what is overdue at once.\n");
  });
}

int back_up(const session& s, const std::string& folder) {
  std::error_code failed;
  const auto whole = std::filesystem::absolute(folder, failed).lexically_normal();
  if (failed) return complain({false, folder + ": " + failed.message()});
  json body = json::object();
  body["folder"] = whole.string();
  return finish(s, s.client.post("/api/v1/backup", sent(body), backup_patience), [](const json& b) {
    print(printable(text(b, "folder")) + ": " + text(b, "bytes") + " bytes, the log up to entry " +
          text(b, "last_sequence") + "\n");
  });
}

int inject_fault(const session& s, const std::string& target, const std::string& kind, double seconds) {
  json body = json::object();
  body["target"] = target;
  body["kind"] = kind;
  if (seconds > 0) body["for_seconds"] = seconds;
  return finish(s, s.client.post("/api/v1/faults", sent(body)),
                [](const json& f) { print(printable(text(f, "target") + ": " + text(f, "kind")) + " is injected\n"); });
}

} // namespace lifeline::ctl
