#pragma once
// What is said on a leg: a list of pieces, each a named phrase (which a studio may have recorded) or free text that is
// rendered.

#include <string>
#include <vector>

namespace lifeline::domain {

struct spoken {
  std::string name; ///< of a phrase; empty: free text
  std::string text; ///< Chinese, UTF-8, without any digit: numbers are spelled
  bool operator==(const spoken&) const = default;
};
using utterance = std::vector<spoken>;

/// One thing to say.
struct sentence {
  utterance full;
  utterance brief;      ///< named phrases only: what is said when free text cannot be rendered
  bool at_once = false; ///< the brief one is said if the full one is not ready
};

/// The named phrases as a studio or scripts/make-prompts.sh puts them into the prompts' folder.
std::vector<std::string> shipped_files(const utterance& named);

} // namespace lifeline::domain
