#include "domain/rescue/rescue_party.hpp"
#include "domain/base/geo_point.hpp"

#include "domain/base/field_check.hpp"
#include "domain/base/utf8.hpp"
#include "domain/base/wall_time.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

namespace lifeline::domain {

namespace {

constexpr std::uint16_t minutes_of_day = 24 * 60;
constexpr std::size_t most_phones = 20;
constexpr std::size_t most_shifts = 50;

bool is_id_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

bool serves(const rescue_party& p, std::string_view district) {
  return p.districts.empty() || std::find(p.districts.begin(), p.districts.end(), district) != p.districts.end();
}

std::optional<std::string> check_webhook(const std::string& url) {
  if (url.empty()) return std::nullopt;
  const auto host = url.starts_with("https://") ? 8U : url.starts_with("http://") ? 7U : 0U;
  const auto printable = [](char c) { return c > 0x20 && c < 0x7F; };
  if (host != 0 && url.size() > host && url[host] != '/' && url.size() <= 2000 &&
      std::all_of(url.begin(), url.end(), printable))
    return std::nullopt;
  return expected_found("a URL that begins with https:// or http://", url);
}

class party_check {
public:
  explicit party_check(const rescue_party& p) : p_(p) {}

  std::vector<field_problem> run() {
    names();
    districts();
    phones();
    if (p_.where) note("where", check_point(*p_.where));
    note("webhook", check_webhook(p_.webhook));
    if (p_.active && p_.phones.empty() && p_.webhook.empty())
      note("phones", "expected a phone or a webhook: nobody could be told");
    return std::move(problems_);
  }

private:
  void note(std::string field, std::optional<std::string> wrong) {
    if (wrong) problems_.push_back({std::move(field), std::move(*wrong)});
  }

  void names() {
    if (p_.id.empty() || p_.id.size() > 64 || !std::all_of(p_.id.begin(), p_.id.end(), is_id_character))
      note("id", expected_found("1 to 64 letters, digits, '-', '_' or '.'", p_.id));
    if (trim(p_.name).empty()) note("name", expected_found("a name", {}));
    note("name", check_text(p_.name, 100));
    if (to_string(p_.kind) == "unknown") note("kind", "expected firm, station or public_rescue");
    if (to_string(p_.order) == "unknown") note("order", "expected one_by_one or all_at_once");
  }

  void districts() {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < p_.districts.size(); ++i) {
      const auto& d = p_.districts[i];
      const auto field = "districts[" + std::to_string(i) + "]";
      note(field, d.empty() ? std::optional{expected_found("a district of 6 digits", d)} : check_district(d));
      if (!seen.insert(d).second) note(field, "expected each district once, found " + quoted(d) + " again");
    }
  }

  void phones() {
    if (p_.phones.size() > most_phones)
      note("phones", "expected at most 20 phones, found " + std::to_string(p_.phones.size()));
    std::set<std::string> seen;
    for (std::size_t i = 0; i < p_.phones.size(); ++i) {
      const auto& phone = p_.phones[i];
      const auto field = "phones[" + std::to_string(i) + "]";
      const auto wrong = phone.number.empty() ? expected_found("a phone number", {})
                                              : check_phone(phone.number).value_or(std::string{});
      if (!wrong.empty())
        note(field + ".number", wrong);
      else if (!seen.insert(plain_phone(phone.number)).second)
        note(field + ".number", "expected each number once, found " + quoted(phone.number) + " again");
      note(field + ".label", check_text(phone.label, 40));
      shifts(phone, field);
    }
  }

  void shifts(const duty_phone& phone, const std::string& phone_field) {
    if (phone.shifts.size() > most_shifts)
      note(phone_field + ".shifts", "expected at most 50 shifts, found " + std::to_string(phone.shifts.size()));
    for (std::size_t i = 0; i < phone.shifts.size(); ++i) {
      const auto& s = phone.shifts[i];
      const auto field = phone_field + ".shifts[" + std::to_string(i) + "]";
      if (s.weekdays == 0 || s.weekdays > 0x7F) note(field + ".days", "expected at least one day from 1 to 7");
      if (s.from >= minutes_of_day) note(field + ".from", "expected a time from 00:00 to 23:59");
      if (s.until >= minutes_of_day) note(field + ".until", "expected a time from 00:00 to 23:59");
    }
  }

