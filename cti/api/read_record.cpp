#include "cti/api/rescue_route.hpp"

namespace lifeline::cti {

namespace {

response refuse_field(std::string_view field, std::string_view message) {
  return error_response(400, "invalid", message, field);
}

} // namespace

json place_json(const std::optional<domain::geo_point>& p) {
  if (!p) return nullptr;
  return {{"latitude", p->latitude}, {"longitude", p->longitude}};
}

response refuse_record(const std::vector<domain::field_problem>& problems) {
  json list = json::array();
  for (const auto& p : problems)
    list.push_back({{"field", p.field}, {"message", p.message}});
  json body = json::object();
  body["error"] = json{{"code", "invalid"}, {"message", problems.front().message}, {"field", problems.front().field}};
  body["problems"] = std::move(list);
  return json_response(body, 400);
}

std::optional<response> read_place(const json& body, std::optional<domain::geo_point>& value) {
  const auto found = body.find("where");
  if (found == body.end() || found->is_null()) return std::nullopt;
  constexpr auto expected = R"(expected null or {"latitude":33.5,"longitude":119.1})";
  if (!found->is_object() || found->size() != 2) return refuse_field("where", expected);
  const auto latitude = found->find("latitude");
  const auto longitude = found->find("longitude");
  if (latitude == found->end() || longitude == found->end() || !latitude->is_number() || !longitude->is_number())
    return refuse_field("where", expected);
  value = domain::geo_point{latitude->get<double>(), longitude->get<double>()};
  return std::nullopt;
}

std::optional<response> read_key(const json& body, std::string_view name, const std::string& key) {
  const auto found = body.find(std::string{name});
  if (found == body.end()) return std::nullopt;
  if (found->is_string() && found->get_ref<const std::string&>() == key) return std::nullopt;
  return refuse_field(name, "the path says " + key);
}

} // namespace lifeline::cti
