#include "config/document.hpp"

#include "config/syntax_hint.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace lifeline::config {

namespace {

position begin_of(const toml::source_region& region) {
  return {static_cast<std::size_t>(region.begin.line), static_cast<std::size_t>(region.begin.column)};
}

node convert(const toml::node& source);

void convert_table(const toml::table& source, node& result) {
  for (const auto& [key, value] : source) {
    result.entries.push_back({std::string{key.str()}, begin_of(key.source()), convert(value)});
  }
  // The library sorts keys by name; problems and lists read better in the order of the file.
  std::stable_sort(result.entries.begin(), result.entries.end(),
                   [](const entry& a, const entry& b) { return a.at < b.at; });
}

node convert(const toml::node& source) {
  node result;
  result.at = begin_of(source.source());
  if (const auto* table = source.as_table()) {
    result.kind = node_kind::table;
    convert_table(*table, result);
  } else if (const auto* list = source.as_array()) {
    result.kind = node_kind::list;
    for (const auto& item : *list)
      result.items.push_back(convert(item));
  } else if (const auto* text = source.as_string()) {
    result.kind = node_kind::text;
    result.text = text->get();
  } else if (const auto* integer = source.as_integer()) {
    result.kind = node_kind::integer;
    result.integer = integer->get();
  } else if (const auto* real = source.as_floating_point()) {
    result.kind = node_kind::real;
    result.real = real->get();
  } else if (const auto* boolean = source.as_boolean()) {
    result.kind = node_kind::boolean;
    result.boolean = boolean->get();
  } else {
    result.kind = node_kind::date_time;
  }
  return result;
}

/// The library limits the depth of brackets but not that of dotted keys, and walks both by recursion: "a.a.a..." with
/// ten thousand parts would end the process, and so would shorter keys within many brackets. Where a key has too many
/// parts, by itself or with those of the brackets around it, or 0.
position too_many_dots(std::string_view text) {
  constexpr std::size_t most = 64;
  constexpr std::size_t most_nested = 400;
  std::size_t line = 1;
  std::size_t line_start = 0;
  std::size_t dots = 0; // of the key or value being read
  std::size_t held = 0; // of the key whose value is being read
  std::size_t nested = 0;
  std::vector<std::size_t> open; // dots of the keys whose values are not closed
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      // Rows of dots are decoration in a comment.
      if (i > line_start && text[i - 1] != '.') ++dots;
      if (dots > most || nested + dots > most_nested) return {line, i - line_start + 1};
      continue;
    }
    if (std::string_view{"\n=,{}[]#"}.find(c) == std::string_view::npos) continue;
    if (c == '{' || c == '[') {
      open.push_back(held);
      nested += held;
    } else if ((c == '}' || c == ']') && !open.empty()) {
      nested -= open.back();
      open.pop_back();
    }
    held = c == '=' ? dots : 0;
    dots = 0;
    if (c == '\n') {
      ++line;
      line_start = i + 1;
    }
  }
  return {};
}

} // namespace

const node* node::find(std::string_view key) const {
  const auto it = std::find_if(entries.begin(), entries.end(), [&](const entry& e) { return e.key == key; });
  return it == entries.end() ? nullptr : &it->value;
}

tl::expected<node, problem> parse_document(std::string_view text, const std::string& source_name) {
  if (const auto deep = too_many_dots(text); deep.line != 0) {
    return tl::make_unexpected(problem{source_name, deep.line, deep.column, "not TOML: a key of too many parts"});
  }
  // Debian's library is built with exceptions; they end here.
  try {
    node root = convert(toml::parse(text));
    root.at = {1, 1};
    return root;
  } catch (const toml::parse_error& e) {
    const auto at = begin_of(e.source());
    auto found = explain_syntax(text, {source_name, std::max<std::size_t>(1, at.line),
                                       std::max<std::size_t>(1, at.column), std::string{e.description()}});
    found.message = one_line("not TOML: " + found.message); // the library quotes what it has read, line ends too
    return tl::make_unexpected(std::move(found));
  }
}

std::string describe(const node& n) {
  switch (n.kind) {
  case node_kind::boolean: return n.boolean ? "the value true" : "the value false";
  case node_kind::integer: return "the number " + std::to_string(n.integer);
  case node_kind::real: {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%g", n.real);
    return std::string{"the number "} + buffer;
  }
  case node_kind::text: return "the text " + quote(n.text);
  case node_kind::list: return "a list";
  case node_kind::table: return "a table";
  case node_kind::date_time: break;
  }
  return "a date or time";
}

position place_of(const node& table, std::string_view key) {
  const auto* value = table.find(key);
  return value == nullptr ? table.at : value->at;
}

position place_of(const node& table, std::string_view key, std::size_t index) {
  const auto* value = table.find(key);
  if (value != nullptr && index < value->items.size()) return value->items[index].at;
  return place_of(table, key);
}

} // namespace lifeline::config
