#include "domain/base/field_check.hpp"

#include "domain/base/utf8.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace lifeline::domain {

namespace {

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int number_of(std::string_view digits) {
  int n = 0;
  for (const char c : digits)
    n = n * 10 + (c - '0');
  return n;
}

} // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (int n = 0; !text.empty(); ++n) {
    if (n == 40) {
      out += "…";
      break;
    }
    const auto c = take_code_point(text);
    append_utf8(out, c && !is_control(*c) ? *c : U'?');
  }
  return out + "\"";
}

std::string expected_found(std::string_view expected, std::string_view found) {
  return "expected " + std::string{expected} + ", found " + (found.empty() ? std::string{"nothing"} : quoted(found));
}

bool is_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }
bool is_digits(std::string_view text, std::size_t count) { return text.size() == count && is_digits(text); }

std::optional<std::string> check_text(std::string_view text, std::size_t most) {
  std::size_t characters = 0;
  for (auto rest = text; !rest.empty(); ++characters) {
    const auto c = take_code_point(rest);
    if (!c) return "expected UTF-8, found other bytes in " + quoted(text);
    if (is_control(*c)) return "expected text on one line, found a control character in " + quoted(text);
  }
  if (characters <= most) return std::nullopt;
  return "expected at most " + std::to_string(most) + " characters, found " + std::to_string(characters);
}

std::optional<std::string> check_date(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-' && is_digits(text.substr(0, 4)) &&
                      is_digits(text.substr(5, 2)) && is_digits(text.substr(8, 2));
  if (!shaped) return expected_found("a date like 2020-01-05", text);
  const std::chrono::year_month_day day{std::chrono::year{number_of(text.substr(0, 4))},
                                        std::chrono::month{static_cast<unsigned>(number_of(text.substr(5, 2)))},
                                        std::chrono::day{static_cast<unsigned>(number_of(text.substr(8, 2)))}};
  if (!day.ok()) return expected_found("a day of the calendar", text);
  if (day.year() < std::chrono::year{1950} || day.year() > std::chrono::year{2100})
    return expected_found("a year from 1950 to 2100", text);
  return std::nullopt;
}

std::optional<std::string> check_phone(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto rest = text.front() == '+' ? text.substr(1) : text;
  const auto allowed = [](char c) { return is_digit(c) || c == ' ' || c == '-' || c == '(' || c == ')'; };
  const auto digits = std::count_if(rest.begin(), rest.end(), is_digit);
  if (text.size() <= 32 && std::all_of(rest.begin(), rest.end(), allowed) && digits >= 3 && digits <= 20)
    return std::nullopt;
  return expected_found("one phone number of 3 to 20 digits", text);
}

std::optional<std::string> check_district(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (!is_digits(text, 6)) return expected_found("a district of 6 digits", text);
  const auto region = text[0] - '0';
  if (region < 1 || region > 8 || region == 7 || text[1] == '0')
    return expected_found("a district that begins with a province's number (GB/T 2260)", text);
  return std::nullopt;
}

std::optional<std::string> check_point(const geo_point& p) {
  char found[80];
  std::snprintf(found, sizeof found, "latitude %.6g, longitude %.6g", p.latitude, p.longitude);
  if (!std::isfinite(p.latitude) || !std::isfinite(p.longitude) || std::abs(p.latitude) > 90 ||
      std::abs(p.longitude) > 180)
    return std::string{"expected a latitude of -90..90 and a longitude of -180..180 degrees, found "} + found;
  if (p.latitude == 0 && p.longitude == 0) return std::string{"expected coordinates, found 0/0 (not measured)"};
  if (p.latitude >= 18 && p.latitude <= 54 && p.longitude >= 73 && p.longitude <= 136) return std::nullopt;
  const bool swapped = p.longitude >= 18 && p.longitude <= 54 && p.latitude >= 73;
  return std::string{"expected a place in China (18..54 N, 73..136 E), found "} + found +
         (swapped ? " (perhaps the two are swapped)" : "");
}

std::string plain_phone(std::string_view number) {
  std::string digits;
  for (const char c : number)
    if (is_digit(c)) digits += c;
  const auto first = number.find_first_not_of(" (");
  const bool plus = first != std::string_view::npos && number[first] == '+';
  // Some carriers present mobile numbers with the country's code and without any prefix.
  const bool bare_mobile = digits.size() == 13 && digits.starts_with("861");
  if ((plus && digits.starts_with("86")) || bare_mobile)
    digits.erase(0, 2);
  else if (digits.starts_with("0086") && digits.size() > 9)
    digits.erase(0, 4);
  if (digits.size() > 4 && digits.front() == '0') digits.erase(0, 1);
  return digits;
}

} // namespace lifeline::domain
