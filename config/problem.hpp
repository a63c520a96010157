#pragma once
// What is wrong with a file, and where. All problems of a file are collected and shown together.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::config {

/// Both count from 1; columns count characters, not bytes. 0:0 means the file as a whole.
struct position {
  std::size_t line = 0;
  std::size_t column = 0;
  bool operator==(const position&) const = default;
  bool operator<(const position& other) const {
    return line < other.line || (line == other.line && column < other.column);
  }
};

struct problem {
  std::string file;
  std::size_t line = 0; ///< from 1; 0 = the file as a whole (it cannot be read)
  std::size_t column = 0;
  std::string message; ///< what was found and what was expected
  bool operator==(const problem&) const = default;
};

/// `file:line:column: message`, the form that editors jump to; `file: message` without a position.
std::string to_string(const problem& p);
/// One problem per line.
std::string to_string(const std::vector<problem>& problems);

/// Collects the problems of one file.
class problem_list {
public:
  explicit problem_list(std::string file) : file_(std::move(file)) {}
  void add(position at, std::string message);
  [[nodiscard]] bool empty() const { return problems_.empty(); }
  /// In the order of the file, each one once.
  [[nodiscard]] std::vector<problem> sorted() const;

private:
  std::string file_;
  std::vector<problem> problems_;
};

/// Of ASCII. Bytes of characters beyond it are none.
bool is_control(char c);
/// `text` with a question mark for each control character.
std::string one_line(std::string_view text);
/// `text` in double quotes, shortened and without control characters, fit for a message of one line.
std::string quote(std::string_view text);
/// The candidate that `word` most probably was meant to be, or empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
/// `: did you mean "x"?` or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);
/// "a", "b" or "c"
std::string one_of(const std::vector<std::string>& words);

} // namespace lifeline::config
