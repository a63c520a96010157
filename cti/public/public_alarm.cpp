// The alarm page behind the QR code of a lift's plate: a big button, and what has become of the alarm.

#include "cti/api/links.hpp"
#include "cti/api/plate.hpp"
#include "cti/api/rescue_route.hpp"
#include "cti/public/pages.hpp"
#include "cti/public/public_part.hpp"
#include "cti/public/push.hpp"
#include "domain/base/wall_time.hpp"

#include <algorithm>

namespace lifeline::cti {

namespace {

constexpr auto source_name = "mobile";
constexpr std::size_t longest_note = 500;
constexpr std::size_t longest_id = 64;
constexpr std::int64_t most_persons = 100;

/// The lift's code when its signature is right; else the answer.
struct entry {
  std::string code;
  std::optional<response> refused;
};

/// Parameters that a messenger has added to the address are nobody's business.
entry enter(const public_call& c) {
  const auto& code = c.arguments[0];
  const auto* signature = find_query(c.to, "k");
  if (signature == nullptr || !verify_qr(c.part.settings().link_key, code, *signature)) {
    auto refusal =
        error_response(403, "forbidden", "the QR code is not genuine; in need call " + c.part.plan().hotline);
    return {{}, c.part.refuse_stranger(c.message, "link", std::move(refusal))};
  }
  return {code, std::nullopt};
}

/// Many people share one address of a mobile network; whoever stands in this very lift is told apart by its code.
std::string visitor(const public_call& c, const std::string& code) {
  return "lift " + code + " " + c.part.source(c.message);
}

response alarm_page(const public_call& c) {
  const auto e = enter(c);
  if (e.refused) return *e.refused;
  if (auto refused = c.part.refuse_often(visitor(c, e.code))) return *refused;
  const auto lift = c.part.rescue().elevator(e.code); // unknown, or nobody answers: the button must be there
  auto place = lift ? lift->address : std::string{};
  if (lift && !lift->project_name.empty() && place.find(lift->project_name) == std::string::npos)
    place += (place.empty() ? "" : " ") + lift->project_name;
  return page_response(alarm_page_of(e.code, place, c.part.plan().hotline));
}

/// The passenger's words. Nothing in them is a reason to refuse an alarm from within the lift.
class form_reader {
public:
  form_reader(const json& form, domain::alarm_report& r) : form_(form), r_(r) {}

  void read() {
    r_.trapped = persons("trapped");
    read_injured();
    read_phone();
    if (const auto* note = find("note"))
      r_.description = note->is_string() ? clean(note->get<std::string>(), longest_note) : doubt("note");
  }

private:
  const json* find(const char* name) const {
    const auto found = form_.find(name);
    return found == form_.end() || found->is_null() ? nullptr : &*found;
  }
  std::string doubt(const std::string& field) {
    r_.doubts.push_back(field + ": not understood");
    return {};
  }
  std::uint32_t persons(const char* name) {
    const auto* value = find(name);
    if (value == nullptr) return 0;
    const auto n =
        value->is_number_unsigned() ? value->get<std::uint64_t>() : std::numeric_limits<std::uint64_t>::max();
    if (n <= static_cast<std::uint64_t>(most_persons)) return static_cast<std::uint32_t>(n);
    doubt(name);
    return 0;
  }
  /// true counts as one person.
  void read_injured() {
    const auto* value = find("injured");
    if (value != nullptr && value->is_boolean())
      r_.injured = value->get<bool>() ? 1 : 0;
    else
      r_.injured = persons("injured");
  }
  void read_phone() {
    const auto* value = find("phone");
    if (value == nullptr) return;
    std::string digits;
    for (const char x : value->is_string() ? value->get<std::string>() : std::string{"?"})
      if (x != ' ' && x != '-') digits += x;
    const auto is_digit = [](char x) { return x >= '0' && x <= '9'; };
    const auto first = digits.begin() + (digits.rfind('+', 0) == 0 ? 1 : 0);
    if (digits.empty()) return;
    if (digits.size() >= 3 && digits.size() <= 20 && std::all_of(first, digits.end(), is_digit))
      r_.caller_phone = digits;
    else
      doubt("phone");
  }
  static std::string clean(std::string text, std::size_t most) {
    if (text.size() > most) text.resize(most); // a broken last character is replaced when it is shown
    std::replace_if(
        text.begin(), text.end(), [](char x) { return static_cast<unsigned char>(x) < 0x20 || x == 0x7F; }, ' ');
    return text;
  }

