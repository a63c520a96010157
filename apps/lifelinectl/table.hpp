#pragma once
// Text for a terminal: columns that stay aligned with Chinese names, and nothing that a caller's name could do to it.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::ctl {

/// Columns that the text takes: two for each wide character (CJK, full width), none for combining marks.
std::size_t display_width(std::string_view utf8);

/// Control characters (also those of escape sequences) and broken UTF-8 become "?".
std::string printable(std::string_view utf8);

class table {
public:
  explicit table(std::vector<std::string> heads) : heads_(std::move(heads)) {}
  /// As many cells as there are heads.
  void add(std::vector<std::string> cells);
  /// Columns two spaces apart; "(none)" when there is no row.
  [[nodiscard]] std::string text() const;

private:
  std::vector<std::string> heads_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace lifeline::ctl
