#pragma once
// One table of the file being read. Every read names a key, and leaves the default alone when the key is not there;
// `finish` reports the keys that nobody asked for.

#include "config/document.hpp"
#include "domain/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lifeline::config {

class section {
public:
  /// `title` is how messages call it: "[sip]", "[[queue]]", "the file". `table` must outlive the section.
  section(const node& table, std::string title, problem_list& problems)
      : table_(&table), title_(std::move(title)), problems_(&problems) {}

  [[nodiscard]] const node& table() const { return *table_; }
  [[nodiscard]] bool has(std::string_view key) const { return table_->find(key) != nullptr; }

  /// Each reader says whether the key was there and right.
  bool text(std::string_view key, std::string& out);
  bool boolean(std::string_view key, bool& out);
  bool number(std::string_view key, double& out, double least, double most);
  bool integer(std::string_view key, std::int64_t& out, std::int64_t least, std::int64_t most);
  bool duration(std::string_view key, domain::span& out, domain::span least, domain::span most);
  /// A list of texts. A wrong item is reported and becomes an empty text, so that indices stay those of the file.
  bool texts(std::string_view key, std::vector<std::string>& out);
  /// A table of name = level from 1 to 100: `{ lift-rescue = 3 }`.
  bool levels(std::string_view key, std::map<std::string, int>& out);
  /// A table of name = whole number. `expected` describes it, `item` one of its values.
  bool numbers(std::string_view key, std::map<std::string, int>& out, const std::string& expected,
               const std::string& item, std::int64_t least, std::int64_t most);
  /// Bytes as a text: "50MiB".
  bool size(std::string_view key, std::uint64_t& out, std::uint64_t least, std::uint64_t most);

  template <class Integer> bool integer(std::string_view key, Integer& out, std::int64_t least, std::int64_t most) {
    auto value = static_cast<std::int64_t>(out);
    if (!integer(key, value, least, most)) return false;
    out = static_cast<Integer>(value);
    return true;
  }
  template <class Rep, class Period>
  bool duration(std::string_view key, std::chrono::duration<Rep, Period>& out, domain::span least, domain::span most) {
    using wanted = std::chrono::duration<Rep, Period>;
    domain::span value = std::chrono::duration_cast<domain::span>(out);
    if (!duration(key, value, least, most)) return false;
    const auto whole = std::chrono::duration_cast<wanted>(value);
    if (whole != value) return refuse(key, "whole seconds");
    out = whole;
    return true;
  }
  template <class E>
  bool choice(std::string_view key, E& out, const std::vector<std::pair<std::string_view, E>>& names) {
    std::vector<std::string> words;
    words.reserve(names.size());
    for (const auto& name : names)
      words.emplace_back(name.first);
    const auto index = chosen(key, words);
    if (!index) return false;
    out = names[*index].second;
    return true;
  }

  /// The table below, or nothing; `title` as for `tables`.
  const node* subtable(std::string_view key, const std::string& title = {});
  /// The tables of `[[key]]`; `title` is what messages call it when it is not the key ("queue.escalation").
  std::vector<const node*> tables(std::string_view key, const std::string& title = {});

  void problem_at(std::string_view key, std::string message);
  void finish();

private:
  const node* ask(std::string_view key);
  std::optional<std::size_t> chosen(std::string_view key, const std::vector<std::string>& words);
  /// Reports "<key>: expected <expected>, found <what stands there>".
  bool refuse(std::string_view key, const std::string& expected);
  bool refuse(std::string_view key, const std::string& expected, const node& found);

  const node* table_;
  std::string title_;
  problem_list* problems_;
  std::vector<std::string> asked_;
};

} // namespace lifeline::config
