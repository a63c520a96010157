#pragma once
// A TOML 1.0 file as a tree that knows where everything stands. Only document.cpp includes the TOML library, which is
// large; everybody else reads this tree.

#include "config/problem.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::config {

enum class node_kind : std::uint8_t { boolean, integer, real, text, list, table, date_time };

struct entry;

struct node {
  node_kind kind = node_kind::table;
  position at;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<node> items;    ///< of a list
  std::vector<entry> entries; ///< of a table, in the order of the file
  [[nodiscard]] const node* find(std::string_view key) const;
};

struct entry {
  std::string key;
  position at; ///< of the key
  node value;
};

/// The root table. The error is the first place where the text is no TOML: after it, nothing can be told for sure.
/// Its message never contains more of the text than a single character or word of the grammar.
tl::expected<node, problem> parse_document(std::string_view text, const std::string& source_name);

/// For messages: `the number 20`, `the text "abc"`, `a list`.
std::string describe(const node& n);
/// Where the value of `key` stands; the table's own place when it is not there.
position place_of(const node& table, std::string_view key);
/// Where the list's item stands; the key's place when there is no such item.
position place_of(const node& table, std::string_view key, std::size_t index);

} // namespace lifeline::config
