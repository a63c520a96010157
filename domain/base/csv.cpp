#include "domain/base/csv.hpp"

#include <algorithm>
#include <array>

namespace lifeline::domain {

namespace {

constexpr std::array separators{',', ';', '\t'};

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

/// "sep=;" alone on the first line.
bool has_directive(std::string_view text) {
  return text.size() >= 5 && text.substr(0, 4) == "sep=" && !is_line_end(text[4]) &&
         (text.size() == 5 || is_line_end(text[5]));
}

} // namespace

char detect_separator(std::string_view text) {
  if (has_directive(text)) return text[4];
  std::array<std::size_t, separators.size()> found{};
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (is_line_end(c)) break;
    for (std::size_t i = 0; i < separators.size(); ++i)
      if (c == separators[i]) ++found[i];
  }
  return separators[static_cast<std::size_t>(std::max_element(found.begin(), found.end()) - found.begin())];
}

csv_reader::csv_reader(std::string_view text) : rest_(text), separator_(detect_separator(text)) { skip_directive(); }

void csv_reader::skip_directive() {
  if (!has_directive(rest_)) return;
  rest_.remove_prefix(5);
  skip_line_end();
}

bool csv_reader::at_line_end() const { return !rest_.empty() && is_line_end(rest_.front()); }

void csv_reader::skip_line_end() {
  if (rest_.empty()) return;
  rest_.remove_prefix(rest_.substr(0, 2) == "\r\n" ? 2 : 1);
  ++line_;
}

std::optional<csv_record> csv_reader::next() {
  while (at_line_end())
    skip_line_end();
  if (rest_.empty() || !failed_.empty()) return std::nullopt;
  auto record = read_record();
  if (!failed_.empty()) return std::nullopt;
  return record;
}

csv_record csv_reader::read_record() {
  csv_record record;
  record.line = line_;
  for (std::size_t n = 1;; ++n) {
    auto cell = read_cell(record);
    if (n <= csv_most_cells)
      record.cells.push_back(std::move(cell));
    else if (record.problem.empty())
      record.problem = "expected at most " + std::to_string(csv_most_cells) + " cells";
    if (rest_.empty() || rest_.front() != separator_) break;
    rest_.remove_prefix(1);
  }
  skip_line_end();
  return record;
}

std::string csv_reader::read_cell(csv_record& record) {
  if (rest_.substr(0, 2) == "=\"") rest_.remove_prefix(1);
  if (!rest_.empty() && rest_.front() == '"') return read_quoted(record);
  const auto end = std::find_if(rest_.begin(), rest_.end(), [&](char c) { return c == separator_ || is_line_end(c); });
  std::string cell{rest_.begin(), end};
  rest_.remove_prefix(cell.size());
  return cell;
}

std::string csv_reader::read_quoted(csv_record& record) {
  const auto begun = line_;
  std::string cell;
  rest_.remove_prefix(1);
  for (;;) {
    const auto at = rest_.find_first_of("\"\r\n");
    if (at == std::string_view::npos) {
      failed_ = "line " + std::to_string(begun) + ": a quote that is never closed";
      rest_ = {};
      return cell;
    }
    cell += rest_.substr(0, at);
    rest_.remove_prefix(at);
    if (at_line_end()) {
      cell += '\n';
      skip_line_end();
      continue;
    }
    rest_.remove_prefix(1);
    if (rest_.empty() || rest_.front() != '"') break;
    cell += '"';
    rest_.remove_prefix(1);
  }
  while (!rest_.empty() && rest_.front() != separator_ && !at_line_end()) {
    if (rest_.front() != ' ')
      record.problem = "expected the end of a cell after its closing quote, found other text (cell " +
                       std::to_string(record.cells.size() + 1) + ")";
    rest_.remove_prefix(1);
  }
  return cell;
}

std::string csv_cell(std::string_view text, char separator) {
  const bool plain = text.find_first_of("\"\r\n") == std::string_view::npos &&
                     text.find(separator) == std::string_view::npos && !text.starts_with(' ') && !text.ends_with(' ');
  if (plain && !text.starts_with("sep=")) return std::string{text};
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

namespace {

/// Whether a spreadsheet would make something else of the text: a number of it (and lose digits and leading zeros), or
/// a formula.
bool is_in_danger(std::string_view text) {
  if (text.empty()) return false;
  if (std::string_view{"=+-@'"}.find(text.front()) != std::string_view::npos) return true;
  const bool number = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return number && (text.front() == '0' || text.size() > 11);
}

} // namespace

std::string csv_text_cell(std::string_view text) {
  if (!is_in_danger(text)) return csv_cell(text);
  std::string formula = "=\"";
  for (const char c : text) {
    if (c == '"') formula += '"';
    formula += c;
  }
  return csv_cell(formula + '"');
}

} // namespace lifeline::domain
