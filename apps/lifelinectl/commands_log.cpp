#include "apps/lifelinectl/offline.hpp"
#include "apps/lifelinectl/output.hpp"
#include "apps/lifelinectl/table.hpp"

namespace lifeline::ctl {

namespace {

constexpr std::chrono::seconds proof_patience{600}; // a year's log is long

json to_json(const offline_proof& p) {
  return {{"first_sequence", p.first_sequence},
          {"last_sequence", p.last_sequence},
          {"lost_events", p.lost_events},
          {"events", p.events},
          {"calls", p.calls},
          {"reservations", p.reservations},
          {"open_calls", p.open_calls},
          {"open_reservations", p.open_reservations},
          {"orders", p.orders},
          {"open_orders", p.open_orders},
          {"violation_count", p.violation_count},
          {"violations", p.violations}};
}

void print_proof(const json& j) {
  const auto last = number(j, "last_sequence");
  const auto range = text(j, "first_sequence") + " to " + text(j, "last_sequence");
  print("Entries        " + text(j, "events") + (last > 0 ? ", numbers " + range : "") + "\n");
  if (number(j, "lost_events") > 0) print("Not stored     " + text(j, "lost_events") + " entries, as the log says\n");
  print("Calls          " + text(j, "calls") + ", " + text(j, "open_calls") + " of them not ended\n");
  print("Reservations   " + text(j, "reservations") + ", " + text(j, "open_reservations") + " of them open\n");
  print("Orders         " + text(j, "orders") + ", " + text(j, "open_orders") + " of them not confirmed\n");
  print("Violations     " + text(j, "violation_count") + "\n");
  const auto& shown = j.at("violations");
  for (const auto& x : shown)
    print("  " + printable(x.get<std::string>()) + "\n");
  const auto more = number(j, "violation_count") - static_cast<double>(shown.size());
  if (more > 0) print("  and " + std::to_string(static_cast<long long>(more)) + " more\n");
}

} // namespace

int verify_log(const session& s) {
  bool broken = false;
  const auto answer = s.client.post("/api/v1/log/verify", {}, proof_patience);
  if (answer && answer->status == 200) {
    const auto parsed = json::parse(answer->body, nullptr, false);
    broken = !parsed.is_object() || number(parsed, "violation_count") > 0;
  }
  const int code = finish(s, answer, print_proof);
  return code == exit_ok && broken ? exit_failed : code;
}

int verify_journal(const std::string& folder, bool ended, bool as_json) {
  const auto proof = prove_journal(folder, ended);
  if (!proof) return complain({false, proof.error()});
  const auto j = to_json(*proof);
  if (as_json)
    print(sent(j) + "\n");
  else
    print_proof(j);
  return proof->violation_count > 0 ? exit_failed : exit_ok;
}

} // namespace lifeline::ctl