  const json& form_;
  domain::alarm_report& r_;
};

std::string message_id_of(const json& form, const std::string& body) {
  const auto found = form.find("message_id");
  if (found == form.end() || !found->is_string()) return hash_id(body);
  const auto& id = found->get_ref<const std::string&>();
  const bool usual = std::all_of(id.begin(), id.end(), [](char x) {
    return (x >= '0' && x <= '9') || (x >= 'a' && x <= 'z') || (x >= 'A' && x <= 'Z') || x == '-' || x == '_';
  });
  return usual && !id.empty() && id.size() <= longest_id ? id : hash_id(id);
}

domain::alarm_report report_of(const public_call& c, const std::string& code) {
  domain::alarm_report r;
  r.channel = domain::report_channel::mobile;
  r.source = source_name;
  r.kind = domain::report_kind::entrapment;
  r.lift_key = code;
  r.received = domain::from_world(c.part.now());
  r.confirmed = true; // a person speaks
  json form = json::object();
  if (auto parsed = parse_json(c.message.body); parsed && parsed->is_object())
    form = std::move(*parsed);
  else
    r.doubts.push_back("the page's form could not be read");
  form_reader{form, r}.read();
  r.message_id = code + "-" + message_id_of(form, c.message.body);
  if (!r.doubts.empty()) r.raw = c.message.body.substr(0, 4096);
  return r;
}

response taken(const actors::report_receipt& receipt, const std::string& message_id) {
  json body = json::object();
  body["taken"] = true;
  body["repeated"] = receipt.repeated;
  body["number"] = receipt.number;
  body["status"] = to_string(receipt.status);
  body["message_id"] = message_id;
  return json_response(body, receipt.repeated ? 200 : 201);
}

/// Past the limit only what is known already is answered: it costs nothing and calms whoever pressed again.
response too_many_alarms(const public_call& c, const domain::alarm_report& r, const std::string& code,
                         const std::string& public_id) {
  const auto known = c.part.rescue().receipt(r.source, r.message_id);
  if (known) {
    auto repeated = *known;
    repeated.repeated = true;
    return taken(repeated, public_id);
  }
  c.part.count("rate");
  return too_often(c.part.until_report(code),
                   "this lift has reported often and its alarm is known; in need call " + c.part.plan().hotline);
}

response raise_alarm(const public_call& c) {
  const auto e = enter(c);
  if (e.refused) return *e.refused;
  // The first alarm of a lift is taken from everybody; only then is counted who asks how often.
  if (!c.part.is_first(e.code))
    if (auto refused = c.part.refuse_often(visitor(c, e.code))) return *refused;
  auto r = report_of(c, e.code);
  const auto public_id = r.message_id.substr(e.code.size() + 1);
  if (!c.part.may_report(e.code)) return too_many_alarms(c, r, e.code, public_id);
  if (!r.doubts.empty()) c.part.count("details");
  const auto receipt = c.part.rescue().report(std::move(r));
  if (!receipt) return failure_response(receipt.error());
  if (!receipt->repeated) c.part.reported(e.code);
  return taken(*receipt, public_id);
}

/// What has become of an alarm of this page; nothing of who reported it.
response alarm_status(const public_call& c) {
  const auto e = enter(c);
  if (e.refused) return *e.refused;
  if (auto refused = c.part.refuse_often(visitor(c, e.code))) return *refused;
  const auto* id = find_query(c.to, "m");
  if (id == nullptr || id->empty()) return error_response(400, "invalid", "which alarm is needed", "m");
  const auto receipt = c.part.rescue().receipt(source_name, e.code + "-" + *id);
  if (!receipt) return failure_response(receipt.error());
  if (receipt->order.is_nil()) return error_response(404, "not_found", "there is no order of this alarm");
  const auto story = c.part.rescue().order(to_string(receipt->order));
  if (!story) return failure_response(story.error());
  const auto& s = story->order.state;
  json body = json::object();
  body["number"] = s.number;
  body["status"] = to_string(s.status);
  body["level"] = s.level;
  body["over"] = domain::is_over(s.status);
  body["unclear"] = !s.unclear.empty();
  for (const auto& [name, at] : {std::pair{"received", s.received},
                                 {"dispatched", s.dispatched},
                                 {"accepted", s.accepted},
                                 {"arrived", s.arrived},
                                 {"rescued", s.rescued}})
    body[name] = time_json(at);
  return json_response(body);
}

} // namespace

const std::vector<public_route>& alarm_page_routes() {
  static const std::vector<public_route> table{
      {"GET", "a/*", alarm_page}, {"POST", "a/*", raise_alarm}, {"GET", "a/*/status", alarm_status}};
  return table;
}

} // namespace lifeline::cti
