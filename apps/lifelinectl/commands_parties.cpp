// Firms, rescue stations, public rescue.

#include "apps/lifelinectl/commands_rescue.hpp"
#include "apps/lifelinectl/output.hpp"
#include "apps/lifelinectl/table.hpp"

#include <fstream>

namespace lifeline::ctl {

namespace {

std::string path_of(const std::string& id) { return "/api/v1/parties/" + encode(id); }

std::string phones_of(const json& party) {
  std::string out;
  for (const auto& p : party.at("phones"))
    out += (out.empty() ? "" : " ") + text(p, "number");
  return out;
}

/// "days 1 2 3 4 5 08:00-18:00".
std::string shifts_of(const json& phone) {
  std::string out;
  for (const auto& s : phone.at("shifts")) {
    out += out.empty() ? "" : "; ";
    out += "days";
    for (const auto& d : s.at("days"))
      out += " " + d.dump();
    out += " " + text(s, "from") + "-" + text(s, "until");
  }
  return out.empty() ? "always" : out;
}

void print_party(const json& p) {
  const auto line = [](const char* head, const std::string& value) {
    print(head + printable(value.empty() ? "-" : value) + "\n");
  };
  line("Id          ", text(p, "id"));
  line("Name        ", text(p, "name"));
  line("Kind        ", text(p, "kind") + (p.value("active", true) ? "" : " (not active)"));
  line("Districts   ", p.at("districts").empty() ? "all" : joined(p.at("districts")));
  if (const auto& where = p.at("where"); where.is_object())
    line("Coordinates ", text(where, "latitude") + ", " + text(where, "longitude"));
  line("Dialled     ", text(p, "order"));
  for (const auto& phone : p.at("phones"))
    line("Phone       ", text(phone, "number") + " " + text(phone, "label") + " (" + shifts_of(phone) + ")");
  line("Webhook     ", text(p, "webhook"));
}

/// Puts one; the name is for a refusal.
int put_party(const session& s, const json& party, const std::string& where) {
  const auto id = party.is_object() ? text(party, "id") : std::string{};
  if (id.empty()) return complain({false, where + ": a party is an object with an \"id\""});
  return finish(s, s.client.put(path_of(id), sent(party)),
                [](const json& p) { print(printable(text(p, "id") + ": " + text(p, "name")) + " is stored\n"); });
}

} // namespace

int list_parties(const session& s) {
  return finish(s, s.client.get("/api/v1/parties"), [](const json& j) {
    table t({"ID", "NAME", "KIND", "ACTIVE", "DISTRICTS", "PHONES", "WEBHOOK"});
    for (const auto& p : j.at("parties"))
      t.add({text(p, "id"), text(p, "name"), text(p, "kind"), p.value("active", true) ? "yes" : "NO",
             p.at("districts").empty() ? "all" : joined(p.at("districts")), phones_of(p),
             text(p, "webhook").empty() ? "" : "yes"});
    print(t.text());
  });
}

int show_party(const session& s, const std::string& id) {
  const auto answer = s.client.get("/api/v1/parties");
  if (!answer || answer->status != 200) return finish(s, answer, [](const json&) {});
  const auto all = json::parse(answer->body, nullptr, false);
  if (!all.is_object() || !all.contains("parties") || !all["parties"].is_array())
    return complain({false, "the answer is not what this version of lifelinectl expects"});
  for (const auto& p : all["parties"])
    if (p.is_object() && text(p, "id") == id) return finish(s, reply{200, sent(p) + "\n", {}, {}, 0}, print_party);
  return complain({false, "there is no party " + id});
}

int put_parties(const session& s, const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return complain({false, file + ": cannot be read"});
  const auto wanted = json::parse(in, nullptr, false);
  if (wanted.is_discarded()) return complain({false, file + ": is not JSON"});
  if (!wanted.is_array()) return put_party(s, wanted, file);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto where = file + ", party " + std::to_string(i + 1);
    const int code = put_party(s, wanted[i], where);
    if (code == exit_ok) continue;
    complain({false, where + " was not stored; those before it are"});
    return code;
  }
  return exit_ok;
}

int remove_party(const session& s, const std::string& id) {
  return finish(s, s.client.remove(path_of(id)),
                [](const json& j) { print(printable(text(j, "party")) + " is removed\n"); });
}

} // namespace lifeline::ctl
