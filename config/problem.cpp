#include "config/problem.hpp"

#include <algorithm>
#include <tuple>

namespace lifeline::config {

namespace {

/// Longer texts are cut in messages: the position says where the rest is.
constexpr std::size_t quoted_limit = 60;

/// Edits between two words: insertions, deletions, replacements and swaps of neighbours ("12351" is one from "12315").
std::size_t distance(std::string_view a, std::string_view b) {
  const auto width = b.size() + 1;
  std::vector<std::size_t> cells((a.size() + 1) * width);
  const auto cell = [&](std::size_t i, std::size_t j) -> std::size_t& { return cells[i * width + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i)
    cell(i, 0) = i;
  for (std::size_t j = 0; j <= b.size(); ++j)
    cell(0, j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = cell(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
      cell(i, j) = std::min({replaced, cell(i - 1, j) + 1, cell(i, j - 1) + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cell(i, j) = std::min(cell(i, j), cell(i - 2, j - 2) + 1);
    }
  }
  return cells.back();
}

} // namespace

std::string to_string(const problem& p) {
  if (p.line == 0) return p.file + ": " + p.message;
  return p.file + ':' + std::to_string(p.line) + ':' + std::to_string(p.column) + ": " + p.message;
}

std::string to_string(const std::vector<problem>& problems) {
  std::string text;
  for (const auto& p : problems)
    text += to_string(p) + '\n';
  return text;
}

void problem_list::add(position at, std::string message) {
  problems_.push_back({file_, at.line, at.column, std::move(message)});
}

std::vector<problem> problem_list::sorted() const {
  auto result = problems_;
  const auto key = [](const problem& p) { return std::tie(p.line, p.column, p.message); };
  std::stable_sort(result.begin(), result.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string one_line(std::string_view text) {
  std::string line{text};
  std::replace_if(line.begin(), line.end(), is_control, '?');
  return line;
}

std::string quote(std::string_view text) {
  std::string result = "\"";
  bool cut = false;
  for (const char c : text) {
    // A multi-byte character is not cut in its middle.
    if (result.size() > quoted_limit && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      cut = true;
      break;
    }
    result += is_control(c) ? '?' : c;
  }
  return result + (cut ? "...\"" : "\"");
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > 100) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const auto d = distance(word, candidate);
    if (d > 0 && d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const auto best = nearest(word, candidates);
  return best.empty() ? std::string{} : ": did you mean " + quote(best) + "?";
}

std::string one_of(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += quote(words[i]);
  }
  return text;
}

} // namespace lifeline::config
