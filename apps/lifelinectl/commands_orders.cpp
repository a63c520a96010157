// Work orders: found, shown, and moved on.

#include "apps/lifelinectl/commands_rescue.hpp"
#include "apps/lifelinectl/order_text.hpp"
#include "apps/lifelinectl/table.hpp"
#include "domain/rescue/order_field_table.hpp"

#include <charconv>
#include <optional>

namespace lifeline::ctl {

namespace {

/// The field's value as the API takes it; null: it cannot be read. What no verb knows goes as text, and is refused
/// there.
json value_of(const domain::order_field* field, const std::string& typed) {
  const auto kind = field != nullptr ? field->kind : domain::field_kind::text;
  if (field != nullptr && field->persons) { // how many, or whether there are any: each is taken for both
    if (typed == "yes" || typed == "true") return true;
    if (typed == "no" || typed == "false") return false;
    if (kind == domain::field_kind::flag && !typed.empty() &&
        typed.find_first_not_of("0123456789") == std::string::npos)
      return typed.find_first_not_of('0') != std::string::npos;
  }
  if (kind == domain::field_kind::number) {
    std::int64_t number = 0;
    const auto* end = typed.data() + typed.size();
    const auto [stop, failed] = std::from_chars(typed.data(), end, number);
    return failed == std::errc{} && stop == end && !typed.empty() ? json(number) : json(nullptr);
  }
  if (kind == domain::field_kind::flag) {
    if (typed == "yes" || typed == "true") return true;
    return typed == "no" || typed == "false" ? json(false) : json(nullptr);
  }
  return typed;
}

std::string path_of(const std::string& key) { return "/api/v1/orders/" + encode(key); }

void print_orders(const json& orders) {
  table t({"NUMBER", time_column("CREATED"), "TYPE", "STATUS", "LEVEL", "LIFT", "PLACE", "PEOPLE", "AGENT"});
  for (const auto& o : orders)
    t.add({text(o, "number"), clock_time(text(o.at("times"), "created")), text(o, "type"), text(o, "status"),
           number(o, "level") > 0 ? text(o, "level") : "", text(o, "lift"), place_of(o), people_of(o),
           text(o, "agent")});
  print(t.text());
}

} // namespace

int list_orders(const session& s, const std::map<std::string, std::string>& filters) {
  std::string query;
  for (const auto& [name, value] : filters)
    if (!value.empty()) query += (query.empty() ? "?" : "&") + name + "=" + encode(value);
  return finish(s, s.client.get("/api/v1/orders" + query), [](const json& j) {
    print_orders(j.at("orders"));
    if (const auto before = text(j, "before"); !before.empty()) print("Older ones: --before " + before + "\n");
  });
}

int show_order(const session& s, const std::string& key) {
  return finish(s, s.client.get(path_of(key)), [](const json& j) { print(order_story(j)); });
}

int step_order(const session& s, const std::string& key, const std::string& verb,
               const std::map<std::string, std::string>& fields, std::uint64_t version) {
  json body = json::object();
  if (version > 0) body["version"] = version;
  for (const auto& [name, typed] : fields) {
    const auto* field = domain::find_order_field(name);
    body[name] = value_of(field, typed);
    if (!body[name].is_null()) continue;
    const auto* expected = field->kind == domain::field_kind::flag ? "yes or no" : "a whole number";
    complain({false,
              std::string{name}.append(": expected ").append(expected).append(", got \"").append(typed).append("\"")});
    return exit_usage;
  }
  return finish(s, s.client.post(path_of(key) + "/" + encode(verb), sent(body)), [](const json& o) {
    print("Order " + printable(text(o, "number")) + " is " + printable(text(o, "status")) + ", version " +
          text(o, "version") + "\n");
  });
}

int print_link(const session& s, const std::string& key, const std::string& party) {
  return finish(s, s.client.get(path_of(key) + "/link?party=" + encode(party)), [](const json& j) {
    print(printable(text(j, "url")) + "\nValid until " + clock_words(printable(text(j, "expires"))) + "\n");
  });
}

int show_elevator_history(const session& s, const std::string& code, std::uint64_t limit) {
  const auto target = "/api/v1/elevators/" + encode(code) + "/history?limit=" + std::to_string(limit);
  return finish(s, s.client.get(target), [](const json& j) { print_orders(j.at("orders")); });
}

} // namespace lifeline::ctl
