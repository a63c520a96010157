#pragma once
// Tables of wrong files and exactly what is said about each: line, column and message of every problem.

#include "support.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace lifeline::config::testing {

/// The smallest right file; wrong ones are this and more. Lines 1 to 6.
inline const std::string right = "[[hotline]]\n"
                                 "name = \"12315\"\n"
                                 "[[queue]]\n"
                                 "name = \"12315\"\n"
                                 "[[agent]]\n"
                                 "account = \"8001\"\n";

inline const std::string hotline = right.substr(0, 27);
inline const std::string queue = right.substr(27, 25);
inline const std::string agent = right.substr(52);

struct wrong_file {
  std::string text;
  std::vector<std::string> problems; ///< "line:column: message"
};

inline std::vector<std::string> problems_of(const std::string& text, const std::string& folder = "/nowhere") {
  read_options options;
  options.folder = folder;
  const auto read = read_text(text, "f", options);
  std::vector<std::string> found;
  if (!read) {
    for (const auto& p : read.error())
      found.push_back(to_string(p).substr(2));
  }
  return found;
}

inline void check(const std::vector<wrong_file>& table) {
  for (const auto& w : table) {
    INFO(w.text);
    CHECK(problems_of(w.text) == w.problems);
  }
}

} // namespace lifeline::config::testing
