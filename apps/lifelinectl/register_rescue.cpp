// The words of alarms, orders, lifts and those who come. What was typed lives as long as the command's actions.

#include "apps/lifelinectl/commands_rescue.hpp"
#include "apps/lifelinectl/registration.hpp"
#include "domain/plan/operation_rules.hpp"
#include "domain/rescue/order_field_table.hpp"
#include "domain/rescue/order_machine.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::ctl {

namespace {

struct typed {
  std::string key, text, district, file, party;
  bool dry_run = false;
  bool skip_bad_rows = false;
  bool without_firm = false;
  std::uint64_t limit = 0;
  std::uint64_t version = 0;
  std::uint64_t from = 0;
  told what;
  std::map<std::string, std::string> values; ///< filters, or fields of a step
};

std::shared_ptr<typed> fresh() { return std::make_shared<typed>(); }

/// "fault_cause" → "--fault-cause,--fault_cause".
std::string option_name(std::string_view field) {
  std::string name{field};
  std::replace(name.begin(), name.end(), '_', '-');
  return name == field ? "--" + name : "--" + name + ",--" + std::string{field};
}

/// "persons (0 to 1000)", "yes or no: medical help is needed".
std::string help_of(std::string_view name) {
  const auto* field = domain::find_order_field(name);
  if (field == nullptr) return {};
  std::string help{field->help};
  if (field->kind == domain::field_kind::flag) return "yes or no: " + help;
  if (field->kind != domain::field_kind::number) return help;
  return help + " (" + std::to_string(field->least) + " to " + std::to_string(field->most) + ")";
}

const char* help_of(domain::order_verb verb) {
  using enum domain::order_verb;
  switch (verb) {
  case acknowledge: return "An agent has taken it";
  case edit: return "Change what is known";
  case link_lift: return "Say which lift it is";
  case link_call: return "Link a call to it";
  case assign: return "Make another agent responsible";
  case transfer: return "Hand it to a unit outside";
  case promote: return "Dispatch an alarm that was filtered or not understood";
  case dismiss: return "No alarm: false, or a duplicate";
  case escalate: return "Engage the next level now";
  case engage: return "Send this very party";
  case withdraw: return "Call a party back";
  case accept_for: return "A party has accepted by voice";
  case refuse_for: return "A party has refused by voice";
  case arrive_for: return "A party is on site, told by voice";
  case complete_for: return "People are out, told by voice";
  case self_released: return "The caller was called back and is out";
  case confirm: return "The end of the alarm is confirmed";
  case urge: return "Urge who has not arrived";
  case supervise: return "Supervise it";
  case extend: return "Give a party more time";
  case follow_up: return "The follow-up call was made";
  case quality_check: return "It was checked";
  case close: return "Close it";
  case archive: return "Into the archive";
  case reopen: return "Open it again";
  case note: return "Write a note";
  case attach: return "Attach a link";
  case leave_mass: return "Take it out of the mass event";
  }
  return "";
}

/// The error is a sentence for CLI11.
std::string check_field(const std::string& text) {
  const auto sign = text.find('=');
  return sign == std::string::npos || sign == 0 ? "expected name=value, got \"" + text + "\"" : std::string{};
}

void take_fields(typed& t, const std::vector<std::string>& texts) {
  for (const auto& text : texts)
    t.values[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
}

void add_key(CLI::App* to, typed& t) { to->add_option("KEY", t.key, "the order's number or id")->required(); }

/// Fields may have come as options of their own or by --field.
void demand_fields(const typed& t, const domain::verb_rule& rule) {
  for (const auto& field : rule.required) {
    const auto name = option_name(field);
    if (!t.values.contains(std::string{field})) throw CLI::RequiredError(name.substr(0, name.find(',')));
  }
}

CLI::Option* add_value(CLI::App* to, const std::shared_ptr<typed>& t, const std::string& field,
                       const std::string& help) {
  const auto read = [t, field](const std::string& value) { t->values[field] = value; };
  return to->add_option_function<std::string>(option_name(field), read, help);
}

/// One command for each verb of the order machine: none can be forgotten.
void add_steps(CLI::App& orders, action& chosen) {
  for (const auto& rule : domain::verb_rules()) {
    const std::string verb{to_string(rule.verb)};
    const auto t = fresh();
    auto* command = add(orders, verb.c_str(), help_of(rule.verb), chosen,
                        [t, verb](const session& s) { return step_order(s, t->key, verb, t->values, t->version); });
    add_key(command, *t);
    for (const auto& field : rule.required)
      add_value(command, t, std::string{field}, std::string{"needed: "} + help_of(field));
    command->parse_complete_callback([t, &rule] { demand_fields(*t, rule); });
    for (const auto& field : rule.optional)
      add_value(command, t, std::string{field}, help_of(field));
    command->add_option("--version", t->version, "only if the order still has this version");
    const auto take = [t](const std::vector<std::string>& texts) { take_fields(*t, texts); };
    command->add_option_function<std::vector<std::string>>("--field", take, "any field by its name")
        ->check(check_field, "NAME=VALUE", "field")
        ->expected(1)
        ->take_all();
  }
}

/// `--name`, `--name N`, `--name yes` and `--name no`.
void add_persons(CLI::App* to, const char* name, const char* help, const std::function<void(std::uint64_t)>& take) {
  const auto read = [take, name](const std::vector<std::string>& given) {
    const auto text = given.empty() ? std::string{} : given.back();
    if (text.empty() || text == "yes" || text == "true") return take(1);
    if (text == "no" || text == "false") return take(0);
    if (text.size() > 4 || text.find_first_not_of("0123456789") != std::string::npos)
      throw CLI::ValidationError(option_name(name), "expected a number of persons, yes or no, got \"" + text + "\"");
    take(std::stoul(text));
  };
  to->add_option_function<std::vector<std::string>>(option_name(name), read, help)->expected(0, 1);
}

/// What a caller tells, for `alarms report` and `orders create`.
void add_told(CLI::App* to, told& what) {
  for (const auto* name : {"lift", "place", "district", "caller_name", "caller_phone", "description", "call"})
    to->add_option(option_name(name), what.texts[name], help_of(std::string_view{name}));
  to->add_option("--occurred", what.texts["occurred"], "when, RFC 3339");
  to->add_option("--message-id", what.texts["message_id"], "told twice with the same id it is taken in once");
  for (const auto* name : {"trapped", "injured"})
    add_persons(to, name, "persons; one without a number", [&what, name](std::uint64_t n) { what.numbers[name] = n; });
  for (const auto* name : {"children", "elderly"})
    add_persons(to, name, "they are among them; a number is taken as well",
                [&what, name](std::uint64_t n) { what.flags[name] = n > 0; });
  const std::pair<const char*, const char*> grave[] = {{"medical", "medical help is needed"},
                                                       {"fire", "there is fire or smoke"}};
  for (const auto& [name, help] : grave)
    to->add_flag(option_name(name), what.flags[name], help);
}

void add_alarms(CLI::App& app, action& chosen) {
  auto& alarms = *app.add_subcommand("alarms", "The alarms: the live picture, and reports")->require_subcommand(1);
  add(alarms, "board", "Open alarms by level and age, with what is due and overdue", chosen, show_board);
  add(alarms, "silent", "Lift phones that have not tested themselves for too long", chosen, list_silent);
  const auto t = fresh();
  t->what.kind = "entrapment";
  auto* report =
      add(alarms, "report", "Take a report in", chosen, [t](const session& s) { return report_alarm(s, t->what); });
  report
      ->add_option("--kind", t->what.kind,
                   "entrapment, fault, complaint, enquiry, recovered, reset, test or device_failure")
      ->capture_default_str();
  report->add_option("--channel", t->what.texts["channel"], "phone, mobile, iot or lift_phone");
  add_told(report, t->what);
  const std::pair<const char*, const char*> seen[] = {
      {"door_open", "the device says that the door is open"},
      {"moving", "the device says that the car moves"},
      {"in_maintenance", "the device says that it is being maintained"},
      {"bypass", "the device was told not to filter"},
      {"confirmed", "a person speaks for it: it is never filtered"},
  };
  for (const auto& [name, help] : seen)
    report->add_flag(option_name(name), t->what.flags[name], help);
}

void add_list(CLI::App& orders, action& chosen) {
  const auto t = fresh();
  auto* list =
      add(orders, "list", "Orders, newest first", chosen, [t](const session& s) { return list_orders(s, t->values); });
  const std::pair<const char*, const char*> filters[] = {
      {"from", "created at or after: 2026-11-30, \"2026-11-30 08:00\", today, yesterday, or RFC 3339"},
      {"until", "created before; a day is meant with its end"},
      {"status", "of these statuses, with commas between them"},
      {"type", "entrapment, fault, complaint or enquiry"},
      {"lift", "of this lift"},
      {"district", "6-digit code"},
      {"caller", "reported by this number, in any form"},
      {"agent", "of this agent"},
      {"party", "with this party engaged"},
      {"number", "of this number"},
      {"text", "with this in address, project, using unit, description or notes"},
      {"level", "of this level, 1 to 3"},
      {"limit", "at most so many"},
      {"before", "older than the order of this id"},
  };
  for (const auto& [name, help] : filters)
    add_value(list, t, name, help);
  list->add_flag_callback(
      "--active", [t] { t->values["active"] = "1"; }, "only those whose end is not confirmed");
}

void add_orders(CLI::App& app, action& chosen) {
  auto& orders = *app.add_subcommand("orders", "Work orders")->require_subcommand(1);
  add_list(orders, chosen);
  const auto shown = fresh();
  add_key(add(orders, "show", "An order with its whole timeline", chosen,
              [shown](const session& s) { return show_order(s, shown->key); }),
          *shown);
  const auto made = fresh();
  made->what.kind = "entrapment";
  auto* create = add(orders, "create", "Make an order of what a caller tells", chosen,
                     [made](const session& s) { return create_order(s, made->what); });
  create->add_option("--type", made->what.kind, "entrapment, fault, complaint or enquiry")->capture_default_str();
  add_told(create, made->what);
  const auto linked = fresh();
  auto* link = add(orders, "link", "A link with which a party reports without an account", chosen,
                   [linked](const session& s) { return print_link(s, linked->key, linked->party); });
  add_key(link, *linked);
  link->add_option("--party", linked->party, "id of the party")->required();
  add_steps(orders, chosen);
}

void add_elevators(CLI::App& elevators, action& chosen) {
  const auto t = fresh();
  const auto one = [&](const char* name, const char* help, action does) {
    auto* command = add(elevators, name, help, chosen, std::move(does));
    command->add_option("CODE", t->key, "any code of the lift")->required();
    return command;
  };
  one("find", "One lift by any of its codes", [t](const session& s) { return find_elevator(s, t->key); });
  auto* history = one("history", "The lift's orders, newest first", [t](const session& s) {
    return show_elevator_history(s, t->key, t->limit != 0 ? t->limit : 50);
  });
  history->add_option("--limit", t->limit, "at most so many")
      ->check(CLI::Range(std::uint64_t{1}, lifeline::domain::most_rows));
  one("plate", "The lift's rescue plate with its QR code, as SVG",
      [t](const session& s) { return draw_plate(s, t->key, t->file); })
      ->add_option("-o,--output", t->file, "file to write")
      ->required();
  auto* search =
      add(elevators, "search", "Lifts by place, project or using unit; pinyin initials will do", chosen,
          [t](const session& s) { return search_elevators(s, t->text, t->district, t->limit != 0 ? t->limit : 20); });
  search->add_option("TEXT", t->text, "what is looked for")->required();
  search->add_option("--district", t->district, "6-digit code");
  search->add_option("--limit", t->limit, "at most so many")->check(CLI::Range(1, 200));
  auto* list = add(elevators, "list", "All lifts, by rescue code", chosen, [t](const session& s) {
    return list_elevators(s, t->text, t->without_firm, t->limit != 0 ? t->limit : 100);
  });
  list->add_option("--after", t->text, "those behind this rescue code");
  list->add_flag("--without-firm", t->without_firm, "only those whose maintenance firm is not among the parties");
  list->add_option("--limit", t->limit, "at most so many")
      ->check(CLI::Range(std::uint64_t{1}, lifeline::domain::most_rows));
  add(elevators, "export", "All lifts as CSV", chosen, [t](const session& s) { return export_elevators(s, t->file); })
      ->add_option("-o,--output", t->file, "file to write")
      ->required();
  auto* import = add(elevators, "import", "Take a list over, from CSV in UTF-8 or GBK", chosen,
                     [t](const session& s) { return import_elevators(s, t->file, t->dry_run, t->skip_bad_rows); });
  import->add_option("FILE", t->file, "the list")->required()->check(CLI::ExistingFile);
  import->add_flag("--dry-run", t->dry_run, "only tell what would change");
  import->add_flag("--skip-bad-rows", t->skip_bad_rows, "take the good ones; else one bad row refuses all");
}

void add_parties(CLI::App& app, action& chosen) {
  auto& parties = *app.add_subcommand("parties", "Firms, rescue stations, public rescue")->require_subcommand(1);
  add(parties, "list", "All of them", chosen, list_parties);
  const auto t = fresh();
  const auto one = [&](const char* name, const char* help, action does) {
    add(parties, name, help, chosen, std::move(does))->add_option("ID", t->party, "the party's id")->required();
  };
  one("show", "One of them", [t](const session& s) { return show_party(s, t->party); });
  one("remove", "Take one out", [t](const session& s) { return remove_party(s, t->party); });
  auto* import = add(parties, "import", "Take a list over, from CSV in UTF-8 or GBK: one row for each phone", chosen,
                     [t](const session& s) { return import_parties(s, t->file, t->dry_run); });
  import->add_option("FILE", t->file, "the list")->required()->check(CLI::ExistingFile);
  import->add_flag("--dry-run", t->dry_run, "only tell what would change");
  add(parties, "export", "All parties as CSV", chosen, [t](const session& s) { return export_parties(s, t->file); })
      ->add_option("-o,--output", t->file, "file to write")
      ->required();
  add(parties, "put", "Store one, or a list of them, whole", chosen,
      [t](const session& s) { return put_parties(s, t->file); })
      ->add_option("FILE", t->file, "JSON: an object, or an array of them")
      ->required()
      ->check(CLI::ExistingFile);
}

} // namespace

void add_rescue(CLI::App& app, CLI::App& elevators, action& chosen) {
  add_alarms(app, chosen);
  add_orders(app, chosen);
  add_elevators(elevators, chosen);
  add_parties(app, chosen);
}

void add_rescuer_recordings(CLI::App& recordings, action& chosen) {
  const auto t = fresh();
  auto* list = add(recordings, "rescuers", "Recorded calls to rescuers, newest first", chosen,
                   [t](const session& s) { return list_rescuer_recordings(s, t->values); });
  const std::pair<const char*, const char*> filters[] = {{"order", "of this order, by its id or number"},
                                                         {"party", "to this party, by its id"},
                                                         {"from", "ended at or after: a day or a time, as for orders"},
                                                         {"until", "ended before"},
                                                         {"limit", "at most so many"}};
  for (const auto& [name, help] : filters)
    add_value(list, t, name, help);
}

void add_follow(CLI::App& events, action& chosen) {
  const auto t = fresh();
  auto* follow = add(events, "follow", "Print entries as they come", chosen,
                     [t](const session& s) { return follow_events(s, t->from, t->limit); });
  follow->add_option("--from", t->from, "first number; what comes from now on by default")->check(CLI::PositiveNumber);
  follow->add_option("--count", t->limit, "end after so many")->check(CLI::PositiveNumber);
}

} // namespace lifeline::ctl
