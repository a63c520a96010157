#pragma once
// Who comes to the rescue: maintenance firms (level 1), rescue stations (level 2), public rescue (level 3); their duty
// phones and shifts. A book is immutable: a change makes a new one.

#include "domain/base/time.hpp"
#include "domain/lifts/elevator.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

enum class party_kind : std::uint8_t { firm = 1, station = 2, public_rescue = 3 };
std::string_view to_string(party_kind k);

/// When a phone is on duty, local time. `until` <= `from`: over midnight, belonging to the day it begins on.
struct duty_shift {
  std::uint8_t weekdays = 0x7F; ///< bit 0 = Monday .. bit 6 = Sunday
  std::uint16_t from = 0;       ///< minute of the day, 0 .. 1439
  std::uint16_t until = 0;      ///< minute of the day; from == until: the whole day
  bool operator==(const duty_shift&) const = default;
};
struct duty_phone {
  std::string number;             ///< as dialled
  std::string label;              ///< "值班手机"
  std::vector<duty_shift> shifts; ///< empty = always
  bool operator==(const duty_phone&) const = default;
};
enum class dial_order : std::uint8_t { one_by_one = 1, all_at_once = 2 };
std::string_view to_string(dial_order o);

struct rescue_party {
  std::string id; ///< letters, digits, '-', '_', '.'; unique
  std::string name;
  party_kind kind = party_kind::firm;
  std::vector<std::string> districts; ///< 6-digit codes that it serves; empty = all
  std::optional<geo_point> where;
  std::vector<duty_phone> phones; ///< in the order in which they are dialled
  dial_order order = dial_order::one_by_one;
  std::string webhook; ///< URL told of every order and urging, or empty; its secret is among the secrets, by id
  bool active = true;
  bool operator==(const rescue_party&) const = default;
};
/// Empty = may be stored.
std::vector<field_problem> check_party(const rescue_party& p);

class rescue_book {
public:
  rescue_book() = default;
  /// `utc_offset`: local time for shifts.
  rescue_book(std::vector<rescue_party> parties, span utc_offset);

  [[nodiscard]] const std::vector<rescue_party>& all() const { return parties_; }
  [[nodiscard]] const rescue_party* find(std::string_view id) const;
  /// An active firm by its name (blanks, case and full-width forms do not matter), or by its id.
  [[nodiscard]] const rescue_party* find_firm(std::string_view name) const;
  /// The active station that serves the district, or failing that any, nearest to `where`; without coordinates the
  /// first in the order of ids. Those in `except` are passed over. Null: none is left.
  [[nodiscard]] const rescue_party* nearest_station(const std::optional<geo_point>& where, std::string_view district,
                                                    const std::vector<std::string>& except) const;
  /// The active public rescue of the district, else one that serves all, else any: 119 of the next county knows whom to
  /// send. Null: there is none.
  [[nodiscard]] const rescue_party* public_rescue(std::string_view district) const;
  /// Numbers on duty at that moment, in order; when no shift fits: all of them (somebody must be reached).
  [[nodiscard]] std::vector<std::string> on_duty(const rescue_party& p, instant now) const;
  /// The party that a phone number belongs to, written with or without blanks, dashes and +86 or 0086. An active one,
  /// if several have it.
  [[nodiscard]] const rescue_party* find_by_phone(std::string_view number) const;

private:
  std::vector<rescue_party> parties_; ///< by id
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::map<std::string, std::size_t, std::less<>> by_phone_;
  span utc_offset_{0};
};

} // namespace lifeline::domain
