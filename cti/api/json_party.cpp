#include "cti/api/json_rescue.hpp"

#include "cti/api/rescue_route.hpp"
#include "domain/rescue/duty_text.hpp"

#include <array>

namespace lifeline::cti {

namespace {

template <class T> using read_result = tl::expected<T, response>;

tl::unexpected<response> refuse(std::string_view field, std::string_view message) {
  return tl::make_unexpected(error_response(400, "invalid", message, field));
}

json to_shift(const domain::duty_shift& s) {
  json days = json::array();
  for (int day = 0; day < 7; ++day)
    if ((s.weekdays >> day & 1) != 0) days.push_back(day + 1);
  return {{"days", std::move(days)}, {"from", domain::clock_text(s.from)}, {"until", domain::clock_text(s.until)}};
}

json to_phone(const domain::duty_phone& p) {
  json shifts = json::array();
  for (const auto& s : p.shifts)
    shifts.push_back(to_shift(s));
  return {{"number", p.number}, {"label", p.label}, {"shifts", std::move(shifts)}};
}

read_result<std::uint8_t> read_days(const json& days, const std::string& at) {
  const auto expected = "expected days from 1 (Monday) to 7, each once, like [1,2,3,4,5]";
  if (!days.is_array() || days.empty()) return refuse(at, expected);
  std::uint8_t bits = 0;
  for (const auto& d : days) {
    const auto number = d.is_number_integer() ? d.get<std::int64_t>() : 0;
    const auto bit = number >= 1 && number <= 7 ? 1u << static_cast<unsigned>(number - 1) : 0u;
    if (bit == 0 || (bits & bit) != 0) return refuse(at, expected);
    bits = static_cast<std::uint8_t>(bits | bit);
  }
  return bits;
}

read_result<domain::duty_shift> read_shift(const json& j, const std::string& at) {
  if (!j.is_object()) return refuse(at, R"(expected {"days":[1,2],"from":"08:00","until":"18:00"})");
  domain::duty_shift shift;
  for (const auto& [name, value] : j.items()) {
    const auto field = std::string{at}.append(".").append(name);
    if (name == "days") {
      const auto days = read_days(value, field);
      if (!days) return tl::make_unexpected(days.error());
      shift.weekdays = *days;
    } else if (name == "from" || name == "until") {
      const auto minute = value.is_string() ? domain::parse_clock(value.get_ref<const std::string&>()) : std::nullopt;
      if (!minute) return refuse(field, "expected a time of the day, like \"08:00\"");
      (name == "from" ? shift.from : shift.until) = *minute;
    } else {
      return refuse(field, "unknown field");
    }
  }
  return shift;
}

read_result<std::vector<domain::duty_shift>> read_shifts(const json& j, const std::string& at) {
  if (!j.is_array()) return refuse(at, "expected a list of shifts; an empty one means always");
  std::vector<domain::duty_shift> shifts;
  for (std::size_t i = 0; i < j.size(); ++i) {
    auto shift = read_shift(j[i], at + "[" + std::to_string(i) + "]");
    if (!shift) return tl::make_unexpected(std::move(shift.error()));
    shifts.push_back(*shift);
  }
  return shifts;
}

read_result<domain::duty_phone> read_phone(const json& j, const std::string& at) {
  if (!j.is_object()) return refuse(at, R"(expected {"number":"13900000000","label":"","shifts":[]})");
  domain::duty_phone phone;
  for (const auto& [name, value] : j.items()) {
    const auto field = std::string{at}.append(".").append(name);
    if (name == "shifts") {
      auto shifts = read_shifts(value, field);
      if (!shifts) return tl::make_unexpected(std::move(shifts.error()));
      phone.shifts = std::move(*shifts);
    } else if (name != "number" && name != "label") {
      return refuse(field, "unknown field");
    } else if (!value.is_string()) {
      return refuse(field, "expected a string");
    } else {
      (name == "number" ? phone.number : phone.label) = value.get<std::string>();
    }
  }
  if (phone.number.empty()) return refuse(at + ".number", "a number is needed");
  return phone;
}

std::optional<response> read_phones(const json& body, std::vector<domain::duty_phone>& phones) {
  const auto found = body.find("phones");
  if (found == body.end()) return std::nullopt;
  if (!found->is_array()) return refuse("phones", "expected a list of phones").value();
  for (std::size_t i = 0; i < found->size(); ++i) {
    auto phone = read_phone((*found)[i], "phones[" + std::to_string(i) + "]");
    if (!phone) return std::move(phone.error());
    phones.push_back(std::move(*phone));
  }
  return std::nullopt;
}

std::optional<response> read_districts(const json& body, std::vector<std::string>& districts) {
  const auto found = body.find("districts");
  if (found == body.end()) return std::nullopt;
  const auto expected = "expected a list of 6-digit codes; an empty one means all";
  if (!found->is_array()) return refuse("districts", expected).value();
  for (const auto& d : *found) {
    if (!d.is_string()) return refuse("districts", expected).value();
    districts.push_back(d.get<std::string>());
  }
  return std::nullopt;
}

/// A text that is one of the names of an enumeration's values.
template <class E, std::size_t N>
std::optional<response> read_name(const json& body, std::string_view field, std::string_view needed,
                                  const std::array<E, N>& values, E& value) {
  std::string text;
  if (auto refused = read_text(body, field, needed, longest_word, text)) return refused;
  if (text.empty()) return std::nullopt;
  std::string expected = "expected one of:";
  for (const auto v : values) {
    if (to_string(v) == text) {
      value = v;
      return std::nullopt;
    }
    expected += " " + std::string{to_string(v)};
  }
  return error_response(400, "invalid", expected, field);
}

std::optional<response> read_fields(const json& body, domain::rescue_party& p) {
  using domain::dial_order;
  using domain::party_kind;
  constexpr std::array kinds{party_kind::firm, party_kind::station, party_kind::public_rescue};
  constexpr std::array orders{dial_order::one_by_one, dial_order::all_at_once};
  std::optional<response> refused = read_text(body, "name", "a name is needed", longest_word, p.name);
  if (!refused) refused = read_name(body, "kind", "firm, station or public_rescue is needed", kinds, p.kind);
  if (!refused) refused = read_districts(body, p.districts);
  if (!refused) refused = read_place(body, p.where);
  if (!refused) refused = read_phones(body, p.phones);
  if (!refused) refused = read_name(body, "order", "", orders, p.order);
  if (!refused) refused = read_prose(body, "webhook", "", longest_prose, p.webhook);
  if (!refused) refused = read_flag(body, "active", "", p.active);
  return refused;
}

} // namespace

json to_json(const domain::rescue_party& p) {
  json phones = json::array();
  for (const auto& x : p.phones)
    phones.push_back(to_phone(x));
  return {{"id", p.id},
          {"name", p.name},
          {"kind", to_string(p.kind)},
          {"districts", p.districts},
          {"where", place_json(p.where)},
          {"phones", std::move(phones)},
          {"order", to_string(p.order)},
          {"webhook", p.webhook},
          {"active", p.active}};
}

tl::expected<domain::rescue_party, response> read_party(const std::string& id, const request& r) {
  const auto body = read_body(r, {"id", "name", "kind", "districts", "where", "phones", "order", "webhook", "active"});
  if (body.refused) return tl::make_unexpected(*body.refused);
  domain::rescue_party p;
  p.id = id;
  if (auto refused = read_key(body.object, "id", id)) return tl::make_unexpected(std::move(*refused));
  if (auto refused = read_fields(body.object, p)) return tl::make_unexpected(std::move(*refused));
  if (const auto problems = domain::check_party(p); !problems.empty())
    return tl::make_unexpected(refuse_record(problems));
  return p;
}

} // namespace lifeline::cti
