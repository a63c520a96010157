// The event log as it grows.

#include "apps/lifelinectl/commands_rescue.hpp"
#include "apps/lifelinectl/order_text.hpp"
#include "apps/lifelinectl/table.hpp"
#include "domain/plan/operation_rules.hpp"

#include <cstdio>
#include <thread>

namespace lifeline::ctl {

namespace {

constexpr int wait_seconds = 20;
constexpr std::chrono::seconds patience{40};
constexpr std::chrono::seconds pause{1};

/// Entries of orders in words, the others by their fields.
std::string in_words(const json& e) {
  const auto type = text(e, "type");
  const auto number = text(e, "number");
  if (type == "order_changed") return printable(number) + "  " + order_entry(e);
  if (type == "rescuer_called" || type == "rescuer_dialled" || type == "alert_rung" || type == "alarm_received")
    return order_entry(e);
  const auto call = text(e, "call");
  return printable(type + (call.empty() ? "" : " call=" + call) + " " + details(e));
}

void print_entry(const session& s, const json& e) {
  if (s.json)
    print(sent(e) + "\n");
  else
    print(text(e, "seq") + "  " + clock_time(printable(text(e, "at"))) + "  " + in_words(e) + "\n");
  std::fflush(stdout);
}

/// Where a follower without a wish begins: after what is there. 0: the engine does not say.
std::uint64_t next_number(const session& s, int& code) {
  std::uint64_t next = 0;
  const auto answer = s.client.get("/api/v1/status");
  code = exit_ok;
  if (answer && answer->status == 200) {
    const auto status = json::parse(answer->body, nullptr, false);
    if (status.is_object()) next = static_cast<std::uint64_t>(number(status, "last_sequence")) + 1;
  }
  if (next == 0) code = finish(s, answer, [](const json&) {});
  if (next == 0 && code == exit_ok) code = complain({false, "the engine does not say where its log ends"});
  return next;
}

bool goes_away(const tl::expected<reply, fault>& answer) { return !answer || answer->status == 503; }

} // namespace

int follow_events(const session& s, std::uint64_t from, std::uint64_t count) {
  int code = exit_ok;
  if (from == 0) from = next_number(s, code);
  if (code != exit_ok) return code;
  bool answered = false;
  bool away = false;
  for (std::uint64_t shown = 0; count == 0 || shown < count;) {
    const auto answer =
        s.client.get("/api/v1/events?from=" + std::to_string(from) + "&limit=" + std::to_string(domain::most_rows) +
                         "&wait_seconds=" + std::to_string(wait_seconds),
                     patience);
    if (answered && goes_away(answer)) {
      if (!away) std::fprintf(stderr, "lifelinectl: the engine does not answer; waiting for it\n");
      away = true;
      std::this_thread::sleep_for(pause);
      continue;
    }
    const auto page = answer && answer->status == 200 ? json::parse(answer->body, nullptr, false) : json{};
    if (!page.is_object() || !page.contains("events") || !page["events"].is_array()) {
      code = finish(s, answer, [](const json&) {});
      return code != exit_ok ? code : complain({false, "the answer is not what this version of lifelinectl expects"});
    }
    answered = true;
    away = false;
    for (const auto& e : page["events"]) {
      print_entry(s, e);
      if (count != 0 && ++shown == count) return exit_ok;
    }
    from = std::max(from, static_cast<std::uint64_t>(number(page, "next")));
  }
  return exit_ok;
}

} // namespace lifeline::ctl
