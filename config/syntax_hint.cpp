#include "config/syntax_hint.hpp"

#include "domain/base/text_encoding.hpp"
#include "domain/base/utf8.hpp"

#include <array>
#include <optional>

namespace lifeline::config {

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Line `number`, from 1, without its end.
std::string_view line_of(std::string_view text, std::size_t number) {
  for (; number > 1; --number) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

struct wide_form {
  char32_t wide;
  std::string_view plain;
};
/// What an input method for Chinese writes in the place of TOML's own signs, besides the full-width forms.
constexpr std::array wide_forms{
    wide_form{U'“', "\""}, wide_form{U'”', "\""}, wide_form{U'‘', "'"},  wide_form{U'’', "'"},   wide_form{U'【', "["},
    wide_form{U'】', "]"}, wide_form{U'、', ","}, wide_form{U'。', "."}, wide_form{U'「', "\""}, wide_form{U'」', "\""},
};

/// The sign that was meant; empty: it is none of those.
std::string plain_of(char32_t c) {
  for (const auto& form : wide_forms)
    if (form.wide == c) return std::string{form.plain};
  const auto folded = domain::fold(c);
  if (c < 0x80 || folded == c || folded >= 0x80) return {};
  return folded == U' ' ? "a plain space" : std::string(1, static_cast<char>(folded));
}

struct wide_sign {
  std::size_t column = 0;
  std::string sign, plain;
};

/// The first such sign of the line that stands outside of a text; a comment may hold what it likes.
std::optional<wide_sign> find_wide(std::string_view line) {
  std::size_t column = 0;
  char quote = 0;
  for (auto rest = line; !rest.empty();) {
    const auto before = rest;
    const auto c = domain::take_code_point(rest);
    ++column;
    if (!c) continue;
    if (quote != 0) {
      if (*c == U'\\' && quote == '"') {
        (void)(rest.empty() ? c : domain::take_code_point(rest));
        ++column;
      } else if (*c == static_cast<char32_t>(quote)) {
        quote = 0;
      }
      continue;
    }
    if (*c == U'#') return std::nullopt;
    if (*c == U'"' || *c == U'\'') {
      quote = static_cast<char>(*c);
      continue;
    }
    if (auto plain = plain_of(*c); !plain.empty())
      return wide_sign{column, std::string{before.substr(0, before.size() - rest.size())}, std::move(plain)};
  }
  return std::nullopt;
}

/// Where the text that the line does not close begins; 0: none does.
std::size_t open_text(std::string_view line) {
  std::size_t column = 0;
  std::size_t begun = 0;
  char32_t quote = 0;
  for (auto rest = line; !rest.empty();) {
    const auto c = domain::take_code_point(rest).value_or(U'?');
    ++column;
    if (quote == 0 && c == U'#') return 0;
    if (quote == 0 && (c == U'"' || c == U'\'')) {
      quote = c;
      begun = column;
    } else if (quote == U'"' && c == U'\\' && !rest.empty()) {
      (void)domain::take_code_point(rest);
      ++column;
    } else if (c == quote) {
      quote = 0;
    }
  }
  return quote == 0 ? 0 : begun;
}

std::string encoding_words(std::string_view text) {
  const bool utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  if (utf16) return "the file is not UTF-8 but UTF-16: save it as UTF-8";
  return domain::gbk_to_utf8(text) ? "the file is not UTF-8 but probably GBK: save it as UTF-8"
                                   : "the file is not UTF-8: save it as UTF-8";
}

/// "'hotline'" of the library's words for a table that stands twice; empty: they are about something else.
std::string_view name_of_table_twice(std::string_view words) {
  constexpr std::string_view begin = "cannot redefine existing table '";
  const auto at = words.find(begin);
  if (at == std::string_view::npos) return {};
  const auto name = words.substr(at + begin.size());
  return name.substr(0, name.find('\''));
}

/// The first line that is "[name]".
std::size_t line_of_table(std::string_view text, std::string_view name) {
  const auto header = "[" + std::string{name} + "]";
  std::size_t number = 1;
  for (;; ++number) {
    const auto end = text.find('\n');
    if (domain::trim(text.substr(0, end)).starts_with(header)) return number;
    if (end == std::string_view::npos) return 0;
    text.remove_prefix(end + 1);
  }
}

} // namespace

problem explain_syntax(std::string_view text, problem found) {
  if (has(found.message, "invalid utf-8")) {
    found.message = encoding_words(text);
    return found;
  }
  if (const auto name = name_of_table_twice(found.message); !name.empty()) {
    if (const auto line = line_of_table(text, name); line != 0) found.line = line, found.column = 1;
    const auto quoted = std::string{name};
    found.message = "[" + quoted + "] stands more than once: where there can be several, each begins with [[" + quoted +
                    "]], in double brackets";
    return found;
  }
  const auto line = line_of(text, found.line);
  if (const auto begun = open_text(line); begun != 0) {
    const bool wide = has(line, "”") || has(line, "“") || has(line, "＂");
    found.column = begun;
    found.message = wide ? "the text that begins here is closed by a full-width quote: expected the plain \""
                         : "the text that begins here has no closing quote";
    return found;
  }
  if (const auto wide = find_wide(line)) {
    found.column = wide->column;
    found.message = "the full-width sign " + wide->sign + " where TOML has " + wide->plain +
                    ": switch the input method off and write the plain one";
    return found;
  }
  if (has(found.message, "could not determine value type")) found.message += ": a text stands in \"quotes\"";
  return found;
}

} // namespace lifeline::config
