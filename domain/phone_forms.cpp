#include "domain/phone_forms.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A mobile of China: 11 digits that begin with 1.
bool is_mobile(std::string_view n) { return n.size() == 11 && n.front() == '1' && all_digits(n); }

/// Without the country's code; a landline gets the 0 of its area back.
std::string at_home(std::string_view n) {
  for (const std::string_view code : {"+86", "0086", "86"}) {
    if (!n.starts_with(code) || n.size() < code.size() + 9) continue; // "8612345" is a local number
    const auto rest = n.substr(code.size());
    if (!all_digits(rest)) continue;
    return is_mobile(rest) || rest.front() == '0' ? std::string{rest} : "0" + std::string{rest};
  }
  return std::string{n};
}

} // namespace

std::vector<std::string> phone_forms(std::string_view number) {
  std::vector<std::string> forms;
  const auto add = [&](std::string form) {
    if (std::find(forms.begin(), forms.end(), form) == forms.end()) forms.push_back(std::move(form));
  };
  if (number.find_first_of("0123456789") == std::string_view::npos) return forms;
  add(std::string{number});
  const auto home = at_home(number);
  add(home);
  if (is_mobile(home)) add("0" + home);
  if (home.size() == 12 && home.front() == '0' && is_mobile(std::string_view{home}.substr(1))) add(home.substr(1));
  return forms;
}

} // namespace lifeline::domain
