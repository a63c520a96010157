// The live picture of the alarms, and reports.

#include "apps/lifelinectl/commands_rescue.hpp"
#include "apps/lifelinectl/order_text.hpp"
#include "apps/lifelinectl/table.hpp"

#include <chrono>
#include <map>

namespace lifeline::ctl {

namespace {

/// The engine's clock, which the deadlines are of; this host's when it does not say.
double engine_now(const session& s) {
  if (const auto answer = s.client.get("/api/v1/status"); answer && answer->status == 200) {
    const auto status = json::parse(answer->body, nullptr, false);
    const auto now = status.is_object() ? epoch_seconds(text(status, "now")) : 0;
    if (now > 0) return now;
  }
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void print_alarm(const json& o, double now) {
  auto head = "  " + printable(text(o, "number")) + "  " + printable(text(o, "type")) + "  " +
              printable(text(o, "status")) + "  " + age_of(text(o.at("times"), "received"), now) + " old";
  if (text(o.at("times"), "acknowledged").empty()) head += "  NOT TAKEN";
  if (o.value("level_exhausted", false)) head += "  LAST LEVEL";
  if (o.value("self_release_pending", false)) head += "  said to be out: CALL BACK";
  if (number(o, "mass_group") > 0) head += "  mass event " + text(o, "mass_group");
  print(head + "\n");
  if (!text(o, "unclear").empty())
    print("      NOT UNDERSTOOD, nobody is sent: " + printable(text(o, "unclear")) + "\n");
  const auto people = people_of(o);
  print("      " + place_of(o) + (people.empty() ? "" : "; " + people) + "\n");
  for (const auto& d : o.at("deployments"))
    print("      " + deployment_text(d, now) + "\n");
  const auto due = epoch_seconds(text(o, "next_deadline"));
  if (due == 0) return;
  print(due > now ? "      next deadline in " + duration(due - now) + "\n"
                  : "      next deadline OVERDUE since " + duration(now - due) + "\n");
}

void print_levels(const json& orders, double now) {
  std::map<int, std::size_t> count;
  for (const auto& o : orders)
    ++count[static_cast<int>(number(o, "level"))];
  int level = -1;
  for (const auto& o : orders) { // they come by level downwards, then age
    const auto mine = static_cast<int>(number(o, "level"));
    if (mine != level)
      print((mine == 0 ? std::string{"Nobody engaged"} : "Level " + std::to_string(mine)) + " (" +
            std::to_string(count[mine]) + ")\n");
    level = mine;
    print_alarm(o, now);
  }
}

void print_board(const json& b, double now) {
  for (const auto& m : b.at("mass_events"))
    print("MASS EVENT " + text(m, "group") + " " + printable(text(m, "area")) + ": " +
          std::to_string(m.at("orders").size()) + " orders, since " + age_of(text(m, "since"), now) + "\n");
  const auto& active = b.at("active");
  if (active.empty()) print("No open alarm.\n");
  print_levels(active, now);
  const auto& filtered = b.at("filtered");
  if (!filtered.empty()) print("Filtered, to be promoted or dismissed (" + std::to_string(filtered.size()) + ")\n");
  for (const auto& o : filtered)
    print("  " + printable(text(o, "number")) + "  " + age_of(text(o.at("times"), "received"), now) + " old  " +
          printable(text(o, "filtered_because")) + "  " + place_of(o) + "\n");
  if (number(b, "silent_devices") > 0)
    print("Silent lift phones: " + text(b, "silent_devices") + " (lifelinectl alarms silent)\n");
}

json body_of(const told& what, const char* kind) {
  json body = json::object();
  body[kind] = what.kind;
  for (const auto& [name, value] : what.texts)
    if (!value.empty()) body[name] = value;
  for (const auto& [name, value] : what.numbers)
    if (value > 0) body[name] = value;
  for (const auto& [name, value] : what.flags)
    if (value) body[name] = true;
  return body;
}

void print_receipt(const json& r) {
  const auto number = printable(text(r, "number"));
  const auto fate = printable(text(r, "fate"));
  const auto status = printable(text(r, "status"));
  if (text(r, "order").empty())
    print("Taken in and " + fate + "; no order is open for it\n");
  else
    print("Order " + number + ": " + fate + ", " + status + "\n");
  if (r.value("repeated", false)) print("This message had been taken in before.\n");
  for (const auto& d : r.at("doubts"))
    print("Not believed: " + printable(d.get<std::string>()) + "\n");
}

} // namespace

int show_board(const session& s) {
  const auto answer = s.client.get("/api/v1/alarms");
  const auto now = answer && !s.json ? engine_now(s) : 0;
  return finish(s, answer, [now](const json& b) { print_board(b, now); });
}

int list_silent(const session& s) {
  return finish(s, s.client.get("/api/v1/alarms/silent"), [](const json& j) {
    table t({"LIFT", "DEVICE", time_column("LAST TEST"), time_column("LAST HEARD"), "FAILURE", "ADDRESS"});
    for (const auto& d : j.at("devices"))
      t.add({text(d, "lift"), text(d, "device_id"), clock_time(text(d, "last_test")), clock_time(text(d, "last_heard")),
             text(d, "last_failure"), text(d, "address")});
    print(t.text());
  });
}

int report_alarm(const session& s, const told& what) {
  return finish(s, s.client.post("/api/v1/alarms", sent(body_of(what, "kind"))), print_receipt);
}

int create_order(const session& s, const told& what) {
  return finish(s, s.client.post("/api/v1/orders", sent(body_of(what, "type"))), [](const json& j) {
    print_receipt(j.at("receipt"));
    const auto& o = j.at("order");
    if (!o.is_object()) return;
    print("Place " + place_of(o) + "\n");
    if (text(o, "lift").empty()) print("No lift is linked yet: lifelinectl orders link-lift KEY --lift CODE\n");
  });
}

} // namespace lifeline::ctl
