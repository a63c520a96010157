// The registry of lifts.

#include "apps/lifelinectl/commands_rescue.hpp"
#include "apps/lifelinectl/output.hpp"
#include "apps/lifelinectl/table.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace lifeline::ctl {

namespace {

constexpr std::chrono::seconds import_patience{120};

std::string path_of(const std::string& code) { return "/api/v1/elevators/" + encode(code); }

void print_elevator(const json& e) {
  for (const auto& [key, value] : e.items()) {
    if (value.is_null()) continue;
    auto shown = value.is_string() ? value.get<std::string>() : value.dump();
    if (key == "where" && value.is_object()) shown = text(value, "latitude") + ", " + text(value, "longitude");
    if (shown.empty()) continue;
    const auto width = std::max<std::size_t>(key.size() + 2, 28);
    print(key + std::string(width - key.size(), ' ') + printable(shown) + "\n");
  }
}

void print_elevators(const json& j) {
  table t({"CODE", "REGISTRATION", "STATUS", "DISTRICT", "ADDRESS", "PROJECT", "NAME", "USING UNIT", "FIRM"});
  for (const auto& e : j.at("elevators"))
    t.add({text(e, "rescue_code"), text(e, "registration_code"), text(e, "status"), text(e, "district"),
           text(e, "address"), text(e, "project_name"), text(e, "name"), text(e, "using_unit"),
           text(e, "maintenance_firm")});
  print(t.text());
}

/// Lifts for which nobody would be called first, and whose firms are to be entered.
void print_gaps(const json& j) {
  const auto lifts = number(j, "without_firm");
  if (lifts <= 0) return;
  print(text(j, "without_firm") + " of these lifts have no firm among the parties: an alarm there begins at level 2\n");
  table t({"LIFTS", "FIRM"});
  for (const auto& f : j.at("unknown_firms"))
    t.add({text(f, "lifts"), text(f, "firm").empty() ? "(none is named)" : text(f, "firm")});
  print(t.text());
}

void print_import(const json& j, bool dry_run) {
  const auto what = [&](const char* key) { return text(j, key) + " " + key; };
  const bool applied = j.value("applied", false);
  print(std::string{applied   ? "Imported"
                    : dry_run ? "Dry run"
                              : "Nothing was taken"} +
        ": " + text(j, "rows") + " rows (" + printable(text(j, "encoding")) + "), " + what("added") + ", " +
        what("changed") + ", " + what("unchanged") + ", " + text(j, "bad_rows") + " bad\n");
  print_gaps(j);
  const auto& problems = j.at("problems");
  if (problems.empty()) return;
  table t({"ROW", "FIELD", "WHAT IS WRONG"});
  for (const auto& p : problems)
    t.add({text(p, "row"), text(p, "field"), text(p, "message")});
  print(t.text());
}

} // namespace

int find_elevator(const session& s, const std::string& code) {
  return finish(s, s.client.get(path_of(code)), print_elevator);
}

int search_elevators(const session& s, const std::string& words, const std::string& district, std::uint64_t limit) {
  auto target = "/api/v1/elevators?limit=" + std::to_string(limit) + "&text=" + encode(words);
  if (!district.empty()) target += "&district=" + encode(district);
  return finish(s, s.client.get(target), print_elevators);
}

int list_elevators(const session& s, const std::string& after, bool without_firm, std::uint64_t limit) {
  auto target = "/api/v1/elevators/list?limit=" + std::to_string(limit);
  if (!after.empty()) target += "&after=" + encode(after);
  if (without_firm) target += "&without_firm=1";
  return finish(s, s.client.get(target), [](const json& j) {
    print_elevators(j);
    if (const auto next = text(j, "after"); !next.empty()) print("More: --after " + printable(next) + "\n");
  });
}

namespace {

int save_list(const session& s, const std::string& target, const std::string& file) {
  const auto answer = s.client.fetch(target, file);
  if (!answer || answer->status != 200) return finish(s, answer, [](const json&) {});
  print(file + ": " + std::to_string(answer->file_bytes) + " bytes\n");
  return exit_ok;
}

} // namespace

int export_elevators(const session& s, const std::string& file) {
  return save_list(s, "/api/v1/elevators/export", file);
}

int export_parties(const session& s, const std::string& file) { return save_list(s, "/api/v1/parties/export", file); }

namespace {

/// `what`: "elevators" or "parties".
int import_list(const session& s, const std::string& what, const std::string& file, bool dry_run, bool skip_bad_rows) {
  std::ifstream in(file, std::ios::binary);
  const std::string list{std::istreambuf_iterator<char>{in}, {}};
  if (!in.good() && !in.eof()) return complain({false, file + ": cannot be read"});
  if (list.empty()) return complain({false, file + ": is empty or cannot be read"});
  auto target = "/api/v1/" + what + "/import?source=" + encode(std::filesystem::path(file).filename().string());
  if (dry_run) target += "&dry_run=1";
  if (skip_bad_rows) target += "&skip_bad_rows=1";
  const auto answer = s.client.post(target, list, import_patience, "text/csv");
  const auto parsed = answer ? json::parse(answer->body, nullptr, false) : json{};
  // A refusal comes with the report, which is worth more than the error's one sentence.
  const bool has_report = parsed.is_object() && parsed.contains("problems") && parsed.contains("bad_rows");
  if (!has_report) return finish(s, answer, [dry_run](const json& j) { print_import(j, dry_run); });
  if (s.json)
    print(answer->body);
  else
    print_import(parsed, dry_run);
  const bool bad = number(parsed, "bad_rows") > 0 && !skip_bad_rows;
  if (!bad) return exit_ok;
  return complain({false, dry_run ? "an import would be refused for its bad rows"
                                  : std::string{"the import was refused for its bad rows"} +
                                        (what == "elevators" ? "; --skip-bad-rows takes the others" : "")});
}

} // namespace

int import_elevators(const session& s, const std::string& file, bool dry_run, bool skip_bad_rows) {
  return import_list(s, "elevators", file, dry_run, skip_bad_rows);
}

int import_parties(const session& s, const std::string& file, bool dry_run) {
  return import_list(s, "parties", file, dry_run, false);
}

int draw_plate(const session& s, const std::string& code, const std::string& file) {
  const auto answer = s.client.get(path_of(code) + "/plate?format=svg");
  if (!answer || answer->status != 200) return finish(s, answer, [](const json&) {});
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << answer->body;
  out.close();
  if (!out) return complain({false, file + ": cannot be written"});
  print(file + ": " + std::to_string(answer->body.size()) + " bytes\n");
  return exit_ok;
}

} // namespace lifeline::ctl
