#include "apps/lifelinectl/commands_rescue.hpp"
#include "apps/lifelinectl/output.hpp"
#include "apps/lifelinectl/table.hpp"

#include <cstdio>

#include <unistd.h>

namespace lifeline::ctl {

namespace {

std::string query_of(const search& by) {
  std::string query = "?limit=" + std::to_string(by.limit);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) query += std::string{"&"} + name + "=" + encode(value);
  };
  add("from", by.from);
  add("until", by.until);
  add("hotline", by.hotline);
  add("agent", by.agent);
  add("caller", by.caller);
  return query;
}

std::string reached(const json& r) {
  const auto agent = text(r, "agent");
  return agent.empty() ? text(r, "external") : agent;
}

} // namespace

int list_records(const session& s, const search& by) {
  return finish(s, s.client.get("/api/v1/records" + query_of(by)), [](const json& j) {
    table t(
        {"CALL", time_column("ARRIVED"), "HOTLINE", "CALLER", "OUTCOME", "CAUSE", "ANSWERED BY", "WAITED", "TALKED"});
    for (const auto& r : j.at("records"))
      t.add({text(r, "call"), clock_time(text(r, "arrived")), text(r, "hotline"), text(r, "caller"), text(r, "outcome"),
             text(r, "cause"), reached(r), duration(number(r, "waited_seconds")), duration(number(r, "talk_seconds"))});
    print(t.text());
  });
}

int find_recordings(const session& s, const search& by) {
  return finish(s, s.client.get("/api/v1/recordings" + query_of(by)), [](const json& j) {
    table t({"CALL", time_column("ARRIVED"), "HOTLINE", "CALLER", "ANSWERED BY", "LENGTH", "BYTES", "FILE"});
    for (const auto& r : j.at("recordings")) {
      const auto info = r.value("recording", json::object());
      t.add({text(r, "call"), clock_time(text(r, "arrived")), text(r, "hotline"), text(r, "caller"), reached(r),
             duration(number(info, "duration_seconds")), text(info, "bytes"), text(info, "path")});
    }
    print(t.text());
  });
}

int list_rescuer_recordings(const session& s, const std::map<std::string, std::string>& filters) {
  std::string query;
  for (const auto& [name, value] : filters)
    if (!value.empty()) query += (query.empty() ? "?" : "&") + name + "=" + encode(value);
  return finish(s, s.client.get("/api/v1/rescuer-recordings" + query), [](const json& j) {
    table t({"ATTEMPT", time_column("ENDED"), "ORDER", "LEVEL", "PARTY", "NUMBER", "OUTCOME", "LENGTH", "FILE"});
    for (const auto& r : j.at("recordings")) {
      const auto info = r.value("recording", json::object());
      t.add({text(r, "attempt"), clock_time(text(r, "ended")), text(r, "number"), text(r, "level"),
             text(r, "party_name"), text(r, "target"), text(r, "outcome"), duration(number(info, "duration_seconds")),
             text(info, "path")});
    }
    print(t.text());
  });
}

int fetch_recording(const session& s, const std::string& id, std::string file) {
  if (file.empty()) file = encode(id) + ".wav";
  const auto partial = file + ".partial";
  const auto answer = s.client.fetch("/api/v1/recordings/" + encode(id), partial);
  const auto discard = [&] { ::unlink(partial.c_str()); };
  if (!answer) {
    discard();
    return complain(answer.error());
  }
  if (answer->status != 200) return finish(s, answer, [](const json&) {});
  if (answer->sealed_as.empty() || answer->file_sha256 != answer->sealed_as) {
    discard();
    return complain({false, "the recording is not what was sealed: its SHA-256 is " + answer->file_sha256 + ", not " +
                                (answer->sealed_as.empty() ? "given" : answer->sealed_as)});
  }
  if (std::rename(partial.c_str(), file.c_str()) != 0) {
    discard();
    return complain({false, file + ": cannot be written"});
  }
  if (s.json) {
    json out = json::object();
    out["file"] = file;
    out["bytes"] = answer->file_bytes;
    out["sha256"] = answer->file_sha256;
    print(out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
    return exit_ok;
  }
  print(file + ": " + std::to_string(answer->file_bytes) + " bytes, SHA-256 verified (" + answer->file_sha256 + ")\n");
  return exit_ok;
}

} // namespace lifeline::ctl
