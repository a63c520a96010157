#include "domain/base/phone_number.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

constexpr std::string_view home = "86";
constexpr std::size_t mobile_size = 11;
constexpr std::size_t longest_service = 8; ///< 95105888
constexpr std::size_t longest_number = 20; ///< E.164 has 15; cards of devices and prefixes of carriers add some
constexpr std::size_t shortest_number = 3; ///< 110, 119, 120
constexpr std::size_t shortest_abroad = 7; ///< with the country's code

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_mobile(std::string_view n) { return n.size() == mobile_size && n[0] == '1' && n[1] >= '3'; }

/// 110, 12315, 10086, 95588, 96333, 95105888; 400 and 800 with ten digits.
bool is_service(std::string_view n) {
  if (n.empty()) return false;
  if (n.size() == 10) return n.starts_with("400") || n.starts_with("800");
  return n.size() <= longest_service && (n[0] == '1' || n.starts_with("95") || n.starts_with("96"));
}

/// Seven or eight digits of the own area.
bool is_local(std::string_view n) { return (n.size() == 7 || n.size() == 8) && n[0] >= '2' && n[0] <= '8'; }

/// A landline with its area but without the 0: what follows +86.
bool is_area_and_local(std::string_view n) {
  return (n.size() >= 9 && n.size() <= 11) && n[0] != '0' && !is_mobile(n) && !is_service(n);
}

/// The digits of a number of our country, without its code.
std::string national(std::string_view n, const numbering& where) {
  if (n[0] == '0') {
    const auto rest = n.substr(1);
    if (is_mobile(rest)) return std::string{rest};
    if (!where.area.empty() && n.starts_with(where.area)) {
      const auto local = n.substr(where.area.size());
      if (!local.empty() && is_service(local) && !is_local(local)) return std::string{local}; // 0517 12315
    }
    if (is_service(rest) && rest.size() == 10) return std::string{rest}; // 0 400 ...
    return std::string{n};
  }
  if (is_mobile(n) || is_service(n)) return std::string{n};
  if (is_local(n) && !where.area.empty()) return where.area + std::string{n};
  // Some carriers leave the 0 away.
  const auto area = std::string_view{where.area}.substr(std::min<std::size_t>(1, where.area.size()));
  if (!area.empty() && n.starts_with(area) && is_local(n.substr(area.size()))) return "0" + std::string{n};
  return std::string{n};
}

/// The same, after the country's code was taken off.
std::string after_code(std::string_view n, const numbering& where) {
  const auto with_zero = "0" + std::string{n};
  if (!where.area.empty() && with_zero.starts_with(where.area) && // +86 517 12315
      is_service(std::string_view{with_zero}.substr(where.area.size())))
    return national(with_zero, where);
  if (n[0] == '0' || is_mobile(n) || is_service(n) || is_local(n)) return national(n, where);
  return is_area_and_local(n) ? with_zero : std::string{n};
}

/// What comes after 86 when that is our country's code although nothing says so: "8612345678" may be local.
bool is_whole_after_code(std::string_view n) {
  if (n.empty() || n.size() + home.size() <= 10) return false;
  return is_mobile(n) || (n[0] == '0' && n.size() >= 10) || (n.size() == 10 && is_service(n)) || is_area_and_local(n);
}

} // namespace

std::string without_separators(std::string_view text) {
  std::string bare;
  for (const char c : text)
    if (std::string_view{"-.() \t"}.find(c) == std::string_view::npos) bare += c;
  const auto digits = std::string_view{bare}.substr(bare.starts_with('+') ? 1 : 0);
  return all_digits(digits) ? bare : std::string{text};
}

std::string normal_number(std::string_view text, const numbering& n) {
  const auto bare = without_separators(text);
  std::string_view rest = bare;
  bool abroad = rest.starts_with('+');
  if (abroad) rest.remove_prefix(1);
  if (!all_digits(rest) || rest.size() > longest_number) return {};
  if (!abroad && rest.starts_with("00") && rest.size() >= shortest_abroad + 2) {
    abroad = true;
    rest.remove_prefix(2);
  }
  if (abroad) {
    if (rest.starts_with(home) && rest.size() > home.size() + 2) return after_code(rest.substr(home.size()), n);
    return rest.size() < shortest_abroad ? std::string{} : "+" + std::string{rest};
  }
  if (rest.size() < shortest_number) return {};
  if (rest.starts_with(home) && is_whole_after_code(rest.substr(home.size())))
    return after_code(rest.substr(home.size()), n);
  return national(rest, n);
}

bool is_number(std::string_view text) {
  const auto digits = text.substr(text.starts_with('+') ? 1 : 0);
  return digits.size() >= shortest_number && all_digits(digits);
}

bool same_number(std::string_view a, std::string_view b, const numbering& n) {
  if (a == b) return true;
  const auto normal = normal_number(a, n);
  return !normal.empty() && normal == normal_number(b, n);
}

std::vector<std::string> spellings(std::string_view text, const numbering& n) {
  const auto normal = normal_number(text, n);
  if (normal.empty()) return text.empty() ? std::vector<std::string>{} : std::vector<std::string>{std::string{text}};
  std::vector<std::string> all{normal};
  const auto add = [&](std::string form) {
    if (std::find(all.begin(), all.end(), form) == all.end() && normal_number(form, n) == normal)
      all.push_back(std::move(form));
  };
  add(std::string{text});
  if (normal.front() == '+') {
    add("00" + normal.substr(1));
    return all;
  }
  const auto bare = normal.front() == '0' ? normal.substr(1) : normal;
  for (const std::string_view code : {"+86", "86", "0086"})
    add(std::string{code} + bare);
  if (is_mobile(normal)) add("0" + normal);
  if (normal.front() == '0') {
    for (const std::string_view code : {"+86", "0086"})
      add(std::string{code} + normal);
    if (!n.area.empty() && normal.starts_with(n.area)) {
      add(normal.substr(n.area.size()));
      add(bare);
    }
  } else if (!n.area.empty() && is_service(normal)) {
    add(n.area + normal);
    add("+86" + n.area.substr(1) + normal);
  }
  return all;
}

} // namespace lifeline::domain
