// The fields of an order that a person may change.

#include "domain/rescue/order_fields.hpp"
#include "domain/rescue/order_impl.hpp"

namespace lifeline::domain::detail {

namespace {

void edit_place(order_state& s, field_reader& f) {
  if (f.has("address") && f.has("place")) f.refuse("place", "means the same as address: give one of them");
  if (f.has("address")) s.address = f.text("address", longest_text);
  if (f.has("place")) s.address = f.text("place", longest_text);
  if (f.has("project")) s.project = f.text("project", longest_text);
  if (!f.has("district")) return;
  s.district = f.text("district", 6);
  const bool digits = std::all_of(s.district.begin(), s.district.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!s.district.empty() && (s.district.size() != 6 || !digits))
    f.refuse("district", "expected 6 digits, found \"" + s.district + "\"");
}

void edit_people(order_state& s, field_reader& f) {
  if (f.has("trapped")) s.trapped = f.count("trapped");
  if (f.has("injured")) s.injured = f.count("injured");
  if (f.has("dead")) s.dead = f.count("dead");
  for (const auto& [name, flag] : {std::pair<std::string_view, bool*>{"children", &s.children},
                                   {"elderly", &s.elderly},
                                   {"medical", &s.medical},
                                   {"fire", &s.fire},
                                   {"major", &s.major},
                                   {"reported_upward", &s.reported_upward}})
    if (f.has(name)) *flag = f.yes(name);
}

void edit_caller(order_state& s, field_reader& f, const order_action& a, instant now) {
  if (!f.has("caller_name") && !f.has("caller_phone")) return;
  if (s.callers.empty()) s.callers.push_back({{}, {}, report_channel::phone, now, {}, a.by, {}});
  if (f.has("caller_name")) s.callers.front().name = f.text("caller_name", longest_text);
  if (!f.has("caller_phone")) return;
  const auto phone = f.text("caller_phone", 40);
  const auto dialled = [](char c) { return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == ' ' || c == '*'; };
  if (!std::all_of(phone.begin(), phone.end(), dialled))
    f.refuse("caller_phone", "expected digits, +, - or blanks, found \"" + phone + "\"");
  s.callers.front().phone = phone;
}

void edit_cause(order_state& s, field_reader& f) {
  if (f.has("fault_cause")) {
    const auto cause = f.text("fault_cause", longest_text);
    if (!cause.empty() && !is_fault_cause(cause)) f.refuse("fault_cause", fault_cause_expected(cause));
    s.fault_cause = cause;
  }
  if (f.has("fault_detail")) s.fault_detail = f.text("fault_detail", longest_text);
  if (f.has("result")) s.result = f.text("result", longest_text);
}

} // namespace

std::string fault_cause_expected(const std::string& found) {
  return "expected external, human, door, control, traction, protection or other, found \"" + cut(found, 40) + "\"";
}

void edit_fields(order_state& s, field_reader& f, const order_action& a, instant now) {
  if (f.has("type")) {
    const auto text = f.text("type", longest_text);
    const auto type = parse_order_type(text);
    if (!type) f.refuse("type", "expected entrapment, fault, complaint or enquiry, found \"" + cut(text, 40) + "\"");
    s.type = type.value_or(s.type);
  }
  if (f.has("description")) s.description = f.text("description", longest_note);
  edit_place(s, f);
  edit_people(s, f);
  edit_caller(s, f, a, now);
  edit_cause(s, f);
}

} // namespace lifeline::domain::detail
