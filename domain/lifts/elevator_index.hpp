#pragma once
// The registry's lifts in memory, found by any of their codes and by text. One writer or many readers at a time: the
// owner locks.

#include "domain/lifts/elevator.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

class elevator_index {
public:
  elevator_index();
  ~elevator_index();
  elevator_index(elevator_index&&) noexcept;
  elevator_index& operator=(elevator_index&&) noexcept;

  void reserve(std::size_t lifts);
  /// Adds it, or replaces the one with its rescue code.
  void put(const elevator& e);
  [[nodiscard]] std::size_t size() const;
  /// By rescue code, registration code, certificate or device id, in this order; null: unknown. Blanks, case and
  /// full-width forms do not matter. A certificate that several lifts share finds none of them: a wrong lift is worse
  /// than a search. Valid until the next put().
  [[nodiscard]] const elevator* find(std::string_view code) const;
  [[nodiscard]] const elevator* find_rescue_code(std::string_view code) const;
  [[nodiscard]] const elevator* find_registration_code(std::string_view code) const;
  [[nodiscard]] const elevator* find_device(std::string_view device_id) const;
  /// A registration code or device id of `e` that belongs to another lift; nothing when it may be put.
  [[nodiscard]] std::optional<field_problem> clash(const elevator& e) const;
  /// Words (separated by blanks) that all occur in place (address), project, using unit or codes: as part of the text,
  /// or as pinyin initials ("hagc" finds 淮安广场). Best first: start of project or unit, then shorter texts, then
  /// rescue code. `district`: only there, empty = anywhere. Case and full-width forms do not matter, nor do blanks in
  /// the lifts' texts. A text without words finds all.
  [[nodiscard]] std::vector<const elevator*> search(std::string_view text, std::string_view district,
                                                    std::size_t limit) const;
  /// All, by rescue code.
  [[nodiscard]] std::vector<const elevator*> all() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace lifeline::domain