  const rescue_party& p_;
  std::vector<field_problem> problems_;
};

/// A moment of the week, local time.
struct week_time {
  unsigned day = 0; ///< 0 = Monday
  std::uint16_t minute = 0;
};

week_time week_time_of(instant now, span utc_offset) {
  const auto local = to_world(now) + utc_offset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const auto minute = std::chrono::duration_cast<std::chrono::minutes>(local - day).count();
  return {std::chrono::weekday{day}.iso_encoding() - 1, static_cast<std::uint16_t>(minute)};
}

bool covers(const duty_shift& s, const week_time& t) {
  const auto on = [&](unsigned day) { return ((s.weekdays >> (day % 7)) & 1U) != 0; };
  if (s.from == s.until) return on(t.day);
  if (s.from < s.until) return on(t.day) && t.minute >= s.from && t.minute < s.until;
  return (on(t.day) && t.minute >= s.from) || (on(t.day + 6) && t.minute < s.until); // the one of the day before
}

} // namespace

std::string_view to_string(party_kind k) {
  switch (k) {
  case party_kind::firm: return "firm";
  case party_kind::station: return "station";
  case party_kind::public_rescue: return "public_rescue";
  }
  return "unknown";
}

std::string_view to_string(dial_order o) {
  switch (o) {
  case dial_order::one_by_one: return "one_by_one";
  case dial_order::all_at_once: return "all_at_once";
  }
  return "unknown";
}

std::vector<field_problem> check_party(const rescue_party& p) { return party_check{p}.run(); }

rescue_book::rescue_book(std::vector<rescue_party> parties, span utc_offset)
    : parties_(std::move(parties)), utc_offset_(utc_offset) {
  std::stable_sort(parties_.begin(), parties_.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  for (std::size_t i = 0; i < parties_.size(); ++i) {
    const auto& p = parties_[i];
    if (p.active && p.kind == party_kind::firm) by_name_.try_emplace(fold_name(p.name), i);
  }
  // A number that moved to another party is the active one's.
  for (const bool active : {true, false})
    for (std::size_t i = 0; i < parties_.size(); ++i) {
      if (parties_[i].active != active) continue;
      for (const auto& phone : parties_[i].phones)
        by_phone_.try_emplace(plain_phone(phone.number), i);
    }
}

const rescue_party* rescue_book::find(std::string_view id) const {
  const auto at = std::lower_bound(parties_.begin(), parties_.end(), id,
                                   [](const rescue_party& p, std::string_view key) { return p.id < key; });
  return at != parties_.end() && at->id == id ? &*at : nullptr;
}

const rescue_party* rescue_book::find_firm(std::string_view name) const {
  if (const auto at = by_name_.find(fold_name(name)); at != by_name_.end() && !at->first.empty())
    return &parties_[at->second];
  const auto* p = find(name);
  return p != nullptr && p->active && p->kind == party_kind::firm ? p : nullptr;
}

const rescue_party* rescue_book::nearest_station(const std::optional<geo_point>& where, std::string_view district,
                                                 const std::vector<std::string>& except) const {
  const auto distance = [&](const rescue_party& p) {
    if (!where) return 0.0;
    return p.where ? distance_metres(*where, *p.where) : std::numeric_limits<double>::max();
  };
  const rescue_party* best = nullptr;
  std::tuple<bool, double> best_rank;
  for (const auto& p : parties_) {
    if (!p.active || p.kind != party_kind::station) continue;
    if (std::find(except.begin(), except.end(), p.id) != except.end()) continue;
    const std::tuple rank{!serves(p, district), distance(p)};
    if (best != nullptr && !(rank < best_rank)) continue;
    best = &p;
    best_rank = rank;
  }
  return best;
}

const rescue_party* rescue_book::public_rescue(std::string_view district) const {
  const rescue_party* best = nullptr;
  int best_rank = 0;
  for (const auto& p : parties_) {
    if (!p.active || p.kind != party_kind::public_rescue) continue;
    const int rank = p.districts.empty() ? 1 : serves(p, district) ? 0 : 2;
    if (best != nullptr && rank >= best_rank) continue;
    best = &p;
    best_rank = rank;
  }
  return best;
}

std::vector<std::string> rescue_book::on_duty(const rescue_party& p, instant now) const {
  const auto t = week_time_of(now, utc_offset_);
  std::vector<std::string> numbers;
  for (const auto& phone : p.phones) {
    const bool on = phone.shifts.empty() || std::any_of(phone.shifts.begin(), phone.shifts.end(),
                                                        [&](const duty_shift& s) { return covers(s, t); });
    if (on) numbers.push_back(phone.number);
  }
  if (!numbers.empty()) return numbers;
  for (const auto& phone : p.phones)
    numbers.push_back(phone.number);
  return numbers;
}

const rescue_party* rescue_book::find_by_phone(std::string_view number) const {
  const auto at = by_phone_.find(plain_phone(number));
  return at != by_phone_.end() && !at->first.empty() ? &parties_[at->second] : nullptr;
}

} // namespace lifeline::domain
