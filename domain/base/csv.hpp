#pragma once
// Comma-separated lists (RFC 4180), as programs and Excel really write them: quotes, line ends inside of quotes, CRLF,
// LF or CR, ';' or tabs instead of commas, Excel's first line "sep=;", and its ="007", which keeps a number a text.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

struct csv_record {
  std::uint64_t line = 0; ///< of the text, where it begins; 1 = the first
  std::vector<std::string> cells;
  std::string problem; ///< what is wrong with its form; the cells are then not to be trusted
};

/// Most cells of a record; more are a problem of it.
inline constexpr std::size_t csv_most_cells = 500;

/// ',', ';' or a tab: what the first record has most of, outside of quotes.
char detect_separator(std::string_view text);

class csv_reader {
public:
  /// `text` without a byte order mark; it must outlive the reader. The separator is detected.
  explicit csv_reader(std::string_view text);

  [[nodiscard]] char separator() const { return separator_; }
  /// The next record that is not an empty line; nothing at the end, or when failed().
  std::optional<csv_record> next();
  /// A quote that is never closed: whatever follows it cannot be told apart. Names the line. Empty: none.
  [[nodiscard]] const std::string& failed() const { return failed_; }

private:
  csv_record read_record();
  std::string read_cell(csv_record& record);
  std::string read_quoted(csv_record& record);
  bool at_line_end() const;
  void skip_line_end();
  void skip_directive();

  std::string_view rest_;
  std::uint64_t line_ = 1;
  char separator_ = ',';
  std::string failed_;
};

/// The cell as it is written: in quotes when it needs them.
std::string csv_cell(std::string_view text, char separator = ',');
/// The same for a text that a spreadsheet would make something else of (007, a code of 20 digits, a formula): ="007".
std::string csv_text_cell(std::string_view text);

} // namespace lifeline::domain
