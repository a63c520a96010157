#include "config/section.hpp"

#include "config/duration.hpp"
#include "config/size.hpp"

#include <algorithm>
#include <cstdio>

namespace lifeline::config {

namespace {

std::string format_number(double x) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%g", x);
  return buffer;
}

} // namespace

const node* section::ask(std::string_view key) {
  asked_.emplace_back(key);
  return table_->find(key);
}

bool section::refuse(std::string_view key, const std::string& expected, const node& found) {
  problems_->add(found.at, std::string{key} + ": expected " + expected + ", found " + describe(found));
  return false;
}

bool section::refuse(std::string_view key, const std::string& expected) {
  return refuse(key, expected, *table_->find(key));
}

void section::problem_at(std::string_view key, std::string message) {
  problems_->add(place_of(*table_, key), std::move(message));
}

bool section::text(std::string_view key, std::string& out) {
  const auto* value = ask(key);
  if (value == nullptr) return false;
  if (value->kind != node_kind::text) return refuse(key, "a text in quotes", *value);
  out = value->text;
  return true;
}

bool section::boolean(std::string_view key, bool& out) {
  const auto* value = ask(key);
  if (value == nullptr) return false;
  if (value->kind != node_kind::boolean) return refuse(key, "true or false", *value);
  out = value->boolean;
  return true;
}

bool section::number(std::string_view key, double& out, double least, double most) {
  const auto* value = ask(key);
  if (value == nullptr) return false;
  double found = value->real;
  if (value->kind == node_kind::integer) found = static_cast<double>(value->integer);
  const bool is_number = value->kind == node_kind::integer || value->kind == node_kind::real;
  // Written this way round, "not a number" is refused too.
  if (!is_number || !(found >= least && found <= most)) {
    return refuse(key, "a number from " + format_number(least) + " to " + format_number(most), *value);
  }
  out = found;
  return true;
}

bool section::integer(std::string_view key, std::int64_t& out, std::int64_t least, std::int64_t most) {
  const auto* value = ask(key);
  if (value == nullptr) return false;
  if (value->kind != node_kind::integer || value->integer < least || value->integer > most) {
    return refuse(key, "a whole number from " + std::to_string(least) + " to " + std::to_string(most), *value);
  }
  out = value->integer;
  return true;
}

bool section::duration(std::string_view key, domain::span& out, domain::span least, domain::span most) {
  const auto* value = ask(key);
  if (value == nullptr) return false;
  const auto parsed = value->kind == node_kind::text ? parse_duration(value->text) : std::nullopt;
  if (!parsed) return refuse(key, "a duration like \"20s\" or \"500ms\"", *value);
  if (*parsed < least || *parsed > most) {
    return refuse(key, "a duration from \"" + format_duration(least) + "\" to \"" + format_duration(most) + "\"",
                  *value);
  }
  out = *parsed;
  return true;
}

bool section::texts(std::string_view key, std::vector<std::string>& out) {
  const auto* value = ask(key);
  if (value == nullptr) return false;
  if (value->kind != node_kind::list) return refuse(key, "a list of texts like [\"a\", \"b\"]", *value);
  out.clear();
  bool right = true;
  for (const auto& item : value->items) {
    if (item.kind != node_kind::text || item.text.empty()) {
      right = refuse(key, item.kind == node_kind::text ? "a text that is not empty" : "a text in quotes", item);
    }
    out.push_back(item.text);
  }
  return right;
}

bool section::levels(std::string_view key, std::map<std::string, int>& out) {
  return numbers(key, out, "skills with levels like { english = 3 }", "a level from 1 to 100", 1, 100);
}

bool section::numbers(std::string_view key, std::map<std::string, int>& out, const std::string& expected,
                      const std::string& item, std::int64_t least, std::int64_t most) {
  const auto* value = ask(key);
  if (value == nullptr) return false;
  if (value->kind != node_kind::table) return refuse(key, expected, *value);
  bool right = true;
  for (const auto& e : value->entries) {
    if (e.value.kind != node_kind::integer || e.value.integer < least || e.value.integer > most) {
      right = refuse(std::string{key} + "." + e.key, item, e.value);
    } else {
      out[e.key] = static_cast<int>(e.value.integer);
    }
  }
  return right;
}

bool section::size(std::string_view key, std::uint64_t& out, std::uint64_t least, std::uint64_t most) {
  const auto* value = ask(key);
  if (value == nullptr) return false;
  const auto parsed = value->kind == node_kind::text ? parse_size(value->text) : std::nullopt;
  if (!parsed) return refuse(key, "a size like \"64KiB\" or \"50MiB\"", *value);
  if (*parsed < least || *parsed > most) {
    return refuse(key, "a size from \"" + format_size(least) + "\" to \"" + format_size(most) + "\"", *value);
  }
  out = *parsed;
  return true;
}

std::optional<std::size_t> section::chosen(std::string_view key, const std::vector<std::string>& words) {
  const auto* value = ask(key);
  if (value == nullptr) return std::nullopt;
  const auto it = value->kind == node_kind::text ? std::find(words.begin(), words.end(), value->text) : words.end();
  if (it != words.end()) return static_cast<std::size_t>(it - words.begin());
  const auto hint = value->kind == node_kind::text ? suggestion(value->text, words) : std::string{};
  problems_->add(value->at, std::string{key} + ": expected " + one_of(words) + ", found " + describe(*value) + hint);
  return std::nullopt;
}

const node* section::subtable(std::string_view key, const std::string& title) {
  const auto* value = ask(key);
  if (value == nullptr) return nullptr;
  if (value->kind == node_kind::table) return value;
  refuse(key, "one section [" + (title.empty() ? std::string{key} : title) + "]", *value);
  return nullptr;
}

std::vector<const node*> section::tables(std::string_view key, const std::string& title) {
  std::vector<const node*> result;
  const auto* value = ask(key);
  if (value == nullptr) return result;
  const auto expected = "[[" + (title.empty() ? std::string{key} : title) + "]], once for each";
  if (value->kind != node_kind::list) {
    refuse(key, expected, *value);
    return result;
  }
  for (const auto& item : value->items) {
    if (item.kind == node_kind::table) {
      result.push_back(&item);
    } else {
      refuse(key, expected, item);
    }
  }
  return result;
}

void section::finish() {
  for (const auto& e : table_->entries) {
    if (std::find(asked_.begin(), asked_.end(), e.key) != asked_.end()) continue;
    auto hint = suggestion(e.key, asked_);
    if (hint.empty()) hint = ": expected " + one_of(asked_);
    problems_->add(e.at, "unknown key " + quote(e.key) + " in " + title_ + hint);
  }
}

} // namespace lifeline::config
