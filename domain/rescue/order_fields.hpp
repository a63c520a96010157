#pragma once
// The texts that a person gives with a verb, read strictly. The first one that is wrong is kept: ask failed() once,
// after all were read. Not for others than order_*.cpp to include.

#include "domain/rescue/order_machine.hpp"

#include <limits>
#include <optional>

namespace lifeline::domain::detail {

class field_reader {
public:
  field_reader(const order_action& action, instant now) : action_(action), now_(now) {}

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Empty when it was not given. No control characters but line breaks and tabs.
  std::string text(std::string_view name, std::size_t longest);
  /// Within the bounds of the field's row (order_field_table.hpp), or from `least` on where the verb is narrower.
  std::uint32_t count(std::string_view name, std::optional<std::uint32_t> least = {});
  bool yes(std::string_view name); ///< yes, no, true, false
  /// RFC 3339, not in the future (a minute of skew is cut off), not before any of `earliest`. Now when not given.
  struct bound {
    instant at = never;
    std::string_view what; ///< "the alarm was received"
  };
  instant time(std::string_view name, std::initializer_list<bound> earliest);

  /// Notes what is wrong with a field, unless something else was found first.
  void refuse(std::string_view name, std::string message);
  void conflict(std::string_view name, std::string message);
  [[nodiscard]] const std::optional<failure>& failed() const { return wrong_; }

private:
  [[nodiscard]] const std::string* find(std::string_view name) const;
  const order_action& action_;
  instant now_;
  std::optional<failure> wrong_;
};

/// Role, who, of which hotline, version, and the names of the fields.
[[nodiscard]] std::optional<failure> check_action(const order_state& s, const order_action& a, desk of_agent,
                                                  const std::string& hotline);

/// The message of a wrong fault cause.
std::string fault_cause_expected(const std::string& found);

/// Carries out edit: the fields are in `s` when nothing failed; what follows from them is the caller's.
void edit_fields(order_state& s, field_reader& f, const order_action& a, instant now);

} // namespace lifeline::domain::detail
