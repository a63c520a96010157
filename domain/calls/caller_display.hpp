#pragma once
// What an agent's phone shows while it rings.

#include <string>

namespace lifeline::domain {

/// "96333 13912340000", and the caller's own name behind it if there is one: an agent of several hotlines hears from it
/// how to answer. `short_name` empty: the caller's name alone. A withheld number is shown as "Anonymous". What is no
/// UTF-8 is left out, and nothing is longer than phones show.
std::string caller_display(const std::string& short_name, const std::string& caller, const std::string& name);

/// Code points; a display has some 30 places, the rest is for those that scroll.
inline constexpr std::size_t longest_display = 64;

} // namespace lifeline::domain
