#include "domain/rescue/order_field_table.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

using enum field_kind;

std::vector<order_field> make_fields() {
  return {
      {"address", text, 0, 0, "where it is"},
      {"again", flag, 0, 0, "nobody was helped: the ladder begins anew"},
      {"agent", text, 0, 0, "account of the agent"},
      {"at", moment, 0, 0, "when, RFC 3339; may lie in the past; now when it is not given"},
      {"call", text, 0, 0, "id of the call"},
      {"caller_name", text, 0, 0, "of who reports it"},
      {"caller_phone", text, 0, 0, "to call back"},
      {"children", flag, 0, 0, "children are among them", true},
      {"dead", number, 0, most_people, "persons"},
      {"description", text, 0, 0, "in words"},
      {"district", text, 0, 0, "6-digit code"},
      {"elderly", flag, 0, 0, "elderly people are among them", true},
      {"fault_cause", text, 0, 0, "external, human, door, control, traction, protection or other"},
      {"fault_detail", text, 0, 0, "the cause in words"},
      {"fire", flag, 0, 0, "there is fire or smoke"},
      {"injured", number, 0, most_people, "persons", true},
      {"level", number, 1, 3, "1 firm, 2 station, 3 public rescue"},
      {"lift", text, 0, 0, "any code of the lift"},
      {"major", flag, 0, 0, "a major event"},
      {"medical", flag, 0, 0, "medical help is needed"},
      {"minutes", number, 1, 240, "so many"},
      {"note", text, 0, 0, "in words"},
      {"party", text, 0, 0, "id of the firm, station or public rescue"},
      {"place", text, 0, 0, "where it is"},
      {"project", text, 0, 0, "estate or building"},
      {"reason", text, 0, 0, "why"},
      {"reported_upward", flag, 0, 0, "the authority above was told"},
      {"result", text, 0, 0, "what came of it"},
      {"satisfaction", number, 0, 3, "1 satisfied, 2 mostly, 3 not; 0 not asked"},
      {"score", number, 0, 100, "points"},
      {"text", text, 0, 0, "the note"},
      {"title", text, 0, 0, "of the attachment"},
      {"trapped", number, 0, most_people, "persons", true},
      {"type", text, 0, 0, "entrapment, fault, complaint or enquiry"},
      {"unit", text, 0, 0, "to whom it goes"},
      {"url", text, 0, 0, "http:// or https://"},
      {"what", text, 0, 0, "answer or arrival"},
      {"with", text, 0, 0, "trapped person, using unit or other"},
  };
}

} // namespace

const std::vector<order_field>& order_fields() {
  static const auto fields = make_fields();
  return fields;
}

const order_field* find_order_field(std::string_view name) {
  const auto& all = order_fields();
  const auto found = std::lower_bound(all.begin(), all.end(), name,
                                      [](const order_field& f, std::string_view wanted) { return f.name < wanted; });
  return found != all.end() && found->name == name ? &*found : nullptr;
}

} // namespace lifeline::domain
